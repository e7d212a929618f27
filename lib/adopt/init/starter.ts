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
  /** True where the nodes are an example, and not those of a cluster. */
  readonly isDeclared: boolean;
  /** Level that the graph's pods should share; absent where there is none but the host. */
  readonly preferred?: string;
  /** For taints that all nodes have, or all nodes with GPUs beside the usual one. */
  readonly tolerations: readonly Toleration[];
}

export const STACK = { dynamo: '1.5.0', kai: '0.17.0' } as const;
export const NAMESPACE = 'inference';
export const GRAPH = 'qwen3';
export const MODEL = 'Qwen/Qwen3-0.6B';

/** Nothing is looked up before the first compile; what is waived is not looked up afterwards either, so it has to go. */
export const WAIVER = { id: 'not-looked-up-yet', reason: 'delete this waiver, then run npx bayplan lock' } as const;

/** Path of the cluster's inventory in its repository. */
export function inventoryFile({ cluster }: Pick<Starter, 'cluster'>): string {
  return `topologies/${cluster}/inventory.yaml`;
}

/** Chooses what suits the nodes. */
export function starterFor(cluster: string, inventory: ClusterInventory, isDeclared: boolean): Starter {
  const { levels, cluster: size } = detectLevels(inventory);
  const labels = levels.map(({ label }) => label);
  // KAI leaves a node without the label of a level out of the topology, and so the graph does.
  const usable = inventory.nodes.filter(
    ({ ready, unschedulable, labels: own }) => ready && !unschedulable && labels.every((label) => label in own),
  );
  const withGpus = usable.filter(isGpuNode);
  return {
    cluster,
    isDeclared,
    levels: labels,
    quota: size.gpus,
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
