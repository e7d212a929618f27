import type { CopyPods, GangPods } from './assigned';
import type { Fraction } from './fraction';
import type { Edge, Gang, Group, Instance, Leaf, Rule } from './instance';
import type { LeastDomains } from './least';
import type { LockedGang } from './locked';
import { LockTally } from './locktally';
import { commonPairs, pairsOf } from './objective';
import { makeComponent, type Component } from './occupancy';
import { podsOfLeaves, type CopyShape, type RatedShape, type Shape } from './shape';
import type { Tally } from './tally';
import type { Tree } from './tree';

/** A place for one pod. */
export interface Slot {
  readonly leaf: Leaf;
  readonly component: Component | undefined;
  /** Frame scopes with a required level around it, outermost first. */
  readonly scopes: readonly number[];
  readonly counters: readonly Counter[];
  /** Up to this slot, pods of the same leaf could change places with this one, all else being equal. */
  equalUntil: number;
}

/** A copy, or the gang, that must be in one domain. */
export interface FrameScope {
  readonly rule: Rule;
  /** Tells scopes of one group from those of others. */
  readonly group: number;
  readonly firstSlot: number;
  /** Pods of each leaf in it. */
  readonly pods: number[];
  /** Scopes with a required level around it. */
  readonly around: readonly number[];
  equalUntil: number;
}

/** What to decide next: the domain of a scope, or the node of a pod. */
export type Step = { readonly scope: number; readonly slot: -1 } | { readonly scope: -1; readonly slot: number };

/** Domains that a scope, or a group over all copies, uses by depth. */
export interface Counter {
  readonly tree: Tree;
  /** Place in the tally's tail of its first depth. */
  readonly tail: number;
  /** Place in the tally's head of its first depth; -1 without preferred. */
  readonly head: number;
  readonly preferred: number;
  readonly podsByLeaf: number[];
  /** Domains counted from the start, by depth. */
  readonly least: number[];
  readonly used: number[];
  /** By depth and domain: pods. */
  readonly pods: readonly Int32Array[];
}

interface EdgeTally {
  readonly edge: Edge;
  readonly tree: Tree;
  readonly factor: bigint;
  readonly pairs: number;
  paired: number;
  sum: number;
  readonly sides: readonly [SideTally, SideTally];
}

interface SideTally {
  pods: number;
  readonly byDomain: readonly Int32Array[];
}

/** One copy around what is being built. */
interface OpenCopy {
  readonly start: number;
  readonly rule: Rule;
  readonly range: { end: number };
}

/**
 * A gang of a given shape, laid out as a list of decisions, with the counters that they change.
 * One frame serves one search; its counters are empty between searches.
 */
export class Frame {
  readonly slots: Slot[] = [];
  readonly steps: Step[] = [];
  readonly scopes: FrameScope[] = [];
  /** By slot: the node, or -1. */
  readonly nodeOf: Int32Array;
  /** By leaf: pods. */
  readonly podsByLeaf: readonly number[];
  private readonly counters: Counter[] = [];
  private readonly edges: readonly EdgeTally[];
  private readonly edgesOfLeaf: readonly (readonly (readonly [EdgeTally, 0 | 1])[])[];
  private readonly denominator: bigint;
  private readonly cheapest: bigint;
  readonly locks: LockTally | undefined;
  private readonly groupCounters: Counter[];
  private readonly setComponents: (Component | undefined)[];
  private readonly ranges: (readonly OpenCopy[])[] = [];
  private readonly scopeRanges: (readonly OpenCopy[])[] = [];

