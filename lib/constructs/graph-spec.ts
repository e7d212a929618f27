import type { ComponentSpec, Fabric, GraphSpec, ModelCacheSpec, ModelSpec, PlacementSpec, Role } from '../model/graph';
import { GPU_TOLERATION } from '../model/node';
import type { PlannerSpec } from '../model/planner';
import { PriorityClass } from './priority-class';
import type {
  ComponentProps,
  DynamoGraphProps,
  KvTransferProps,
  PlacementProps,
  PlannerProps,
  WorkerProps,
} from './graph-props';
import type { SecretRef } from './secret-ref';
import type { Stack } from './stack';
import type { Topology } from './topology';
import type { Model } from './model';
import type { ModelCache } from './model-cache';

/** What a graph takes from its cluster. */
export interface GraphCluster {
  readonly stack: Stack;
  readonly topology: Topology;
}

/** The graph as plain data, with defaults filled in. Values are as the user gave them: the check pass looks at them. */
export function graphSpec(path: string, name: string, cluster: GraphCluster, props: DynamoGraphProps): GraphSpec {
  const priorityClass = props.priorityClass ?? PriorityClass.inference;
  const parts = components(props, cluster.stack);
  const image = props.backend.imageFor(
    cluster.stack.versions.dynamo,
    parts.some(({ rdma }) => rdma?.fabric === 'efa'),
  );
  return {
    path,
    name,
    namespace: props.namespace,
    queue: props.queue.name,
    priorityClass: { name: priorityClass.name, value: priorityClass.value },
    preemptible: props.preemptible ?? false,
    framework: props.backend.framework,
    image,
    runtimeVersion: props.backend.runtimeVersion,
    model: modelSpec(props.model),
    cache: props.modelCache && cacheSpec(name, props.modelCache),
    rollout: props.rollout ?? 'rolling',
    topology: topologySpec(cluster.topology),
    placement: placementSpec(props.placement),
    computeDomain: props.computeDomain && { level: props.computeDomain.level.label },
    kvTransfer: kvTransferSpec(props.kvTransfer),
    routerMode: props.frontend.router?.mode,
    planner: props.planner && plannerSpec(props.planner, cluster.stack, image),
    components: parts,
  };
}

function topologySpec({ name, levels }: Topology): GraphSpec['topology'] {
  return { name, levels: levels.map(({ label, name: level }) => ({ label, name: level })) };
}

function kvTransferSpec(transfer: KvTransferProps | undefined): GraphSpec['kvTransfer'] {
  if (!transfer) return undefined;
  const { level, enforcement = 'required', weight = 0.5 } = transfer;
  return { level: level.label, enforcement, weight };
}

function modelSpec({ repository, revision, token }: Model): ModelSpec {
  return { repository, revision, token: token && { secret: token.secret, key: token.key } };
}

function cacheSpec(graph: string, cache: ModelCache): ModelCacheSpec {
  return {
    claimName: cache.existingClaim ?? `${graph}-model-cache`,
    accessMode: cache.accessMode,
    volume: cache.volume && { size: cache.volume.size, storageClass: cache.volume.storageClass },
    download: cache.download,
  };
}

function placementSpec(placement: PlacementProps = {}): PlacementSpec {
  return { required: placement.required?.label, preferred: placement.preferred?.label };
}

function plannerSpec(props: PlannerProps, { versions, profile }: Stack, runtime: string): PlannerSpec {
  const { settings, maxGpuBudget, prometheus } = props;
  const own = profile.planner.reads === 'config' ? `${PLANNER_REPOSITORY}:${versions.dynamo}` : runtime;
  return { image: props.image ?? own, goal: settings.goal, maxGpuBudget, prometheus };
}

/** Backends' runtime images have no planner since 1.1. */
const PLANNER_REPOSITORY = 'nvcr.io/nvidia/ai-dynamo/dynamo-planner';

/** Those of the user, then what scales them. The planner that reads flags knows its Prometheus by this very name. */
function components(props: DynamoGraphProps, { profile }: Stack): ComponentSpec[] {
  const { planner } = props;
  const scaling = (role: Role, own: ComponentProps): ComponentSpec => componentSpec(role, 'planner', props, own);
  return [
    ...servingComponents(props),
    ...(planner ? [scaling('planner', planner)] : []),
    ...(planner && profile.planner.reads === 'flags'
      ? [scaling('prometheus', { ...planner, name: 'prometheus', args: [], env: {} })]
      : []),
  ];
}

