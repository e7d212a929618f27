import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { FieldReader, type Advice } from '../inventory/fields';
import { QUEUE_LABEL } from '../inventory/pods';
import { asList, asMap, asText } from '../inventory/raw';
import { compareNames } from '../order';
import { claimsOf, type Claims } from './claims';
import { graphTopologies, readGraph, readSingle, type GraphOptions } from './graph';
import type { ManifestObject } from './objects';
import { readCronJob, readJob, readLeaderWorkerSet, readPod, readReplicated } from './plain';
import { faultsOf, isPatch } from './faults';
import { kaiTopology } from './topology';
import type { Workload, WorkloadComponent } from './workload';

/** How manifests are read. */
export interface WorkloadOptions extends GraphOptions {
  /**
   * Namespace of objects that name none.
   * @default 'default'
   */
  readonly namespace?: string;
}

/** What makes pods among some objects, and how many objects of other kinds there are. */
export interface Workloads {
  readonly workloads: readonly Workload[];
  /** In order of name: kinds that make no pods, or none that are known from a manifest. */
  readonly others: readonly { readonly name: string; readonly count: number }[];
  /** Workloads with an error are left out of the others. */
  readonly diagnostics: readonly Diagnostic[];
}

type Read = (object: ManifestObject, fields: FieldReader, claims: Claims, options: GraphOptions) => WorkloadComponent[];

function single(read: (...args: Parameters<Read>) => WorkloadComponent): Read {
  return (...args) => [read(...args)];
}

/** By API group and kind. */
const readers: Readonly<Record<string, Read>> = {
  'nvidia.com DynamoGraphDeployment': readGraph,
  'nvidia.com DynamoComponentDeployment': single(readSingle),
  'apps Deployment': single(readReplicated),
  'apps ReplicaSet': single(readReplicated),
  'apps StatefulSet': single(readReplicated),
  'batch Job': single(readJob),
  'batch CronJob': single(readCronJob),
  ' Pod': single(readPod),
  'leaderworkerset.x-k8s.io LeaderWorkerSet': single(readLeaderWorkerSet),
};

const advice: Advice = {
  missing: 'Kubernetes would refuse the object: complete it',
  wrong: 'Kubernetes would refuse the object: correct the field',
};

/** Everything that makes pods, in the order of the objects, read as operators and the API server make pods of it. */
export function readWorkloads(objects: readonly ManifestObject[], options: WorkloadOptions = {}): Workloads {
  const claims = claimsOf(objects);
  const workloads: Workload[] = [];
  const diagnostics: Diagnostic[] = [];
  const others = new Map<string, number>();
  const seen = new Map<string, ManifestObject>();
  for (const object of objects) {
    const read = readers[`${groupOf(object)} ${object.kind}`];
    if (!read) {
      others.set(object.kind, (others.get(object.kind) ?? 0) + 1);
      continue;
    }
    if (isOwned(object, objects)) continue;
    if (isPatch(object)) {
      diagnostics.push(patch(object));
      continue;
    }
    const namespace = object.namespace ?? options.namespace ?? 'default';
    const fields = new FieldReader(object.kind, advice);
    fields.call(`${namespace}/${object.name}`);
    const workload = workloadOf(object, namespace, fields, read(object, fields, claims, options));
    const key = `${groupOf(object)} ${object.kind} ${namespace}/${object.name}`;
    const first = seen.get(key);
    const wrong = fields.diagnostics(object.place);
    const found = [
      ...(first ? [declaredTwice(object, first)] : []),
      ...(wrong.length > 0 ? wrong : faultsOf(object, workload)),
    ];
    diagnostics.push(...found);
    seen.set(key, first ?? object);
    if (found.every(({ severity }) => severity !== 'error')) workloads.push(workload);
  }
  const counted = [...others].map(([name, count]) => ({ name, count })).sort(compareNames);
  return { workloads, others: counted, diagnostics };
}

/** Made by another of the objects, as in a dump of a cluster: it would be counted twice. */
function isOwned({ namespace, document }: ManifestObject, objects: readonly ManifestObject[]): boolean {
  const owners = asList(asMap(document.metadata).ownerReferences).map(asMap);
  return owners.some((owner) =>
    objects.some((each) => each.kind === owner.kind && each.name === owner.name && each.namespace === namespace),
  );
}

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf({ apiVersion }: ManifestObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

function workloadOf(
  object: ManifestObject,
  namespace: string,
  fields: FieldReader,
  components: readonly WorkloadComponent[],
): Workload {
  const { kind, apiVersion, name, document } = object;
  const metadata = fields.map(document.metadata, 'metadata');
  const labels = fields.labels(metadata.labels, 'metadata.labels') ?? {};
  const annotations = fields.labels(metadata.annotations, 'metadata.annotations') ?? {};
  const pods = components.flatMap((component) => component.pods);
  const isGraph = kind === 'DynamoGraphDeployment';
  return {
    kind,
    apiVersion,
    namespace,
    name,
    get where() {
      return object.where;
    },
    labels,
    annotations,
    queue: annotations[GROVE_QUEUE] ?? labels[QUEUE_LABEL] ?? pods.map((pod) => pod.labels[QUEUE_LABEL]).find(isNamed),
    priorityClassName:
      (isGraph ? asText(asMap(document.spec).priorityClassName) : undefined) ??
      labels.priorityClassName ??
      pods.map((pod) => pod.priorityClassName).find(isNamed),
    topologies: [
      ...(isGraph ? graphTopologies(object, fields) : []),
      ...kaiTopology(annotations, 'metadata.annotations'),
    ],
    components,
    document,
  };
}

/** Annotation of a graph by which Dynamo hands its queue on to Grove (internal/dynamo/grove.go). */
const GROVE_QUEUE = 'nvidia.com/kai-scheduler-queue';

function isNamed(name: string | undefined): name is string {
  return name !== undefined && name !== '';
}

function declaredTwice(object: ManifestObject, first: ManifestObject): Diagnostic {
  const { file = '', line } = first.where;
  return diagnostic('BAY1104', {
    message: `${object.kind} ${object.name} is declared twice`,
    where: object.where,
    notes: [`the first is in ${file}${line === undefined ? '' : `:${line}`}`],
    help: 'leave one of them out',
  });
}

function patch(object: ManifestObject): Diagnostic {
  return diagnostic('BAY1105', {
    message: `DynamoGraphDeployment ${object.name} is a patch, and left out: none of its components says what it is`,
    where: object.where,
    help: 'build the overlay first: `kubectl kustomize FOLDER` writes manifests to its standard output, and - reads them',
  });
}
