import type { GangDocument, GroupDocument, PodDocument } from '../placement/document';
import { leastAssignment } from './assignment';
import type { Cluster, PlacedGang } from './cluster';
import { readCopies, wanted, type Copies, type Copy } from './copies';
import { labelOf } from './domains';
import { refusal } from './eligibility';
import { demandOf, freeOf } from './quantity';

/** True where the lock has, at every depth, the minimum of copies with a node for each pod. */
export function isLockedEntirely(cluster: Cluster, gang: GangDocument): boolean {
  const copies = readCopies(gang, lockOf(cluster, gang.name));
  return gang.groups.every((group) => hasMinimum(group, copies));
}

function hasMinimum(group: GroupDocument, siblings: Copies): boolean {
  const complete = (siblings.get(group.name) ?? []).filter((copy) => {
    return group.groups
      ? group.groups.every((inner) => hasMinimum(inner, copy.beneath))
      : copy.nodes.length === (group.count ?? 1);
  });
  return complete.length >= wanted(group).least;
}

/** The fewest fit locked pods of a placed gang that are not on their node, over all renumberings of equal copies. */
export function movedPods(cluster: Cluster, { gang, copies }: PlacedGang): number {
  const locked = readCopies(gang, lockOf(cluster, gang.name));
  return movedWithin(cluster, gang.groups, locked, copies);
}

function movedWithin(cluster: Cluster, groups: readonly GroupDocument[], locked: Copies, placed: Copies): number {
  return groups.reduce((total, group) => {
    return total + movedOfGroup(cluster, group, locked.get(group.name) ?? [], placed.get(group.name) ?? []);
  }, 0);
}

/**
 * Each locked copy is found again in a placed one, or dropped (as many as are locked beyond `replicas`), or left out,
 * which counts all its fit pods.
 */
function movedOfGroup(
  cluster: Cluster,
  group: GroupDocument,
  locked: readonly Copy[],
  placed: readonly Copy[],
): number {
  const surplus = Math.max(0, locked.length - wanted(group).most);
  const [lockedRest, placedRest] = group.pod ? withoutUnmoved(cluster, group.pod, locked, placed) : [locked, placed];
  const costs = lockedRest.map((copy) => [
    ...placedRest.map((other) => movedOfCopy(cluster, group, copy, other)),
    ...new Array<number>(surplus).fill(0),
    ...new Array<number>(lockedRest.length).fill(fitPods(cluster, group, copy)),
  ]);
  return leastAssignment(costs);
}

/**
 * Takes out pairs that are the same, all pods fit: pairing them is never worse than any other way, and it leaves
 * little to assign where little moves.
 */
function withoutUnmoved(
  cluster: Cluster,
  pod: PodDocument,
  locked: readonly Copy[],
  placed: readonly Copy[],
): [Copy[], Copy[]] {
  const waiting = new Map<string, Copy[]>();
  for (const copy of placed) {
    const same = waiting.get(nodesText(copy));
    if (same) same.push(copy);
    else waiting.set(nodesText(copy), [copy]);
  }
  const rest = locked.filter((copy) => {
    if (!copy.nodes.every((node) => isFit(cluster, pod, node))) return true;
    return waiting.get(nodesText(copy))?.pop() === undefined;
  });
  return [rest, [...waiting.values()].flat()];
}

export function movedOfCopy(cluster: Cluster, group: GroupDocument, locked: Copy, placed: Copy): number {
  const { pod } = group;
  if (pod === undefined) return movedWithin(cluster, group.groups ?? [], locked.beneath, placed.beneath);
  const there = [...placed.nodes];
  return locked.nodes.filter((node) => {
    const found = there.indexOf(node);
    if (found >= 0) there.splice(found, 1);
    return found < 0 && isFit(cluster, pod, node);
  }).length;
}

export function fitPods(cluster: Cluster, group: GroupDocument, copy: Copy): number {
  const { pod } = group;
  if (pod) return copy.nodes.filter((node) => isFit(cluster, pod, node)).length;
  return (group.groups ?? []).reduce((total, inner) => {
    return (
      total + (copy.beneath.get(inner.name) ?? []).reduce((sum, beneath) => sum + fitPods(cluster, inner, beneath), 0)
    );
  }, 0);
}

/** The node exists, may take the pod, has its exclusive label, and could hold it alone beside what is used. */
function isFit(cluster: Cluster, pod: PodDocument, name: string): boolean {
  const node = cluster.nodes.get(name);
  if (node === undefined || refusal(node, pod) !== undefined) return false;
  if (pod.exclusive !== undefined && labelOf(node, pod.exclusive) === undefined) return false;
  return [...demandOf(pod.requests)].every(([resource, request]) => {
    const free = freeOf(node, resource);
    return free === undefined || request <= free;
  });
}

/** The placements that the lock has for a gang. */
export function lockOf(cluster: Cluster, gang: string): Readonly<Record<string, readonly string[]>> {
  const locked = cluster.document.locked ?? {};
  return (Object.hasOwn(locked, gang) ? locked[gang] : undefined) ?? {};
}

function nodesText(copy: Copy): string {
  return [...copy.nodes].sort().join('\n');
}
