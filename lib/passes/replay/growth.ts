import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Manifest } from '../../emit/manifest';
import type { Lock } from '../../pins/lock';
import { asList, asMap, type RawMap } from '../verify/pod-templates';

/** The most replicas of each component of a graph that something in the cluster scales; by namespace and name. */
export type MostReplicas = (graph: string) => ReadonlyMap<string, number>;

/** As the graphs are declared now. */
export function mostDeclared(graphs: readonly DynamoGraph[]): MostReplicas {
  return (key) => {
    const graph = graphs.find(({ spec }) => `${spec.namespace}/${spec.name}` === key);
    const components = graph?.spec.components ?? [];
    return new Map(components.flatMap(({ name, scaled, replicas }) => (scaled ? [[name, replicas] as const] : [])));
  };
}

/** As they were placed before: a lock holds a node for all that may come. */
export function mostLocked(lock: Lock | undefined): MostReplicas {
  return (key) => {
    const graph = lock && Object.hasOwn(lock.placements, key) ? lock.placements[key] : undefined;
    return new Map(Object.entries(graph?.components ?? {}).map(([name, { copies }]) => [name, copies.length]));
  };
}

/** Graphs as the cluster makes them in time: with every component that says no replicas at its most. */
export function grownManifests(manifests: readonly Manifest[], mostOf: MostReplicas): Manifest[] {
  return manifests.map((manifest) => {
    const { kind, metadata } = manifest;
    if (kind !== 'DynamoGraphDeployment') return manifest;
    const most = mostOf(`${metadata.namespace ?? ''}/${metadata.name}`);
    if (most.size === 0) return manifest;
    const grown = (name: unknown, component: unknown): RawMap => {
      const { replicas = most.get(String(name)), ...rest } = asMap(component);
      return { ...rest, ...(replicas === undefined ? {} : { replicas }) };
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
