import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Manifest } from '../../emit/manifest';
import { asList, asMap, type RawMap } from '../verify/pod-templates';

/** Graphs as the cluster makes them in time: with every component that it scales at its most. */
export function grownManifests(manifests: readonly Manifest[], graphs: readonly DynamoGraph[]): Manifest[] {
  return manifests.map((manifest) => {
    const { kind, metadata } = manifest;
    const graph = graphs.find(({ spec }) => spec.name === metadata.name && spec.namespace === metadata.namespace);
    if (kind !== 'DynamoGraphDeployment' || !graph) return manifest;
    const most = new Map(
      graph.spec.components.flatMap(({ name, scaled, replicas }) => (scaled ? [[name, replicas] as const] : [])),
    );
    const grown = (name: unknown, component: unknown): RawMap => {
      const replicas = most.get(String(name));
      return { ...asMap(component), ...(replicas === undefined ? {} : { replicas }) };
    };
    const spec = asMap(manifest.spec);
    const services = Object.entries(asMap(spec.services)).map(([name, service]) => [name, grown(name, service)]);
    const components = asList(spec.components).map((component) => grown(asMap(component).name, component));
    return {
      ...manifest,
      spec: {
        ...spec,
        ...(spec.services === undefined ? {} : { services: Object.fromEntries(services) as RawMap }),
        ...(spec.components === undefined ? {} : { components }),
      },
    };
  });
}
