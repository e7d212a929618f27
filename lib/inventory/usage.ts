import { parseQuantity, wholeUnits, type Amount } from '../model/quantity';
import type { Resources } from '../model/resources';
import type { ClusterInventory, GpuShare, NamespacedName, RunningPod } from './cluster';

/** What running pods take. */
export interface Usage {
  /** By node name, `pods` included; a node without pods is absent. May name nodes that the inventory does not have. */
  readonly byNode: ReadonlyMap<string, Resources>;
  /** By queue name, without its descendants, charged as KAI charges a queue; a queue without pods is absent. */
  readonly byQueue: ReadonlyMap<string, Resources>;
  /**
   * Nodes with a pod that holds devices by a resource claim. Any of them may be the one channel of a ComputeDomain that
   * a node has, since claims are only known by name.
   */
  readonly claimed: ReadonlySet<string>;
}

/** The resource by which GPUs are counted. */
export const GPU = 'nvidia.com/gpu';

/** The resource of GPUs that are shared in time, where the device plugin renames it. */
export const SHARED_GPU = 'nvidia.com/gpu.shared';

/** What each pod takes of its node's `pods`. */
const ONE_POD: Resources = { pods: wholeUnits(1) };

/**
 * What runs on each node and in each queue, leaving out the pods for which `isOwn` says that they belong to a graph
 * being compiled: those are placed anew.
 */
export function usage(inventory: ClusterInventory, isOwn: (pod: RunningPod) => boolean): Usage {
  const byNode = new Map<string, Record<string, Amount>>();
  const byQueue = new Map<string, Record<string, Amount>>();
  const claimed = new Set<string>();
  const gpuMemory = gpuMemoryByNode(inventory);
  for (const pod of inventory.pods) {
    if (isOwn(pod)) continue;
    charge(byNode, pod.node, pod.requests);
    charge(byNode, pod.node, ONE_POD);
    if (pod.claims) claimed.add(pod.node);
    if (pod.queue !== undefined) charge(byQueue, pod.queue, queueRequests(pod, gpuMemory.get(pod.node)));
  }
  return { byNode, byQueue, claimed };
}

/** True for pods of these graphs: by the graph that made them, or by membership in a PodGroup of one of these names. */
export function podsOf(
  graphs: readonly NamespacedName[],
  podGroups: readonly NamespacedName[] = [],
): (pod: RunningPod) => boolean {
  const key = ({ namespace, name }: NamespacedName): string => `${namespace}/${name}`;
  const byGraph = new Set(graphs.map(key));
  const byGroup = new Set(podGroups.map(key));
  return ({ graph, podGroup }) =>
    (graph !== undefined && byGraph.has(key(graph))) || (podGroup !== undefined && byGroup.has(key(podGroup)));
}

function charge(totals: Map<string, Record<string, Amount>>, name: string, amounts: Resources): void {
  const total = totals.get(name) ?? {};
  for (const [resource, amount] of Object.entries(amounts)) total[resource] = (total[resource] ?? 0n) + amount;
  totals.set(name, total);
}

/** `nvidia.com/mig-3g.40gb` counts as 3 GPUs against a queue: mig.go in KAI 0.17.0, api/common_info/resources. */
const mig = /^nvidia\.com\/mig-(\d+)g\.\d+gb$/;

/** What a pod counts against its queue: its requests, with MIG slices and shared GPUs as the GPUs that KAI takes them for. */
function queueRequests(pod: RunningPod, gpuMemoryMiB: bigint | undefined): Resources {
  let gpus = pod.gpuShare ? sharedGpus(pod.gpuShare, gpuMemoryMiB) : 0n;
  for (const [resource, amount] of Object.entries(pod.requests)) {
    const slices = mig.exec(resource)?.[1];
    if (slices !== undefined) gpus += BigInt(slices) * amount;
  }
  return gpus === 0n ? pod.requests : { ...pod.requests, [GPU]: (pod.requests[GPU] ?? 0n) + gpus };
}

/** KAI rounds a share given in memory up to hundredths of a GPU; where the node does not say how much its GPUs have, whole GPUs. */
function sharedGpus(share: GpuShare, gpuMemoryMiB: bigint | undefined): Amount {
  if ('fraction' in share) return share.devices * share.fraction;
  if (!gpuMemoryMiB) return share.devices * wholeUnits(1);
  const hundredths = (share.memoryMiB * 100n + gpuMemoryMiB - 1n) / gpuMemoryMiB;
  return (share.devices * hundredths * wholeUnits(1)) / 100n;
}

/** Memory of a GPU in MiB, rounded down to hundreds as KAI does: getNodeGpuMemory in node_info.go, 0.17.0. */
function gpuMemoryByNode({ nodes }: ClusterInventory): Map<string, bigint> {
  const memory = new Map<string, bigint>();
  for (const { name, labels } of nodes) {
    const label = parseQuantity(labels['nvidia.com/gpu.memory'] ?? '');
    if (label !== undefined) memory.set(name, (label / wholeUnits(100)) * 100n);
  }
  return memory;
}
