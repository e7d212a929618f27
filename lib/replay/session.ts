import { compareText } from '../order';
import { Dimensions, PODS } from './amounts';
import {
  compareJobs,
  compareTasks,
  hasToWait,
  inOrder,
  isAlive,
  isReady,
  isStale,
  jobOf,
  nextTasks,
  NO_GANG,
  notReady,
  subGroupOf,
  type GroupSet,
  type Job,
  type PodSet,
  type Status,
  type Task,
} from './gang';
import { NodeSet } from './domains';
import { areApart, keptFrom, pinnedTo } from './predicates';
import { Queues } from './queues';
import { Room } from './room';
import { freeRange, scoreOf } from './scores';
import { TopologyTree, type Candidates } from './topology';
import type { World, WorldNode, WorldPod } from './world';
import { HOSTNAME_LABEL } from '../model/node';

/** A gang that was tried and got no place. */
export interface Refusal {
  /** Name of the PodGroup. */
  readonly podGroup: string;
  /** Subgroup that could not be placed, where one is to blame. */
  readonly subGroup?: string;
  readonly reason: string;
}

/**
 * What KAI's allocate action does with a world, step by step (0.17, actions/allocate and actions/common): it finds a
 * place for every pod of a gang's minimum or for none, then for extra pods one by one, greedily and in a fixed order.
 *
 * Not replayed: what takes room from others (consolidation, reclaim, preempt), since a plan needs none of it; shared
 * GPUs and volumes; the order of queues by fair share, instead of which callers try every order that matters.
 */
export class Session {
  readonly jobs: readonly Job[];
  private readonly nodes: readonly WorldNode[];
  private readonly places: ReadonlyMap<string, number>;
  private readonly byHost: ReadonlyMap<string, number[]>;
  private readonly pins = new Map<string, readonly number[]>();
  private readonly everywhere: NodeSet;
  private readonly room: Room;
  private readonly queues: Queues;
  private readonly trees: ReadonlyMap<string, TopologyTree>;
  private readonly tasks: ReadonlyMap<string, Task>;
  /** Tasks on each node. */
  private readonly onNode: readonly Set<Task>[];
  /** Every change since the last mark, so that it can be taken back. */
  private readonly log: { readonly task: Task; readonly status: Status; readonly node: number }[] = [];
  /** Tasks that keep apart from others. */
  private readonly keepers = new Set<Task>();
  private readonly lost = new Set<number>();
  /** Points of nodes by subgroup, while a gang is being placed. */
  private scores = new Map<string, (node: number) => number | undefined>();
  private refusals = new Map<string, Refusal>();
  /** Pods that were given a node, ever. */
  private bound = 0;
  /** How many pods of a gang wait for a node. */
  private readonly waiting = new Map<Job, number>();

  constructor(world: World) {
    const { nodes, pods } = world;
    const dimensions = new Dimensions([
      ...nodes.map(({ allocatable }) => allocatable),
      ...pods.map(({ requests }) => requests),
    ]);
    this.nodes = nodes;
    this.places = new Map(nodes.map(({ name }, place) => [name, place]));
    this.byHost = nodesByHost(nodes);
    this.everywhere = new NodeSet(nodes.map((_, place) => place));
    this.onNode = nodes.map(() => new Set());
    this.room = new Room(nodes, dimensions);
    this.queues = new Queues(world.queues, dimensions);
    this.trees = new Map(
      world.topologies.map((topology) => [topology.name, new TopologyTree(topology, nodes, this.room)]),
    );
    const jobs = new Map(world.podGroups.map((group) => [group.name, jobOf(group)]));
    this.jobs = [...jobs.values()];
    this.tasks = new Map(pods.flatMap((pod) => this.enter(pod, jobs.get(pod.podGroup), dimensions)));
  }

  /** Puts a pod into its gang; one whose gang or subgroup is not there is passed over, and holds its node if it runs. */
  private enter(pod: WorldPod, job: Job | undefined, dimensions: Dimensions): [string, Task][] {
    const set = job?.podSets.get(subGroupOf(pod));
    if (!set) {
      job?.strays.push(pod);
      if (pod.node === undefined) return [];
    }
    const requests = dimensions.vector(pod.requests);
    const isBestEffort = requests.every((amount) => amount === 0);
    requests[PODS] = 1;
    const node = pod.node === undefined ? -1 : (this.places.get(pod.node) ?? -1);
    const task: Task = {
      pod,
      requests,
      isBestEffort,
      isCpuOnly: !dimensions.usesGpus(requests),
      job: job ?? NO_GANG,
      pins: this.pinsOf(pod),
      status: pod.absent ? 'absent' : 'pending',
      node: -1,
    };
    set?.tasks.push(task);
    this.countWaiting(task, 1);
    if (pod.apart.length > 0) this.keepers.add(task);
    if (node >= 0) this.move(task, pod.releasing ? 'releasing' : 'allocated', node);
    return [[pod.uid, task]];
  }

