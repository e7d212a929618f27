import type { Manifest } from '../../emit/manifest';
import type { RawMap } from '../../inventory/fields';
import { asList, asMap } from '../../inventory/raw';
import { UNSAID_REPLICAS } from '../../model/graph';
import { fromService } from '../../workloads/service';

export { asList, asMap, asText } from '../../inventory/raw';
export type { RawMap };

/** Whatever a manifest comes in. */
interface Holder {
  readonly manifest: Manifest;
}

/** A pod template somewhere in a manifest. */
export interface FoundTemplate<T extends Holder = Holder> {
  readonly object: T;
  /** Place in the manifest, such as `spec.components[1].podTemplate`. */
  readonly pointer: string;
  /** Name of the component, for a DynamoGraphDeployment. */
  readonly component?: string;
  /** As operators and Deployments have it: 1 where nothing is said. */
  readonly replicas: number;
  /** False where their number is left to something in the cluster. */
  readonly saysReplicas: boolean;
  /** What stands under `scalingAdapter`, for a component of a DynamoGraphDeployment. */
  readonly scalingAdapter?: unknown;
  /** Pods of each replica. */
  readonly nodes: number;
  /** Grove's minimum, for a component of a DynamoGraphDeployment that says one. */
  readonly minAvailable?: unknown;
  /** Grove's domain for all pods of the component, or of each replica of several pods. */
  readonly packDomain?: unknown;
  /** Annotations that stand on the component, not on its pods. */
  readonly annotations: RawMap;
  readonly metadata: RawMap;
  readonly spec: RawMap;
}

/** Every pod template of a manifest, of whatever kind the object is. */
export function podTemplates<T extends Holder>(object: T): FoundTemplate<T>[] {
  const { manifest } = object;
  const spec = asMap(manifest.spec);
  if (manifest.kind === 'DynamoGraphDeployment') {
    const services = Object.entries(asMap(spec.services)).map(([name, service]) =>
      serviceTemplate(object, name, service),
    );
    return [...services, ...asList(spec.components).map(fromComponent(object))];
  }
  if (manifest.kind === 'Pod') return [{ ...found(object, '', { metadata: manifest.metadata, spec }), replicas: 1 }];
  const job = asMap(asMap(spec.jobTemplate).spec);
  if (spec.template !== undefined) return [found(object, 'spec.template', spec.template, spec.replicas)];
  return job.template === undefined ? [] : [found(object, 'spec.jobTemplate.spec.template', job.template)];
}

function fromComponent<T extends Holder>(object: T): (component: unknown, index: number) => FoundTemplate<T> {
  return (raw, index) => {
    const component = asMap(raw);
    const template = found(object, `spec.components[${index}].podTemplate`, component.podTemplate, component.replicas);
    const { minAvailable, scalingAdapter } = component;
    return {
      ...template,
      nodes: nodesOf(component),
      minAvailable,
      scalingAdapter,
      packDomain: asMap(component.topologyConstraint).packDomain,
      component: typeof component.name === 'string' ? component.name : String(index),
    };
  };
}

/** Pods of each replica of a component, in either version. */
function nodesOf({ multinode }: RawMap): number {
  const { nodeCount } = asMap(multinode);
  return typeof nodeCount === 'number' ? nodeCount : 1;
}

function serviceTemplate<T extends Holder>(object: T, name: string, raw: unknown): FoundTemplate<T> {
  const service = asMap(raw);
  const pods = found(object, `spec.services.${name}`, fromService(service), service.replicas);
  const { minAvailable, annotations } = service;
  return { ...pods, nodes: nodesOf(service), minAvailable, component: name, annotations: asMap(annotations) };
}

function found<T extends Holder>(object: T, pointer: string, raw: unknown, replicas?: unknown): FoundTemplate<T> {
  const { metadata, spec } = asMap(raw);
  return {
    object,
    pointer,
    replicas: typeof replicas === 'number' ? replicas : UNSAID_REPLICAS,
    saysReplicas: replicas !== undefined,
    nodes: 1,
    annotations: {},
    metadata: asMap(metadata),
    spec: asMap(spec),
  };
}
