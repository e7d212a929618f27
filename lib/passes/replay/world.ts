import type { Manifest } from '../../emit/manifest';
import { isInPool } from '../../backends/kai/node-pool';
import type { InventoryNode } from '../../inventory/cluster';
import type { Usage } from '../../inventory/usage';
import type { Shard } from '../../replay/snapshot';
import type { World } from '../../replay/world';
import { settingsOf } from './settings';
import { workloadsOf, type ReplayedPod, type Workloads } from './workloads';

/** A cluster's manifests and inventory as KAI's scheduler will see them, before any pod has a node. */
export interface ReplayedWorld extends World {
  readonly pods: readonly ReplayedPod[];
  /** Graphs with pods that another scheduler places. */
  readonly foreign: Workloads['foreign'];
  readonly shard: Shard;
}

/**
 * @param use what runs beside the pods of the manifests
 * @param scheduler that pods have to name
 */
export function worldOf(
  manifests: readonly Manifest[],
  nodes: readonly InventoryNode[],
  use: Pick<Usage, 'byNode' | 'byQueue'>,
  scheduler?: string,
): ReplayedWorld {
  const settings = settingsOf(manifests, use.byQueue);
  const { pods, podGroups, foreign } = workloadsOf(manifests, settings, scheduler);
  return {
    nodes: nodes
      .filter(({ labels }) => isInPool(labels, settings.pool))
      .map((node) => ({ ...node, used: use.byNode.get(node.name) ?? {} })),
    topologies: settings.topologies,
    queues: settings.queues,
    podGroups: [...settings.podGroups, ...podGroups],
    pods,
    foreign,
    shard: settings,
  };
}
