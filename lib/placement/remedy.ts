import { excludedBecause } from './eligibility';
import { podGroups } from './instance';
import type { NodeKinds } from './kinds';
import type { Remedy } from './plan';
import {
  isPodGroup,
  type Constraint,
  type GangSpec,
  type GroupSpec,
  type NodeSpec,
  type PodSpec,
  type Problem,
} from './problem';
import type { NodeSelector, NodeSelectorRequirement, Taint } from '../model/node';
import { compareKeys } from '../order';

/** A change to one gang, and how to ask for it. */
export interface Candidate {
  readonly remedy: Remedy;
  readonly gang: GangSpec;
}

/** Each label of a node selector dropped, from every group that has it with that value. */
export function droppedSelectors(gang: GangSpec): Candidate[] {
  const pods = podGroups(gang.groups).map(({ pod }) => pod);
  const pairs = pods.flatMap(({ nodeSelector }) => Object.entries(nodeSelector).map(([k, v]) => `${k}=${v}`));
  return [...new Set(pairs)].sort().map((pair) => {
    const has = ({ nodeSelector }: PodSpec): boolean =>
      Object.entries(nodeSelector).some(([k, v]) => `${k}=${v}` === pair);
    const drop = (pod: PodSpec): PodSpec => ({
      ...pod,
      nodeSelector: Object.fromEntries(Object.entries(pod.nodeSelector).filter(([k, v]) => `${k}=${v}` !== pair)),
    });
    const groups = pathsWith(gang, has);
    const remedy: Remedy = {
      kind: 'selector',
      text: `drop the node selector ${pair} of ${groups.join(', ')}`,
      groups,
      key: pair,
    };
    return { remedy, gang: mapPods(gang, has, drop) };
  });
}

/** Each requirement of a node affinity dropped, from every term that has it. */
export function droppedRequirements(gang: GangSpec): Candidate[] {
  const all = podGroups(gang.groups).flatMap(({ pod }) => requirementsOf(pod).map(requirementText));
  return [...new Set(all)].sort().map((text) => {
    const has = (pod: PodSpec): boolean => requirementsOf(pod).some((r) => requirementText(r) === text);
    const drop = (pod: PodSpec): PodSpec => ({ ...pod, nodeAffinity: withoutRequirement(pod.nodeAffinity, text) });
    const groups = pathsWith(gang, has);
    const remedy: Remedy = {
      kind: 'affinity',
      text: `drop ${text} from the node affinity of ${groups.join(', ')}`,
      groups,
      key: text,
    };
    return { remedy, gang: mapPods(gang, has, drop) };
  });
}

function requirementsOf({ nodeAffinity }: PodSpec): NodeSelectorRequirement[] {
  return (nodeAffinity?.nodeSelectorTerms ?? []).flatMap((term) => [
    ...(term.matchExpressions ?? []),
    ...(term.matchFields ?? []),
  ]);
}

function requirementText({ key, operator, values = [] }: NodeSelectorRequirement): string {
  return [key, operator, ...(values.length === 0 ? [] : [values.join('|')])].join(' ');
}

/** A term that asks for nothing any more is met by every node, and the affinity with it. */
function withoutRequirement(affinity: NodeSelector | undefined, text: string): NodeSelector | undefined {
  const keep = (list: readonly NodeSelectorRequirement[] | undefined): NodeSelectorRequirement[] =>
    (list ?? []).filter((requirement) => requirementText(requirement) !== text);
  const terms = (affinity?.nodeSelectorTerms ?? []).map((term) => ({
    had: (term.matchExpressions ?? []).length + (term.matchFields ?? []).length,
    matchExpressions: keep(term.matchExpressions),
    matchFields: keep(term.matchFields),
  }));
  if (terms.some((t) => t.had > 0 && t.matchExpressions.length + t.matchFields.length === 0)) return undefined;
  return { nodeSelectorTerms: terms.map(({ matchExpressions, matchFields }) => ({ matchExpressions, matchFields })) };
}

/** Keys of taints looked at, beyond which clusters are not told apart. */
const MOST_TAINTS = 8;

