import type { InventoryNode } from '../cluster';
import { allocatableGpus, GPU_PRODUCT_LABEL, isGpuNode, labelledGpus } from '../gpus';
import { sortedGroups } from '../groups';

export const INSTANCE_TYPE_LABEL = 'node.kubernetes.io/instance-type';

/**
 * Nodes that lack a label which at least half of their kind have. A label that no node of a kind has is not missed:
 * it says something that does not hold for the kind.
 */
export function strays(nodes: readonly InventoryNode[], label: string): readonly InventoryNode[] {
  return sortedGroups(nodes, kindOf).flatMap(([, kind]) => {
    const without = kind.filter(({ labels }) => !Object.hasOwn(labels, label));
    return without.length * 2 <= kind.length ? without : [];
  });
}

/** What makes nodes alike: type of instance, GPUs, processor. */
function kindOf(node: InventoryNode): string {
  const { labels, architecture } = node;
  const gpus = isGpuNode(node) ? String(Math.max(labelledGpus(node), allocatableGpus(node))) : '';
  return [labels[INSTANCE_TYPE_LABEL], labels[GPU_PRODUCT_LABEL], gpus, architecture]
    .map((part) => part ?? '')
    .join('\n');
}
