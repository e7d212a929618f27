import { isMap, type JsonMap } from '../../lib/schemas/schema';
import { nameOf, namespaceOf } from './objects';

/**
 * One pod of each component of a graph, before the operator adds to it; none where the object is no graph. A graph's CRD
 * knows the fields of a pod, but not what else a server asks of one.
 */
export function podsOf(object: JsonMap): JsonMap[] {
  const { components, services } = mapOf(object['spec']);
  const written = Array.isArray(components) ? components.map(mapOf).map(ofComponent) : [];
  return [...written, ...Object.entries(mapOf(services)).map(ofService)].map(({ component, metadata, spec }) => {
    const name = `${nameOf(object)}-${component}`.toLowerCase();
    return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, namespace: namespaceOf(object) }, spec };
  });
}

interface Written {
  readonly component: string;
  readonly metadata: JsonMap;
  readonly spec: JsonMap;
}

const mapOf = (value: unknown): JsonMap => (isMap(value) ? value : {});

/** v1beta1. */
function ofComponent({ name, podTemplate }: JsonMap): Written {
  const { metadata, spec } = mapOf(podTemplate);
  return { component: String(name), metadata: mapOf(metadata), spec: mapOf(spec) };
}

/** v1alpha1. */
function ofService([component, service]: [string, unknown]): Written {
  const { extraPodMetadata, extraPodSpec } = mapOf(service);
  const { mainContainer, ...spec } = mapOf(extraPodSpec);
  const containers = [{ name: 'main', ...mapOf(mainContainer) }];
  return { component, metadata: mapOf(extraPodMetadata), spec: { ...spec, containers } };
}
