import type { GroupDocument } from '../placement/document';
import type { Plan } from '../placement/plan';
import { podsOf, type Cluster, type PlacedGang } from './cluster';
import { readCopies, wanted, type Copies, type Copy } from './copies';
import type { PlanFault } from './fault';
import { fitPods, lockOf, movedOfCopy, movedPods } from './moved';

/**
 * The plan's `moved` are the copies that the lock has on other nodes, and copies are numbered as the lock has them:
 * no other numbers would show fewer pods as moved, and where nothing is locked the numbers are the lowest.
 *
 * Where a copy is locked under a number that is not wanted any more, it may go on under any lower one; then nothing is
 * said of the group's numbers, nor of those within it.
 */
export function checkNumbering(cluster: Cluster, placed: readonly PlacedGang[], plan: Plan): PlanFault[] {
  return plan.gangs.flatMap((planned) => {
    const found = placed.find(({ gang }) => gang.name === planned.name);
    if (found === undefined || planned.status !== 'placed') return [];
    const locked = readCopies(found.gang, lockOf(cluster, planned.name));
    return [
      ...checkMoved(found, locked, planned.moved),
      ...checkKept(cluster, found, locked),
      ...checkLowest(found.gang.groups, locked, found.copies).map((path) => numberFault(planned.name, path)),
    ];
  });
}

function checkMoved({ gang, copies }: PlacedGang, locked: Copies, moved: readonly string[]): PlanFault[] {
  const differing = differences(gang.groups, locked, copies);
  const wrong = [
    ...[...differing].filter(([path, differs]) => differs !== moved.includes(path)).map(([path]) => path),
    ...moved.filter((path) => !differing.has(path) && !isBeneathRenumbered(gang.groups, locked, path.split('/'))),
  ];
  return wrong.map((path) => {
    const message = `${path} of ${gang.name} is ${moved.includes(path) ? '' : 'not '}among moved, against what is locked`;
    return { code: 'moved', message, gang: gang.name, path, data: { moved } };
  });
}

/** By path of a placed copy: whether its nodes differ from the lock's, as far as the lock says anything of it. */
function differences(groups: readonly GroupDocument[], locked: Copies, placed: Copies): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const group of groups) {
    const before = locked.get(group.name) ?? [];
    if (goesOnUnderOthers(group, before)) continue;
    for (const copy of placed.get(group.name) ?? []) {
      const old = before.find(({ index }) => index === copy.index);
      if (group.pod) found.set(copy.path, old !== undefined && nodesText(old) !== nodesText(copy));
      const inner = differences(group.groups ?? [], old?.beneath ?? new Map<string, Copy[]>(), copy.beneath);
      for (const [path, differs] of inner) found.set(path, differs);
    }
  }
  return found;
}

function isBeneathRenumbered(
  groups: readonly GroupDocument[],
  locked: Copies,
  [name, index, ...rest]: readonly string[],
): boolean {
  const group = groups.find((candidate) => candidate.name === name);
  if (group === undefined) return false;
  const before = locked.get(group.name) ?? [];
  if (goesOnUnderOthers(group, before)) return true;
  const copy = before.find((candidate) => String(candidate.index) === index);
  return isBeneathRenumbered(group.groups ?? [], copy?.beneath ?? new Map<string, Copy[]>(), rest);
}

/** The pods that moved by the plan's own numbers are the fewest by any. */
function checkKept(cluster: Cluster, placed: PlacedGang, locked: Copies): PlanFault[] {
  const { gang, copies } = placed;
  const byNumbers = movedByNumbers(cluster, gang.groups, locked, copies);
  const least = movedPods(cluster, placed);
  if (byNumbers === undefined || byNumbers === least) return [];
  const message = `by the numbers of its copies ${byNumbers} pods of ${gang.name} moved; other numbers would show ${least}`;
  return [{ code: 'numbering', message, gang: gang.name, data: { byNumbers, least } }];
}

function movedByNumbers(
  cluster: Cluster,
  groups: readonly GroupDocument[],
  locked: Copies,
  placed: Copies,
): number | undefined {
  let total = 0;
  for (const group of groups) {
    const before = locked.get(group.name) ?? [];
    if (goesOnUnderOthers(group, before)) return undefined;
    for (const old of before) {
      const copy = (placed.get(group.name) ?? []).find(({ index }) => index === old.index);
      const moved = movedUnderNumber(cluster, group, old, copy);
      if (moved === undefined) return undefined;
      total += moved;
    }
  }
  return total;
}

function movedUnderNumber(
  cluster: Cluster,
  group: GroupDocument,
  old: Copy,
  copy: Copy | undefined,
): number | undefined {
  if (copy === undefined) return fitPods(cluster, group, old);
  return group.pod
    ? movedOfCopy(cluster, group, old, copy)
    : movedByNumbers(cluster, group.groups ?? [], old.beneath, copy.beneath);
}

/** Groups none of whose copies is locked, and whose numbers have gaps. */
function checkLowest(groups: readonly GroupDocument[], locked: Copies, placed: Copies): string[] {
  return groups.flatMap((group) => {
    const before = locked.get(group.name) ?? [];
    const copies = placed.get(group.name) ?? [];
    if (goesOnUnderOthers(group, before)) return [];
    const gaps =
      before.length === 0 ? copies.filter(({ index }) => index >= copies.length).map(({ path }) => path) : [];
    const inner = copies.flatMap((copy) => {
      const old = before.find(({ index }) => index === copy.index);
      return checkLowest(group.groups ?? [], old?.beneath ?? new Map<string, Copy[]>(), copy.beneath);
    });
    return [...gaps, ...inner];
  });
}

function numberFault(gang: string, path: string): PlanFault {
  return { code: 'numbering', message: `${path} of ${gang} leaves lower numbers free`, gang, path, data: {} };
}

/** True where a copy is locked under a number that is not wanted any more. */
function goesOnUnderOthers(group: GroupDocument, locked: readonly Copy[]): boolean {
  return locked.some(({ index }) => index >= wanted(group).most);
}

function nodesText(copy: Copy): string {
  return podsOf(copy).sort().join('\n');
}
