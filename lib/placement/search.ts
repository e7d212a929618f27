import type { GangPods } from './assigned';
import { addFractions, compareFractions, ZERO, type Fraction } from './fraction';
import { Frame, type FrameScope } from './frame';
import type { Gang, Instance, Leaf } from './instance';
import { LeastDomains } from './least';
import type { Locks } from './locked';
import { movedPods } from './moved';
import type { Occupancy } from './occupancy';
import { Orbits } from './orbits';
import type { QueueLedger } from './queues';
import { demandOfShape, type RatedShape } from './shape';
import type { Tally } from './tally';
import { addValues, compareNumbers, type Value } from './value';
import { domainsFor } from './domains';
import { Progress } from './progress';

/** A gang to be placed, with the shapes that it may take, most copies first. */
export interface Task {
  readonly gang: Gang;
  readonly shapes: readonly RatedShape[];
  /** It may be left out. */
  readonly optional: boolean;
  /** What this gang costs at least, whatever the others do; the terms are compared one by one. */
  readonly bound?: Value;
}

/** What the search runs over: the state that placed gangs have left. */
export interface Ground {
  readonly instance: Instance;
  readonly locks: Locks;
  readonly occupancy: Occupancy;
  readonly ledger: QueueLedger;
  readonly tally: Tally;
}

export interface Found {
  /** By task; undefined where the gang is left out. */
  readonly pods: readonly (GangPods | undefined)[];
  readonly value: Value;
}

export interface SearchLimits {
  readonly steps: number;
  /** Any placement will do. */
  readonly firstOnly?: boolean;
  /** Only plans better than this are wanted. */
  readonly better?: Value;
  /** No more gangs than this may be moved. */
  readonly movedGangs?: number;
}

export interface SearchResult {
  /** The best there is, if `complete`; the best that was seen otherwise. */
  readonly best: Found | undefined;
  /** Nothing was left unlooked at. */
  readonly complete: boolean;
  readonly steps: number;
}

/**
 * Complete search by branch and bound: gang by gang, shape by shape, domain by domain, pod by pod.
 * A branch is cut where the terms so far, with the least that the rest can add, are no better than the best plan.
 * Of nodes that can stand for one another one is tried, and a node that was tried for one of several equal pods is
 * closed to the others.
 */
export class Search {
  private readonly orbits: Orbits;
  private readonly least: LeastDomains;
  private readonly rest: readonly Value[];
  private readonly pods: (GangPods | undefined)[] = [];
  private best: Found | undefined;
  private steps = 0;
  private complete = true;
  /** Nothing better can be: stop. */
  private done = false;
  private distance: Fraction = ZERO;
  private readonly taken: Set<number>[][];

  constructor(
    private readonly ground: Ground,
    private readonly tasks: readonly Task[],
    private readonly limits: SearchLimits,
  ) {
    const { instance, occupancy, tally, locks } = ground;
    const leaves = tasks.flatMap((task) => task.gang.leaves);
    this.orbits = new Orbits(instance, leaves, occupancy, tally, locks);
    const keys = new Map<Leaf, string>(
      tasks.flatMap(({ gang }) => gang.leaves.map((leaf): [Leaf, string] => [leaf, `${gang.index}.${leaf.index}`])),
    );
    this.least = new LeastDomains(instance, occupancy, (leaf) => keys.get(leaf) ?? '');
    this.rest = restOf(tasks, tally);
    this.taken = tasks.map((task) => task.gang.leaves.map(() => new Set<number>()));
  }

  run(): SearchResult {
    this.enterTask(0);
    return { best: this.best, complete: this.complete, steps: this.steps };
  }

  private enterTask(t: number): void {
    const task = this.tasks[t];
    if (!task) this.record();
    for (const rated of task?.shapes ?? []) {
      if (!this.done && task) this.tryShape(t, task, rated);
    }
    if (task?.optional && !this.done) this.leaveOut(t, task);
  }