  constructor(
    readonly instance: Instance,
    readonly gang: Gang,
    readonly rated: RatedShape,
    private readonly tally: Tally,
    private readonly least: LeastDomains,
    lock: LockedGang | undefined,
  ) {
    this.podsByLeaf = podsOfLeaves(gang, rated.shape);
    const gangCounter = this.makeCounter(gang.tree, 0, gang.rule);
    this.groupCounters = gang.groups.map((group) => this.makeCounter(group.tree, 1, undefined));
    this.setComponents = gang.leaves.map((leaf) => (leaf.pinned === 'set' ? makeComponent(leaf) : undefined));
    this.openScope(gang.rule, -1, []);
    this.addGroups(gang.roots, rated.shape, [gangCounter], this.scopes.length > 0 ? [0] : [], []);
    this.slots.forEach((slot, s) => (slot.equalUntil = equalUntil(this.ranges[s] ?? [], s)));
    this.scopes.forEach((scope, i) => (scope.equalUntil = equalScopesUntil(this.scopeRanges[i] ?? [], scope)));
    this.nodeOf = new Int32Array(this.slots.length).fill(-1);
    this.setLeast();
    this.dropFixedCounters();
    const pairs = gang.edges.map((edge) => pairsOf(edge, this.podsOf(edge.a), this.podsOf(edge.b)));
    this.denominator = commonPairs(pairs);
    this.edges = gang.edges.flatMap((edge, i) => this.makeEdge(edge, pairs[i] ?? 0));
    this.edgesOfLeaf = gang.leaves.map((leaf) => this.edges.flatMap((tally) => sidesOf(tally, leaf.index)));
    this.cheapest = BigInt(Math.min(...(instance.trees[gang.tree]?.pairCost ?? [0])));
    this.locks = lock ? new LockTally(gang, lock, this.podsByLeaf) : undefined;
  }

  /** False where counting alone shows that there is no place. */
  get countable(): boolean {
    return this.counters.every((counter) => counter.least.every((least) => least < Infinity));
  }

  private podsOf(leaves: readonly number[]): number {
    return leaves.reduce((sum, leaf) => sum + (this.podsByLeaf[leaf] ?? 0), 0);
  }

  private openScope(rule: Rule, group: number, around: readonly number[]): readonly number[] {
    if (rule.required < 0) return around;
    const index = this.scopes.length;
    const pods = this.gang.leaves.map(() => 0);
    this.scopes.push({ rule, group, firstSlot: this.slots.length, pods, around, equalUntil: 0 });
    this.steps.push({ scope: index, slot: -1 });
    return [...around, index];
  }

  private addGroups(
    groups: readonly Group[],
    shape: Shape,
    counters: readonly Counter[],
    scopes: readonly number[],
    open: readonly OpenCopy[],
  ): void {
    groups.forEach((group, i) => {
      const own = this.groupCounters[group.index];
      const around = own ? [...counters, own] : counters;
      let range = { end: 0 };
      let previous: CopyShape | undefined;
      for (const copy of shape[i] ?? []) {
        // Copies of one shape are one object, and follow one another.
        if (copy !== previous) range = { end: 0 };
        previous = copy;
        this.addCopy(group, copy, around, scopes, [...open, { start: this.slots.length, rule: group.rule, range }]);
        range.end = this.slots.length;
      }
    });
  }

  private addCopy(
    group: Group,
    copy: CopyShape,
    counters: readonly Counter[],
    scopes: readonly number[],
    open: readonly OpenCopy[],
  ): void {
    const before = this.scopes.length;
    const inner = this.openScope(group.rule, group.index, scopes);
    if (this.scopes.length > before) this.scopeRanges[before] = open;
    const around = [...counters, this.makeCounter(group.tree, 2, group.rule)];
    if (group.leaf) this.addPods(group.leaf, around, inner, open);
    else this.addGroups(group.children, copy.groups, around, inner, open);
  }

  private addPods(
    leaf: Leaf,
    counters: readonly Counter[],
    scopes: readonly number[],
    open: readonly OpenCopy[],
  ): void {
    const component = leaf.pinned === 'replica' ? makeComponent(leaf) : this.setComponents[leaf.index];
    for (const counter of counters) counter.podsByLeaf[leaf.index] = (counter.podsByLeaf[leaf.index] ?? 0) + leaf.count;
    for (const scope of scopes) {
      const pods = this.scopes[scope]?.pods;
      if (pods) pods[leaf.index] = (pods[leaf.index] ?? 0) + leaf.count;
    }
    const copyEnd = { end: this.slots.length + leaf.count };
    for (let p = 0; p < leaf.count; p++) {
      const within: OpenCopy = {
        start: this.slots.length,
        rule: { tree: -1, required: -1, preferred: -1 },
        range: copyEnd,
      };
      this.ranges.push([...open, within]);
      this.steps.push({ scope: -1, slot: this.slots.length });
      this.slots.push({ leaf, component, scopes, counters, equalUntil: 0 });
    }
  }

