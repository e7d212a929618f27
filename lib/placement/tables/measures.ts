import type { Gang } from '../instance';
import { podsOf } from './costs';
import type { Standing } from './standing';
import { countsOf, type Space, type Table } from './table';

/**
 * How much of a gang a domain could hold, by counting alone: pods by leaf, then units by resource, each for itself.
 * What is counted is remembered until something in the domain changes.
 */
export class Measures {
  /** By measure: what the whole gang needs. */
  private readonly need: Float64Array;
  /** By depth + 1 and domain: when it was measured. */
  private readonly measured: readonly Int32Array[];
  /** By depth + 1, domain and measure: the most that it could hold. */
  private readonly measures: readonly Float64Array[];
  /** By table of a node. */
  private readonly ofTable: (Float64Array | undefined)[] = [];
  private readonly counted: readonly Int32Array[];
  private readonly fewest: readonly Int32Array[];

  constructor(
    private readonly standing: Standing,
    private readonly gang: Gang,
    podsByLeaf: readonly number[],
    private readonly nodes: Space,
    private readonly nodeTable: (n: number) => Table,
  ) {
    const { forest } = standing;
    this.need = this.measureOf(podsByLeaf);
    const domains = Array.from({ length: forest.depths }, (_, i) => forest.count(i - 1));
    this.measured = domains.map((count) => new Int32Array(count));
    this.measures = domains.map((count) => new Float64Array(count * this.need.length));
    this.counted = domains.map((count) => new Int32Array(count));
    this.fewest = domains.map((count) => new Int32Array(count));
  }

  /** Numbers held in memory, about. */
  get size(): number {
    return this.measures.reduce((sum, { length }) => sum + length, 0);
  }

  private measureOf(pods: readonly number[]): Float64Array {
    const leaves = this.gang.leaves.length;
    const measure = new Float64Array(leaves + this.standing.instance.scale.resources.length);
    this.gang.leaves.forEach((leaf, l) => {
      measure[l] = pods[l] ?? 0;
      for (const [r, units] of leaf.demand) measure[leaves + r] = (measure[leaves + r] ?? 0) + units * (pods[l] ?? 0);
    });
    return measure;
  }

  /** False where the domain cannot hold the gang. */
  areEnough(depth: number, domain: number): boolean {
    const [most, from] = this.of(depth, domain);
    for (let m = 0; m < this.need.length; m++) if ((most[from + m] ?? 0) < (this.need[m] ?? 0)) return false;
    return true;
  }

  /** How few of the domains in a large enough domain could hold the gang. */
  fewestParts(depth: number, domain: number): number {
    const counted = this.counted[depth + 1];
    const fewest = this.fewest[depth + 1];
    if (!counted || !fewest) return 1;
    if ((counted[domain] ?? 0) < this.changed(depth, domain)) {
      fewest[domain] = this.countParts(depth, domain);
      counted[domain] = this.standing.now;
    }
    return fewest[domain] ?? 1;
  }

  private countParts(depth: number, domain: number): number {
    const children = this.standing.forest.children(depth, domain);
    const amounts = new Float64Array(children.length);
    let fewest = 1;
    for (let m = 0; m < this.need.length; m++) {
      const need = this.need[m] ?? 0;
      let most = 0;
      for (let i = 0; i < children.length; i++) {
        const [measure, from] = this.of(depth + 1, children[i] ?? 0);
        most = Math.max(most, (amounts[i] = measure[from + m] ?? 0));
      }
      if (most * fewest < need) fewest = Math.max(fewest, leastPrefix(amounts.sort(), need));
    }
    return fewest;
  }

  private changed(depth: number, domain: number): number {
    return this.standing.changed[depth + 1]?.[domain] ?? 0;
  }

  /** The measures of a domain, and where in the array they begin. */
  private of(depth: number, domain: number): readonly [Float64Array, number] {
    if (depth === this.standing.forest.depths - 1) return [this.ofNode(this.nodeTable(domain)), 0];
    return [this.measures[depth + 1] ?? this.need, this.at(depth, domain)];
  }

  /** Where the measures of a domain above the nodes begin; they are up to date. */
  private at(depth: number, domain: number): number {
    const measures = this.measures[depth + 1];
    const measured = this.measured[depth + 1];
    const at = domain * this.need.length;
    if (measures && measured && (measured[domain] ?? 0) < this.changed(depth, domain)) {
      this.sumUp(depth, domain, measures, at);
      measured[domain] = this.standing.now;
    }
    return at;
  }

  private sumUp(depth: number, domain: number, measures: Float64Array, at: number): void {
    const width = this.need.length;
    measures.fill(0, at, at + width);
    const atNodes = depth === this.standing.forest.depths - 2;
    for (const child of this.standing.forest.children(depth, domain)) {
      const most = atNodes ? this.ofNode(this.nodeTable(child)) : (this.measures[depth + 2] ?? this.need);
      const from = atNodes ? 0 : this.at(depth + 1, child);
      for (let m = 0; m < width; m++) measures[at + m] = (measures[at + m] ?? 0) + (most[from + m] ?? 0);
    }
  }

  /** By measure, the most that some entry of a node's table has. */
  private ofNode(table: Table): Float64Array {
    const known = this.ofTable[table.id];
    if (known) return known;
    const most = new Float64Array(this.need.length);
    for (const key of table.keys) {
      const measure = this.measureOf(podsOf(this.nodes, countsOf(this.nodes, key), this.gang.leaves.length));
      measure.forEach((x, m) => (most[m] = Math.max(most[m] ?? 0, x)));
    }
    this.ofTable[table.id] = most;
    return most;
  }
}

/** How many of the largest amounts, given in ascending order, reach a need. */
function leastPrefix(ascending: Float64Array, need: number): number {
  let left = need;
  for (let i = ascending.length - 1; i >= 0; i--) {
    left -= ascending[i] ?? 0;
    if (left <= 0) return ascending.length - i;
  }
  return ascending.length;
}
