import type { FieldReader, RawMap } from '../inventory/fields';
import { COMPONENT_LABEL, GRAPH_LABEL } from '../inventory/pods';
import { asMap, asText } from '../inventory/raw';
import { UNSAID_REPLICAS } from '../model/graph';
import type { Toleration } from '../model/node';
import type { Claims } from './claims';
import type { ManifestObject } from './objects';
import { readPodShape, templateAt, type PodShape, type TemplatePlace } from './pod';
import { fieldOfService, fromService, MAIN } from './service';
import { kaiTopology } from './topology';
import type { DeclaredTopology, Texts, WorkloadComponent, WorkloadPod } from './workload';

/** How graphs are read. */
export interface GraphOptions {
  /**
   * The operator gives frontends and planners amounts of their own, as it did in 0.5.1 (component_frontend.go and
   * component_planner.go in deploy/cloud/operator/internal/dynamo); since 1.0 it does not.
   * @default false
   */
  readonly operatorAddsAmounts?: boolean;
}

/** A component as a graph of either version declares it. */
interface Declared {
  readonly name: string;
  readonly pointer: string;
  readonly templatePlace: TemplatePlace;
  readonly component: RawMap;
  readonly template: RawMap;
  readonly type?: string;
  readonly subType?: string;
  readonly memoryService: boolean;
  readonly failover?: RawMap;
  readonly scaled: boolean;
  readonly topologyName?: string;
}

/** Components of a DynamoGraphDeployment, in the order of the manifest. */
export function readGraph(
  object: ManifestObject,
  fields: FieldReader,
  claims: Claims,
  options: GraphOptions,
): WorkloadComponent[] {
  return declaredOf(object, fields).map((declare) => readComponent(object, declare(), fields, claims, options));
}

/** A DynamoComponentDeployment is a component by itself, with the same fields as one of a graph. */
export function readSingle(
  object: ManifestObject,
  fields: FieldReader,
  claims: Claims,
  options: GraphOptions,
): WorkloadComponent {
  const spec = fields.map(object.document.spec, 'spec');
  const declared = isBeta(object)
    ? ofBeta(spec, 'spec', object.name, fields)
    : ofAlpha(spec, 'spec', fields.text(spec.serviceName, 'spec.serviceName') ?? object.name, fields);
  return readComponent(object, declared, fields, claims, options);
}

function isBeta({ apiVersion }: ManifestObject): boolean {
  return apiVersion === 'nvidia.com/v1beta1';
}

/** Each is read when its turn comes: fields are named after the component that is being read. */
function declaredOf(object: ManifestObject, fields: FieldReader): (() => Declared)[] {
  const spec = fields.map(object.document.spec, 'spec');
  if (isBeta(object)) {
    return fields.list(spec.components, 'spec.components').map((raw, i) => {
      const at = `spec.components[${i}]`;
      return () => ofBeta(fields.map(raw, at), at, String(i), fields);
    });
  }
  return Object.entries(fields.map(spec.services, 'spec.services')).map(([name, raw]) => {
    const at = /^[\w-]+$/.test(name) ? `spec.services.${name}` : `spec.services[${JSON.stringify(name)}]`;
    return () => ofAlpha(fields.map(raw, at), at, name, fields);
  });
}

function ofBeta(component: RawMap, at: string, unnamed: string, fields: FieldReader): Declared {
  const experimental = fields.map(component.experimental, `${at}.experimental`);
  return {
    name: fields.name(component.name, `${at}.name`) ?? unnamed,
    pointer: at,
    templatePlace: templateAt(`${at}.podTemplate`),
    component,
    template: fields.map(component.podTemplate, `${at}.podTemplate`),
    type: fields.text(component.type, `${at}.type`),
    memoryService: isThere(experimental.gpuMemoryService),
    failover: isThere(experimental.failover) ? asMap(experimental.failover) : undefined,
    scaled: isThere(component.scalingAdapter),
  };
}

