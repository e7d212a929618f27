import { nodesOfAll, visitCopies, type CopyPods, type GangPods } from '../assigned';
import type { Gang, Group, Instance, Rule } from '../instance';
import type { LockedCopy, LockedGang } from '../locked';

/** The locked placement itself, where it holds every copy that is wanted, whole and fit; undefined otherwise. */
export function keptPods(gang: Gang, lock: LockedGang | undefined): GangPods | undefined {
  return lock && keptCopies(gang.roots, lock);
}

function keptCopies(groups: readonly Group[], locked: readonly (readonly LockedCopy[])[]): GangPods | undefined {
  const kept: CopyPods[][] = [];
  for (const [i, group] of groups.entries()) {
    const copies = (locked[i] ?? []).flatMap((copy) => keptCopy(group, copy) ?? []);
    if (copies.length !== group.replicas || (locked[i] ?? []).length !== group.replicas) return undefined;
    kept.push(copies);
  }
  return kept;
}

function keptCopy(group: Group, copy: LockedCopy): CopyPods | undefined {
  if (group.leaf) {
    const whole = copy.names.length === group.leaf.count && copy.fit.length === group.leaf.count;
    return whole ? { nodes: [...copy.fit].sort((a, b) => a - b), groups: [] } : undefined;
  }
  const groups = keptCopies(group.children, copy.groups);
  return groups && { nodes: [], groups };
}

/**
 * True where required levels and `exclusive` hold, and all nodes have the labels of the topologies that constrain
 * their pods. For the rest, locked pods are fit; room beside other gangs is another matter.
 */
export function keepsRules(instance: Instance, gang: Gang, pods: GangPods): boolean {
  return (
    keepsExclusive(gang, pods) &&
    inOneDomain(instance, gang.rule, pods) &&
    copiesInOneDomain(instance, gang.roots, pods)
  );
}

function keepsExclusive(gang: Gang, pods: GangPods): boolean {
  const taken = gang.leaves.map(() => new Set<number>());
  let keeps = true;
  visitCopies(gang.roots, pods, ({ leaf }, { nodes }) => {
    const values = leaf?.exclusive && taken[leaf.index];
    if (!values) return;
    for (const value of nodes.map((n) => leaf.exclusive?.[n] ?? -1)) {
      if (values.has(value)) keeps = false;
      values.add(value);
    }
  });
  return keeps;
}

function copiesInOneDomain(instance: Instance, groups: readonly Group[], pods: GangPods): boolean {
  return groups.every((group, i) =>
    (pods[i] ?? []).every(
      (copy) => inOneDomain(instance, group.rule, [[copy]]) && copiesInOneDomain(instance, group.children, copy.groups),
    ),
  );
}

function inOneDomain({ trees }: Instance, { tree: t, required }: Rule, pods: GangPods): boolean {
  const tree = trees[t];
  if (!tree) return true;
  const nodes = nodesOfAll(pods);
  if (nodes.some((n) => !tree.isComplete(n))) return false;
  if (required < 0) return true;
  const domainOf = tree.divisions[required]?.domainOf;
  const first = domainOf?.[nodes[0] ?? -1] ?? -1;
  return first >= 0 && nodes.every((n) => domainOf?.[n] === first);
}
