import type { GangPods } from '../assigned';
import type { Gang } from '../instance';
import { podsOfLeaves, type RatedShape } from '../shape';
import { addTo } from './costs';
import { DomainTables, type EqualDomains } from './domaintables';
import type { Expressed } from './express';
import { Measures } from './measures';
import { split } from './parts';
import type { Standing } from './standing';
import { countsOf, find, isLess, isSum, keyOf, type Space, type Table } from './table';
import { closeCopies, isOneUnit, openCopies, wholeUnit, type Item, type OpenCopy, type Unit } from './units';

/** The cheapest placement of a gang beside those that stand. */
export interface Best {
  /** Words of its cost, as `terms` packs them. */
  readonly cost: Float64Array;
  /** The narrowest domain that was found to hold it. */
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
 * Finds the best placement of one gang of one shape, and of all gangs like it, from the tables of domains. Tables
 * are added up only in domains that could hold the gang at no more than the best known: those that need fewest
 * domains for it come first.
 */
export class Tabulation {
  private readonly tables: DomainTables;
  private readonly measures: Measures;
  private readonly depths: number;
  private readonly full: (number | undefined)[] = [];

  constructor(
    private readonly standing: Standing,
    private readonly gang: Gang,
    private readonly rated: RatedShape,
    private readonly expressed: Expressed,
    pinsCount = true,
  ) {
    const tables = new DomainTables(standing, gang, rated, expressed, pinsCount);
    const pods = podsOfLeaves(gang, rated.shape);
    this.tables = tables;
    this.depths = tables.depths;
    this.measures = new Measures(standing, gang, pods, tables.space(this.depths - 1), (n) => tables.nodeTable(n));
  }

  /** Numbers held in memory, about. */
  get size(): number {
    return this.tables.size + this.measures.size;
  }

  /** The cheapest placement; undefined where there is none. */
  best(): Best | undefined {
    let best: Best | undefined;
    for (const job of this.jobs()) {
      if (best && job.least > (best.cost[0] ?? 0)) break;
      const cost = this.costIn(job.depth, job.domain);
      if (cost && (!best || isLess(cost, 0, best.cost, 0, cost.length))) best = { ...job, cost };
    }
    return best;
  }

  /** True where there is a placement. */
  exists(): boolean {
    return this.jobs().some((job) => this.costIn(job.depth, job.domain) !== undefined);
  }

  /** All domains that could hold the gang, those that could do so at least cost first. */
  private jobs(): Job[] {
    const { required } = this.gang.rule;
    const count = this.standing.forest.count(required);
    // Distances may be below zero: where they come first, nothing is known of the least.
    const nothing = this.expressed.terms.distanceWord === 0 ? -Infinity : -this.mostKept();
    if (required === this.depths - 1)
      return Array.from({ length: count }, (_, domain) => ({ depth: required, domain, least: nothing }));
    const jobs: Job[] = [];
    for (let domain = 0; domain < count; domain++) this.collect(required, domain, nothing, jobs);
    return jobs.sort((a, b) => a.least - b.least || b.depth - a.depth);
  }

  /** `around` is the least of the first word from the depths above. */
  private collect(depth: number, domain: number, around: number, jobs: Job[]): void {
    if (!this.measures.areEnough(depth, domain)) return;
    const inner = depth + 1;
    const atNodes = inner === this.depths - 1;
    const each = this.preferredFrom(inner);
    const parts = atNodes && each === 0 ? 1 : this.measures.fewestParts(depth, domain);
    const here = around + this.preferredBy(depth);
    jobs.push({ depth, domain, least: here + Math.max(atNodes ? 1 : 2, parts) * each });
    if (atNodes || parts > 1) return;
    for (const child of this.standing.forest.children(depth, domain)) this.collect(inner, child, here, jobs);
  }

  /** What one domain of a depth adds to the first word, where the gang prefers few of them. */
  private preferredBy(depth: number): number {
    const place = this.expressed.terms.preferred[depth];
    return place?.word === 0 && depth <= this.gang.rule.preferred ? place.by : 0;
  }

  private preferredFrom(depth: number): number {
    let sum = 0;
    for (let d = depth; d < this.depths; d++) sum += this.preferredBy(d);
    return sum;
  }

  private mostKept(): number {
    let pods = 0;
    for (const byLeaf of this.expressed.locked.values()) for (const n of byLeaf.values()) pods += n;
    return this.expressed.terms.kept.by * pods;
  }

  /** Words of the cheapest placement of the whole gang in a domain, with what the domains around it cost. */
  private costIn(depth: number, domain: number): Float64Array | undefined {
    const { brokenDomains, words } = this.expressed.terms;
    const table = this.tables.table(depth, domain);
    const at = find(table, this.fullKey(depth));
    if (at < 0) return undefined;
    const cost = table.costs.slice(at * words, (at + 1) * words);
    const breaks = this.gang.leaves.some((leaf) => leaf.accelerated);
    let outer = domain;
    for (let d = depth - 1; d >= 0; d--) {
      outer = this.standing.forest.parent(d + 1)[outer] ?? 0;
      const whole = this.tables.isWhole(d, outer);
      if (d >= this.gang.rule.required) this.tables.costsAt(d).addTo(this.fullKey(d), whole, cost, 0);
      else if (whole && breaks) addTo(cost, 0, brokenDomains[d], 1);
    }
    return cost;
  }

