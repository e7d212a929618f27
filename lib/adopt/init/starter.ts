import type { ClusterInventory, InventoryNode } from '../../inventory/cluster';
import { isGpuNode } from '../../inventory/gpus';
import { detectLevels } from '../../inventory/levels';
import { isState } from '../../inventory/lint/scheduling';
import { GPU_TOLERATION, tolerates, type Taint, type Toleration } from '../../model/node';

/** What a new stack repository begins with: one cluster and one graph, as plain data for code and for a first compile. */
export interface Starter {
  /** Id of the cluster, and name of its folder. */
  readonly cluster: string;
  /** Labels of the topology, broadest first. */
  readonly levels: readonly string[];
  /** GPUs that the queue may count on. */
  readonly quota: number;
  /** Image with its digest; absent where none is known for the processors of the cluster. */
  readonly image?: string;
  /** Level that the graph's pods should share; absent where there is none but the host. */
  readonly preferred?: string;
  /** For taints that all nodes have, or all nodes with GPUs beside the usual one. */
  readonly tolerations: readonly Toleration[];
}

export const STACK = { dynamo: '1.5.0', kai: '0.17.0' } as const;
export const NAMESPACE = 'inference';
export const GRAPH = 'qwen3';
export const MODEL = { repo: 'Qwen/Qwen3-0.6B', revision: 'c1899de289a04d12100db370d81485cdf75e47ca' } as const;

/** Of linux/amd64, from public records of its registry; no digest is known for other processors. */
const VLLM_IMAGE =
  'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0@sha256:d18389c89eb319401fdd73f1fbbaff10d9382f634b879941dfba75bbf7260c1e';

/** Chooses what suits the nodes. */
export function starterFor(cluster: string, inventory: ClusterInventory): Starter {
  const usable = inventory.nodes.filter(({ ready, unschedulable }) => ready && !unschedulable);
  const withGpus = usable.filter(isGpuNode);
  const { levels, cluster: size } = detectLevels(inventory);
  const labels = levels.map(({ label }) => label);
  return {
    cluster,
    levels: labels,
    quota: size.gpus,
    image: withGpus.every(({ architecture = 'amd64' }) => architecture === 'amd64') ? VLLM_IMAGE : undefined,
    preferred: labels.at(-2),
    tolerations: tolerationsOf(usable, withGpus),
  };
}

function tolerationsOf(usable: readonly InventoryNode[], withGpus: readonly InventoryNode[]): Toleration[] {
  const closing = [
    ...sharedTaints(usable),
    ...sharedTaints(withGpus).filter((taint) => !tolerates(GPU_TOLERATION, taint)),
  ];
  const byText = new Map(closing.map((taint) => [JSON.stringify([taint.key, taint.value, taint.effect]), taint]));
  return [...byText.values()].map(({ key, value, effect }) =>
    value === undefined ? { key, operator: 'Exists', effect } : { key, operator: 'Equal', value, effect },
  );
}

/** Taints that every one of these nodes has, so that a pod which tolerates none of them has no place. */
function sharedTaints(nodes: readonly InventoryNode[]): readonly Taint[] {
  const [first, ...others] = nodes;
  if (first === undefined) return [];
  const has = (taints: readonly Taint[], { key, value, effect }: Taint): boolean =>
    taints.some((other) => other.key === key && other.value === value && other.effect === effect);
  return first.taints.filter(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' && !isState(taint) && others.every(({ taints }) => has(taints, taint)),
  );
}