  private makeCounter(treeIndex: number, which: number, rule: Rule | undefined): Counter {
    const tree = this.instance.trees[treeIndex];
    if (!tree) throw new Error(`no topology ${treeIndex}`);
    const { layout } = this.tally;
    const preferred = rule?.preferred ?? -1;
    const counter: Counter = {
      tree,
      tail: layout.spread + which * this.instance.depths,
      head: preferred >= 0 ? layout.preferred : -1,
      preferred,
      podsByLeaf: this.gang.leaves.map(() => 0),
      least: new Array<number>(tree.depths).fill(1),
      used: new Array<number>(tree.depths).fill(0),
      pods: tree.domainCount.map((count) => new Int32Array(count)),
    };
    this.counters.push(counter);
    return counter;
  }

  private setLeast(): void {
    for (const counter of this.counters) {
      const tree = this.instance.trees.indexOf(counter.tree);
      const leaves = this.gang.leaves.filter((leaf) => (counter.podsByLeaf[leaf.index] ?? 0) > 0);
      const demand = unitsOf(leaves, counter.podsByLeaf);
      counter.least.forEach((_, depth) => {
        const byPods = leaves.map((leaf) => this.least.forPods(leaf, counter.podsByLeaf[leaf.index] ?? 0, tree, depth));
        const byUnits = [...demand].map(([r, units]) => this.least.forUnits(leaves, r, units, tree, depth));
        counter.least[depth] = Math.max(1, ...byPods, ...byUnits);
      });
    }
  }

  /** Counters of one pod never change: what they count is there from the start. */
  private dropFixedCounters(): void {
    const moving = new Set(this.counters.filter((counter) => counter.podsByLeaf.reduce((a, b) => a + b, 0) > 1));
    this.slots.forEach(
      (slot, s) => (this.slots[s] = { ...slot, counters: slot.counters.filter((counter) => moving.has(counter)) }),
    );
  }

  private makeEdge(edge: Edge, pairs: number): EdgeTally[] {
    const tree = this.instance.trees[this.gang.tree];
    if (pairs === 0 || !tree) return [];
    const side = (): SideTally => ({ pods: 0, byDomain: tree.domainCount.map((count) => new Int32Array(count)) });
    const first = side();
    const sides: readonly [SideTally, SideTally] = [first, edge.within ? first : side()];
    return [{ edge, tree, factor: edge.weight * (this.denominator / BigInt(pairs)), pairs, paired: 0, sum: 0, sides }];
  }

  /** Adds what every placement of this shape costs; give -1 to take it back. */
  begin(by: 1 | -1): void {
    const { tally } = this;
    tally.bumpHead(tally.layout.extras + this.gang.rank, by * this.rated.extrasLeftOut);
    for (const counter of this.counters) {
      counter.least.forEach((least, depth) => {
        tally.bumpTail(counter.tail + depth, by * least);
        if (depth <= counter.preferred) tally.bumpHead(counter.head + depth, by * (least - 1));
      });
    }
    this.bumpMoved(by * (this.locks?.bound ?? 0), by);
  }

  private bumpMoved(pods: number, gangs: number): void {
    if (pods !== 0) this.tally.bumpMoved(gangs, pods);
  }

  place(s: number, n: number): void {
    const slot = this.slots[s];
    if (!slot) return;
    this.nodeOf[s] = n;
    for (const counter of slot.counters) this.count(counter, n, 1);
    if (slot.leaf.accelerated) this.tally.breakNode(n, 1);
    for (const [tally, side] of this.edgesOfLeaf[slot.leaf.index] ?? []) {
      tally.sum += pairCostWith(tally, side, n);
      tally.paired += tally.sides[1 - side]?.pods ?? 0;
      countSide(tally.sides[side], tally.tree, n, 1);
    }
    this.changeLocks(() => this.locks?.place(slot.leaf.index, n));
  }

  undo(s: number): void {
    const slot = this.slots[s];
    const n = this.nodeOf[s] ?? -1;
    if (!slot || n < 0) return;
    this.changeLocks(() => this.locks?.undo(slot.leaf.index, n));
    for (const [tally, side] of this.edgesOfLeaf[slot.leaf.index] ?? []) {
      countSide(tally.sides[side], tally.tree, n, -1);
      tally.paired -= tally.sides[1 - side]?.pods ?? 0;
      tally.sum -= pairCostWith(tally, side, n);
    }
    if (slot.leaf.accelerated) this.tally.breakNode(n, -1);
    for (const counter of slot.counters) this.count(counter, n, -1);
    this.nodeOf[s] = -1;
  }

  private changeLocks(change: () => void): void {
    if (!this.locks) return;
    this.bumpMoved(-this.locks.bound, -1);
    change();
    this.bumpMoved(this.locks.bound, 1);
  }

