import { GPU, PODS, type Dimensions, type Vector } from './amounts';
import type { Task } from './gang';
import type { WorldNode } from './world';

/** What is free on each node, and what is being given back (KAI 0.17, node_info.go): mutable, for one session. */
export class Room {
  private readonly allocatable: readonly Vector[];
  private readonly idle: readonly Vector[];
  private readonly releasing: readonly Vector[];

  constructor(
    nodes: readonly WorldNode[],
    private readonly dimensions: Dimensions,
  ) {
    this.allocatable = nodes.map((node) => dimensions.vector(node.allocatable));
    this.idle = nodes.map(({ used }, place) => {
      const vector = Float64Array.from(this.of(this.allocatable, place));
      subtract(vector, dimensions.vector(used));
      return vector;
    });
    this.releasing = nodes.map(() => this.vector());
  }

  /** A vector of zeros. */
  vector(): Vector {
    return new Float64Array(this.dimensions.size);
  }

  /** Counts a pod on its node, or no longer, by its status. */
  charge({ status, node, requests }: Task, sign: 1 | -1): void {
    if (node < 0) return;
    const amounts = this.counted(requests, node);
    if (status === 'allocated') add(this.of(this.idle, node), amounts, -sign);
    if (status === 'pipelined') add(this.of(this.releasing, node), amounts, -sign);
    if (status === 'releasing') {
      add(this.of(this.releasing, node), amounts, sign);
      add(this.of(this.idle, node), amounts, -sign);
    }
  }

  /** A resource that the node has none of is never charged. */
  private counted(requests: Vector, node: number): Vector {
    const has = this.of(this.allocatable, node);
    return requests.map((amount, place) => (has[place] === 0 ? 0 : amount));
  }

  addFree(node: number, sum: Vector): void {
    const [idle, releasing] = [this.of(this.idle, node), this.of(this.releasing, node)];
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (idle[i] ?? 0) + (releasing[i] ?? 0);
  }

  /** Room for a pod without anybody leaving. */
  isFree({ requests, isBestEffort }: Task, node: number): boolean {
    const idle = this.of(this.idle, node);
    return isBestEffort || requests.every((amount, place) => amount <= (idle[place] ?? 0));
  }

  /** Room for a pod once those that leave are gone. */
  willBeFree({ requests }: Task, node: number): boolean {
    const [idle, releasing] = [this.of(this.idle, node), this.of(this.releasing, node)];
    return requests.every((amount, place) => amount <= (idle[place] ?? 0) + (releasing[place] ?? 0));
  }

  /** What is free or will be, of one resource. */
  free(node: number, place: number): number {
    return (this.of(this.idle, node)[place] ?? 0) + (this.of(this.releasing, node)[place] ?? 0);
  }

  /** What a node has of a resource when empty. */
  total(node: number, place: number): number {
    return this.of(this.allocatable, node)[place] ?? 0;
  }

  hasGpus(node: number): boolean {
    return this.total(node, GPU) > 0 || [...this.dimensions.migs().keys()].some((place) => this.total(node, place) > 0);
  }

  /** Pods of one size that fit on a node (calcNodeAccommodation). @param tasks what pods that ask for nothing are counted as */
  podsThatFit(node: number, size: Vector, tasks: number): number {
    if (size.every((amount, place) => amount <= (place === PODS ? 1 : 0))) return tasks;
    const [idle, releasing] = [this.of(this.idle, node), this.of(this.releasing, node)];
    let pods = Infinity;
    for (let place = 0; place < size.length; place++) {
      const amount = size[place] ?? 0;
      const free = (idle[place] ?? 0) + (releasing[place] ?? 0);
      if (amount > free) return 0;
      if (amount > 0) pods = Math.min(pods, Math.trunc(free / amount));
    }
    return pods === Infinity ? tasks : pods;
  }

  private of(vectors: readonly Vector[], place: number): Vector {
    const vector = vectors[place];
    if (!vector) throw new RangeError(`no node ${place}`);
    return vector;
  }
}

function add(sum: Vector, amounts: Vector, sign: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + sign * (amounts[i] ?? 0);
}

function subtract(sum: Vector, amounts: Vector): void {
  add(sum, amounts, -1);
}
