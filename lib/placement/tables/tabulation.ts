import type { GangPods } from '../assigned';
import type { Gang } from '../instance';
import { podsOfLeaves, type RatedShape } from '../shape';
import { addTo, DepthCosts, podsOf } from './costs';
import type { Expressed } from './express';
import type { Forest } from './forest';
import { NodeTables } from './nodetable';
import { joined, split } from './parts';
import type { Standing } from './standing';
import { countsOf, find, isLess, isSum, keyOf, Tables, type Space, type Table } from './table';
import { closeCopies, isOneUnit, openCopies, wholeUnit, type Item, type OpenCopy, type Unit } from './units';

/** The cheapest placement of a gang beside those that stand. */
export interface Best {
  /** Words of its cost, as `terms` packs them. */
  readonly cost: Float64Array;
  /** The narrowest domain that holds it. */
  readonly depth: number;
  readonly domain: number;
}

/** A domain that may hold the gang in several of the domains in it. */
interface Job {
  readonly depth: number;
  readonly domain: number;
  /** The least that the first word can be. */
  readonly least: number;
}

/**
 * Tables over the domains of a topology for one gang of one shape, and for all gangs like it: for every vector of
 * units, the least that placing them in the domain costs.
 *
 * A node's table is enumerated; a domain's is the sum (min, +) of those in it, with what the domain itself costs on
 * top. Equal tables are one object and are added once. A domain is looked at again only after something in it has
 * changed. For the gang as a whole only such domains are added up as could hold it at no more than the best known.
 */
export class Tabulation {
  private readonly depths: number;
  private readonly tables: readonly Tables[];
  private readonly costs: readonly DepthCosts[];
  private readonly nodes: NodeTables;
  /** By class, eligibility and lock of a node. */
  private readonly byKind = new Map<number, Table>();
  /** By node: bit by leaf, 1 where the node may take it. */
  private readonly eligible: Uint16Array;
  /** By depth + 1 and domain: its table and when it was made. */
  private readonly made: readonly Int32Array[];
  private readonly kept: readonly (Table | undefined)[][];
  /** By depth + 1, sum of the tables inside and wholeness. */
  private readonly lifted: readonly Map<number, Table>[];
  /** By depth + 1: vectors that units of the next depth can make up. */
  private readonly joins: readonly Map<number, readonly number[]>[];
  private readonly podsByLeaf: readonly number[];
  /** By measure: what the whole gang needs. */
  private readonly need: Float64Array;
  private readonly measured: readonly Int32Array[];
  private readonly measures: readonly Float64Array[];
  private readonly measuresOfTable = new Map<number, Float64Array>();
  private readonly leaves: number;

  constructor(
    private readonly standing: Standing,
    private readonly gang: Gang,
    private readonly rated: RatedShape,
    private readonly expressed: Expressed,
    pinsCount = true,
  ) {
    const { forest } = standing;
    const { spaces, terms, items, exclusiveFrom } = expressed;
    this.depths = forest.depths;
    this.leaves = gang.leaves.length;
    this.podsByLeaf = podsOfLeaves(gang, rated.shape);
    this.tables = spaces.map((space) => new Tables(space, terms.words));
    this.costs = spaces.map((space, i) => new DepthCosts(space, i - 1, gang, items, terms, exclusiveFrom));
    this.nodes = new NodeTables(
      standing,
      gang,
      this.at(this.depths - 1),
      this.costsAt(this.depths - 1),
      terms,
      this.podsByLeaf,
      pinsCount,
    );
    this.eligible = eligibility(gang);
    this.made = spaces.map((_, i) => new Int32Array(i === this.depths ? 0 : forest.count(i - 1)));
    this.kept = spaces.map(() => []);
    this.lifted = spaces.map(() => new Map<number, Table>());
    this.joins = spaces.map(() => new Map<number, readonly number[]>());
    this.need = this.measureOf(this.podsByLeaf);
    this.measured = this.made.map((made) => new Int32Array(made.length));
    this.measures = this.made.map((made) => new Float64Array(made.length * this.need.length));
  }

  /** Numbers held in tables. */
  get size(): number {
    return this.tables.reduce((sum, tables) => sum + tables.kept, 0);
  }

  private at(depth: number): Tables {
    const tables = this.tables[depth + 1];
    if (!tables) throw new Error(`no depth ${depth}`);
    return tables;
  }