function ofAlpha(component: RawMap, at: string, name: string, fields: FieldReader): Declared {
  fields.renaming((field) =>
    field.startsWith(`${at}.`) ? `${at}${fieldOfService(component, field.slice(at.length))}` : field,
  );
  const enabled = (field: string): RawMap | undefined => {
    const part = fields.map(component[field], `${at}.${field}`);
    return part.enabled === true ? part : undefined;
  };
  return {
    name,
    pointer: at,
    templatePlace: { metadata: `${at}.extraPodMetadata`, spec: `${at}.extraPodSpec` },
    component,
    template: { ...fromService(component) },
    type: fields.text(component.componentType, `${at}.componentType`),
    subType: fields.text(component.subComponentType, `${at}.subComponentType`),
    memoryService: enabled('gpuMemoryService') !== undefined,
    failover: enabled('failover'),
    scaled: enabled('scalingAdapter') !== undefined,
  };
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function readComponent(
  object: ManifestObject,
  declared: Declared,
  fields: FieldReader,
  claims: Claims,
  { operatorAddsAmounts = false }: GraphOptions,
): WorkloadComponent {
  const { component, name, pointer, type, subType } = declared;
  const replicas = fields.count(component.replicas, `${pointer}.replicas`);
  const multinode = fields.map(component.multinode, `${pointer}.multinode`);
  const nodes = isThere(component.multinode)
    ? (fields.count(multinode.nodeCount, `${pointer}.multinode.nodeCount`, 1) ?? DEFAULT_NODES)
    : 1;
  const template = withOperatorsWork(declared, operatorAddsAmounts);
  const annotations = fields.labels(component.annotations, `${pointer}.annotations`) ?? {};
  const shape = readPodShape(template, declared.templatePlace, fields, claims, {
    labels: operatorLabels(object, declared, fields.labels(component.labels, `${pointer}.labels`) ?? {}),
    annotations,
    tolerations: declared.memoryService ? [GPU_TOLERATION] : [],
  });
  return {
    name,
    type: subType ?? type,
    pointer,
    get where() {
      return object.place(pointer);
    },
    replicas: replicas ?? UNSAID_REPLICAS,
    saysReplicas: replicas !== undefined,
    isScaled: declared.scaled,
    nodes,
    pods: podsOf(shape, nodes),
    minAvailable: fields.count(component.minAvailable, `${pointer}.minAvailable`),
    topologies: [
      ...groveTopology(component, pointer, topologyName(object.document), fields),
      ...kaiTopology(shape.annotations, `${pointer}.annotations`),
    ],
    annotations,
  };
}

/** Pods of a replica whose `multinode` names no number (CRD v1beta1). */
const DEFAULT_NODES = 2;

/** A replica of several pods has a leader, made of the same template as the others. */
function podsOf(shape: PodShape, nodes: number): WorkloadPod[] {
  if (nodes === 1) return [{ ...shape, role: 'only', count: 1 }];
  return [
    { ...shape, role: 'leader', count: 1 },
    { ...shape, role: 'worker', count: nodes - 1 },
  ];
}

/** DRA passes over the plugin that tolerates the taint of GPU nodes: the operator does it (internal/dra/dra.go). */
const GPU_TOLERATION: Toleration = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

/** Amounts that 0.5.1 gives to containers that say none. */
const amounts: Readonly<Record<string, RawMap>> = {
  frontend: { cpu: '1', memory: '2Gi' },
  planner: { cpu: '2', memory: '2Gi' },
};

/** What the operator changes in a template before it makes pods of it. */
function withOperatorsWork({ template, type, failover }: Declared, addsAmounts: boolean): RawMap {
  const spec = asMap(template.spec);
  const containers: readonly unknown[] = Array.isArray(spec.containers) ? spec.containers : [];
  const main = containers.findIndex((each) => asMap(each).name === MAIN);
  const defaults = addsAmounts ? amounts[type ?? ''] : undefined;
  const changed = containers.flatMap((each, i) => {
    if (i !== main) return [each];
    const container = defaults ? withDefaults(asMap(each), defaults) : each;
    return failover ? [container, withoutGpus(asMap(container))] : [container];
  });
  return Array.isArray(spec.containers) ? { ...template, spec: { ...spec, containers: changed } } : template;
}

function withDefaults(container: RawMap, defaults: RawMap): RawMap {
  const { requests, limits, ...others } = asMap(container.resources);
  const resources = {
    ...others,
    requests: { ...defaults, ...asMap(requests) },
    limits: { ...defaults, ...asMap(limits) },
  };
  return { ...container, resources };
}

/** Failover runs a second engine beside the first, on the same GPUs (internal/dynamo/failover.go). */
function withoutGpus(container: RawMap): RawMap {
  const { requests, limits } = asMap(container.resources);
  const rest = (raw: unknown): RawMap => {
    return Object.fromEntries(Object.entries(asMap(raw)).filter(([resource]) => resource !== 'nvidia.com/gpu'));
  };
  return { ...container, resources: { requests: rest(requests), limits: rest(limits) } };
}

/** Labels that the operator puts on every pod, and that affinity in manifests is about (internal/dynamo/graph.go). */
function operatorLabels(object: ManifestObject, { name, type, subType }: Declared, own: Texts): Texts {
  const labels = {
    'nvidia.com/selector': `${object.name}-${name.toLowerCase()}`,
    [COMPONENT_LABEL]: name,
    'nvidia.com/dynamo-component-type': type,
    'nvidia.com/dynamo-sub-component-type': subType ?? (type === 'prefill' || type === 'decode' ? type : undefined),
    [GRAPH_LABEL]: object.name,
  };
  const made = Object.entries(labels).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return { ...own, ...Object.fromEntries(made) };
}

/** Grove's constraint on a graph or on a component. */
function groveTopology(
  holder: RawMap,
  at: string,
  topology: string | undefined,
  fields: FieldReader,
): DeclaredTopology[] {
  const pointer = `${at}.topologyConstraint`;
  const required = fields.text(fields.map(holder.topologyConstraint, pointer).packDomain, `${pointer}.packDomain`);
  return required === undefined ? [] : [{ by: 'grove', topology, required, pointer }];
}

/** Name of the ClusterTopologyBinding, or of the profile as v1alpha1 has it. */
function topologyName(document: RawMap): string | undefined {
  const { clusterTopologyName, topologyProfile } = asMap(asMap(document.spec).topologyConstraint);
  return asText(clusterTopologyName) ?? asText(topologyProfile);
}

/** What a graph asks for all its pods together. */
export function graphTopologies({ document }: ManifestObject, fields: FieldReader): DeclaredTopology[] {
  return groveTopology(asMap(document.spec), 'spec', topologyName(document), fields);
}