/** The different taints that keep pods off nodes, by key, in order of keys. */
export function taintsByKey({ examples }: NodeKinds): ReadonlyMap<string, readonly Taint[]> {
  const byKey = new Map<string, Map<string, Taint>>();
  for (const taint of examples.flatMap(({ taints }) => taints)) {
    if (taint.effect === 'PreferNoSchedule') continue;
    const known = byKey.get(taint.key) ?? new Map<string, Taint>();
    byKey.set(taint.key, known.set(`${taint.value ?? ''}:${taint.effect}`, taint));
  }
  const ordered = [...byKey].sort(compareKeys).slice(0, MOST_TAINTS);
  return new Map(ordered.map(([key, taints]) => [key, [...taints.values()]]));
}

/** A toleration for each key of a taint that keeps some pod off some node. */
export function addedTolerations(gang: GangSpec, byKey: ReadonlyMap<string, readonly Taint[]>): Candidate[] {
  return [...byKey].flatMap(([key, taints]): Candidate[] => {
    const isRepelled = (pod: PodSpec): boolean => taints.some((taint) => repels(taint, pod));
    const groups = pathsWith(gang, isRepelled);
    if (groups.length === 0) return [];
    const add = (pod: PodSpec): PodSpec => ({ ...pod, tolerations: [...pod.tolerations, { key, operator: 'Exists' }] });
    const text = `add a toleration for taint ${key} to ${groups.join(', ')}`;
    return [{ remedy: { kind: 'toleration', text, groups, key }, gang: mapPods(gang, isRepelled, add) }];
  });
}

/** Asks about a node that has nothing but the taint. */
function repels(taint: Taint, { tolerations, requests }: PodSpec): boolean {
  const bare: NodeSpec = {
    name: '',
    labels: {},
    taints: [taint],
    unschedulable: false,
    ready: true,
    allocatable: {},
    used: {},
  };
  return excludedBecause(bare, { requests, nodeSelector: {}, tolerations }) !== undefined;
}

function pathsWith(gang: GangSpec, passes: (pod: PodSpec) => boolean): string[] {
  return allPaths(gang.groups, '').flatMap(({ path, group }) => (isPodGroup(group) && passes(group.pod) ? [path] : []));
}

function mapPods(gang: GangSpec, passes: (pod: PodSpec) => boolean, change: (pod: PodSpec) => PodSpec): GangSpec {
  const map = (groups: readonly GroupSpec[]): GroupSpec[] =>
    groups.map((group) => {
      if (!isPodGroup(group)) return { ...group, groups: map(group.groups) };
      return passes(group.pod) ? { ...group, pod: change(group.pod) } : group;
    });
  return { ...gang, groups: map(gang.groups) };
}

/** A gang that may be preempted is held by limits alone. */
export function madePreemptible(gang: GangSpec): Candidate[] {
  if (gang.preemptible || gang.queue === undefined) return [];
  return [{ remedy: { kind: 'preemptible', text: 'make the gang preemptible' }, gang: { ...gang, preemptible: true } }];
}

/** Each group that is pinned as a set pinned by replica instead; then all of them. */
export function pinnedByReplica(gang: GangSpec): Candidate[] {
  const paths = setPinned(gang.groups, '');
  const one = paths.map((path) => ({
    paths: [path],
    gang: { ...gang, groups: mapGroups(gang.groups, '', path, pinReplica) },
  }));
  const all = {
    paths,
    gang: { ...gang, groups: paths.reduce((groups, path) => mapGroups(groups, '', path, pinReplica), gang.groups) },
  };
  return [...one, ...(paths.length > 1 ? [all] : [])].map((r) => ({
    remedy: { kind: 'pinning', text: `set pinning: 'replica' on ${r.paths.join(', ')}`, groups: r.paths },
    gang: r.gang,
  }));
}

function setPinned(groups: readonly GroupSpec[], prefix: string): string[] {
  return groups.flatMap((group) =>
    isPodGroup(group)
      ? group.pinned === 'set'
        ? [prefix + group.name]
        : []
      : setPinned(group.groups, `${prefix}${group.name}/`),
  );
}

