import type { GangDocument, GroupDocument } from '../placement/document';
import type { Objective } from '../placement/plan';
import type { Cluster, PlacedGang, Scope } from './cluster';
import { wanted, type Copies } from './copies';
import { distanceOf } from './distance';
import { deepest, domainsUsed } from './domains';
import { fractionText } from './fraction';
import { fragmentationOf } from './fragmentation';
import { isLockedEntirely, movedPods } from './moved';

/** Every term of the objective, counted anew from the problem and the placements alone. */
export function objectiveOf(cluster: Cluster, placed: readonly PlacedGang[]): Objective {
  const moved = placed.map((gang) => movedPods(cluster, gang));
  return {
    unplaced: unplacedTerm(cluster, placed),
    moved: [moved.filter((pods) => pods > 0).length, moved.reduce((a, b) => a + b, 0)],
    extras: extrasTerm(cluster, placed),
    preferred: preferredTerm(cluster, placed),
    distance: fractionText(distanceOf(cluster, placed)),
    spread: spreadTerm(cluster, placed),
    fragmentation: fragmentationOf(cluster, placed),
  };
}

function priorities({ document }: Cluster): number[] {
  return [...new Set((document.gangs ?? []).map((gang) => gang.priority ?? 0))].sort((a, b) => b - a);
}

function unplacedTerm(cluster: Cluster, placed: readonly PlacedGang[]): [number, number, number][] {
  const inPlan = new Set(placed.map(({ gang }) => gang.name));
  const out = (cluster.document.gangs ?? []).filter((gang) => !inPlan.has(gang.name));
  return priorities(cluster).map((priority) => {
    const here = out.filter((gang) => (gang.priority ?? 0) === priority);
    const locked = here.filter((gang) => isLockedEntirely(cluster, gang)).length;
    return [priority, locked, here.length - locked];
  });
}

function extrasTerm(cluster: Cluster, placed: readonly PlacedGang[]): [number, number][] {
  return priorities(cluster).map((priority) => {
    const here = placed.filter(({ gang }) => (gang.priority ?? 0) === priority);
    return [priority, here.reduce((total, { gang, copies }) => total + extrasLeftOut(gang, copies), 0)];
  });
}

function extrasLeftOut(within: Pick<GangDocument | GroupDocument, 'groups'>, copies: Copies): number {
  return (within.groups ?? []).reduce((total, group) => {
    const here = copies.get(group.name) ?? [];
    const out = (wanted(group).most - here.length) * (1 + extrasBeneath(group));
    return total + out + here.reduce((inner, copy) => inner + extrasLeftOut(group, copy.beneath), 0);
  }, 0);
}

/** All copies beyond the minimum that could be beneath one copy. */
function extrasBeneath(group: GroupDocument): number {
  return (group.groups ?? []).reduce((total, inner) => {
    const { most, least } = wanted(inner);
    return total + (most - least) + most * extrasBeneath(inner);
  }, 0);
}

function preferredTerm(cluster: Cluster, placed: readonly PlacedGang[]): number[] {
  const total = zeros(cluster);
  for (const scope of placed.flatMap(({ scopes }) => scopes)) {
    const preferred = scope.own?.preferred;
    if (preferred === undefined || scope.topology === undefined) continue;
    const down = scope.topology.levels.indexOf(preferred) + 1;
    addTo(
      total,
      domainsUsed(cluster, scope.topology, scope.pods)
        .slice(0, down)
        .map((used) => used - 1),
    );
  }
  return total;
}

function spreadTerm(cluster: Cluster, placed: readonly PlacedGang[]): [number[], number[], number[]] {
  const scopes = placed.flatMap((gang) => gang.scopes);
  const copies = scopes.filter(({ group }) => group !== undefined);
  return [
    domainSums(
      cluster,
      scopes.filter(({ group }) => group === undefined),
    ),
    domainSums(cluster, mergeCopies(copies)),
    domainSums(cluster, copies),
  ];
}

function domainSums(cluster: Cluster, scopes: readonly Scope[]): number[] {
  const total = zeros(cluster);
  for (const { topology, pods } of scopes) addTo(total, domainsUsed(cluster, topology, pods));
  return total;
}

/** All copies of a group, in all copies of the groups around it, as one. */
function mergeCopies(copies: readonly Scope[]): Scope[] {
  const groups = new Map<string, Scope>();
  const pods = new Map<string, string[]>();
  for (const copy of copies) {
    const key = JSON.stringify([copy.gang.name, copy.groupPath]);
    const together = pods.get(key);
    if (together) together.push(...copy.pods);
    else pods.set(key, [...copy.pods]);
    groups.set(key, groups.get(key) ?? copy);
  }
  return [...groups].map(([key, first]) => ({ ...first, pods: pods.get(key) ?? [] }));
}

function zeros(cluster: Cluster): number[] {
  return new Array<number>(deepest(cluster)).fill(0);
}

function addTo(total: number[], more: readonly number[]): void {
  more.forEach((value, i) => (total[i] = (total[i] ?? 0) + value));
}