  private costsAt(depth: number): DepthCosts {
    const costs = this.costs[depth + 1];
    if (!costs) throw new Error(`no depth ${depth}`);
    return costs;
  }

  /** The cheapest placement; undefined where there is none. */
  best(): Best | undefined {
    const required = this.gang.rule.required;
    if (required === this.depths - 1) return this.bestNode();
    const jobs: Job[] = [];
    for (let domain = 0; domain < this.standing.forest.count(required); domain++)
      this.collect(required, domain, this.expressed.terms.distanceWord === 0 ? -Infinity : 0, jobs);
    jobs.sort((a, b) => a.least - b.least || b.depth - a.depth);
    let best: Best | undefined;
    for (const job of jobs) {
      if (best && job.least > (best.cost[0] ?? 0)) break;
      const cost = this.costIn(job.depth, job.domain);
      if (cost && (!best || isLess(cost, 0, best.cost, 0, cost.length))) best = { ...job, cost };
    }
    return best;
  }

  private bestNode(): Best | undefined {
    let best: Best | undefined;
    for (let n = 0; n < this.standing.forest.count(this.depths - 1); n++) {
      const cost = this.costIn(this.depths - 1, n);
      if (cost && (!best || isLess(cost, 0, best.cost, 0, cost.length)))
        best = { cost, depth: this.depths - 1, domain: n };
    }
    return best;
  }

  /** Lists the domains that are large enough; `around` is the least of the first word from the depths above. */
  private collect(depth: number, domain: number, around: number, jobs: Job[]): void {
    if (!this.isLargeEnough(depth, domain)) return;
    const inner = depth + 1;
    const atNodes = inner === this.depths - 1;
    const parts = this.fewestParts(depth, domain);
    if (parts === Infinity) return;
    const here = around + this.preferredBy(depth);
    // Distances may be below zero: they say nothing.
    jobs.push({
      depth,
      domain,
      least: here + Math.max(atNodes ? 1 : 2, parts) * this.preferredFrom(inner) - this.mostKept(),
    });
    if (atNodes || parts > 1) return;
    for (const child of this.standing.forest.children(depth, domain)) this.collect(inner, child, here, jobs);
  }

  /** What one domain of a depth adds to the first word, where it has the preferred level of the gang. */
  private preferredBy(depth: number): number {
    const place = this.expressed.terms.preferred[depth];
    return depth >= 0 && place?.word === 0 && depth <= this.gang.rule.preferred ? place.by : 0;
  }

  private preferredFrom(depth: number): number {
    let sum = 0;
    for (let d = depth; d < this.depths; d++) sum += this.preferredBy(d);
    return sum;
  }

  private mostKept(): number {
    const { kept } = this.expressed.terms;
    let pods = 0;
    for (const byLeaf of this.expressed.locked.values()) for (const n of byLeaf.values()) pods += n;
    return kept.by * pods;
  }

  /** Words of the cheapest placement of the whole gang in a domain, with what the domains around it cost. */
  private costIn(depth: number, domain: number): Float64Array | undefined {
    const table = this.table(depth, domain);
    const at = find(table, this.fullKey(depth));
    if (at < 0) return undefined;
    const { words } = this.expressed.terms;
    const cost = table.costs.slice(at * words, (at + 1) * words);
    let outer = domain;
    for (let d = depth - 1; d >= 0; d--) {
      outer = this.standing.forest.parent[d + 1]?.[outer] ?? 0;
      if (d >= this.gang.rule.required) this.costsAt(d).addTo(this.fullKey(d), this.isWhole(d, outer), cost, 0);
      else if (this.isWhole(d, outer) && this.gang.leaves.some((leaf) => leaf.accelerated))
        addTo(cost, 0, this.expressed.terms.brokenDomains[d], 1);
    }
    return cost;
  }

  private readonly full: (number | undefined)[] = [];

  /** All copies, each whole. */
  private fullKey(depth: number): number {
    const { dims } = this.space(depth);
    return (this.full[depth + 1] ??= keyOf(
      this.space(depth),
      dims.map((dim) => (dim.complete ? dim.item.copies : 0)),
    ));
  }

  private space(depth: number): Space {
    return this.at(depth).space;
  }

  private isWhole(depth: number, domain: number): boolean {
    return depth >= 0 && depth < this.depths - 1 && this.standing.breaksDomain(depth, domain);
  }

