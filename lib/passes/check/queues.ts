import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Queue } from '../../constructs/queue';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { parseQuantity } from '../../model/quantity';
import { QUEUE_RESOURCES, type QueueResource } from '../../model/queue';
import { formatAmount, type Resources } from '../../model/resources';
import { graphDemand, queueUse } from '../demand';
import { placeOf, type ClusterModel } from '../collect';

/**
 * Queues that graphs cannot count in, and queues that are smaller than what their graphs ask for together. All graphs
 * of a fleet have to run, so the sum is what counts, and no placement is needed to say that it is too much.
 */
export function checkQueues(cluster: ClusterModel): Diagnostic[] {
  const misplaced = cluster.graphs.flatMap((graph) => checkQueueOf(graph, cluster));
  if (misplaced.length > 0) return misplaced;
  return cluster.queues.flatMap((queue) => checkBounds(queue, cluster));
}

function checkQueueOf(graph: DynamoGraph, { queues }: ClusterModel): Diagnostic[] {
  const { queue } = graph;
  const where = { ...placeOf(graph), pointer: 'queue' };
  if (queue.cluster !== graph.cluster) {
    const message = `queue "${queue.name}" of graph "${graph.spec.name}" belongs to cluster "${queue.cluster.name}"`;
    return [diagnostic('BAY2070', { message, where, help: `declare a queue in cluster "${graph.cluster.name}"` })];
  }
  const child = queues.find(({ parent }) => parent === queue);
  if (!child) return [];
  const message = `queue "${queue.name}" of graph "${graph.spec.name}" has children, and KAI runs nothing in such a queue`;
  return [diagnostic('BAY2071', { message, where, help: `use one below it, such as "${child.name}"` })];
}

function checkBounds(queue: Queue, cluster: ClusterModel): Diagnostic[] {
  const inside = cluster.graphs.filter((graph) => isWithin(graph.queue, queue));
  if (inside.length === 0) return [];
  const used = queueUse(cluster, (name) =>
    cluster.queues.some((other) => other.name === name && isWithin(other, queue)),
  );
  const { bounds } = queue.model();
  return (Object.keys(QUEUE_RESOURCES) as QueueResource[]).flatMap((resource) => [
    ...checkBound(queue, inside, used, resource, 'limit', bounds[resource].limit),
    ...checkBound(
      queue,
      inside.filter((graph) => !graph.spec.preemptible),
      used,
      resource,
      'quota',
      bounds[resource].quota,
    ),
  ]);
}

function isWithin(queue: Queue, ancestor: Queue): boolean {
  return queue === ancestor || (queue.parent !== undefined && isWithin(queue.parent, ancestor));
}

function checkBound(
  queue: Queue,
  graphs: readonly DynamoGraph[],
  used: Resources,
  resource: QueueResource,
  kind: 'quota' | 'limit',
  bound: string | number | undefined,
): Diagnostic[] {
  const name = QUEUE_RESOURCES[resource];
  const most = bound === undefined ? undefined : parseQuantity(bound);
  const demand = graphs.map((graph) => ({ graph, amount: graphDemand(graph.spec)[name] ?? 0n }));
  const asked = demand.reduce((sum, { amount }) => sum + amount, 0n);
  const others = used[name] ?? 0n;
  const total = asked + others;
  if (most === undefined || asked === 0n || total <= most) return [];
  const text = (amount: bigint): string => formatAmount(name, amount);
  return [
    diagnostic('BAY2072', {
      message: `queue "${queue.name}" has a ${resource} ${kind} of ${text(most)}, and its graphs need ${text(asked)}${others > 0n ? ` beside the ${text(others)} of other pods` : ''}`,
      where: { ...placeOf(queue), pointer: `${resource}.${kind}` },
      notes: [
        ...demand
          .filter(({ amount }) => amount > 0n)
          .map(({ graph, amount }) => `graph "${graph.spec.name}": ${text(amount)}`),
        ...(kind === 'quota' ? ['KAI never starts a gang that may not be preempted above its quota'] : []),
      ],
      help: `raise the ${kind} to ${text(total)}, or ask for less`,
      data: { queue: queue.name, resource, kind, bound: text(most), needed: text(total) },
    }),
  ];
}
