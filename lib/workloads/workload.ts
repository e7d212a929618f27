import type { Where } from '../diagnostics/diagnostic';
import type { RawMap } from '../inventory/fields';
import type { NodeSelector, NodeSelectorRequirement, Toleration } from '../model/node';
import type { Resources } from '../model/resources';

/** Something that makes pods, as it was read from a manifest: a graph, or a workload of Kubernetes' own. */
export interface Workload {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  /** File and line. */
  readonly where: Where;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Queue that the object or its pods name. */
  readonly queue?: string;
  readonly priorityClassName?: string;
  /** What is declared for all its pods together. */
  readonly topologies: readonly DeclaredTopology[];
  /** In the order of the manifest; those without replicas are there as well. */
  readonly components: readonly WorkloadComponent[];
  /** The object as it was read. */
  readonly document: RawMap;
}

export type Texts = Readonly<Record<string, string>>;

/** Pods of one kind: a component of a graph, or all of another workload. */
export interface WorkloadComponent {
  /** As declared; the workload's own name where it has no components. */
  readonly name: string;
  /** As declared, such as frontend, worker, prefill, decode, planner or epp; a sub type stands before its type. */
  readonly type?: string;
  /** Place in the object, such as `spec.components[1]`. */
  readonly pointer: string;
  readonly where: Where;
  /** @default 1, as operators and the API server have it */
  readonly replicas: number;
  /** False where the manifest leaves their number open. */
  readonly saysReplicas: boolean;
  /** Something in the cluster sets the replicas: the component has a scaling adapter. */
  readonly isScaled: boolean;
  /** Pods of each replica. */
  readonly nodes: number;
  /** Kinds of pods in one replica; their counts add up to `nodes`. */
  readonly pods: readonly WorkloadPod[];
  /** Grove's minimum of replicas, where one is declared. */
  readonly minAvailable?: number;
  /** What is declared for the component: its pods together, or each replica of several pods. */
  readonly topologies: readonly DeclaredTopology[];
  /** Annotations that stand on the component, not on its pods. */
  readonly annotations: Texts;
}

/** Pods of one template. */
export interface WorkloadPod {
  /** Of a replica with several pods; its leader may differ from the others. */
  readonly role: 'leader' | 'worker' | 'only';
  /** In each replica. */
  readonly count: number;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** As the scheduler counts them, without the one of `pods`; GPUs that a claim asks for count as nvidia.com/gpu. */
  readonly requests: Resources;
  /** Of these, what resource claims ask for. */
  readonly claimed: Resources;
  readonly nodeSelector: Texts;
  /** Required node affinity. */
  readonly nodeAffinity?: NodeSelector;
  readonly tolerations: readonly Toleration[];
  /** Required pod anti-affinity: pods that must not share a value of a label with these. */
  readonly apart: readonly PodTerm[];
  /** Required pod affinity: pods with which these must share a value of a label. */
  readonly near: readonly PodTerm[];
  readonly schedulerName?: string;
  readonly priorityClassName?: string;
  /** It gets a channel of a ComputeDomain, of which a node has one. */
  readonly sharesMemory: boolean;
  /** Devices of other makers that it claims, by class; not among the requests, since a list of nodes tells of none. */
  readonly devices: Readonly<Record<string, number>>;
  /** Claims of devices that are not known from the manifests, by the name of each claim or of its template. */
  readonly unknownClaims: readonly string[];
  /** Places of parts that are filled in later, such as a `nodeSelector` that is `${SELECTOR}`: they count as absent. */
  readonly unfilled: readonly string[];
  /** topologySpreadConstraints that must hold. */
  readonly mustSpread: boolean;
}

/** A term of pod affinity: pods by their labels, and the label of nodes whose values are compared. */
export interface PodTerm {
  readonly topologyKey: string;
  readonly matchLabels: Texts;
  readonly matchExpressions: readonly NodeSelectorRequirement[];
}

/** A wish for pods to be near each other, in the words of whoever reads it. */
export interface DeclaredTopology {
  /** Who reads it: KAI its annotations, Grove the fields of the graph. */
  readonly by: 'kai' | 'grove';
  /** Name of the Topology, or of the ClusterTopologyBinding for Grove. */
  readonly topology?: string;
  /** Label of a level for KAI, name of a domain for Grove. */
  readonly required?: string;
  readonly preferred?: string;
  /** Place in the object. */
  readonly pointer: string;
}

/** Components with pods. */
export function runningComponents({ components }: Pick<Workload, 'components'>): readonly WorkloadComponent[] {
  return components.filter(({ replicas }) => replicas > 0);
}

/** Pods of a workload. */
export function podCount({ components }: Pick<Workload, 'components'>): number {
  return components.reduce((sum, { replicas, nodes }) => sum + replicas * nodes, 0);
}

/** GPUs of a workload, of whatever maker. */
export function gpuCount({ components }: Pick<Workload, 'components'>): number {
  return components.reduce((sum, component) => sum + component.replicas * gpusOfReplica(component), 0);
}

/** GPUs of one replica of a component. */
export function gpusOfReplica({ pods }: WorkloadComponent): number {
  return pods.reduce((sum, { count, requests, devices }) => sum + count * (gpusIn(requests) + gpusAmong(devices)), 0);
}

/** `nvidia.com/gpu`, `amd.com/gpu`, `gpu.intel.com/xe`. */
const gpu = /^(?:[^/]+\/gpu|gpu\.[^/]+\/.+)$/;

/** GPUs among amounts of resources. */
export function gpusIn(requests: Resources): number {
  const amounts = Object.entries(requests).filter(([resource]) => gpu.test(resource));
  return Number(amounts.reduce((sum, [, amount]) => sum + amount, 0n) / 1_000_000_000n);
}

/** GPUs among devices by class, such as `gpu.intel.com`. */
function gpusAmong(devices: WorkloadPod['devices']): number {
  return Object.entries(devices).reduce((sum, [type, count]) => sum + (type.startsWith('gpu.') ? count : 0), 0);
}

/** True where a term is about pods with these labels. */
export function selects({ matchLabels, matchExpressions }: PodTerm, labels: Texts): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    })
  );
}