  /** The table of a domain. */
  private table(depth: number, domain: number): Table {
    if (depth === this.depths - 1) return this.nodeTable(domain);
    const made = this.made[depth + 1];
    const known = this.kept[depth + 1]?.[domain];
    if (known && made && (made[domain] ?? 0) >= (this.standing.changed[depth + 1]?.[domain] ?? 0)) return known;
    const table = this.lift(depth, this.inside(depth, domain), this.isWhole(depth, domain));
    const kept = this.kept[depth + 1];
    if (kept && made) {
      kept[domain] = table;
      made[domain] = this.standing.now;
    }
    return table;
  }

  private nodeTable(n: number): Table {
    const locked = this.expressed.locked.get(n);
    if (locked) return this.nodes.tableOf(n, locked);
    const kind = this.standing.classAt(n) * 2 ** 16 + (this.eligible[n] ?? 0);
    let table = this.byKind.get(kind);
    if (!table) this.byKind.set(kind, (table = this.nodes.tableOf(n, undefined)));
    return table;
  }

  /** The sum of the tables in a domain. */
  private inside(depth: number, domain: number): Table {
    return this.partialSums(depth, this.groupsIn(depth, domain)).at(-1) ?? this.at(depth + 1).empty;
  }

  /** Domains of the next depth with equal tables; those that can hold least come last. */
  private groupsIn(depth: number, domain: number): EqualDomains[] {
    const { empty } = this.at(depth + 1);
    const groups = new Map<Table, number[]>();
    for (const child of this.standing.forest.children(depth, domain)) {
      const table = this.table(depth + 1, child);
      if (table === empty) continue;
      const known = groups.get(table);
      if (known) known.push(child);
      else groups.set(table, [child]);
    }
    const listed = [...groups].map(([table, domains]): EqualDomains => ({ table, domains }));
    return listed.sort((a, b) => b.table.keys.length - a.table.keys.length || a.table.id - b.table.id);
  }

  private partialSums(depth: number, groups: readonly EqualDomains[]): Table[] {
    const tables = this.at(depth + 1);
    let sum = tables.empty;
    return groups.map(({ table, domains }) => (sum = tables.sum(sum, tables.power(table, domains.length))));
  }

  /** The table of a domain from the sum of the tables in it. */
  private lift(depth: number, inside: Table, whole: boolean): Table {
    const lifted = this.lifted[depth + 1];
    const key = inside.id * 2 + (whole ? 1 : 0);
    const known = lifted?.get(key);
    if (known) return known;
    const { words } = this.expressed.terms;
    const tables = this.at(depth);
    const costs = this.costsAt(depth);
    const cost = new Float64Array(words);
    tables.open();
    inside.keys.forEach((from, i) => {
      for (const to of this.joinsOf(depth, from)) {
        if (!costs.allows(to)) continue;
        for (let w = 0; w < words; w++) cost[w] = inside.costs[i * words + w] ?? 0;
        if (to !== 0 && depth >= 0) costs.addTo(to, whole, cost, 0);
        tables.offer(to, cost, 0);
      }
    });
    const table = tables.close();
    lifted?.set(key, table);
    return table;
  }

  /** The vectors at a depth that a vector of the next depth can make up. */
  private joinsOf(depth: number, key: number): readonly number[] {
    const joins = this.joins[depth + 1];
    const known = joins?.get(key);
    if (known) return known;
    const keys = this.join(this.space(depth), depth, this.space(depth + 1), key);
    joins?.set(key, keys);
    return keys;
  }

  private join(own: Space, depth: number, below: Space, key: number): number[] {
    if (isSameSpace(own, below)) return [key];
    const vectors = joined(this.expressed.items, depth, own.dims, below.dims, countsOf(below, key));
    return vectors.map((vector) => keyOf(own, vector));
  }

  /** Pods by leaf, then units by resource, of a vector of pods. */
  private measureOf(pods: readonly number[]): Float64Array {
    const measure = new Float64Array(this.leaves + this.standing.instance.scale.resources.length);
    this.gang.leaves.forEach((leaf, l) => {
      measure[l] = pods[l] ?? 0;
      for (const [r, units] of leaf.demand)
        measure[this.leaves + r] = (measure[this.leaves + r] ?? 0) + units * (pods[l] ?? 0);
    });
    return measure;
  }

