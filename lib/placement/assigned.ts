import type { Gang, Group } from './instance';

/** Where the pods of a gang are: for each root group, in order, its placed copies. */
export type GangPods = readonly (readonly CopyPods[])[];

/** One placed copy: the nodes of its pods, or the placed copies of each group it holds. */
export interface CopyPods {
  readonly nodes: readonly number[];
  /** In the order of `group.children`. */
  readonly groups: readonly (readonly CopyPods[])[];
}

/** All nodes of a copy's pods, one entry a pod. */
export function nodesOf(copy: CopyPods): readonly number[] {
  return copy.groups.length === 0 ? copy.nodes : nodesOfAll(copy.groups);
}

/** All nodes of the pods of some groups, one entry a pod. */
export function nodesOfAll(pods: GangPods): readonly number[] {
  return pods.flatMap((copies) => copies.flatMap(nodesOf));
}

/** Visits every placed copy of every group, each before those it holds. */
export function visitCopies(
  groups: readonly Group[],
  pods: GangPods,
  visit: (group: Group, copy: CopyPods) => void,
): void {
  groups.forEach((group, i) => {
    for (const copy of pods[i] ?? []) {
      visit(group, copy);
      if (copy.groups.length > 0) visitCopies(group.children, copy.groups, visit);
    }
  });
}

/** The nodes of each group's pods over all copies, by group index. */
export function nodesByGroup(gang: Gang, pods: GangPods): readonly (readonly number[])[] {
  const nodes: number[][] = gang.groups.map(() => []);
  visitCopies(gang.roots, pods, (group, copy) => nodes[group.index]?.push(...nodesOf(copy)));
  return nodes;
}
