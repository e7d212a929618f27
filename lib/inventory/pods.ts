import { parseQuantity, wholeUnits } from '../model/quantity';
import { DOMAIN_LABEL, type GpuShare, type NamespacedName, type RunningPod } from './cluster';
import type { Resources } from '../model/resources';
import { isMap, type FieldReader, type RawMap } from './fields';
import { readIdentity } from './identity';
import { podRequests, type ContainerAmounts, type InitContainerAmounts } from './requests';

/** Scheduler name of KAI's default shard. */
export const KAI_SCHEDULER = 'kai-scheduler';

/** Label that names a pod's queue; KAI reads `project` where it is absent (podgrouper, default_grouper.go, 0.17.0). */
export const QUEUE_LABEL = 'kai.scheduler/queue';
const PROJECT_LABEL = 'project';
const NODE_POOL_LABEL = 'kai.scheduler/node-pool';

/** Annotation that names a pod's PodGroup, in the pod's namespace. */
export const POD_GROUP_ANNOTATION = 'pod-group-name';
const SUBGROUP_LABEL = 'kai.scheduler/subgroup-name';

/** Label that the Dynamo operator puts on every pod of a DynamoGraphDeployment. */
export const GRAPH_LABEL = 'nvidia.com/dynamo-graph-deployment-name';

/** And the one with the component's name, as it is written. */
export const COMPONENT_LABEL = 'nvidia.com/dynamo-component';

/** Reads one core/v1 Pod; undefined where it holds no room on a node, or has no name to be known by. */
export function readPod(raw: RawMap, fields: FieldReader): RunningPod | undefined {
  const identity = readIdentity(raw, fields);
  if (!identity) return undefined;
  const { namespace, name, metadata } = identity;
  const spec = fields.map(raw.spec, 'spec');
  const status = fields.map(raw.status, 'status');
  const node = fields.text(spec.nodeName, 'spec.nodeName');
  const phase = fields.text(status.phase, 'status.phase');
  if (!node || phase === 'Succeeded' || phase === 'Failed') return undefined;
  return {
    namespace,
    name,
    node,
    requests: readRequests(spec, status, fields),
    claims: isDaemon(metadata)
      ? undefined
      : readClaims(fields.list(spec.resourceClaims, 'spec.resourceClaims'), fields),
    terminating: Boolean(fields.text(metadata.deletionTimestamp, 'metadata.deletionTimestamp')),
    priorityClassName: fields.text(spec.priorityClassName, 'spec.priorityClassName') || undefined,
    ...readMembership(namespace, metadata, fields.text(spec.schedulerName, 'spec.schedulerName') || undefined, fields),
  };
}

/** A daemon of a ComputeDomain: the DaemonSet's pods carry the label of the domain. */
function isDaemon({ labels }: RawMap): boolean {
  return isMap(labels) && DOMAIN_LABEL in labels;
}