  /** By measure, the most that some entry of a node's table has. */
  private measureNode(table: Table): Float64Array {
    const known = this.measuresOfTable.get(table.id);
    if (known) return known;
    const most = new Float64Array(this.need.length);
    const space = this.space(this.depths - 1);
    for (const key of table.keys) {
      const measure = this.measureOf(podsOf(space, countsOf(space, key), this.leaves));
      measure.forEach((x, m) => (most[m] = Math.max(most[m] ?? 0, x)));
    }
    this.measuresOfTable.set(table.id, most);
    return most;
  }

  /** Where the measures of a domain stand in `measures`: an upper bound of what it holds. */
  private measure(depth: number, domain: number): number {
    const width = this.need.length;
    const at = domain * width;
    const measured = this.measured[depth + 1];
    const measures = this.measures[depth + 1];
    if (!measured || !measures || (measured[domain] ?? 0) >= (this.standing.changed[depth + 1]?.[domain] ?? 0))
      return at;
    measures.fill(0, at, at + width);
    for (const child of this.standing.forest.children(depth, domain)) {
      const [most, from] = this.measuresIn(depth + 1, child);
      for (let m = 0; m < width; m++) measures[at + m] = (measures[at + m] ?? 0) + (most[from + m] ?? 0);
    }
    measured[domain] = this.standing.now;
    return at;
  }

  private measuresIn(depth: number, domain: number): readonly [Float64Array, number] {
    if (depth === this.depths - 1) return [this.measureNode(this.nodeTable(domain)), 0];
    return [this.measures[depth + 1] ?? this.need, this.measure(depth, domain)];
  }

  private isLargeEnough(depth: number, domain: number): boolean {
    const [most, from] = this.measuresIn(depth, domain);
    for (let m = 0; m < this.need.length; m++) if ((most[from + m] ?? 0) < (this.need[m] ?? 0)) return false;
    return true;
  }

  /** How few of the domains in a domain could hold the gang, by counting. */
  private fewestParts(depth: number, domain: number): number {
    const children = this.standing.forest.children(depth, domain);
    let fewest = 1;
    for (let m = 0; m < this.need.length; m++) {
      const need = this.need[m] ?? 0;
      if (need === 0) continue;
      const amounts = new Float64Array(children.length);
      children.forEach((child, i) => {
        const [most, from] = this.measuresIn(depth + 1, child);
        amounts[i] = most[from + m] ?? 0;
      });
      fewest = Math.max(fewest, leastPrefix(amounts.sort(), need));
    }
    return fewest;
  }

  /** Nodes for every pod of the best placement. */
  place(best: Best): GangPods {
    const copies = openCopies(this.gang.roots, this.rated.shape);
    const units = this.fullUnits(best.depth, copies);
    this.trace(best.depth, best.domain, this.fullKey(best.depth), units);
    return closeCopies(copies);
  }

  private fullUnits(depth: number, copies: readonly (readonly OpenCopy[])[]): Unit[][] {
    const { dims } = this.space(depth);
    const units: Unit[][] = dims.map(() => []);
    const add = (items: readonly Item[], open: readonly (readonly OpenCopy[])[]): void => {
      items.forEach((item, i) => {
        const own = open[i] ?? [];
        if (item.kind === 'parent' && !isOneUnit(item, depth))
          return void item.inner.forEach((inner, c) => add(inner, own[c]?.groups ?? []));
        const at = dims.findIndex((dim) => dim.item === item && dim.complete);
        units[at]?.push(...own.map((copy) => wholeUnit(item, copy)));
      });
    };
    add(this.expressed.items, copies);
    return units;
  }

  private trace(depth: number, domain: number, key: number, units: readonly (readonly Unit[])[]): void {
    if (key === 0) return;
    if (depth === this.depths - 1) return this.settle(domain, units);
    const groups = this.groupsIn(depth, domain);
    const sums = this.partialSums(depth, groups);
    const inside = sums.at(-1) ?? this.at(depth + 1).empty;
    const chosen = this.cheapestThatMakes(depth, inside, key);
    const below = this.space(depth + 1);
    const parts = split(
      this.expressed.items,
      depth,
      this.space(depth).dims,
      units,
      below.dims,
      countsOf(below, chosen),
    );
    this.share(depth + 1, groups, sums, chosen, parts);
  }

  private settle(n: number, units: readonly (readonly Unit[])[]): void {
    const { dims } = this.space(this.depths - 1);
    units.forEach((list, i) => {
      for (const { copy, size } of list) settleUnit(dims[i]?.item, copy, size, n);
    });
  }

