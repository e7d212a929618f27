import type { Taint } from '../model/node';
import type { Amount } from '../model/quantity';
import type { Resources } from '../model/resources';

/** What a cluster has and what already runs there: plain data, in name order whatever the order of the input. */
export interface ClusterInventory {
  /** The files it was read from, as they are shown to the user; absent where it was made from objects. */
  readonly files: { readonly nodes?: string; readonly pods?: string };
  /** In order of name. */
  readonly nodes: readonly InventoryNode[];
  /** Pods that hold room on a node, in order of namespace and name: finished and unassigned ones are left out. */
  readonly pods: readonly RunningPod[];
}

export interface InventoryNode {
  readonly name: string;
  /** Value of the label that pins use; it need not be the node's name. */
  readonly hostname: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Every taint, those of cordoned and unreachable nodes included, in the order of the list. */
  readonly taints: readonly Taint[];
  /** Cordoned: no toleration lifts it. */
  readonly unschedulable: boolean;
  /** KAI puts pods there. See `notReady` for why not. */
  readonly ready: boolean;
  /** Conditions that keep KAI away, such as `Ready is Unknown`; empty where `ready`. */
  readonly notReady: readonly string[];
  /** Whatever the kubelet reports: cpu, memory, pods, ephemeral-storage, hugepages and extended resources. */
  readonly allocatable: Resources;
  /** Such as `amd64`. */
  readonly architecture?: string;
  /**
   * Devices that drivers of dynamic resource allocation publish for the node, by driver and, where devices say one, type:
   * `gpu.nvidia.com/gpu`, `compute-domain.nvidia.com/channel`. Absent where no ResourceSlice tells of the node. Nothing is
   * placed by it: what a pod may take is `allocatable`.
   */
  readonly dra?: Readonly<Record<string, number>>;
}

/**
 * Label of a node that is in a ComputeDomain, and of the domain's daemon on it; its value is the domain's UID. The
 * driver sets it before a pod gets its channel, takes it away after, and refuses a second domain on the node
 * (NVIDIA/k8s-dra-driver-gpu 22407113, cmd/compute-domain-kubelet-plugin/computedomain.go).
 */
export const DOMAIN_LABEL = 'resource.nvidia.com/computeDomain';

/** What a ComputeDomain gives one pod of a node, as a resource of which every node has one. */
export const CHANNEL = 'resource.nvidia.com/compute-domain-channel';

/** A name within a namespace. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  /** Name of the node it is bound to; the inventory need not have that node. */
  readonly node: string;
  /** As the scheduler counts them, overhead included; without the one of `pods` that each pod takes. */
  readonly requests: Resources;
  /** Marked for deletion; holds its room, and its queue's, until it is gone. */
  readonly terminating: boolean;
  readonly schedulerName?: string;
  /** Queue by the pod's own labels; absent where they name none. */
  readonly queue?: string;
  /** DynamoGraphDeployment that made the pod. */
  readonly graph?: NamespacedName;
  /** PodGroup that the pod is a member of. */
  readonly podGroup?: NamespacedName;
  /** Subgroup of that PodGroup. */
  readonly subGroup?: string;
  readonly priorityClassName?: string;
  /**
   * Resource claims that it holds devices by, by the name of each or of its template; absent where there are none. What
   * the devices are a list of pods does not say. Claims of a ComputeDomain's daemon are left out: they are no channel.
   */
  readonly claims?: readonly string[];
  /** Part of shared GPUs, by KAI's annotations; counts in the queue only: on the node a reservation pod holds the GPU. */
  readonly gpuShare?: GpuShare;
}

/** What a pod takes of each of `devices` GPUs that it shares: a fraction of one, or memory in MiB. */
export type GpuShare =
  { readonly devices: bigint; readonly fraction: Amount } | { readonly devices: bigint; readonly memoryMiB: bigint };
