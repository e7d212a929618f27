import { z } from 'zod';

/**
 * Label by which KAI's shards part a cluster. A shard sees the nodes, queues and PodGroups that carry its value; the
 * default shard those that carry the label not at all (KAI 0.17, pkg/scheduler/conf).
 */
export const NODE_POOL_LABEL = 'kai.scheduler/node-pool';

/** Labels of what a shard has to see. */
export function poolLabels(pool: string | undefined): Record<string, string> | undefined {
  return pool === undefined ? undefined : { [NODE_POOL_LABEL]: pool };
}

/** True for a node that the shard of a pool, or the default shard, places pods on. */
export function isInPool(labels: Readonly<Record<string, string>>, pool: string | undefined): boolean {
  return labels[NODE_POOL_LABEL] === pool;
}

/** Spec of a SchedulingShard (kai.scheduler/v1), as far as we write it. */
export const schedulingShardSpecSchema = z.strictObject({ partitionLabelValue: z.string().min(1) });