/** Each entry names a claim or a template of claims. */
function readClaims(raw: readonly unknown[], fields: FieldReader): RunningPod['claims'] {
  const claims = raw.map((item, i) => {
    const field = `spec.resourceClaims[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = fields.map(item, field);
    const claim = fields.text(resourceClaimName, `${field}.resourceClaimName`);
    const template = fields.text(resourceClaimTemplateName, `${field}.resourceClaimTemplateName`);
    return claim ?? template ?? fields.text(name, `${field}.name`) ?? '';
  });
  return claims.length > 0 ? claims : undefined;
}

type Membership = Pick<RunningPod, 'schedulerName' | 'queue' | 'graph' | 'podGroup' | 'subGroup' | 'gpuShare'>;

function readMembership(
  namespace: string,
  metadata: RawMap,
  schedulerName: string | undefined,
  fields: FieldReader,
): Membership {
  const labels = fields.labels(metadata.labels, 'metadata.labels') ?? {};
  const annotations = fields.labels(metadata.annotations, 'metadata.annotations') ?? {};
  const within = (name: string | undefined): NamespacedName | undefined => (name ? { namespace, name } : undefined);
  return {
    schedulerName,
    queue: labels[QUEUE_LABEL] || (schedulerName === KAI_SCHEDULER ? projectQueue(labels) : undefined),
    graph: within(labels[GRAPH_LABEL]),
    podGroup: within(annotations[POD_GROUP_ANNOTATION]),
    subGroup: labels[SUBGROUP_LABEL] || undefined,
    gpuShare: schedulerName === KAI_SCHEDULER ? readGpuShare(annotations) : undefined,
  };
}

function projectQueue(labels: Readonly<Record<string, string>>): string | undefined {
  const project = labels[PROJECT_LABEL];
  const pool = labels[NODE_POOL_LABEL];
  return project && pool !== undefined ? `${project}-${pool}` : project || undefined;
}

/** KAI passes over values it cannot read, and so does this: updatePodAdditionalFields in pod_info.go, 0.17.0. */
function readGpuShare(annotations: Readonly<Record<string, string>>): GpuShare | undefined {
  const devices = wholeNumber(annotations['gpu-fraction-num-devices']) ?? 1n;
  const fraction = parseQuantity(annotations['gpu-fraction'] ?? '');
  if (fraction !== undefined && fraction > 0n && fraction <= wholeUnits(1)) return { devices, fraction };
  const memoryMiB = wholeNumber(annotations['gpu-memory']);
  return memoryMiB ? { devices, memoryMiB } : undefined;
}

function wholeNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

/**
 * What a pod asks for, as the scheduler counts it.
 *
 * @param at where the spec stands in its object
 */
export function readRequests(spec: RawMap, status: RawMap, fields: FieldReader, at = 'spec'): Resources {
  const reported = {
    ...statusesByName(status.containerStatuses, 'status.containerStatuses', fields),
    ...statusesByName(status.initContainerStatuses, 'status.initContainerStatuses', fields),
  };
  const container = (item: unknown, field: string): InitContainerAmounts => {
    const { name, resources, restartPolicy } = fields.map(item, field);
    const own = typeof name === 'string' && Object.hasOwn(reported, name) ? reported[name] : undefined;
    return {
      ...readAmounts(resources, `${field}.resources`, fields),
      status: own,
      sidecar: restartPolicy === 'Always',
    };
  };
  const each = (list: string): InitContainerAmounts[] =>
    fields.list(spec[list], `${at}.${list}`).map((item, i) => container(item, `${at}.${list}[${i}]`));
  return podRequests({
    containers: each('containers'),
    initContainers: each('initContainers'),
    overhead: fields.amounts(spec.overhead, `${at}.overhead`),
    podLevel: spec.resources ? readPodLevel(spec, status, fields, at) : undefined,
    resizeInfeasible: isResizeInfeasible(fields.list(status.conditions, 'status.conditions')),
  });
}

function readAmounts(raw: unknown, field: string, fields: FieldReader): ContainerAmounts {
  const { requests, limits } = fields.map(raw, field);
  return {
    requests: fields.amounts(requests, `${field}.requests`),
    limits: fields.amounts(limits, `${field}.limits`),
  };
}

function readPodLevel(spec: RawMap, status: RawMap, fields: FieldReader, at: string): ContainerAmounts {
  return {
    ...readAmounts(spec.resources, `${at}.resources`, fields),
    status: readStatus(status, 'status', fields),
  };
}

/** What the kubelet gave a container, or the pod: nothing where it reports no `resources`. */
function readStatus(raw: RawMap, field: string, fields: FieldReader): ContainerAmounts['status'] {
  if (raw.resources === undefined || raw.resources === null) return undefined;
  return {
    requests: readAmounts(raw.resources, `${field}.resources`, fields).requests,
    allocated: fields.amounts(raw.allocatedResources, `${field}.allocatedResources`),
  };
}

function statusesByName(raw: unknown, field: string, fields: FieldReader): Record<string, ContainerAmounts['status']> {
  const statuses = fields.list(raw, field).map((item, i): [string, ContainerAmounts['status']] => {
    const status = fields.map(item, `${field}[${i}]`);
    return [String(status.name), readStatus(status, `${field}[${i}]`, fields)];
  });
  return Object.fromEntries(statuses);
}

/** The first PodResizePending decides: IsPodResizeInfeasible in k8s.io/component-helpers. */
function isResizeInfeasible(conditions: readonly unknown[]): boolean {
  for (const condition of conditions) {
    if (typeof condition !== 'object' || condition === null || !('type' in condition)) continue;
    if (condition.type === 'PodResizePending') return 'reason' in condition && condition.reason === 'Infeasible';
  }
  return false;
}
