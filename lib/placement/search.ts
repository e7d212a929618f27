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
import { compareNumbers, type Value } from './value';

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
    private readonly limits: { readonly steps: number; readonly firstOnly?: boolean; readonly better?: Value },
  ) {
    const { instance, occupancy, tally, locks } = ground;
    const leaves = tasks.flatMap((task) => task.gang.leaves);
    this.orbits = new Orbits(instance, leaves, occupancy, tally, locks);
    const keys = new Map<Leaf, string>(tasks.flatMap(({ gang }) => gang.leaves.map((leaf): [Leaf, string] => [leaf, `${gang.index}.${leaf.index}`])));
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
    if (!task) return this.record();
    for (const rated of task.shapes) {
      if (this.done) return;
      this.tryShape(t, task, rated);
    }
    if (task.optional && !this.done) this.leaveOut(t, task);
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
    if (this.promising(t, frame)) this.step(new FrameSearch(t, frame), 0);
    frame.begin(-1);
    ledger.charge(task.gang, demand, -1);
  }

  /** Takes the decision at `at` and all after it. */
  private step(run: FrameSearch, at: number): void {
    const step = run.frame.steps[at];
    if (!step) return this.finishGang(run);
    if (step.scope >= 0) this.chooseDomain(run, at, step.scope);
    else this.choosePod(run, at, step.slot);
  }

  private finishGang({ t, frame }: FrameSearch): void {
    const { tally, locks } = this.ground;
    const pods = frame.pods();
    const bound = frame.locks?.bound ?? 0;
    const moved = movedPods(frame.gang, locks.gangs[frame.gang.index], pods);
    const gangs = (moved > 0 ? 1 : 0) - (bound > 0 ? 1 : 0);
    const before = this.distance;
    tally.bumpHead(tally.layout.moved, gangs);
    tally.bumpHead(tally.layout.moved + 1, moved - bound);
    this.distance = addFractions(before, frame.distance());
    this.pods[t] = pods;
    if (this.promising(t, undefined)) this.enterTask(t + 1);
    this.distance = before;
    tally.bumpHead(tally.layout.moved, -gangs);
    tally.bumpHead(tally.layout.moved + 1, bound - moved);
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
    if (!target || !rest) return true;
    const { head, tail } = this.ground.tally;
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

  private chooseDomain(run: FrameSearch, at: number, s: number): void {
    const scope = run.frame.scopes[s];
    if (!scope) return;
    const closed: (readonly [number, number])[] = [];
    for (const candidate of this.domainsFor(run, scope)) {
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

  private domainsFor(run: FrameSearch, scope: FrameScope): DomainCandidate[] {
    const { instance } = this.ground;
    const { tree: t, required } = scope.rule;
    const tree = instance.trees[t];
    const candidates = new Map<number, DomainCandidate>();
    (tree?.members[required] ?? []).forEach((members, domain) => {
      const node = members[0] ?? 0;
      if (run.isDomainClosed(scope, domain) || !run.insideChosen(instance, scope, node)) return;
      const orbit = t === 0 ? this.domainOrbit(members, node, required) : -1 - domain;
      const known = candidates.get(orbit);
      if (known) return void known.equal.push(domain);
      const slots = this.slotsIn(run, scope, members);
      if (slots < 0) return;
      const fresh = (tree?.domainOf ?? []).slice(0, required + 1).map((_, level) => (run.frame.uses(t, level, node) ? 0 : 1));
      candidates.set(orbit, { domain, node, equal: [domain], slots, fresh });
    });
    return [...candidates.values()].sort((a, b) => compareNumbers(a.fresh, b.fresh) || a.slots - b.slots || a.domain - b.domain);
  }

  /** Equal domains have nodes of equal orbits: the least of them names the domain. */
  private domainOrbit(members: readonly number[], node: number, level: number): number {
    if (this.orbits.isTouched(node, level)) return -1 - node;
    return members.reduce((least, n) => Math.min(least, this.orbits.orbitOf(n)), Infinity);
  }

  /** Room for pods of the scope in a domain, counted leaf by leaf; -1 where some leaf has too little. */
  private slotsIn(run: FrameSearch, scope: FrameScope, members: readonly number[]): number {
    const { gang } = run.frame;
    let total = 0;
    for (const leaf of gang.leaves) {
      const pods = scope.pods[leaf.index] ?? 0;
      if (pods === 0) continue;
      const slots = members.reduce((sum, n) => sum + this.slotsNow(leaf, n), 0);
      if (slots < pods) return -1;
      total += slots;
    }
    return this.unitsSuffice(run, scope, members) ? total : -1;
  }

  private slotsNow(leaf: Leaf, n: number): number {
    const alone = leaf.alone[n] ?? 0;
    if (alone === 0) return 0;
    const { instance, occupancy } = this.ground;
    const base = n * instance.scale.resources.length;
    const pods = leaf.demand.reduce((most, [r, units]) => Math.min(most, Math.floor((occupancy.room[base + r] ?? 0) / units)), alone);
    return leaf.exclusive ? Math.min(1, pods) : pods;
  }

  private unitsSuffice(run: FrameSearch, scope: FrameScope, members: readonly number[]): boolean {
    const { instance, occupancy } = this.ground;
    const width = instance.scale.resources.length;
    const left = new Array<number>(width).fill(0);
    for (const leaf of run.frame.gang.leaves) {
      for (const [r, units] of leaf.demand) left[r] = (left[r] ?? 0) + units * (scope.pods[leaf.index] ?? 0);
    }
    const leaves = run.frame.gang.leaves.filter((leaf) => (scope.pods[leaf.index] ?? 0) > 0);
    for (const n of members) {
      if (!leaves.some((leaf) => (leaf.alone[n] ?? 0) > 0)) continue;
      for (let r = 0; r < width; r++) left[r] = (left[r] ?? 0) - Math.max(0, occupancy.room[n * width + r] ?? 0);
    }
    return left.every((units) => units <= 0);
  }

  private choosePod(run: FrameSearch, at: number, s: number): void {
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

  private put(run: FrameSearch, s: number, n: number, by: 1 | -1): void {
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
  private nodesFor(run: FrameSearch, s: number): NodeCandidate[] {
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
      if (known) return void known.equal.push(n);
      if (occupancy.fits(leaf, slot.component, n)) candidates.set(orbit, this.rate(run, s, n));
    };
    const inner = run.frame.scopes[slot.scopes.at(-1) ?? -1];
    const members = inner && instance.trees[inner.rule.tree]?.members[inner.rule.required]?.[run.domain[slot.scopes.at(-1) ?? -1] ?? -1];
    if (members) members.forEach(consider);
    else instance.nodes.forEach((_, n) => consider(n));
    return [...candidates.values()].sort(compareCandidates);
  }

  private rate(run: FrameSearch, s: number, node: number): NodeCandidate {
    const slot = run.frame.slots[s];
    const { tally } = this.ground;
    const wanted = slot && run.frame.locks?.wants(slot.leaf.index, node) ? 0 : 1;
    run.frame.place(s, node);
    const rated = { node, equal: [node], wanted, head: [...tally.head], distance: run.frame.distance(), tail: [...tally.tail], left: this.roomLeft(node) };
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

interface DomainCandidate {
  readonly domain: number;
  /** A node in it. */
  readonly node: number;
  readonly equal: number[];
  readonly slots: number;
  /** By depth: 1 where the gang has no pod there yet. */
  readonly fresh: readonly number[];
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

/** What changes while one gang is placed. */
class FrameSearch {
  /** By scope: the chosen domain, or -1. */
  readonly domain: Int32Array;
  /** By leaf and node: closed to slots below this. */
  private readonly closedUntil: readonly Int32Array[];
  private readonly closedDomains = new Map<string, number>();

  constructor(
    readonly t: number,
    readonly frame: Frame,
  ) {
    this.domain = new Int32Array(frame.scopes.length).fill(-1);
    this.closedUntil = frame.gang.leaves.map(() => new Int32Array(frame.instance.nodes.length));
  }

  isClosed(s: number, n: number): boolean {
    return s < (this.closedUntil[this.frame.slots[s]?.leaf.index ?? 0]?.[n] ?? 0);
  }

  /** Closes a node to the equal pods that follow; returns what to give to `reopen`. */
  close(s: number, n: number): number {
    const slot = this.frame.slots[s];
    const until = this.closedUntil[slot?.leaf.index ?? 0];
    const before = until?.[n] ?? 0;
    if (until && slot) until[n] = Math.max(before, slot.equalUntil);
    return before;
  }

  reopen(s: number, n: number, before: number): void {
    const until = this.closedUntil[this.frame.slots[s]?.leaf.index ?? 0];
    if (until) until[n] = before;
  }

  isDomainClosed(scope: FrameScope, domain: number): boolean {
    return scope.firstSlot < (this.closedDomains.get(`${scope.group} ${domain}`) ?? 0);
  }

  /** Closes a domain to the equal copies that follow; returns what to give to `reopenDomain`. */
  closeDomain(scope: FrameScope, domain: number): number {
    const key = `${scope.group} ${domain}`;
    const before = this.closedDomains.get(key) ?? 0;
    this.closedDomains.set(key, Math.max(before, scope.equalUntil));
    return before;
  }

  reopenDomain(scope: FrameScope, domain: number, before: number): void {
    this.closedDomains.set(`${scope.group} ${domain}`, before);
  }

  /** True where the node is in the chosen domain of each scope. */
  inScopes(instance: Instance, scopes: readonly number[], n: number): boolean {
    return scopes.every((s) => {
      const rule = this.frame.scopes[s]?.rule;
      return rule === undefined || instance.trees[rule.tree]?.labelDomain[rule.required]?.[n] === this.domain[s];
    });
  }

  /** True where a domain with this node may lie in those chosen around it; other topologies are looked at pod by pod. */
  insideChosen(instance: Instance, scope: FrameScope, n: number): boolean {
    return this.inScopes(instance, scope.around.filter((s) => this.frame.scopes[s]?.rule.tree === scope.rule.tree), n);
  }
}

/** By task: what the tasks after it cost at least. */
function restOf(tasks: readonly Task[], tally: Tally): Value[] {
  const zero: Value = { head: tally.head.map(() => 0), distance: ZERO, tail: tally.tail.map(() => 0) };
  const rest: Value[] = [zero];
  for (const task of [...tasks.slice(1)].reverse()) {
    const after = rest[0] ?? zero;
    rest.unshift(task.bound ? plus(after, task.bound) : after);
  }
  return rest;
}

function plus(a: Value, b: Value): Value {
  return {
    head: a.head.map((x, i) => x + (b.head[i] ?? 0)),
    distance: addFractions(a.distance, b.distance),
    tail: a.tail.map((x, i) => x + (b.tail[i] ?? 0)),
  };
}

function compareSums(a: readonly number[], b: readonly number[], target: readonly number[]): number {
  for (let i = 0; i < target.length; i++) {
    const difference = (a[i] ?? 0) + (b[i] ?? 0) - (target[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
