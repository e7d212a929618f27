import { nodesOf, nodesOfAll, type CopyPods, type GangPods } from './assigned';
import type { Gang, Group, Instance, Rule } from './instance';
import type { LockedCopy, Locks } from './locked';
import { renumber } from './moved';
import { compareNatural } from './natural';
import type { PlacedGang } from './plan';
import { valuesOf } from './tree';

/** A placed gang as a plan prints it: copies numbered, nodes by name. */
export function writeGang(instance: Instance, locks: Locks, gang: Gang, pods: GangPods): PlacedGang {
  const written: Written = { instance, placements: [], domains: [], moved: [] };
  writeDomain(written, '', gang.rule, nodesOfAll(pods));
  const lock = locks.gangs[gang.index];
  gang.roots.forEach((group, i) => writeGroup(written, '', group, pods[i] ?? [], lock?.[i] ?? []));
  return {
    name: gang.spec.name,
    status: 'placed',
    placements: sorted(written.placements),
    domains: sorted(written.domains),
    moved: written.moved.sort(compareNatural),
  };
}

interface Written {
  readonly instance: Instance;
  readonly placements: [string, readonly string[]][];
  readonly domains: [string, { readonly [level: string]: string }][];
  readonly moved: string[];
}

function sorted<T>(entries: [string, T][]): { readonly [path: string]: T } {
  return Object.fromEntries(entries.sort(([a], [b]) => compareNatural(a, b)));
}

function writeDomain({ instance, domains }: Written, path: string, rule: Rule, nodes: readonly number[]): void {
  const tree = instance.trees[rule.tree];
  const level = tree?.levels[rule.required];
  const domain = tree?.divisions[rule.required]?.domainOf[nodes[0] ?? -1] ?? -1;
  const value = tree && valuesOf(tree, instance.nodes, rule.required, domain)[rule.required];
  if (level !== undefined && value !== undefined && domain >= 0) domains.push([path, { [level]: value }]);
}

function writeGroup(
  written: Written,
  prefix: string,
  group: Group,
  pods: readonly CopyPods[],
  locked: readonly LockedCopy[],
): void {
  for (const { copy, number, continues } of numbered(group, pods, locked)) {
    const path = `${prefix}${group.spec.name}/${number}`;
    writeDomain(written, path, group.rule, nodesOf(copy));
    if (!group.leaf) {
      group.children.forEach((child, i) =>
        writeGroup(written, `${path}/`, child, copy.groups[i] ?? [], continues?.groups[i] ?? []),
      );
      continue;
    }
    const names = copy.nodes.map((n) => written.instance.nodes[n]?.name ?? '');
    written.placements.push([path, names]);
    if (continues && continues.names.join(' ') !== names.join(' ')) written.moved.push(path);
  }
}

interface NumberedCopy {
  readonly copy: CopyPods;
  readonly number: number;
  readonly continues: LockedCopy | undefined;
}

/** Copies keep their locked number where it is below `replicas`; the others take the lowest free ones, by their nodes. */
function numbered(group: Group, pods: readonly CopyPods[], locked: readonly LockedCopy[]): NumberedCopy[] {
  const copies = inOrder(pods);
  const { continues } = renumber(group, locked, copies);
  const kept = continues.map((copy) => (copy && copy.number < group.replicas ? copy.number : -1));
  const free = copies.map((_, i) => i);
  const unused = Array.from({ length: group.replicas }, (_, number) => number).filter(
    (number) => !kept.includes(number),
  );
  const waiting = free
    .filter((i) => kept[i] === -1)
    .sort((a, b) => lockedNumber(continues[a]) - lockedNumber(continues[b]) || a - b);
  waiting.forEach((i, place) => (kept[i] = unused[place] ?? 0));
  return copies.map((copy, i) => ({ copy, number: kept[i] ?? 0, continues: continues[i] }));
}

function lockedNumber(copy: LockedCopy | undefined): number {
  return copy ? copy.number : Number.MAX_SAFE_INTEGER;
}

/** By sorted node names; node numbers are in natural order of names. */
function inOrder(pods: readonly CopyPods[]): readonly CopyPods[] {
  const sorted = pods.map((copy) => ({ copy, nodes: [...nodesOf(copy)].sort((a, b) => a - b) }));
  return sorted.sort((a, b) => compareNodes(a.nodes, b.nodes)).map(({ copy }) => copy);
}

function compareNodes(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((n, i) => n !== right[i]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}
