import { closedBecause, excludedBecause } from './eligibility';
import type { Gang, Group, Instance, Leaf } from './instance';
import { compareNatural } from './natural';

/** The placements to keep, read against an instance. */
export interface Locks {
  /** By gang; undefined where nothing is locked. */
  readonly gangs: readonly (LockedGang | undefined)[];
  /** By gang: the lock places it entirely. */
  readonly entire: readonly boolean[];
}

/** For each root group, in order, its locked copies. */
export type LockedGang = readonly (readonly LockedCopy[])[];

export interface LockedCopy {
  /** Its number in the lock. */
  readonly number: number;
  /** Nodes of pods that are still fit, one entry a pod. */
  readonly fit: readonly number[];
  /** Every node that the lock names, fit or not, in natural order. */
  readonly names: readonly string[];
  /** In the order of `group.children`. */
  readonly groups: readonly (readonly LockedCopy[])[];
}

export function readLocks(instance: Instance): Locks {
  const gangs = instance.gangs.map((gang) => readLock(instance, gang));
  return {
    gangs,
    entire: instance.gangs.map((gang, i) => {
      const lock = gangs[i];
      return lock !== undefined && placesEntirely(gang.roots, lock);
    }),
  };
}

function readLock(instance: Instance, gang: Gang): LockedGang | undefined {
  const lock = instance.problem.locked.get(gang.spec.name);
  if (!lock || lock.size === 0) return undefined;
  const entries = [...lock].map(([path, nodes]) => ({ path: path.split('/'), nodes }));
  return gang.roots.map((group) => lockedCopies(instance, group, entries, 0));
}

interface Entry {
  /** Names of groups, each followed by the number of a copy. */
  readonly path: readonly string[];
  readonly nodes: readonly string[];
}

const NUMBER = /^(0|[1-9]\d*)$/;

/** The copies of a group whose name stands at this place in paths. */
function lockedCopies(instance: Instance, group: Group, entries: readonly Entry[], at: number): LockedCopy[] {
  const copies = new Map<number, Entry[]>();
  for (const entry of entries) {
    const { path } = entry;
    if (path[at] !== group.spec.name || (path.length === at + 2) !== (group.leaf !== undefined)) continue;
    const number = path[at + 1] ?? '';
    if (!NUMBER.test(number)) continue;
    const known = copies.get(Number(number));
    if (known) known.push(entry);
    else copies.set(Number(number), [entry]);
  }
  const ordered = [...copies].sort(([a], [b]) => a - b);
  return ordered.map(([number, inner]) => lockedCopy(instance, group, number, inner, at + 2));
}

function lockedCopy(
  instance: Instance,
  group: Group,
  number: number,
  entries: readonly Entry[],
  at: number,
): LockedCopy {
  if (!group.leaf) {
    return {
      number,
      fit: [],
      names: [],
      groups: group.children.map((child) => lockedCopies(instance, child, entries, at)),
    };
  }
  const leaf = group.leaf;
  const names = entries.flatMap((entry) => entry.nodes).sort(compareNatural);
  const fit = names.map((name) => instance.nodeIndex.get(name) ?? -1);
  return { number, fit: fit.filter((n) => n >= 0 && couldStay(instance, leaf, n)), names, groups: [] };
}

/** A locked pod is fit where it could run alone beside `used`; the topology's labels do not matter. */
function couldStay(instance: Instance, leaf: Leaf, n: number): boolean {
  const node = instance.nodes[n];
  if (!node || closedBecause(node) !== undefined || excludedBecause(node, leaf.spec.pod) !== undefined) return false;
  return leaf.demand.every(([r, units]) => instance.room.on(n, r) >= units);
}

function placesEntirely(groups: readonly Group[], locked: readonly (readonly LockedCopy[])[]): boolean {
  return groups.every((group, i) => (locked[i] ?? []).filter((copy) => isEntire(group, copy)).length >= group.min);
}

function isEntire(group: Group, copy: LockedCopy): boolean {
  return group.leaf ? copy.names.length === group.leaf.count : placesEntirely(group.children, copy.groups);
}
