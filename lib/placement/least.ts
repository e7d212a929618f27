import type { Instance, Leaf } from './instance';
import type { Occupancy } from './occupancy';

/**
 * How few domains can hold so many pods, by counting alone: a bound that holds for every placement, whatever else
 * is placed later. Counts are taken once, from the room at the time of making.
 */
export class LeastDomains {
  private readonly slots = new Map<Leaf, Int32Array>();
  private readonly sums = new Map<string, readonly number[]>();
  /** A copy: the occupancy changes while bounds are asked for. */
  private readonly room: Float64Array;

  constructor(
    private readonly instance: Instance,
    occupancy: Occupancy,
    /** Tells leaves of different gangs apart. */
    private readonly keyOf: (leaf: Leaf) => string,
  ) {
    this.room = occupancy.room.slice();
  }

  /** Pods of a leaf that a node has room for, each leaf counted on its own. */
  slotsOf(leaf: Leaf): Int32Array {
    const known = this.slots.get(leaf);
    if (known) return known;
    const slots = leaf.alone.map((alone, n) => (alone > 0 ? this.slotsOn(leaf, n, alone) : 0));
    this.slots.set(leaf, slots);
    return slots;
  }

  private slotsOn(leaf: Leaf, n: number, alone: number): number {
    const base = n * this.instance.scale.resources.length;
    const pods = leaf.demand.reduce(
      (most, [r, units]) => Math.min(most, Math.floor((this.room[base + r] ?? 0) / units)),
      alone,
    );
    return Math.max(0, leaf.exclusive ? Math.min(1, pods) : pods);
  }

  /** The least domains at a depth for pods of one leaf; Infinity where all together hold too few. */
  forPods(leaf: Leaf, pods: number, tree: number, depth: number): number {
    const key = `${this.keyOf(leaf)} ${tree} ${depth}`;
    let sorted = this.sums.get(key);
    if (!sorted) this.sums.set(key, (sorted = this.slotsByDomain(leaf, tree, depth)));
    return leastPrefix(sorted, pods);
  }

  private slotsByDomain(leaf: Leaf, tree: number, depth: number): readonly number[] {
    const domainOf = this.instance.trees[tree]?.domainOf[depth] ?? new Int32Array();
    const sums = new Array<number>(this.instance.trees[tree]?.domainCount[depth] ?? 0).fill(0);
    const seen = new Set<number>();
    const values = this.instance.nodes.length + 1;
    this.slotsOf(leaf).forEach((slots, n) => {
      const domain = domainOf[n] ?? 0;
      const value = leaf.exclusive ? domain * values + (leaf.exclusive[n] ?? 0) : -1;
      if (slots === 0 || seen.has(value)) return;
      if (leaf.exclusive) seen.add(value);
      sums[domain] = (sums[domain] ?? 0) + slots;
    });
    return sums.filter((sum) => sum > 0).sort((a, b) => b - a);
  }

  /** The least domains at a depth for units of one resource, on the nodes that have a slot for some of the leaves. */
  forUnits(leaves: readonly Leaf[], resource: number, units: number, tree: number, depth: number): number {
    if (units === 0) return 0;
    const key = `${leaves.map(this.keyOf).join()} ${resource} ${tree} ${depth}`;
    let sorted = this.sums.get(key);
    if (!sorted) this.sums.set(key, (sorted = this.unitsByDomain(leaves, resource, tree, depth)));
    return leastPrefix(sorted, units);
  }

  private unitsByDomain(leaves: readonly Leaf[], resource: number, tree: number, depth: number): readonly number[] {
    const domainOf = this.instance.trees[tree]?.domainOf[depth] ?? new Int32Array();
    const sums = new Array<number>(this.instance.trees[tree]?.domainCount[depth] ?? 0).fill(0);
    const width = this.instance.scale.resources.length;
    const slots = leaves.map((leaf) => this.slotsOf(leaf));
    domainOf.forEach((domain, n) => {
      if (slots.some((s) => (s[n] ?? 0) > 0))
        sums[domain] = (sums[domain] ?? 0) + Math.max(0, this.room[n * width + resource] ?? 0);
    });
    return sums.filter((sum) => sum > 0).sort((a, b) => b - a);
  }
}

function leastPrefix(sorted: readonly number[], wanted: number): number {
  let left = wanted;
  let used = 0;
  while (left > 0) {
    const next = sorted[used++];
    if (next === undefined) return Infinity;
    left -= next;
  }
  return used;
}
