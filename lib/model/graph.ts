import type { NodeSelector, Toleration } from './node';
import type { PlannerSpec } from './planner';
import type { QuantityLike } from './quantity';
import type { Resources } from './resources';

/** A graph as the user declared it, with defaults filled in and constructs resolved to names: plain data. */
export interface GraphSpec {
  /** Construct path, for diagnostics. */
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly queue: string;
  readonly priorityClass: { readonly name: string; readonly value: number };
  readonly preemptible: boolean;
  readonly framework: 'vllm' | 'sglang' | 'trtllm';
  readonly image: string;
  /** Version of Dynamo in the image, where it is declared. */
  readonly runtimeVersion?: string;
  readonly model: ModelSpec;
  readonly cache?: ModelCacheSpec;
  readonly rollout: 'rolling' | 'recreate';
  /** Of the cluster; levels broadest first. */
  readonly topology: {
    readonly name: string;
    readonly levels: readonly { readonly label: string; readonly name: string }[];
  };
  readonly placement: PlacementSpec;
  /** All GPU pods in one domain of this level, one on each node, with memory shared over NVLink. */
  readonly computeDomain?: { readonly level: string };
  /** The router keeps transfers within a domain of this level. */
  readonly kvTransfer?: {
    readonly level: string;
    readonly enforcement: 'required' | 'preferred';
    readonly weight: number;
  };
  readonly routerMode: 'kv' | 'round-robin' | undefined;
  readonly planner?: PlannerSpec;
  readonly components: readonly ComponentSpec[];
  /** The graph was a manifest before: it is written as it was, and `framework`, `image` and `model` are what it names. */
  readonly manifest?: GraphManifest;
}

/** A DynamoGraphDeployment that exists already. */
export interface GraphManifest {
  readonly graphApi: 'v1alpha1' | 'v1beta1';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Levels are node labels. */
export interface PlacementSpec {
  readonly required?: string;
  readonly preferred?: string;
}

export interface ModelSpec {
  readonly repository: string;
  readonly revision?: string;
  readonly token?: { readonly secret: string; readonly key: string };
}

export interface ModelCacheSpec {
  readonly claimName: string;
  readonly accessMode: string;
  /** Absent where somebody else makes the claim. */
  readonly volume?: { readonly size: string; readonly storageClass?: string };
  /** A Job fills it before the graph starts. */
  readonly download: boolean;
}

/** The most components that one graph may have (DynamoGraphDeployment, every version). */
export const MAX_COMPONENTS = 25;

/** A network whose adapters reach the memory of other nodes. */
export type Fabric = 'infiniband' | 'roce' | 'efa';

export interface RdmaSpec {
  /** Absent where nothing is to follow from it. */
  readonly fabric?: Fabric;
  /** Adapters that UCX keeps to; empty for any. */
  readonly netDevices: readonly string[];
}

/** What the pods of a component do. */
export type Role = 'frontend' | 'prefill' | 'decode' | 'worker' | 'planner' | 'prometheus';

/** A component as declared; with `pinning: 'replica'` it is written as one component for each replica. */
export interface ComponentSpec {
  readonly name: string;
  readonly role: Role;
  /** Where it stands in the graph's props: `decode`, or `decode[1]` in a list. */
  readonly pointer: string;
  /** All that are planned, pinned and counted: where `scaled`, the most. */
  readonly replicas: number;
  /** Something in the cluster owns the number of replicas; the least that it may set. Absent where Git owns it. */
  readonly scaled?: { readonly min: number };
  /** Pods of each replica, each on a node; 1 for a replica of one pod. */
  readonly nodes: number;
  /** Level that all pods of a replica have to share; only for replicas of several pods. */
  readonly replicaLevel?: string;
  /** GPUs of each pod. */
  readonly gpus: number;
  /** Per pod: everything asked for, GPUs and RDMA devices included. */
  readonly requests: Readonly<Record<string, QuantityLike>>;
  readonly limits: Readonly<Record<string, QuantityLike>>;
  /** Devices that each pod gets by resource claims, under the names by which nodes count them. Absent for none. */
  readonly claimed?: Resources;
  /** Amounts that stand for being alone on a node, of resources that nodes have for that alone. Absent for none. */
  readonly apart?: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Beside the selector; only of graphs that were manifests before. */
  readonly nodeAffinity?: NodeSelector;
  readonly tolerations: readonly Toleration[];
  readonly env: Readonly<Record<string, string | { readonly secret: string; readonly key: string }>>;
  readonly args: readonly string[];
  readonly sharedMemory?: string;
  /** Options of the engine, as plain data. */
  readonly engineConfig?: Readonly<Record<string, unknown>>;
  /** It has RDMA devices. */
  readonly rdma?: RdmaSpec;
  readonly placement: PlacementSpec;
  readonly pinning: 'set' | 'replica';
  /** No two pods of the component on one host. */
  readonly exclusive: boolean;
}

/** All components of a role, in the order in which they are declared. */
export function withRole(graph: GraphSpec, role: Role): readonly ComponentSpec[] {
  return graph.components.filter((component) => component.role === role);
}

/** A component as it is written: one workload with one pin. */
export interface WrittenComponent {
  /** Name in the graph, as it is declared or with the replica's index. */
  readonly name: string;
  /** Name of the subgroup in the PodGroup: the component's, in lower case. */
  readonly subgroup: string;
  readonly spec: ComponentSpec;
  readonly replicas: number;
  /** Pods of all replicas. */
  readonly pods: number;
  /** The least replicas that anything makes: all of them, unless something in the cluster owns their number. */
  readonly leastReplicas: number;
  /** Index of the replica with `pinning: 'replica'`. */
  readonly replica?: number;
}

/**
 * The components that a graph is written with. They follow from the declaration alone, never from a placement:
 * Dynamo's operator lets nobody add or remove one once the graph exists.
 */
export function writtenComponents(graph: GraphSpec): readonly WrittenComponent[] {
  return graph.components.flatMap((spec) =>
    spec.pinning === 'set' || spec.scaled ? [written(spec, spec.name, spec.replicas)] : replicaComponents(spec),
  );
}

function replicaComponents(spec: ComponentSpec): WrittenComponent[] {
  return Array.from({ length: spec.replicas }, (_, replica) => ({
    ...written(spec, `${spec.name}-${replica}`, 1),
    replica,
  }));
}

/**
 * Replicas of a component that says none: the operator's webhook, and before 1.x the Deployment, makes 1 until something
 * scales it, whatever the least is that it will be scaled to (Dynamo 1.5, internal/webhook/defaulting; v0.5.1,
 * dynamocomponentdeployment_controller.go). A gang that waits for more never starts.
 */
export const UNSAID_REPLICAS = 1;

function written(spec: ComponentSpec, name: string, replicas: number): WrittenComponent {
  const leastReplicas = spec.scaled ? UNSAID_REPLICAS : replicas;
  return { name, subgroup: name.toLowerCase(), spec, replicas, pods: replicas * spec.nodes, leastReplicas };
}

/** Values of `kubernetes.io/hostname` by name of the written component: the nodes that its pods are pinned to. */
export type GraphPins = ReadonlyMap<string, readonly string[]>;

/** Name of the PodGroup of a graph. KAI up to 0.17.0 knows PodGroups by bare name, so it carries the namespace. */
export function podGroupName(graph: { readonly namespace: string; readonly name: string }): string {
  return `${graph.namespace}.${graph.name}`;
}
