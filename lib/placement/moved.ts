import { assign } from './assignment';
import type { CopyPods, GangPods } from './assigned';
import type { Gang, Group } from './instance';
import type { LockedCopy, LockedGang } from './locked';

/** Which placed copy takes the place of which locked one. */
export interface Renumbering {
  /** Fit locked pods that are not on their node. */
  readonly moved: number;
  /** By placed copy: the locked copy it continues, or undefined. */
  readonly continues: readonly (LockedCopy | undefined)[];
}

/** The fewest fit locked pods that are not on their node, over all renumberings of equal copies. */
export function movedPods(gang: Gang, lock: LockedGang | undefined, pods: GangPods): number {
  return lock ? movedIn(gang.roots, lock, pods) : 0;
}

function movedIn(groups: readonly Group[], locked: readonly (readonly LockedCopy[])[], pods: GangPods): number {
  return groups.reduce((sum, group, i) => sum + renumber(group, locked[i] ?? [], pods[i] ?? []).moved, 0);
}

/** True where every locked copy is where the placed copy of its place is. */
function isInPlace(locked: readonly LockedCopy[], placed: readonly CopyPods[]): boolean {
  return locked.every(({ fit, groups }, i) => {
    const copy = placed[i];
    if (!copy || fit.some((n, pod) => copy.nodes[pod] !== n)) return false;
    return groups.every((inner, g) => isInPlace(inner, copy.groups[g] ?? []));
  });
}

/**
 * Matches placed copies with locked ones. Locked copies in excess of `replicas` may be dropped for nothing; a wanted
 * one that is left out counts with all its fit pods.
 */
export function renumber(group: Group, locked: readonly LockedCopy[], placed: readonly CopyPods[]): Renumbering {
  // The assignment would say the same: of columns that cost nothing, a row has the first that those before it leave.
  if (isInPlace(locked, placed)) return { moved: 0, continues: placed.map((_, p) => locked[p]) };
  const surplus = Math.max(0, locked.length - group.replicas);
  const costs = locked.map((copy) => {
    const all = fitPods(copy);
    return [...placed.map((p) => movedBetween(group, copy, p)), ...locked.map((_, i) => (i < surplus ? 0 : all))];
  });
  const columns = assign(costs);
  const continues = placed.map((_, p): LockedCopy | undefined => locked[columns.indexOf(p)]);
  return { moved: columns.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? 0), 0), continues };
}

/** Fit pods of a locked copy, at every depth beneath. */
export function fitPods(copy: LockedCopy): number {
  return (
    copy.fit.length + copy.groups.reduce((sum, copies) => sum + copies.reduce((inner, c) => inner + fitPods(c), 0), 0)
  );
}

function movedBetween(group: Group, locked: LockedCopy, placed: CopyPods): number {
  if (!group.leaf) return movedIn(group.children, locked.groups, placed.groups);
  const free = [...placed.nodes];
  return locked.fit.filter((n) => {
    const at = free.indexOf(n);
    if (at >= 0) free.splice(at, 1);
    return at < 0;
  }).length;
}
