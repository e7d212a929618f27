import type { Instance } from './instance';
import type { Layout } from './value';
import { wholeness, type Wholeness } from './wholeness';

/** The terms of the objective as they stand while pods come and go. Every number is a lower bound of its final value. */
export class Tally {
  readonly head: number[];
  readonly tail: number[];
  readonly whole: Wholeness;
  /** By node: pods that break it. */
  private readonly breakers: Int32Array;
  /** By tree, level and domain of label values: broken nodes in it. */
  private readonly brokenIn: readonly (readonly Int32Array[])[];

  constructor(
    private readonly instance: Instance,
    readonly layout: Layout,
  ) {
    this.head = new Array<number>(layout.headLength).fill(0);
    this.tail = new Array<number>(layout.tailLength).fill(0);
    this.whole = wholeness(instance);
    this.breakers = new Int32Array(instance.nodes.length);
    this.brokenIn = this.whole.domain.map((levels) => levels.map((domains) => new Int32Array(domains.length)));
  }

  /** True where an accelerator pod on this node would break nothing that is not broken already. */
  isBroken(n: number): boolean {
    return (this.breakers[n] ?? 0) > 0;
  }

  /** Counts a pod with accelerators on a node, or takes it back. */
  breakNode(n: number, by: 1 | -1): void {
    if (this.whole.node[n] !== 1) return;
    const before = this.breakers[n] ?? 0;
    this.breakers[n] = before + by;
    if ((by === 1 ? before : before + by) !== 0) return;
    this.bumpTail(this.layout.fragmentation, by);
    this.layout.brokenDomains.forEach((levels, t) => {
      levels.forEach((at, level) => this.breakDomain(at, t, level, n, by));
    });
  }

  private breakDomain(at: number, t: number, level: number, n: number, by: 1 | -1): void {
    const broken = this.brokenIn[t]?.[level];
    if (at < 0 || !broken) return;
    const domain = this.instance.trees[t]?.divisions[level]?.domainOf[n] ?? -1;
    if (this.whole.domain[t]?.[level]?.[domain] !== 1) return;
    const before = broken[domain] ?? 0;
    broken[domain] = before + by;
    if ((by === 1 ? before : before + by) === 0) this.bumpTail(at, by);
  }

  /** Counts moved gangs and moved pods. */
  bumpMoved(gangs: number, pods: number): void {
    const numbers = this.layout.movedLast ? this.tail : this.head;
    const { movedGangs, movedPods } = this.layout;
    numbers[movedGangs] = (numbers[movedGangs] ?? 0) + gangs;
    numbers[movedPods] = (numbers[movedPods] ?? 0) + pods;
  }

  get movedGangs(): number {
    return (this.layout.movedLast ? this.tail : this.head)[this.layout.movedGangs] ?? 0;
  }

  bumpHead(at: number, by: number): void {
    this.head[at] = (this.head[at] ?? 0) + by;
  }

  bumpTail(at: number, by: number): void {
    this.tail[at] = (this.tail[at] ?? 0) + by;
  }
}