  private count(counter: Counter, n: number, by: 1 | -1): void {
    const { tree, used, least, pods } = counter;
    for (let depth = 0; depth < tree.depths; depth++) {
      const domain = tree.domainOf[depth]?.[n] ?? 0;
      const inDomain = pods[depth];
      if (!inDomain) continue;
      const before = inDomain[domain] ?? 0;
      inDomain[domain] = before + by;
      if ((by === 1 ? before : before + by) !== 0) continue;
      const more = (used[depth] ?? 0) + (by === 1 ? 1 : 0);
      used[depth] = (used[depth] ?? 0) + by;
      if (more <= (least[depth] ?? 0)) continue;
      this.tally.bumpTail(counter.tail + depth, by);
      if (depth <= counter.preferred) this.tally.bumpHead(counter.head + depth, by);
    }
  }

  /** What the distance of this gang is at least; exact once all pods are placed. */
  distance(): Fraction {
    const num = this.edges.reduce(
      (sum, e) => sum + e.factor * (BigInt(e.sum) + BigInt(e.pairs - e.paired) * this.cheapest),
      0n,
    );
    return { num, den: this.denominator };
  }

  /** True where some pod of this gang is in the domain already. */
  uses(tree: number, level: number, n: number): boolean {
    const counter = this.counters[0];
    if (!counter || this.instance.trees[tree] !== counter.tree) return false;
    return (counter.pods[level]?.[counter.tree.domainOf[level]?.[n] ?? 0] ?? 0) > 0;
  }

  /** The pods as they stand, copy by copy. */
  pods(): GangPods {
    let next = 0;
    const copies = (groups: readonly Group[], shape: Shape): GangPods =>
      groups.map((group, i) =>
        (shape[i] ?? []).map((copy): CopyPods => {
          if (!group.leaf) return { nodes: [], groups: copies(group.children, copy.groups) };
          const nodes = Array.from(this.nodeOf.subarray(next, (next += group.leaf.count)));
          return { nodes: nodes.sort((a, b) => a - b), groups: [] };
        }),
      );
    return copies(this.gang.roots, this.rated.shape);
  }
}

function unitsOf(leaves: readonly Leaf[], pods: readonly number[]): Map<number, number> {
  const units = new Map<number, number>();
  for (const leaf of leaves) {
    for (const [r, each] of leaf.demand) units.set(r, (units.get(r) ?? 0) + each * (pods[leaf.index] ?? 0));
  }
  return units;
}

function sidesOf(tally: EdgeTally, leaf: number): (readonly [EdgeTally, 0 | 1])[] {
  if (tally.edge.a.includes(leaf)) return [[tally, 0]];
  return tally.edge.b.includes(leaf) ? [[tally, 1]] : [];
}

/** Cost of the pairs of one pod on a node with all pods placed on the other side. */
function pairCostWith({ tree, sides }: EdgeTally, side: 0 | 1, n: number): number {
  const other = sides[side === 0 ? 1 : 0];
  let cost = other.pods * (tree.pairCost[0] ?? 0);
  for (let depth = 0; depth < tree.depths; depth++) {
    const together = other.byDomain[depth]?.[tree.domainOf[depth]?.[n] ?? 0] ?? 0;
    if (together === 0) break;
    cost += together * ((tree.pairCost[depth + 1] ?? 0) - (tree.pairCost[depth] ?? 0));
  }
  return cost;
}

function countSide(side: SideTally, tree: Tree, n: number, by: 1 | -1): void {
  side.pods += by;
  for (let depth = 0; depth < tree.depths; depth++) {
    const pods = side.byDomain[depth];
    const domain = tree.domainOf[depth]?.[n] ?? 0;
    if (pods) pods[domain] = (pods[domain] ?? 0) + by;
  }
}

/** The end of the widest range of equal copies in which this slot is the first of its copy. */
function equalUntil(open: readonly OpenCopy[], slot: number): number {
  return open.find((copy) => copy.start === slot)?.range.end ?? slot + 1;
}

/**
 * The same for the domain of a scope. Copies around it may change places only where their own domain follows from
 * this one, that is, where it is of the same topology.
 */
function equalScopesUntil(open: readonly OpenCopy[], scope: FrameScope): number {
  let end = scope.firstSlot;
  for (const copy of [...open].reverse()) {
    if (copy.start !== scope.firstSlot || (copy.rule.required >= 0 && copy.rule.tree !== scope.rule.tree)) break;
    end = copy.range.end;
  }
  return end;
}
