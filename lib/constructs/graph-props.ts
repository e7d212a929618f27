import type { Fabric } from '../model/graph';
import type { Toleration } from '../model/node';
import type { QuantityLike } from '../model/quantity';
import type { Backend } from './backend';
import type { Level } from './level';
import type { Model } from './model';
import type { ModelCache } from './model-cache';
import type { PlannerSettings } from './planner-settings';
import type { IPriorityClass } from './priority-class';
import type { Queue } from './queue';
import type { Router } from './router';
import type { SecretRef } from './secret-ref';

/** Where the pods of a graph, or of a component, have to be. */
export interface PlacementProps {
  /** All of them in one domain of this level, or no plan. @default - anywhere */
  readonly required?: Level;
  /** In as few domains as can be, at each level from the broadest down to this one. @default - no preference */
  readonly preferred?: Level;
}

/**
 * Replicas whose number Git leaves to something in the cluster: Dynamo's planner, or an autoscaler of yours. `max` are
 * planned, pinned, and counted in the queue; the gang starts with one.
 */
export interface ReplicaRange {
  /** At least 1: a gang waits for one, and Dynamo's planner makes no fewer. */
  readonly min: number;
  readonly max: number;
}

/** What every component may say. */
export interface ComponentProps {
  /**
   * Name in the graph. Part of what is frozen once the graph exists. Where a role has several components, each needs a
   * name of its own.
   *
   * @default - `frontend`, `prefill`, `decode`, `worker` or `planner`
   */
  readonly name?: string;
  /** How many; as a range, who says how many is in the cluster, and the field is left out. @default 1 */
  readonly replicas?: number | ReplicaRange;
  /** Cores that each pod asks for. @default - none */
  readonly cpu?: QuantityLike;
  /** Memory that each pod asks for, such as `'128Gi'`. @default - none */
  readonly memory?: QuantityLike;
  /** Other resources that each pod asks for, such as `{ 'ephemeral-storage': '20Gi' }`. @default - none */
  readonly resources?: Readonly<Record<string, QuantityLike>>;
  /** Limits of each pod. @default - those of GPUs and other devices, which are what is asked for; none else */
  readonly limits?: Readonly<Record<string, QuantityLike>>;
  /** Beside the graph's. @default - none */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Beside the graph's. @default - the taint `nvidia.com/gpu` where the component has GPUs, else none */
  readonly tolerations?: readonly Toleration[];
  /** Beside the graph's; a secret value only ever as a reference. @default - none */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** Arguments after those that the compiler writes. @default - none */
  readonly args?: readonly string[];
  /** Size of /dev/shm, such as `'16Gi'`; `'0'` for none of its own. @default - Dynamo's, 8Gi */
  readonly sharedMemory?: string;
  /** For all pods of this component together, beside the graph's. @default - only the graph's */
  readonly placement?: PlacementProps;
  /**
   * `set`: one workload, whose pods are pinned together to the set of nodes that the plan gives them. `replica`: one
   * workload for each replica, each with its own pin. Frozen once the graph exists: another value is another graph.
   *
   * @default 'set'
   */
  readonly pinning?: 'set' | 'replica';
}

export interface FrontendProps extends ComponentProps {
  /** @default - Dynamo's, round robin */
  readonly router?: Router;
}

export interface WorkerProps extends ComponentProps {
  /** GPUs of each pod; also the tensor parallel size, unless `args` say another. */
  readonly gpus: number;
  /** Replicas that run on several nodes, one pod on each. @default - each replica is one pod */
  readonly multinode?: MultinodeProps;
  /**
   * Options that TensorRT-LLM reads from a file: written as a ConfigMap, mounted, and passed by `--extra-engine-args`.
   * A change rolls the workers.
   *
   * @default - none
   */
  readonly engineConfig?: Readonly<Record<string, unknown>>;
  /** RDMA devices of each pod. @default - none */
  readonly rdma?: RdmaProps;
}

/**
 * Dynamo's planner: a component with one pod that scales the workers whose `replicas` are a range. The operator gives it
 * the service account that may. On 0.5.1 a component `prometheus` is written beside it, with the same requests.
 */
export interface PlannerProps extends Omit<ComponentProps, 'replicas' | 'pinning'> {
  /** What it scales by. */
  readonly settings: PlannerSettings;
  /**
   * GPUs that all workers it scales may have together. The planner knows no most for each: with the default it may give
   * one of them GPUs that were planned for another.
   *
   * @default - those of all of them at their most
   */
  readonly maxGpuBudget?: number;
  /** URL of the Prometheus with the metrics of frontends. Not on 0.5.1. @default - what the operator's chart says */
  readonly prometheus?: string;
  /** @default - NVIDIA's dynamo-planner of the stack's version; on 0.5.1 the image of the backend */
  readonly image?: string;
}

/** A replica of several pods, each on a node. Only with Grove: without it the operator would need two more schedulers. */
export interface MultinodeProps {
  /** Pods of each replica, at least 2. */
  readonly nodes: number;
  /** All pods of a replica in one domain of this level; replicas may be in different ones. @default - anywhere */
  readonly required?: Level;
}