  private cheapestThatMakes(depth: number, inside: Table, key: number): number {
    const { words } = this.expressed.terms;
    let best = -1;
    inside.keys.forEach((from, i) => {
      if (!this.joinsOf(depth, from).includes(key)) return;
      if (best < 0 || isLess(inside.costs, i * words, inside.costs, best * words, words)) best = i;
    });
    return inside.keys[best] ?? 0;
  }

  /** Shares units out to domains, from the last group to the first, so that those that hold least are filled first. */
  private share(
    depth: number,
    groups: readonly EqualDomains[],
    sums: readonly Table[],
    key: number,
    units: Unit[][],
  ): void {
    const tables = this.at(depth);
    let left = key;
    for (let g = groups.length - 1; g >= 0 && left !== 0; g--) {
      const group = groups[g];
      const sum = sums[g];
      if (!group || !sum) continue;
      const before = sums[g - 1] ?? tables.empty;
      const own = this.take(tables.power(group.table, group.domains.length), before, sum, left);
      this.shareEqually(depth, group, own, units);
      left -= own;
    }
  }

  private shareEqually(depth: number, { table, domains }: EqualDomains, key: number, units: Unit[][]): void {
    const tables = this.at(depth);
    let left = key;
    for (let times = domains.length, d = 0; left !== 0; times--, d++) {
      const own = this.take(
        table,
        times > 1 ? tables.power(table, times - 1) : tables.empty,
        tables.power(table, times),
        left,
      );
      const domain = this.ordered(depth, domains)[d] ?? 0;
      const counts = countsOf(this.space(depth), own);
      this.trace(
        depth,
        domain,
        own,
        counts.map((n, i) => (units[i] ?? []).splice(0, n)),
      );
      left -= own;
    }
  }

  /** Nodes with least left come first. */
  private ordered(depth: number, domains: readonly number[]): readonly number[] {
    return depth === this.depths - 1 ? [...domains].sort((a, b) => this.roomOf(a) - this.roomOf(b) || a - b) : domains;
  }

  private roomOf(n: number): number {
    const { instance, room } = this.standing;
    const width = instance.scale.resources.length;
    return instance.scale.resources.reduce(
      (sum, name, r) => sum + (instance.accelerators.has(name) ? (room[n * width + r] ?? 0) : 0),
      0,
    );
  }

  /** The largest entry of `table` that with one of `rest` makes up the entry `key` of `sum`. */
  private take(table: Table, rest: Table, sum: Table, key: number): number {
    const at = find(sum, key);
    const { words } = this.expressed.terms;
    for (let i = table.keys.length - 1; i >= 0; i--) {
      const own = table.keys[i] ?? 0;
      if (own > key) continue;
      const other = find(rest, key - own);
      if (other >= 0 && isSum(table, i, rest, other, sum, at, words)) return own;
    }
    throw new Error('a sum without summands');
  }
}

interface EqualDomains {
  readonly table: Table;
  readonly domains: readonly number[];
}

/** True where both depths have the same whole copies and no parts. */
function isSameSpace(a: Space, b: Space): boolean {
  return (
    a.dims.length === b.dims.length &&
    a.dims.every((dim, i) => dim.complete && b.dims[i]?.complete && dim.item === b.dims[i].item)
  );
}

function eligibility(gang: Gang): Uint16Array {
  const bits = new Uint16Array(gang.leaves[0]?.alone.length ?? 0);
  gang.leaves.forEach((leaf, l) =>
    leaf.alone.forEach((pods, n) => (bits[n] = (bits[n] ?? 0) | (pods > 0 ? 1 << l : 0))),
  );
  return bits;
}

function settleUnit(item: Item | undefined, copy: OpenCopy, size: number, n: number): void {
  if (item?.kind === 'parent') {
    item.inner[0]?.forEach((inner, i) =>
      copy.groups[i]?.forEach((each) => settleUnit(inner, each, inner.kind === 'leaf' ? inner.leaf.count : 1, n)),
    );
  } else for (let pod = 0; pod < size; pod++) copy.nodes.push(n);
}

/** How many of the largest amounts, given in ascending order, reach a need; Infinity where all do not. */
function leastPrefix(ascending: Float64Array, need: number): number {
  let left = need;
  for (let i = ascending.length - 1; i >= 0; i--) {
    left -= ascending[i] ?? 0;
    if (left <= 0) return ascending.length - i;
  }
  return Infinity;
}
