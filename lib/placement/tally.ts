import type { Instance } from './instance';
import type { Layout } from './value';
import type { Wholeness } from './wholeness';

/** A level of a topology whose whole domains count. */
interface CountedLevel {
  readonly tree: number;
  readonly level: number;
  /** Its place in the tally's tail. */
  readonly at: number;
  /** By node: its domain of label values, or -1. */
  readonly domainOf: Int32Array;
  /** By domain: broken nodes in it. */
  readonly broken: Int32Array;
}

function countedLevels({ trees }: Instance, { brokenDomains }: Layout): CountedLevel[] {
  return trees.flatMap(({ divisions }, tree) =>
    divisions.flatMap((division, level) => {
      const at = brokenDomains[tree]?.[level] ?? -1;
      if (at < 0) return [];
      return [{ tree, level, at, domainOf: division.domainOf, broken: new Int32Array(division.count) }];
    }),
  );
}

/** The terms of the objective as they stand while pods come and go. Every number is a lower bound of its final value. */
export class Tally {
  readonly head: number[];
  readonly tail: number[];
  private readonly whole: Wholeness;
  /** By node: pods that break it. */
  private readonly breakers: Int32Array;
  private readonly levels: readonly CountedLevel[];

  constructor(
    instance: Instance,
    readonly layout: Layout,
  ) {
    this.head = new Array<number>(layout.headLength).fill(0);
    this.tail = new Array<number>(layout.tailLength).fill(0);
    this.whole = instance.whole;
    this.breakers = new Int32Array(instance.nodes.length);
    this.levels = countedLevels(instance, layout);
  }

  /** True where an accelerator pod on this node would break nothing that is not broken already. */
  isBroken(n: number): boolean {
    return (this.breakers[n] ?? 0) > 0;
  }

  /** Counts a pod with accelerators on a node, or takes it back. */
  breakNode(n: number, by: 1 | -1): void {
    if (!this.whole.isWhole(n)) return;
    const before = this.breakers[n] ?? 0;
    this.breakers[n] = before + by;
    if ((by === 1 ? before : before + by) !== 0) return;
    this.bumpTail(this.layout.fragmentation, by);
    for (const level of this.levels) this.breakDomain(level, level.domainOf[n] ?? -1, by);
  }

  private breakDomain({ tree, level, at, broken }: CountedLevel, domain: number, by: 1 | -1): void {
    if (!this.whole.isWholeDomain(tree, level, domain)) return;
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
