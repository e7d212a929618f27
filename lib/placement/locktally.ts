import type { Gang, Group } from './instance';
import type { LockedCopy, LockedGang } from './locked';
import { fitPods } from './moved';

/**
 * A lower bound on moved pods while pods are being placed: leaf by leaf, locked pods that no placed or still missing
 * pod can continue, whichever copies they belong to.
 */
export class LockTally {
  /** By leaf: fit locked pods that must find their node again. */
  private readonly wanted: readonly number[];
  /** By leaf and node: fit locked pods. */
  private readonly locked: readonly ReadonlyMap<number, number>[];
  private readonly placed: readonly Map<number, number>[];
  private readonly matched: number[];
  private readonly missing: number[];
  /** Pods that will have moved, at least. */
  bound = 0;

  constructor(gang: Gang, lock: LockedGang, podsByLeaf: readonly number[]) {
    const wanted = gang.leaves.map(() => 0);
    const locked = gang.leaves.map(() => new Map<number, number>());
    collect(gang.roots, lock, wanted, locked, false);
    this.wanted = wanted;
    this.locked = locked;
    this.placed = gang.leaves.map(() => new Map<number, number>());
    this.matched = gang.leaves.map(() => 0);
    this.missing = [...podsByLeaf];
    this.bound = this.compute();
  }

  /** True where a locked pod of the leaf could still continue on the node. */
  wants(leaf: number, n: number): boolean {
    return (this.locked[leaf]?.get(n) ?? 0) > (this.placed[leaf]?.get(n) ?? 0);
  }

  place(leaf: number, n: number): void {
    if (this.wants(leaf, n)) this.change(this.matched, leaf, 1);
    this.count(leaf, n, 1);
    this.change(this.missing, leaf, -1);
    this.bound = this.compute();
  }

  undo(leaf: number, n: number): void {
    this.count(leaf, n, -1);
    if (this.wants(leaf, n)) this.change(this.matched, leaf, -1);
    this.change(this.missing, leaf, 1);
    this.bound = this.compute();
  }

  private count(leaf: number, n: number, by: number): void {
    const placed = this.placed[leaf];
    placed?.set(n, (placed.get(n) ?? 0) + by);
  }

  private change(counts: number[], leaf: number, by: number): void {
    counts[leaf] = (counts[leaf] ?? 0) + by;
  }

  private compute(): number {
    return this.wanted.reduce(
      (sum, w, leaf) => sum + Math.max(0, w - (this.matched[leaf] ?? 0) - (this.missing[leaf] ?? 0)),
      0,
    );
  }
}

/** Where copies are locked in excess of what is wanted, the largest may be dropped: nothing beneath is counted on. */
function collect(
  groups: readonly Group[],
  locked: readonly (readonly LockedCopy[])[],
  wanted: number[],
  byNode: readonly Map<number, number>[],
  droppable: boolean,
): void {
  groups.forEach((group, i) => {
    const copies = locked[i] ?? [];
    const surplus = Math.max(0, copies.length - group.replicas);
    if (!group.leaf) {
      for (const copy of copies) collect(group.children, copy.groups, wanted, byNode, droppable || surplus > 0);
      return;
    }
    const leaf = group.leaf.index;
    const sizes = copies.map(fitPods).sort((a, b) => b - a);
    if (!droppable) wanted[leaf] = (wanted[leaf] ?? 0) + sizes.slice(surplus).reduce((a, b) => a + b, 0);
    const nodes = byNode[leaf];
    for (const n of copies.flatMap((copy) => copy.fit)) nodes?.set(n, (nodes.get(n) ?? 0) + 1);
  });
}