function servingComponents(props: DynamoGraphProps): ComponentSpec[] {
  const workers = (['prefill', 'decode', 'worker'] as const).flatMap((role) =>
    listed(role, props[role]).map(([pointer, worker]) => componentSpec(role, pointer, props, worker)),
  );
  return [componentSpec('frontend', 'frontend', props, props.frontend), ...workers];
}

/** Workers of a role, each with where it stands. */
function listed(role: Role, declared: WorkerProps | readonly WorkerProps[] = []): [string, WorkerProps][] {
  if (!isList(declared)) return [[role, declared]];
  return declared.map((worker, index) => [`${role}[${index}]`, worker]);
}

/** `Array.isArray` by itself takes no readonly list out of a union. */
function isList(declared: WorkerProps | readonly WorkerProps[]): declared is readonly WorkerProps[] {
  return Array.isArray(declared);
}

function componentSpec(
  role: Role,
  pointer: string,
  graph: DynamoGraphProps,
  props: ComponentProps | WorkerProps,
): ComponentSpec {
  const worker = workerSpec(props);
  const devices = deviceRequests(worker.gpus, props);
  const taints = worker.gpus > 0 ? [GPU_TOLERATION] : [];
  const { replicas, scaled } = replicaSpec(props.replicas);
  return {
    ...worker,
    name: props.name ?? role,
    role,
    pointer,
    replicas,
    scaled,
    requests: { ...hostRequests(props), ...devices },
    limits: { ...devices, ...props.limits },
    nodeSelector: { ...graph.nodeSelector, ...props.nodeSelector },
    tolerations: [...taints, ...(graph.tolerations ?? []), ...(props.tolerations ?? [])],
    env: environment({ ...graph.env, ...props.env }),
    args: props.args ?? [],
    sharedMemory: props.sharedMemory,
    placement: placementSpec(props.placement),
    pinning: props.pinning ?? 'set',
    exclusive: role === 'frontend' && replicas > 1,
  };
}

function replicaSpec(replicas: ComponentProps['replicas'] = 1): Pick<ComponentSpec, 'replicas' | 'scaled'> {
  return typeof replicas === 'object' ? { replicas: replicas.max, scaled: { min: replicas.min } } : { replicas };
}

/** What only workers say. */
function workerSpec(
  props: ComponentProps | WorkerProps,
): Pick<ComponentSpec, 'gpus' | 'nodes' | 'replicaLevel' | 'engineConfig' | 'rdma'> {
  if (!('gpus' in props)) return { gpus: 0, nodes: 1 };
  const { gpus, multinode, engineConfig, rdma } = props;
  const replicaLevel = multinode?.required?.label;
  return {
    gpus,
    nodes: multinode?.nodes ?? 1,
    replicaLevel,
    engineConfig,
    rdma: rdma && { fabric: rdma.fabric, netDevices: rdma.netDevices ?? [] },
  };
}

function hostRequests({ cpu, memory, resources }: ComponentProps): ComponentSpec['requests'] {
  return { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }), ...resources };
}

/** Devices are asked for and limited alike: Kubernetes takes no other amounts for extended resources. */
function deviceRequests(gpus: number, props: ComponentProps | WorkerProps): ComponentSpec['requests'] {
  const rdma = 'rdma' in props ? props.rdma : undefined;
  return {
    ...(gpus > 0 ? { 'nvidia.com/gpu': gpus } : {}),
    ...(rdma ? { [rdma.resource ?? rdmaResource(rdma.fabric)]: rdma.count ?? gpus } : {}),
    ...Object.fromEntries(Object.entries(props.resources ?? {}).filter(([name]) => isExtended(name))),
  };
}

/** Names that device plugins give them: the network operator's, and that of AWS. */
function rdmaResource(fabric: Fabric | undefined): string {
  return fabric === 'efa' ? 'vpc.amazonaws.com/efa' : 'rdma/ib';
}

/** Extended resources have a domain in their name (core/v1); `requests.*` of quotas are none. */
function isExtended(resource: string): boolean {
  return resource.includes('/') && !resource.startsWith('kubernetes.io/');
}

function environment(env: Readonly<Record<string, string | SecretRef>>): ComponentSpec['env'] {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { secret: value.secret, key: value.key },
    ]),
  );
}