/** Between which workers KV caches may be sent. */
export interface KvTransferProps {
  /** The level whose domains a transfer stays within. */
  readonly level: Level;
  /**
   * `required`: a request fails where a domain has prefill and no decode. `preferred`: only a weight.
   *
   * @default 'required'
   */
  readonly enforcement?: 'required' | 'preferred';
  /** From 0 to 1, for `preferred`. @default 0.5 */
  readonly weight?: number;
}

/** A ComputeDomain for all GPU pods of a graph. */
export interface ComputeDomainProps {
  /** The level whose domains are NVLink domains: all GPU pods are placed in one of them. */
  readonly level: Level;
}

/** Devices for KV transfer between nodes; the pods get the capability IPC_LOCK as well. */
export interface RdmaProps {
  /**
   * What the devices are on. It decides the settings of UCX, or on EFA of libfabric and NIXL, and on EFA also the default
   * image; `env` wins over them. Prefill and decode workers are on one fabric.
   *
   * @default - devices and capability only
   */
  readonly fabric?: Fabric;
  /**
   * Extended resource of the device plugin, such as `rdma/shared_ib`.
   *
   * @default 'rdma/ib' - on EFA 'vpc.amazonaws.com/efa'
   */
  readonly resource?: string;
  /** @default - one for each GPU */
  readonly count?: number;
  /** Adapters that UCX keeps to, with their ports, such as `mlx5_0:1`. @default - UCX chooses */
  readonly netDevices?: readonly string[];
}

/** A graph that exists already as a manifest. What is left out is as the manifest has it. */
export interface AdoptedGraphProps extends Pick<
  DynamoGraphProps,
  'queue' | 'priorityClass' | 'preemptible' | 'placement' | 'rollout' | 'recreate'
> {
  /**
   * Objects as they stand in Git or in a cluster: one DynamoGraphDeployment of nvidia.com/v1alpha1 or v1beta1, and what
   * is applied together with it.
   */
  readonly manifests: readonly ManifestProps[];
}

/** A Kubernetes object. */
export interface ManifestProps {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A question to a graph that has started. */
export interface SmokeTestProps {
  /**
   * `chat` asks `/v1/chat/completions`; `completions` asks `/v1/completions`, for a model without a chat template.
   *
   * @default 'chat'
   */
  readonly endpoint?: 'chat' | 'completions';
  /** For how long it asks again where no answer with text comes; at most 600. @default 300 */
  readonly seconds?: number;
}

/**
 * A graph. Workers are either disaggregated (`prefill` and `decode`) or aggregated (`worker`). Each of the three is one
 * component, or a list of them where workers of one role differ: in where they are, or in what they ask for.
 */
export interface DynamoGraphProps {
  /** Name of the DynamoGraphDeployment. @default - the construct's id */
  readonly name?: string;
  /** Namespace of everything the graph consists of. It is written too, unless it is one of the user's own. */
  readonly namespace: string;
  /** The KAI queue that it counts in: one without children. */
  readonly queue: Queue;
  readonly backend: Backend;
  readonly model: Model;
  /** @default - each pod downloads the model when it starts */
  readonly modelCache?: ModelCache;
  /** @default PriorityClass.inference */
  readonly priorityClass?: IPriorityClass;
  /** Whether KAI may evict the graph for another. @default false */
  readonly preemptible?: boolean;
  /** For all pods of the graph together. @default - anywhere */
  readonly placement?: PlacementProps;
  /**
   * Has the router keep the transfer of a request's KV cache within a domain: prefill and decode workers of one domain
   * of this level. Only with Dynamo 1.4 or newer, and frozen once the graph exists.
   *
   * @default - any decode worker for any prefill worker
   */
  readonly kvTransfer?: KvTransferProps;
  /**
   * Multi-node NVLink (GB200, GB300): all GPU pods of the graph in one domain, one on each node, through a ComputeDomain
   * of NVIDIA's DRA driver.
   *
   * @default - none
   */
  readonly computeDomain?: ComputeDomainProps;
  /**
   * How a change reaches the pods. `rolling`: one pod after the other, none of them spare. `recreate`: all pods of a
   * component stop, then start anew: an outage, but it never waits for a node that a pod of its own holds.
   *
   * @default 'rolling'
   */
  readonly rollout?: 'rolling' | 'recreate';
  /**
   * Lets Flux delete the graph and make it anew, for a change that the cluster refuses on one that exists: an outage.
   * For that change alone: leave it out again afterwards.
   *
   * @default false
   */
  readonly recreate?: boolean;
  /**
   * A Job that asks the frontend for a short completion whenever the graph is ready after a change, and fails where none
   * comes; Flux then reports the Kustomization `graph-<id>-smoke-test` as failed. It runs the graph's image, outside the
   * gang, on no GPU.
   *
   * @default false
   */
  readonly smokeTest?: SmokeTestProps | boolean;
  /** For every component. @default - none */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** For every component. @default - none */
  readonly tolerations?: readonly Toleration[];
  /** For every component. @default - none */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  readonly frontend: FrontendProps;
  readonly prefill?: WorkerProps | readonly WorkerProps[];
  readonly decode?: WorkerProps | readonly WorkerProps[];
  readonly worker?: WorkerProps | readonly WorkerProps[];
  /** Scales the workers whose replicas are a range. Part of what is frozen once the graph exists. @default - none */
  readonly planner?: PlannerProps;
}
