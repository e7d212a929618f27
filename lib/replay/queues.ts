import { CPU, GPU, MEMORY, type Dimensions, type Vector } from './amounts';
import type { Job, Task } from './gang';
import type { QueueAmounts, WorldQueue } from './world';

const UNLIMITED = -1;
const kinds = ['cpu', 'memory', 'gpu'] as const;

interface QueueState {
  readonly queue: WorldQueue;
  readonly used: Record<keyof QueueAmounts, number>;
  readonly usedForGood: Record<keyof QueueAmounts, number>;
}

/** What queues hold, and whether a gang may have more (KAI 0.17, plugins/proportion/capacity_policy). */
export class Queues {
  private readonly states: ReadonlyMap<string, QueueState>;
  private readonly parents: ReadonlySet<string>;
  private readonly migs: ReadonlyMap<number, number>;

  constructor(queues: readonly WorldQueue[], dimensions: Dimensions) {
    this.states = new Map(
      queues.map((queue) => [queue.name, { queue, used: { ...queue.used }, usedForGood: { ...queue.used } }]),
    );
    this.parents = new Set(queues.flatMap(({ parent }) => parent ?? []));
    this.migs = dimensions.migs();
  }

  /** Why the queue of a gang takes nothing at all, whatever is asked. */
  fault({ group }: Job): string | undefined {
    if (!this.states.has(group.queue)) return `queue "${group.queue}" does not exist`;
    const orphan = this.ancestors(group.queue).find(({ queue: { parent } }) => parent && !this.states.has(parent));
    if (orphan)
      return `queue "${orphan.queue.name}" has a parent that does not exist, and KAI knows neither it nor those below`;
    return this.parents.has(group.queue)
      ? `queue "${group.queue}" has children, and KAI runs nothing in it`
      : undefined;
  }

  /** Why the queue, or one above it, does not let a gang have these pods now. */
  refusal({ group }: Job, tasks: readonly Task[]): string | undefined {
    const asked = this.amounts(tasks);
    const above = this.ancestors(group.queue);
    return (
      firstOver(above, asked, ({ queue, used }) => [queue.limit, used, 'limit']) ??
      (group.preemptible
        ? undefined
        : firstOver(above, asked, ({ queue, usedForGood }) => [queue.quota, usedForGood, 'quota']))
    );
  }

  /** Counts pods in the queue and all above it, or no longer. */
  charge({ group }: Job, task: Task, sign: 1 | -1): void {
    const amounts = this.amounts([task]);
    for (const { used, usedForGood } of this.ancestors(group.queue)) {
      for (const kind of kinds) {
        used[kind] += sign * amounts[kind];
        if (!group.preemptible) usedForGood[kind] += sign * amounts[kind];
      }
    }
  }

  private ancestors(name: string): QueueState[] {
    const found: QueueState[] = [];
    let state = this.states.get(name);
    while (state && !found.includes(state)) {
      found.push(state);
      state = state.queue.parent === undefined ? undefined : this.states.get(state.queue.parent);
    }
    return found;
  }

  private amounts(tasks: readonly Task[]): QueueAmounts {
    const sum = { cpu: 0, memory: 0, gpu: 0 };
    for (const { requests } of tasks) {
      sum.cpu += requests[CPU] ?? 0;
      sum.memory += requests[MEMORY] ?? 0;
      sum.gpu += this.gpus(requests);
    }
    return sum;
  }

  private gpus(requests: Vector): number {
    let gpus = requests[GPU] ?? 0;
    for (const [place, each] of this.migs) gpus += each * (requests[place] ?? 0);
    return gpus;
  }
}

type Bound = readonly [bound: QueueAmounts, used: QueueAmounts, name: 'limit' | 'quota'];

function firstOver(
  states: readonly QueueState[],
  asked: QueueAmounts,
  boundOf: (state: QueueState) => Bound,
): string | undefined {
  for (const state of states) {
    const [bound, used, name] = boundOf(state);
    const over = kinds.find(
      (kind) => bound[kind] !== UNLIMITED && asked[kind] > 0 && bound[kind] < used[kind] + asked[kind],
    );
    if (over === undefined) continue;
    return `queue "${state.queue.name}" has a ${name} of ${bound[over]} ${over}, ${used[over]} of it in use, and ${asked[over]} more are asked for`;
  }
  return undefined;
}
