import type { Gang, Leaf } from '../instance';
import { addTo, type DepthCosts } from './costs';
import { mostOf, type Standing } from './standing';
import type { Table, Tables } from './table';
import type { Terms } from './terms';
import type { Dim } from './units';

/** Everything that one node can take, with what it costs there. */
export class NodeTables {
  private readonly width: number;
  /** By resource: units that the vector asks for. */
  private readonly asked: Float64Array;
  private readonly counts: number[];
  private readonly pods: number[];
  private readonly cost: Float64Array;

  constructor(
    private readonly standing: Standing,
    private readonly gang: Gang,
    private readonly tables: Tables,
    private readonly costs: DepthCosts,
    private readonly terms: Terms,
    /** By leaf: pods in the shape. */
    private readonly podsByLeaf: readonly number[],
    /** False where pins are left out of account. */
    private readonly pinsCount: boolean,
  ) {
    this.width = standing.instance.scale.resources.length;
    this.asked = new Float64Array(this.width);
    this.counts = tables.space.dims.map(() => 0);
    this.pods = gang.leaves.map(() => 0);
    this.cost = new Float64Array(terms.words);
  }

  /** `locked` says how many pods of each leaf are locked to the node. */
  tableOf(n: number, locked: ReadonlyMap<number, number> | undefined): Table {
    this.tables.open();
    this.extend(n, 0, 0, locked);
    return this.tables.close();
  }

  private extend(n: number, i: number, key: number, locked: ReadonlyMap<number, number> | undefined): void {
    const { dims, strides } = this.tables.space;
    const dim = dims[i];
    if (!dim) {
      this.offer(n, key, locked);
      return;
    }
    let placed = 0;
    while (this.tables.space.rank[key + placed * (strides[i] ?? 0)] !== -1) {
      this.counts[i] = placed;
      this.extend(n, i + 1, key + placed * (strides[i] ?? 0), locked);
      if (placed === dim.most || !this.mayTake(n, dim)) break;
      this.take(dim, 1);
      placed++;
      if (!this.hasRoom(n)) break;
    }
    this.take(dim, -placed);
    this.counts[i] = 0;
  }

  private mayTake(n: number, dim: Dim): boolean {
    return dim.pods.every((pods, leaf) => pods === 0 || (this.gang.leaves[leaf]?.alone[n] ?? 0) > 0);
  }

  private take(dim: Dim, units: number): void {
    dim.pods.forEach((pods, l) => {
      const leaf = this.gang.leaves[l];
      if (pods === 0 || !leaf) return;
      this.pods[l] = (this.pods[l] ?? 0) + units * pods;
      for (const [r, each] of leaf.demand) this.asked[r] = (this.asked[r] ?? 0) + units * pods * each;
    });
  }

  private hasRoom(n: number): boolean {
    for (let r = 0; r < this.width; r++) {
      const asked = this.asked[r] ?? 0;
      if (asked > 0 && asked > this.standing.left(n, r)) return false;
    }
    return true;
  }

  private offer(n: number, key: number, locked: ReadonlyMap<number, number> | undefined): void {
    if (!this.costs.allows(key) || (this.pinsCount && !this.isSafe(n))) return;
    const { cost, terms } = this;
    cost.fill(0);
    if (key !== 0) this.costs.addTo(key, false, cost, 0);
    if (this.costs.isAccelerated(key) && this.standing.breaks(n)) addTo(cost, 0, terms.brokenNodes, 1);
    locked?.forEach((pods, leaf) => addTo(cost, 0, terms.kept, -Math.min(pods, this.pods[leaf] ?? 0)));
    this.tables.offer(key, cost, 0);
  }

  /** True where the node holds every pinned component at its most. */
  private isSafe(n: number): boolean {
    const reserved = this.gang.leaves.map((leaf) => (leaf.pinned ? this.mostHere(leaf, n) : 0));
    if (reserved.every((pods) => pods === 0)) return true;
    for (let r = 0; r < this.width; r++) {
      let units = 0;
      for (const leaf of this.gang.leaves) {
        for (const [own, each] of leaf.demand) if (own === r) units += each * (reserved[leaf.index] ?? 0);
      }
      const reservedHere = this.standing.reserved[n * this.width + r] ?? 0;
      if (units > 0 && units + reservedHere > this.standing.instance.room.on(n, r)) return false;
    }
    return true;
  }

  /** The most pods of a leaf's components that could come to be on the node. */
  private mostHere(leaf: Leaf, n: number): number {
    const here = this.pods[leaf.index] ?? 0;
    if (here === 0) return 0;
    if (leaf.pinned === 'set') return here === this.podsByLeaf[leaf.index] ? here : mostOf(leaf, leaf.pods, n);
    return this.tables.space.dims.reduce((sum, dim, i) => {
      const units = this.counts[i] ?? 0;
      const pods = dim.pods[leaf.index] ?? 0;
      return sum + units * (pods === 0 || dim.complete ? pods : mostOf(leaf, leaf.count, n));
    }, 0);
  }
}