  /** All copies, each whole. */
  private fullKey(depth: number): number {
    return (this.full[depth + 1] ??= keyOfAll(this.tables.space(depth)));
  }

  /** Nodes for every pod of the best placement. */
  place(best: Best): GangPods {
    const copies = openCopies(this.gang.roots, this.rated.shape);
    this.trace(best.depth, best.domain, this.fullKey(best.depth), this.fullUnits(best.depth, copies));
    return closeCopies(copies);
  }

  private fullUnits(depth: number, copies: readonly (readonly OpenCopy[])[]): Unit[][] {
    const { dims } = this.tables.space(depth);
    const units: Unit[][] = dims.map(() => []);
    const add = (items: readonly Item[], open: readonly (readonly OpenCopy[])[]): void => {
      for (const [i, item] of items.entries()) {
        const own = open[i] ?? [];
        if (item.kind === 'parent' && !isOneUnit(item, depth)) {
          item.inner.forEach((inner, c) => add(inner, own[c]?.groups ?? []));
        } else {
          const at = dims.findIndex((dim) => dim.item === item && dim.complete);
          units[at]?.push(...own.map((copy) => wholeUnit(item, copy)));
        }
      }
    };
    add(this.expressed.items, copies);
    return units;
  }

  /** Finds the summands again that make up an entry of a domain's table, down to the nodes. */
  private trace(depth: number, domain: number, key: number, units: readonly (readonly Unit[])[]): void {
    if (key === 0) return;
    if (depth === this.depths - 1) {
      this.settle(domain, units);
      return;
    }
    const { tables } = this;
    const groups = tables.groupsIn(depth, domain);
    const sums = tables.partialSums(depth, groups);
    const chosen = this.cheapestThatMakes(depth, sums.at(-1) ?? tables.at(depth + 1).empty, key);
    const below = tables.space(depth + 1);
    const counts = countsOf(below, chosen);
    const parts = split(this.expressed.items, depth, tables.space(depth).dims, units, below.dims, counts);
    this.share(depth + 1, groups, sums, chosen, parts);
  }

  private settle(n: number, units: readonly (readonly Unit[])[]): void {
    const { dims } = this.tables.space(this.depths - 1);
    units.forEach((list, i) => {
      for (const { copy, size } of list) settleUnit(dims[i]?.item, copy, size, n);
    });
  }

  private cheapestThatMakes(depth: number, inside: Table, key: number): number {
    const { words } = this.expressed.terms;
    let best = -1;
    inside.keys.forEach((from, i) => {
      if (!this.tables.joinsOf(depth, from).includes(key)) return;
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
    const tables = this.tables.at(depth);
    let left = key;
    for (let g = groups.length - 1; g >= 0 && left !== 0; g--) {
      const group = groups[g];
      const sum = sums[g];
      if (!group || !sum) continue;
      const own = this.take(tables.power(group.table, group.domains.length), sums[g - 1] ?? tables.empty, sum, left);
      this.shareEqually(depth, group, own, units);
      left -= own;
    }
  }

  private shareEqually(depth: number, { table, domains }: EqualDomains, key: number, units: Unit[][]): void {
    const tables = this.tables.at(depth);
    const ordered = this.ordered(depth, domains);
    let left = key;
    for (let times = ordered.length, d = 0; left !== 0; times--, d++) {
      const own = this.take(table, tables.power(table, times - 1), tables.power(table, times), left);
      const counts = countsOf(tables.space, own);
      const mine = counts.map((n, i) => (units[i] ?? []).splice(0, n));
      this.trace(depth, ordered[d] ?? 0, own, mine);
      left -= own;
    }
  }

  /** Nodes with least left come first. */
  private ordered(depth: number, domains: readonly number[]): readonly number[] {
    return depth === this.depths - 1 ? [...domains].sort((a, b) => this.roomOf(a) - this.roomOf(b) || a - b) : domains;
  }

  /** Free accelerators of all kinds, in units. */
  private roomOf(n: number): number {
    const { accelerators, scale } = this.standing.instance;
    return scale.resources.reduce((sum, name, r) => sum + (accelerators.has(name) ? this.standing.left(n, r) : 0), 0);
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

function keyOfAll(space: Space): number {
  return keyOf(
    space,
    space.dims.map((dim) => (dim.complete ? dim.item.copies : 0)),
  );
}

function settleUnit(item: Item | undefined, copy: OpenCopy, size: number, n: number): void {
  if (item?.kind !== 'parent') {
    for (let pod = 0; pod < size; pod++) copy.nodes.push(n);
    return;
  }
  item.inner[0]?.forEach((inner, i) => {
    for (const each of copy.groups[i] ?? []) settleUnit(inner, each, wholeUnit(inner, each).size, n);
  });
}
