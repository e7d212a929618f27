import { compareText } from '../order';
import type { Vector } from './amounts';
import type { TopologyConstraint, WorldPod, WorldPodGroup, WorldSubGroup } from './world';

/** What a pod is to the scheduler at one time (KAI 0.17, pod_status.go). */
export type Status =
  | 'pending'
  /** on a node, or just put there */
  | 'allocated'
  /** waits for room that is being given back */
  | 'pipelined'
  /** deleted, and not gone yet */
  | 'releasing'
  /** not made yet, or gone */
  | 'absent';

/** A pod with its state. */
export interface Task {
  readonly pod: WorldPod;
  readonly requests: Vector;
  /** Nothing asked for but to be there. */
  readonly isBestEffort: boolean;
  /** Neither GPUs nor slices of one. */
  readonly isCpuOnly: boolean;
  readonly job: Job;
  /** Places of the nodes that it is pinned to; absent where no pin says. */
  readonly pins?: readonly number[];
  status: Status;
  /** Place of its node in the session; -1 while pending. */
  node: number;
}

/** A subgroup that holds pods. */
export interface PodSet {
  readonly kind: 'pods';
  readonly name: string;
  readonly min: number;
  readonly constraint?: TopologyConstraint;
  readonly parent: GroupSet;
  readonly tasks: Task[];
}

/** A subgroup that holds subgroups; the PodGroup itself is one without a name. */
export interface GroupSet {
  readonly kind: 'groups';
  readonly name: string;
  readonly minSubGroup?: number;
  readonly constraint?: TopologyConstraint;
  readonly parent?: GroupSet;
  readonly members: Member[];
}

export type Member = PodSet | GroupSet;

/** A PodGroup with its pods. */
export interface Job {
  readonly group: WorldPodGroup;
  readonly root: GroupSet;
  readonly podSets: ReadonlyMap<string, PodSet>;
  /** Pods whose label names no subgroup of it: the scheduler passes them over. */
  readonly strays: WorldPod[];
  /** Why KAI can make no gang of it at all. */
  readonly fault?: string;
}

/** Subgroup of pods without a label, in a PodGroup without subgroups. */
const DEFAULT_SUBGROUP = 'default';

/** The tree of a PodGroup (KAI 0.17, subgroup_info/factory.go); one that cannot be built has no members. */
export function jobOf(group: WorldPodGroup): Job {
  const root: GroupSet = { kind: 'groups', name: '', members: [], ...optional(group) };
  const podSets = new Map<string, PodSet>();
  const job = { group, root, podSets, strays: [] };
  if (group.subGroups.length === 0) {
    const only: PodSet = { kind: 'pods', name: DEFAULT_SUBGROUP, min: group.minMember ?? 1, parent: root, tasks: [] };
    root.members.push(only);
    podSets.set(only.name, only);
    return job;
  }
  const fault = addMembers(root, group.subGroups, podSets);
  return fault === undefined ? job : { ...job, fault };
}

/** Of pods whose PodGroup is not there. */
export const NO_GANG = jobOf({
  namespace: '',
  name: '',
  queue: '',
  priorityClass: '',
  priority: 0,
  preemptible: true,
  subGroups: [],
  stalenessGrace: -1,
  created: 0,
});

function optional(group: WorldPodGroup): Pick<GroupSet, 'constraint' | 'minSubGroup'> {
  // A constraint without a topology is dropped at the top.
  return { minSubGroup: group.minSubGroup, constraint: group.constraint?.topology ? group.constraint : undefined };
}

function addMembers(
  root: GroupSet,
  subGroups: readonly WorldSubGroup[],
  podSets: Map<string, PodSet>,
): string | undefined {
  const names = subGroups.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (names.includes('')) return 'a subgroup has no name';
  if (twice !== undefined) return `two subgroups are named "${twice}"`;
  const children = new Map<string, WorldSubGroup[]>();
  for (const subGroup of subGroups) {
    const parent = (subGroup.parent ?? '').toLowerCase();
    if (parent !== '' && !names.includes(parent)) return `subgroup "${subGroup.name}" has a parent that is not there`;
    children.set(parent, [...(children.get(parent) ?? []), subGroup]);
  }
  const add = (parent: GroupSet): void => {
    for (const { name, minMember = 0, minSubGroup, constraint } of children.get(parent.name) ?? []) {
      if (children.has(name)) {
        const set: GroupSet = { kind: 'groups', name, minSubGroup, constraint, parent, members: [] };
        parent.members.push(set);
        add(set);
      } else {
        const set: PodSet = { kind: 'pods', name, min: Math.max(0, minMember), constraint, parent, tasks: [] };
        parent.members.push(set);
        podSets.set(name, set);
      }
    }
  };
  add(root);
  return undefined;
}

/** Name of the subgroup that a pod is looked up in. */
export function subGroupOf({ subGroup }: WorldPod): string {
  return subGroup ?? DEFAULT_SUBGROUP;
}

function isActive({ status }: Task): boolean {
  return status === 'allocated' || status === 'pipelined';
}