function pinReplica(group: GroupSpec): GroupSpec {
  return isPodGroup(group) ? { ...group, pinned: 'replica' } : group;
}

/** Changes the group of a path and leaves the others alone. */
function mapGroups(
  groups: readonly GroupSpec[],
  prefix: string,
  path: string,
  change: (group: GroupSpec) => GroupSpec,
): GroupSpec[] {
  return groups.map((group) => {
    const own = prefix + group.name;
    if (own === path) return change(group);
    return isPodGroup(group) ? group : { ...group, groups: mapGroups(group.groups, `${own}/`, path, change) };
  });
}

/** Each required level made wider, nearest first, innermost groups first. */
export function widerLevels(gang: GangSpec, problem: Problem): Candidate[] {
  const widened = (
    constraint: Constraint | undefined,
  ): { level: string | undefined; constraint: Constraint | undefined }[] => {
    const levels = problem.topologies.find((topology) => topology.name === constraint?.topology)?.levels ?? [];
    const at = levels.indexOf(constraint?.required ?? '');
    if (!constraint || at < 0) return [];
    const wider = levels
      .slice(0, at)
      .reverse()
      .map((level) => ({ level, constraint: { ...constraint, required: level } }));
    return [...wider, { level: undefined, constraint: { ...constraint, required: undefined } }];
  };
  const own = widened(gang.constraint).map(({ level, constraint }): Candidate => ({
    remedy: { kind: 'level', text: widenText(gang.constraint, level, gang.name), level },
    gang: { ...gang, constraint },
  }));
  const inner = allPaths(gang.groups, '').flatMap(({ path, group }) =>
    widened(group.constraint).map(({ level, constraint }): Candidate => ({
      remedy: { kind: 'level', text: widenText(group.constraint, level, path), groups: [path], level },
      gang: { ...gang, groups: mapGroups(gang.groups, '', path, (g) => ({ ...g, constraint })) },
    })),
  );
  return [...inner, ...own].filter((candidate) => levelsNest(candidate.gang, problem));
}

function widenText(constraint: Constraint | undefined, level: string | undefined, what: string): string {
  return level === undefined
    ? `drop the required level ${constraint?.required} of ${what}`
    : `require ${level} instead of ${constraint?.required} for ${what}`;
}

/** A required level must not be broader than one around it of the same topology. */
function levelsNest(gang: GangSpec, problem: Problem): boolean {
  const depth = (constraint: Constraint): number =>
    problem.topologies
      .find((topology) => topology.name === constraint.topology)
      ?.levels.indexOf(constraint.required ?? '') ?? -1;
  const check = (groups: readonly GroupSpec[], around: readonly Constraint[]): boolean =>
    groups.every((group) => {
      const own = group.constraint;
      if (own?.required !== undefined && around.some((c) => c.topology === own.topology && depth(c) > depth(own)))
        return false;
      return isPodGroup(group) || check(group.groups, own?.required !== undefined ? [...around, own] : around);
    });
  return check(gang.groups, gang.constraint?.required !== undefined ? [gang.constraint] : []);
}

/** Every group with its path, each before those it holds. */
export function allPaths(groups: readonly GroupSpec[], prefix: string): { path: string; group: GroupSpec }[] {
  return groups.flatMap((group) => {
    const path = prefix + group.name;
    return [{ path, group }, ...(isPodGroup(group) ? [] : allPaths(group.groups, `${path}/`))];
  });
}

/** The gang with one of its groups changed. */
export function changeGroup(gang: GangSpec, path: string, change: (group: GroupSpec) => GroupSpec): GangSpec {
  return { ...gang, groups: mapGroups(gang.groups, '', path, change) };
}

/** The gang with so many copies of one group, all of them needed. */
export function withCopies(gang: GangSpec, path: string, copies: number): GangSpec {
  return changeGroup(gang, path, (group) => ({ ...group, replicas: copies, minReplicas: copies }));
}