  /** One list for all pods of one pin. */
  private pinsOf(pod: WorldPod): readonly number[] | undefined {
    const hosts = pinnedTo(pod);
    if (!hosts) return undefined;
    const key = hosts.join(' ');
    const pins = this.pins.get(key) ?? [...new Set(hosts.flatMap((host) => this.byHost.get(host) ?? []))];
    this.pins.set(key, pins);
    return pins;
  }

  /** Names of the nodes that pods have, by uid; a pod that waits is absent. */
  placed(): ReadonlyMap<string, string> {
    const found = [...this.tasks].flatMap(([uid, { status, node }]) =>
      status === 'allocated' ? [[uid, this.nodes[node]?.name ?? ''] as const] : [],
    );
    return new Map(found);
  }

  /** Name of the node that a pod has; undefined while it waits. */
  nodeOf(uid: string): string | undefined {
    const task = this.tasks.get(uid);
    return task?.status === 'allocated' ? this.nodeAt(task.node).name : undefined;
  }

  /** Gangs with pods that wait and that would be evicted as stale, with the seconds until then. */
  stale(): { readonly podGroup: string; readonly after: number }[] {
    return [...this.waiting.keys()]
      .filter((job) => job.group.stalenessGrace >= 0 && isStale(job))
      .map(({ group }) => ({ podGroup: group.name, after: group.stalenessGrace }));
  }

  /** A place in the history of the session, to go back to. */
  mark(): number {
    return this.log.length;
  }

  undo(mark: number): void {
    while (this.log.length > mark) {
      const change = this.log.pop();
      if (change) this.set(change.task, change.status, change.node);
    }
  }

  /** The pod is gone, and a new one of its kind waits for a place. */
  restart(uid: string): void {
    const task = this.tasks.get(uid);
    if (task) this.move(task, 'pending', -1);
  }

  /** The pod is gone for good. */
  remove(uid: string): void {
    const task = this.tasks.get(uid);
    if (task) this.move(task, 'absent', -1);
  }

  /** A pod that was not there is made, and waits for a place. */
  create(uid: string): void {
    this.restart(uid);
  }

  /** No pod is put on a node from now on, until it is back. */
  lose(node: string, isLost: boolean): void {
    const place = this.places.get(node);
    if (place === undefined) return;
    if (isLost) this.lost.add(place);
    else this.lost.delete(place);
  }

  /**
   * Runs cycles until nothing more is placed: gangs in order of priority, those below their minimum first, older ones
   * first.
   *
   * @param among names of the PodGroups that are there already; all of them, unless given
   * @returns gangs with pods that got no place in the last cycle
   */
  schedule(among?: ReadonlySet<string>): readonly Refusal[] {
    let before: number;
    do {
      before = this.bound;
      this.refusals = new Map();
      this.cycle([...this.waiting.keys()].filter(({ group }) => !among || among.has(group.name)));
    } while (this.bound > before);
    return [...this.refusals.values()];
  }

  private cycle(jobs: readonly Job[]): void {
    const trying = [...jobs];
    while (trying.length > 0) {
      const job = trying.reduce((first, other) => (compareJobs(other, first) < 0 ? other : first));
      const isOver = !this.tryJob(job) || !this.waiting.has(job);
      if (isOver) trying.splice(trying.indexOf(job), 1);
    }
    for (const job of jobs) this.stopWaiting(job);
  }

  /** Pods that wait for room to be given back hold it for one cycle, and are tried again in the next. */
  private stopWaiting({ podSets }: Job): void {
    for (const { tasks } of podSets.values()) {
      for (const task of tasks) if (task.status === 'pipelined') this.move(task, 'pending', -1);
    }
  }

  /** The minima of a gang, or one extra pod; false where nothing was placed. */
  private tryJob(job: Job): boolean {
    const fault = job.fault ?? this.queues.fault(job) ?? (isReady(job.root) ? undefined : notReady(job));
    if (fault !== undefined) return this.refuse(job, fault);
    const tasks = nextTasks(job.root);
    const mark = this.mark();
    if (tasks.length === 0 || !this.place(job, tasks)) {
      this.undo(mark);
      return false;
    }
    if (hasToWait(job)) this.waitWhole(tasks);
    this.bound += tasks.filter(({ status }) => status === 'allocated').length;
    return true;
  }