/** Made, and not deleted. */
export function isAlive({ status }: Task): boolean {
  return status !== 'releasing' && status !== 'absent';
}

/** Pods that have a node, those that wait for one to be given back included. */
function active(set: PodSet): number {
  return set.tasks.reduce((sum, task) => sum + (isActive(task) ? 1 : 0), 0);
}

/** Members that are at their minimum, or pods that have a node. */
function progress(member: Member): number {
  return member.kind === 'pods' ? active(member) : member.members.filter(isSatisfied).length;
}

function needed(member: Member): number {
  return member.kind === 'pods' ? member.min : (member.minSubGroup ?? member.members.length);
}

function isSatisfied(member: Member): boolean {
  return progress(member) >= needed(member);
}

/** Enough pods exist for every minimum; else the gang is not tried at all. */
export function isReady(member: Member): boolean {
  if (member.kind === 'groups') return member.members.filter(isReady).length >= needed(member);
  return member.tasks.filter(isAlive).length >= member.min;
}

/** Which minima are not reached, and what pods were passed over. */
export function notReady({ podSets, strays }: Job): string {
  const short = [...podSets.values()]
    .filter((set) => !isReady(set))
    .map(({ name, min, tasks }) => `${name} ${tasks.filter(isAlive).length} of ${min}`);
  const passed = strays.length > 0 ? `; ${strays.length} pods name a subgroup that it does not have` : '';
  return `fewer pods than its minimum: ${short.join(', ')}${passed}`;
}

/** Members below their minimum first, then the least filled; names decide among equals (plugins/subgrouporder). */
export function inOrder(members: readonly Member[]): Member[] {
  return [...members].sort((a, b) => compareFilled(a, b) || compareText(a.name, b.name));
}

function compareFilled(a: Member, b: Member): number {
  const [countA, countB, minA, minB] = [progress(a), progress(b), needed(a), needed(b)];
  const [doneA, doneB] = [countA >= minA, countB >= minB];
  if (!doneA || !doneB) return Number(doneA) - Number(doneB);
  if (minA === 0 || minB === 0) return minA === minB ? countA - countB : Number(minA === 0) - Number(minB === 0);
  return countA / minA - countB / minB;
}

/** By the label for it, higher first, then by age and uid (plugins/taskorder, session_plugins.go). */
export function compareTasks({ pod: a }: Task, { pod: b }: Task): number {
  return (
    compareLabels(a.labels[TASK_PRIORITY], b.labels[TASK_PRIORITY]) ||
    a.created - b.created ||
    compareText(a.uid, b.uid)
  );
}

const TASK_PRIORITY = 'kai.scheduler/task-priority';

function compareLabels(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return (Number(b) || 0) - (Number(a) || 0);
}

/**
 * The pods of the next step: all that the minima need, in one go, or else one more of the least filled
 * (allocation_info.go).
 */
export function nextTasks(set: GroupSet): Task[] {
  const members = inOrder(set.members);
  if (!isSatisfied(set)) {
    return members.slice(0, needed(set)).flatMap((member) => (isSatisfied(member) ? [] : tasksOf(member)));
  }
  for (const member of members) {
    const tasks = tasksOf(member);
    if (tasks.length > 0) return tasks;
  }
  return [];
}

function tasksOf(member: Member): Task[] {
  if (member.kind === 'groups') return nextTasks(member);
  const pending = member.tasks.filter(({ status }) => status === 'pending').sort(compareTasks);
  const missing = member.min - active(member);
  return pending.slice(0, missing > 0 ? missing : 1);
}

/** Below its minimum somewhere, while some of it runs (job_info.go, IsStale). */
export function isStale({ podSets }: Job): boolean {
  const used = (set: PodSet): number => set.tasks.filter(({ node }) => node >= 0).length;
  const sets = [...podSets.values()];
  return sets.some((set) => used(set) > 0) && sets.some((set) => used(set) < set.min);
}

/** Some pods wait for room that is not free yet, in a subgroup that is below its minimum without them. */
export function hasToWait({ podSets }: Job): boolean {
  return [...podSets.values()].some(({ tasks, min }) => {
    const allocated = tasks.filter(({ status }) => status === 'allocated').length;
    return allocated < min && tasks.some(({ status }) => status === 'pipelined');
  });
}

/** 0 for a gang that is below its minimum somewhere, 1 for one exactly at it everywhere, 2 for one with extra pods. */
function fullness({ podSets }: Job): 0 | 1 | 2 {
  const sets = [...podSets.values()];
  if (sets.some((set) => active(set) < set.min)) return 0;
  return sets.some((set) => active(set) > set.min) ? 2 : 1;
}

/** Which gang is tried first: by priority, then how far it is (plugins/elastic), then age and name. */
export function compareJobs(a: Job, b: Job): number {
  const [one, other] = [a.group, b.group];
  return (
    other.priority - one.priority ||
    fullness(a) - fullness(b) ||
    one.created - other.created ||
    compareText(`${one.namespace}/${one.name}`, `${other.namespace}/${other.name}`)
  );
}
