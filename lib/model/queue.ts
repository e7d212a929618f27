import type { QuantityLike } from './quantity';

/** What a queue is owed and what it may hold at the most, of one resource. */
export interface QueueBounds {
  /** What it can count on; a gang that may not be preempted has to fit in it. @default - unlimited */
  readonly quota?: QuantityLike;
  /** What it may hold at the most. @default - unlimited */
  readonly limit?: QuantityLike;
  /** Its share of what is over quota. @default - KAI's, 1 */
  readonly overQuotaWeight?: number;
}

/** The resources that KAI's queues bound, and the resource names of pods that stand for them. */
export const QUEUE_RESOURCES = { cpu: 'cpu', memory: 'memory', gpu: 'nvidia.com/gpu' } as const;

export type QueueResource = keyof typeof QUEUE_RESOURCES;

/** A queue as declared: plain data. */
export interface QueueModel {
  readonly name: string;
  /** Construct path, for diagnostics. */
  readonly path: string;
  readonly parent?: string;
  readonly priority?: number;
  readonly bounds: Readonly<Record<QueueResource, QueueBounds>>;
}
