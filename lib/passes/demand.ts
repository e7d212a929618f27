import type { RunningPod } from '../inventory/cluster';
import { podsOf } from '../inventory/usage';
import { podGroupName, type GraphSpec } from '../model/graph';
import { parseQuantity } from '../model/quantity';
import { addResources, scaleResources, type Resources } from '../model/resources';
import type { ClusterModel } from './collect';

/** What the pods of a graph ask for together; quantities and numbers that cannot be read count as nothing. */
export function graphDemand(graph: GraphSpec): Resources {
  return graph.components.reduce<Resources>(
    (sum, { requests, replicas, nodes }) =>
      addResources(sum, scaleResources(amounts(requests), podCount(replicas * nodes))),
    {},
  );
}

function podCount(pods: number): number {
  return Number.isSafeInteger(pods) && pods > 0 ? pods : 0;
}

function amounts(requests: GraphSpec['components'][number]['requests']): Resources {
  return Object.fromEntries(Object.entries(requests).map(([name, text]) => [name, parseQuantity(text) ?? 0n]));
}

/** True for pods of these graphs, by the label of their graph or by their PodGroup. */
export function ownPods(graphs: readonly GraphSpec[]): (pod: RunningPod) => boolean {
  return podsOf(
    graphs,
    graphs.map((graph) => ({ namespace: graph.namespace, name: podGroupName(graph) })),
  );
}

/** What other pods use in the queues that `isCounted` names. */
export function queueUse({ use }: ClusterModel, isCounted: (queue: string) => boolean): Resources {
  const queues = [...use.byQueue].filter(([name]) => isCounted(name));
  return queues.reduce<Resources>((sum, [, used]) => addResources(sum, used), {});
}