  /** Nothing of a gang starts before all of it can: its other pods hold their room and wait too. */
  private waitWhole(tasks: readonly Task[]): void {
    for (const task of tasks) if (task.status === 'allocated') this.move(task, 'pipelined', task.node);
  }

  private place(job: Job, tasks: readonly Task[]): boolean {
    const over = this.queues.refusal(job, tasks);
    if (over !== undefined) return this.refuse(job, over);
    this.scores = new Map();
    return this.placeGroup(job.root, tasks, this.everywhere);
  }

  private placeGroup(set: GroupSet, tasks: readonly Task[], nodes: NodeSet): boolean {
    if (tasks.length === 0) return true;
    const inside = new Set(podSetsOf(set));
    const asked = tasks.filter((task) => inside.has(setOf(task)));
    const sets = [...new Set(asked.map(setOf))];
    return this.tryEach(set, sets, asked, nodes, (among) =>
      inOrder(set.members).every((member) => {
        const own = member.kind === 'pods' ? [member] : podSetsOf(member);
        const theirs = asked.filter((task) => own.includes(setOf(task)));
        return member.kind === 'pods' ? this.placePods(member, theirs, among) : this.placeGroup(member, theirs, among);
      }),
    );
  }

  private placePods(set: PodSet, tasks: readonly Task[], nodes: NodeSet): boolean {
    if (tasks.length === 0) return true;
    return this.tryEach(set, [set], tasks, nodes, (among) =>
      [...tasks].sort(compareTasks).every((task) => this.placeTask(task, among)),
    );
  }

  /** Tries the sets of nodes that the topology offers, one after the other. */
  private tryEach(
    member: PodSet | GroupSet,
    sets: readonly PodSet[],
    tasks: readonly Task[],
    nodes: NodeSet,
    attempt: (nodes: NodeSet) => boolean,
  ): boolean {
    const candidates = this.candidates(member, sets, tasks, nodes);
    if ('refusal' in candidates) {
      const { job } = tasks[0] ?? {};
      return job !== undefined && this.refuse(job, candidates.refusal, member.name || undefined);
    }
    if (candidates.score) this.scores.set(member.name, candidates.score);
    for (const among of candidates.sets) {
      const mark = this.mark();
      if (attempt(among)) return true;
      this.undo(mark);
    }
    return false;
  }

  private candidates(
    { constraint }: PodSet | GroupSet,
    sets: readonly PodSet[],
    tasks: readonly Task[],
    nodes: NodeSet,
  ): Candidates {
    if (!constraint?.topology) return { sets: [nodes] };
    const tree = this.trees.get(constraint.topology);
    if (!tree) return { refusal: `topology "${constraint.topology}" does not exist` };
    const running = sets.flatMap(({ tasks: all }) => all.filter((task) => isAlive(task) && task.node >= 0));
    return tree.candidates({ constraint, tasks, active: running, nodes, isEverywhere: nodes === this.everywhere });
  }

  private placeTask(task: Task, nodes: NodeSet): boolean {
    const best = this.bestNode(task, nodes);
    if (best === undefined) return this.refuse(task.job, this.whyNowhere(task, nodes), subGroupOf(task.pod));
    this.move(task, this.room.isFree(task, best) ? 'allocated' : 'pipelined', best);
    return true;
  }

  /** The node that KAI likes most of those that may take a pod, ties by name. */
  private bestNode(task: Task, nodes: NodeSet): number | undefined {
    const topology = this.topologyScore(setOf(task));
    // A node that the topology knows nothing of is passed over.
    const fitting = this.narrowed(task, nodes).filter((node) => this.takes(task, node) && topology(node) !== undefined);
    if (fitting.length <= 1) return fitting[0];
    const range = freeRange(this.room, task, nodes.places);
    const scored = fitting.map((node) => {
      const score = (topology(node) ?? 0) + scoreOf(this.room, task, node, range);
      return { node, score, name: this.nodeAt(node).name };
    });
    return scored.reduce((a, b) => ((b.score - a.score || compareText(a.name, b.name)) > 0 ? b : a)).node;
  }