  private leaveOut(t: number, { gang }: Task): void {
    const { tally, locks } = this.ground;
    const at = tally.layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1);
    tally.bumpHead(at, 1);
    this.pods[t] = undefined;
    if (this.promising(t, undefined)) this.enterTask(t + 1);
    tally.bumpHead(at, -1);
  }

  private tryShape(t: number, task: Task, rated: RatedShape): void {
    const { instance, ledger, tally, locks } = this.ground;
    const demand = demandOfShape(task.gang, rated.shape, instance.scale.resources.length);
    if (ledger.refusal(task.gang, demand)) return;
    const frame = new Frame(instance, task.gang, rated, tally, this.least, locks.gangs[task.gang.index]);
    if (!frame.countable) return;
    ledger.charge(task.gang, demand);
    frame.begin(1);
    if (this.promising(t, frame)) this.step(new Progress(t, frame), 0);
    frame.begin(-1);
    ledger.charge(task.gang, demand, -1);
  }

  /** Takes the decision at `at` and all after it. */
  private step(run: Progress, at: number): void {
    const step = run.frame.steps[at];
    if (!step) this.finishGang(run);
    else if (step.scope >= 0) this.chooseDomain(run, at, step.scope);
    else this.choosePod(run, at, step.slot);
  }

  private finishGang({ t, frame }: Progress): void {
    const { tally, locks } = this.ground;
    const pods = frame.pods();
    const bound = frame.locks?.bound ?? 0;
    const moved = movedPods(frame.gang, locks.gangs[frame.gang.index], pods);
    const gangs = (moved > 0 ? 1 : 0) - (bound > 0 ? 1 : 0);
    const before = this.distance;
    tally.bumpMoved(gangs, moved - bound);
    this.distance = addFractions(before, frame.distance());
    this.pods[t] = pods;
    if (this.promising(t, undefined)) this.enterTask(t + 1);
    this.distance = before;
    tally.bumpMoved(-gangs, bound - moved);
  }

  private record(): void {
    const { head, tail } = this.ground.tally;
    this.best = { pods: [...this.pods], value: { head: [...head], distance: this.distance, tail: [...tail] } };
    if (this.limits.firstOnly) this.done = true;
  }

  /** False where no completion can beat the best plan so far. `frame` is the gang being placed, if any. */
  private promising(t: number, frame: Frame | undefined): boolean {
    const target = this.best?.value ?? this.limits.better;
    const rest = this.rest[t];
    const { head, tail, movedGangs } = this.ground.tally;
    if (this.limits.movedGangs !== undefined && movedGangs > this.limits.movedGangs) return false;
    if (!target || !rest) return true;
    const first = compareSums(head, rest.head, target.head);
    if (first !== 0) return first < 0;
    const partial = frame ? addFractions(this.distance, frame.distance()) : this.distance;
    const second = compareFractions(addFractions(partial, rest.distance), target.distance);
    return second < 0 || (second === 0 && compareSums(tail, rest.tail, target.tail) < 0);
  }

  private spend(): boolean {
    if (this.done) return false;
    if (++this.steps <= this.limits.steps) return true;
    this.done = true;
    this.complete = false;
    return false;
  }

  private chooseDomain(run: Progress, at: number, s: number): void {
    const scope = run.frame.scopes[s];
    if (!scope) return;
    const closed: (readonly [number, number])[] = [];
    for (const candidate of domainsFor(this.ground, this.orbits, run, scope)) {
      if (!this.spend()) break;
      run.domain[s] = candidate.domain;
      this.touchDomain(scope, candidate.node, 1);
      this.step(run, at + 1);
      this.touchDomain(scope, candidate.node, -1);
      run.domain[s] = -1;
      for (const domain of candidate.equal) closed.push([domain, run.closeDomain(scope, domain)]);
    }
    for (const [domain, before] of closed.reverse()) run.reopenDomain(scope, domain, before);
  }

  /** In the first topology, a chosen domain is no longer like any other. */
  private touchDomain(scope: FrameScope, n: number, by: 1 | -1): void {
    if (scope.rule.tree === 0) this.orbits.touch(n, by, scope.rule.required + 1);
  }

  private choosePod(run: Progress, at: number, s: number): void {
    const slot = run.frame.slots[s];
    if (!slot) return;
    const taken = this.taken[run.t]?.[slot.leaf.index];
    const closed: (readonly [number, number])[] = [];
    for (const candidate of this.nodesFor(run, s)) {
      if (!this.spend()) break;
      const n = candidate.node;
      const value = slot.leaf.exclusive?.[n] ?? -1;
      this.put(run, s, n, 1);
      if (value >= 0) taken?.add(value);
      if (this.promising(run.t, run.frame)) this.step(run, at + 1);
      if (value >= 0) taken?.delete(value);
      this.put(run, s, n, -1);
      for (const equal of candidate.equal) closed.push([equal, run.close(s, equal)]);
    }
    for (const [n, before] of closed.reverse()) run.reopen(s, n, before);
  }

  private put(run: Progress, s: number, n: number, by: 1 | -1): void {
    const slot = run.frame.slots[s];
    if (!slot) return;
    if (by === 1) {
      this.ground.occupancy.add(slot.leaf, slot.component, n);
      run.frame.place(s, n);
    } else {
      run.frame.undo(s);
      this.ground.occupancy.remove(slot.leaf, slot.component, n);
    }
    this.orbits.touch(n, by);
  }

  /** Nodes that may take the pod, one of each orbit, the cheapest first. */
  private nodesFor(run: Progress, s: number): NodeCandidate[] {
    const slot = run.frame.slots[s];
    if (!slot) return [];
    const { instance, occupancy } = this.ground;
    const { leaf } = slot;
    const taken = this.taken[run.t]?.[leaf.index];
    const candidates = new Map<number, NodeCandidate>();
    const consider = (n: number): void => {
      if ((leaf.alone[n] ?? 0) === 0 || run.isClosed(s, n)) return;
      if (leaf.exclusive && taken?.has(leaf.exclusive[n] ?? -1)) return;
      if (!run.inScopes(instance, slot.scopes, n)) return;
      const orbit = this.orbits.orbitOf(n);
      const known = candidates.get(orbit);
      known?.equal.push(n);
      if (known) return;
      if (occupancy.fits(leaf, slot.component, n)) candidates.set(orbit, this.rate(run, s, n));
    };
    const scope = slot.scopes.at(-1) ?? -1;
    const { tree = -1, required = -1 } = run.frame.scopes[scope]?.rule ?? {};
    const domain = run.domain[scope] ?? -1;
    const members = instance.trees[tree]?.divisions[required]?.all[domain];
    if (members) members.forEach(consider);
    else instance.nodes.forEach((_, n) => consider(n));
    return [...candidates.values()].sort(compareCandidates);
  }

  private rate(run: Progress, s: number, node: number): NodeCandidate {
    const slot = run.frame.slots[s];
    const { tally } = this.ground;
    const wanted = slot && run.frame.locks?.wants(slot.leaf.index, node) ? 0 : 1;
    run.frame.place(s, node);
    const rated = {
      node,
      equal: [node],
      wanted,
      head: [...tally.head],
      distance: run.frame.distance(),
      tail: [...tally.tail],
      left: this.roomLeft(node),
    };
    run.frame.undo(s);
    return rated;
  }

  /** Room in the resources that are scarcest last: used to fill what is nearly full first. */
  private roomLeft(n: number): readonly number[] {
    const { instance, occupancy } = this.ground;
    const width = instance.scale.resources.length;
    const names = instance.scale.resources;
    return names.flatMap((name, r) => (instance.accelerators.has(name) ? [occupancy.room[n * width + r] ?? 0] : []));
  }
}

