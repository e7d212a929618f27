import { z } from 'zod';
import { parseQuantity, type QuantityLike } from '../../model/quantity';
import type { QueueBounds, QueueModel, QueueResource } from '../../model/queue';

const resourceSchema = z.strictObject({
  quota: z.number(),
  limit: z.number(),
  overQuotaWeight: z.number().optional(),
});

/** Spec of a KAI Queue (scheduling.run.ai/v2), as far as we write it. */
export const queueSpecSchema = z.strictObject({
  parentQueue: z.string().optional(),
  priority: z.int().optional(),
  resources: z.strictObject({ cpu: resourceSchema, memory: resourceSchema, gpu: resourceSchema }),
});

export type QueueSpec = z.infer<typeof queueSpecSchema>;

/** KAI counts cpu in millicores, memory in millions of bytes, gpu in devices (KAI, pkg/apis/scheduling/v2). */
const unit: Readonly<Record<QueueResource, bigint>> = { cpu: 1_000_000n, memory: 10n ** 15n, gpu: 10n ** 9n };

/** What KAI reads as no bound. */
const UNLIMITED = -1;

/** A queue in KAI's units; quantities are known to be readable by then. */
export function queueSpec(queue: QueueModel): QueueSpec {
  return {
    parentQueue: queue.parent,
    priority: queue.priority,
    resources: {
      cpu: boundsOf('cpu', queue.bounds.cpu),
      memory: boundsOf('memory', queue.bounds.memory),
      gpu: boundsOf('gpu', queue.bounds.gpu),
    },
  };
}

function boundsOf(resource: QueueResource, bounds: QueueBounds): QueueSpec['resources'][QueueResource] {
  return {
    quota: inUnits(resource, bounds.quota),
    limit: inUnits(resource, bounds.limit),
    overQuotaWeight: bounds.overQuotaWeight,
  };
}

function inUnits(resource: QueueResource, bound: QuantityLike | undefined): number {
  const amount = bound === undefined ? undefined : parseQuantity(bound);
  if (amount === undefined) return UNLIMITED;
  return Number(amount / unit[resource]) + Number(amount % unit[resource]) / Number(unit[resource]);
}
