import type { Gang } from '../instance';
import { podsOfLeaves, type RatedShape } from '../shape';
import { DepthCosts } from './costs';
import type { Expressed } from './express';
import { NodeTables } from './nodetable';
import { joined } from './parts';
import type { Standing } from './standing';
import { countsOf, keyOf, Tables, type Space, type Table } from './table';

/** Domains of one depth with equal tables. */
export interface EqualDomains {
  readonly table: Table;
  readonly domains: readonly number[];
}

/**
 * For every domain and every vector of units, the least that placing them there costs.
 *
 * A node's table is enumerated; a domain's is the (min, +) sum of those in it, with what the domain itself costs on
 * top. Equal tables are one object, and sums are remembered. A domain is looked at again only after something in it
 * has changed.
 */
export class DomainTables {
  readonly depths: number;
  private readonly tables: readonly Tables[];
  private readonly costs: readonly DepthCosts[];
  private readonly nodes: NodeTables;
  /** By class and eligibility of a node. */
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

  constructor(
    private readonly standing: Standing,
    gang: Gang,
    rated: RatedShape,
    private readonly expressed: Expressed,
    pinsCount: boolean,
  ) {
    const { forest } = standing;
    const { spaces, terms, items, exclusiveFrom } = expressed;
    this.depths = forest.depths;
    this.tables = spaces.map((space) => new Tables(space, terms.words));
    this.costs = spaces.map((space, i) => new DepthCosts(space, i - 1, gang, items, terms, exclusiveFrom));
    const last = this.depths - 1;
    const pods = podsOfLeaves(gang, rated.shape);
    this.nodes = new NodeTables(standing, gang, this.at(last), this.costsAt(last), terms, pods, pinsCount);
    this.eligible = eligibility(gang);
    this.made = spaces.map((_, i) => new Int32Array(i === this.depths ? 0 : forest.count(i - 1)));
    this.kept = spaces.map(() => []);
    this.lifted = spaces.map(() => new Map<number, Table>());
    this.joins = spaces.map(() => new Map<number, readonly number[]>());
  }

  /** Numbers held in memory, about. */
  get size(): number {
    const domains = this.made.reduce((sum, made) => sum + made.length, 0);
    return this.tables.reduce((sum, tables) => sum + tables.kept, domains + this.eligible.length / 4);
  }

  at(depth: number): Tables {
    const tables = this.tables[depth + 1];
    if (!tables) throw new Error(`no depth ${depth}`);
    return tables;
  }

  costsAt(depth: number): DepthCosts {
    const costs = this.costs[depth + 1];
    if (!costs) throw new Error(`no depth ${depth}`);
    return costs;
  }

  space(depth: number): Space {
    return this.at(depth).space;
  }

  /** True where pods with accelerators would break the domain. */
  isWhole(depth: number, domain: number): boolean {
    return depth >= 0 && depth < this.depths - 1 && this.standing.breaksDomain(depth, domain);
  }

  /** The table of a domain. */
  table(depth: number, domain: number): Table {
    if (depth === this.depths - 1) return this.nodeTable(domain);
    const made = this.made[depth + 1];
    const kept = this.kept[depth + 1];
    const known = kept?.[domain];
    if (known && (made?.[domain] ?? 0) >= (this.standing.changed[depth + 1]?.[domain] ?? 0)) return known;
    const inside = this.partialSums(depth, this.groupsIn(depth, domain)).at(-1) ?? this.at(depth + 1).empty;
    const table = this.lift(depth, inside, this.isWhole(depth, domain));
    if (made && kept) [kept[domain], made[domain]] = [table, this.standing.now];
    return table;
  }

  nodeTable(n: number): Table {
    const locked = this.expressed.locked.get(n);
    if (locked) return this.nodes.tableOf(n, locked);
    const kind = this.standing.classAt(n) * 2 ** 16 + (this.eligible[n] ?? 0);
    let table = this.byKind.get(kind);
    if (!table) this.byKind.set(kind, (table = this.nodes.tableOf(n, undefined)));
    return table;
  }

  /** Domains of the next depth with equal tables; those that can hold least come last. */
  groupsIn(depth: number, domain: number): EqualDomains[] {
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

  /** By group: the sum of the tables of all groups up to it. */
  partialSums(depth: number, groups: readonly EqualDomains[]): Table[] {
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
  joinsOf(depth: number, key: number): readonly number[] {
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
}

/** True where both depths have the same whole copies and no parts. */
function isSameSpace(a: Space, b: Space): boolean {
  const areSame = a.dims.every((dim, i) => dim.complete && b.dims[i]?.complete && dim.item === b.dims[i].item);
  return areSame && a.dims.length === b.dims.length;
}

function eligibility(gang: Gang): Uint16Array {
  const bits = new Uint16Array(gang.leaves[0]?.alone.length ?? 0);
  for (const { alone, index } of gang.leaves) {
    for (let n = 0; n < bits.length; n++) if ((alone[n] ?? 0) > 0) bits[n] = (bits[n] ?? 0) | (1 << index);
  }
  return bits;
}
