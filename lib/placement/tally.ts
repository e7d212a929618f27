import type { Instance } from './instance';
import type { Layout } from './value';
import { wholeness, type Wholeness } from './wholeness';

/** A level of a topology whose whole domains count. */
interface CountedLevel {
  /** Its place in the tally's tail. */
  readonly at: number;
  /** By node: its domain of label values, or -1. */
  readonly domainOf: Int32Array;
  /** By domain. */
  readonly whole: Uint8Array;
  /** By domain: broken nodes in it. */
  readonly broken: Int32Array;
}

function countedLevels({ trees }: Instance, { brokenDomains }: Layout, { domain }: Wholeness): CountedLevel[] {
  return trees.flatMap(({ divisions }, t) =>
    divisions.flatMap((division, level) => {
      const at = brokenDomains[t]?.[level] ?? -1;
      const whole = domain[t]?.[level];
      return at < 0 || !whole
        ? []
        : [{ at, domainOf: division.domainOf, whole, broken: new Int32Array(division.count) }];
    }),
  );
}

/** The terms of the objective as they stand while pods come and go. Every number is a lower bound of its final value. */
export class Tally {
  readonly head: number[];
  readonly tail: number[];
  readonly whole: Wholeness;
  /** By node: pods that break it. */
  private readonly breakers: Int32Array;
  private readonly levels: readonly CountedLevel[];

  constructor(
    instance: Instance,
    readonly layout: Layout,
  ) {
    this.head = new Array<number>(layout.headLength).fill(0);
    this.tail = new Array<number>(layout.tailLength).fill(0);
    this.whole = wholeness(instance);
    this.breakers = new Int32Array(instance.nodes.length);
    this.levels = countedLevels(instance, layout, this.whole);
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
    for (const level of this.levels) this.breakDomain(level, level.domainOf[n] ?? -1, by);
  }

  private breakDomain({ at, whole, broken }: CountedLevel, domain: number, by: 1 | -1): void {
    if (whole[domain] !== 1) return;
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