  /** The nodes of a pin, where there is one: no other can take the pod. */
  private narrowed({ pins }: Task, nodes: NodeSet): readonly number[] {
    return pins ? pins.filter((node) => nodes.has(node)) : nodes.places;
  }

  private takes(task: Task, node: number): boolean {
    if (this.lost.has(node) || keptFrom(task.pod, this.nodeAt(node)) !== undefined) return false;
    return this.room.willBeFree(task, node) && !this.isApart(task, node);
  }

  private isApart({ pod }: Task, node: number): boolean {
    const here = this.nodeAt(node);
    for (const other of pod.apart.length > 0 ? this.tasks.values() : this.keepers) {
      if (other.node >= 0 && areApart(pod, here, other.pod, this.nodeAt(other.node))) return true;
    }
    return false;
  }

  /** Points by the topology of the subgroup, or of the nearest one around it that has some. */
  private topologyScore(member: PodSet | GroupSet): (node: number) => number | undefined {
    const score = this.scores.get(member.name);
    if (score || !member.parent) return score ?? (() => 0);
    return this.topologyScore(member.parent);
  }

  private whyNowhere(task: Task, nodes: NodeSet): string {
    const narrowed = this.narrowed(task, nodes);
    const { name } = task.pod;
    if (narrowed.length === 0)
      return `no node for pod ${name}: the nodes of its pin are not among those that KAI tries`;
    const reasons = narrowed.map((node) => `${this.nodeAt(node).name} ${this.whyNot(task, node)}`);
    const shown = reasons.slice(0, 4).join(', ');
    return `no node for pod ${name}: ${shown}${reasons.length > 4 ? ` and ${reasons.length - 4} more` : ''}`;
  }

  private whyNot(task: Task, node: number): string {
    if (this.lost.has(node)) return 'is lost';
    const kept = keptFrom(task.pod, this.nodeAt(node));
    if (kept !== undefined) return kept;
    if (this.room.willBeFree(task, node))
      return this.isApart(task, node) ? 'holds a pod that it keeps apart from' : 'is free';
    const others = [...(this.onNode[node] ?? [])].filter(({ pod }) => pod !== task.pod).map(({ pod }) => pod.name);
    return others.length > 0 ? `has no room beside ${others.sort().slice(0, 3).join(', ')}` : 'has no room';
  }

  /** Keeps the first reason of a cycle. */
  private refuse({ group }: Job, reason: string, subGroup?: string): false {
    if (!this.refusals.has(group.name)) this.refusals.set(group.name, { podGroup: group.name, subGroup, reason });
    return false;
  }

  private move(task: Task, status: Status, node: number): void {
    this.log.push({ task, status: task.status, node: task.node });
    this.set(task, status, node);
  }

  private set(task: Task, status: Status, node: number): void {
    this.charge(task, -1);
    this.countWaiting(task, -1);
    task.status = status;
    task.node = node;
    this.charge(task, 1);
    this.countWaiting(task, 1);
  }

  private countWaiting({ job, status }: Task, sign: 1 | -1): void {
    if (status !== 'pending') return;
    const count = (this.waiting.get(job) ?? 0) + sign;
    if (count > 0) this.waiting.set(job, count);
    else this.waiting.delete(job);
  }

  private charge(task: Task, sign: 1 | -1): void {
    if (task.node < 0) return;
    this.room.charge(task, sign);
    for (const tree of this.trees.values()) tree.touch(task.node);
    if (task.status !== 'releasing') this.queues.charge(task.job, task, sign);
    const here = this.onNode[task.node];
    if (sign > 0) here?.add(task);
    else here?.delete(task);
  }

  private nodeAt(place: number): WorldNode {
    const node = this.nodes[place];
    if (!node) throw new RangeError(`no node ${place}`);
    return node;
  }
}

function setOf({ job, pod }: Task): PodSet {
  const set = job.podSets.get(subGroupOf(pod));
  if (!set) throw new RangeError(`no subgroup of pod ${pod.uid}`);
  return set;
}

function podSetsOf(set: GroupSet): PodSet[] {
  return set.members.flatMap((member) => (member.kind === 'pods' ? [member] : podSetsOf(member)));
}

function nodesByHost(nodes: readonly WorldNode[]): ReadonlyMap<string, number[]> {
  const byHost = new Map<string, number[]>();
  nodes.forEach(({ labels }, place) => {
    const host = labels[HOSTNAME_LABEL];
    if (host !== undefined) byHost.set(host, [...(byHost.get(host) ?? []), place]);
  });
  return byHost;
}