interface NodeCandidate {
  readonly node: number;
  /** Nodes that it stands for, itself among them. */
  readonly equal: number[];
  readonly wanted: number;
  readonly head: readonly number[];
  readonly distance: Fraction;
  readonly tail: readonly number[];
  readonly left: readonly number[];
}

function compareCandidates(a: NodeCandidate, b: NodeCandidate): number {
  return (
    a.wanted - b.wanted ||
    compareNumbers(a.head, b.head) ||
    compareFractions(a.distance, b.distance) ||
    compareNumbers(a.tail, b.tail) ||
    compareNumbers(a.left, b.left) ||
    a.node - b.node
  );
}

/** By task: what the tasks after it cost at least. */
function restOf(tasks: readonly Task[], tally: Tally): Value[] {
  const zero: Value = { head: tally.head.map(() => 0), distance: ZERO, tail: tally.tail.map(() => 0) };
  const rest: Value[] = [zero];
  for (const task of [...tasks.slice(1)].reverse()) {
    const after = rest[0] ?? zero;
    rest.unshift(task.bound ? addValues(after, task.bound) : after);
  }
  return rest;
}

function compareSums(a: readonly number[], b: readonly number[], target: readonly number[]): number {
  for (let i = 0; i < target.length; i++) {
    const difference = (a[i] ?? 0) + (b[i] ?? 0) - (target[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
