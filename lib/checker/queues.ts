import type { QueueDocument } from '../placement/document';
import type { Cluster, PlacedGang } from './cluster';
import type { PlanFault } from './fault';
import { addDemand, amountOf, amountText, billionths, demandOf } from './quantity';

/**
 * Quotas and limits, at each queue and every ancestor: placed gangs and what is used already, that of descendants
 * included. Only non-preemptible gangs count against a quota. A bound that `used` alone exceeds refuses only gangs
 * that add to it.
 */
export function checkQueues(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  const queues = new Map((cluster.document.queues ?? []).map((queue) => [queue.name, queue]));
  const used = new Map<string, Map<string, bigint>>();
  const all = new Map<string, Map<string, bigint>>();
  const firm = new Map<string, Map<string, bigint>>();
  for (const queue of queues.values()) {
    const amounts = new Map(
      Object.keys(queue.used ?? {}).map((resource) => [resource, amountOf(queue.used, resource)]),
    );
    addUpwards(queues, queue.name, amounts, used);
  }
  for (const { gang, scopes } of placed) {
    const demand = gangDemand({ gang, scopes });
    addUpwards(queues, gang.queue, demand, all);
    if (gang.preemptible === false) addUpwards(queues, gang.queue, demand, firm);
  }
  return [...queues.values()].flatMap((queue) => [
    ...over('quota', queue, firm.get(queue.name), used.get(queue.name)),
    ...over('limit', queue, all.get(queue.name), used.get(queue.name)),
  ]);
}

/** What a placed gang asks for, all its copies together. */
export function gangDemand({ scopes }: Pick<PlacedGang, 'gang' | 'scopes'>): Map<string, bigint> {
  const sum = new Map<string, bigint>();
  for (const { group, pods } of scopes) {
    if (group?.pod) addDemand(sum, demandOf(group.pod.requests), BigInt(pods.length));
  }
  return sum;
}

/** Adds to a queue and all its listed ancestors; the problem has been read, so that there is no cycle. */
export function addUpwards(
  queues: ReadonlyMap<string, QueueDocument>,
  name: string | undefined,
  amounts: ReadonlyMap<string, bigint>,
  sums: Map<string, Map<string, bigint>>,
): void {
  for (let queue = queues.get(name ?? ''); queue !== undefined; queue = queues.get(queue.parent ?? '')) {
    const sum = sums.get(queue.name) ?? new Map<string, bigint>();
    sums.set(queue.name, sum);
    addDemand(sum, amounts, 1n);
  }
}

type Amounts = ReadonlyMap<string, bigint> | undefined;

function over(bound: 'quota' | 'limit', queue: QueueDocument, added: Amounts, used: Amounts): PlanFault[] {
  return Object.entries(queue.resources ?? {}).flatMap(([resource, bounds]) => {
    const most = bounds[bound];
    const more = added?.get(resource) ?? 0n;
    if (most === undefined || more === 0n) return [];
    const total = more + (used?.get(resource) ?? 0n);
    if (total <= billionths(most)) return [];
    const data = { queue: queue.name, resource, [bound]: String(most), total: amountText(total) };
    const message = `queue ${queue.name} has a ${bound} of ${most} of ${resource}, and ${data.total} with the plan`;
    return [{ code: bound, message, data }] satisfies PlanFault[];
  });
}
