import { asList, asMap, asText } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';
import type { PlannedComponent, PlannedGraph } from './planned';

/** Pods that have to share a domain, as the manifests say it. */
export interface RequiredDomain {
  /** Such as `decode`, `replica 0 of decode`, or `the graph`. */
  readonly whose: string;
  /** Node label of the level. */
  readonly level: string;
  /** Nodes of its pods as planned. */
  readonly nodes: readonly string[];
}

/** Names of the nodes of a component's pods, one for each. */
export type PlacesOf = (component: PlannedComponent) => readonly string[];

/** Node labels of a cluster's topology, broadest first; empty where it has none. */
export function levelsOf(objects: readonly ManifestObject[]): readonly string[] {
  const topology = objects.find(({ kind }) => kind === 'Topology');
  const levels = asList(asMap(topology?.document.spec).levels);
  return levels.flatMap((level) => asText(asMap(level).nodeLabel) ?? []);
}

/** On PodGroups of ours, and in Grove's own fields. */
export function requiredDomains(
  graph: PlannedGraph,
  objects: readonly ManifestObject[],
  placesOf: PlacesOf,
): readonly RequiredDomain[] {
  return [...ofPodGroup(graph, objects, placesOf), ...ofGrove(graph, objects, placesOf)];
}

function ofPodGroup(
  { namespace, podGroup, components }: PlannedGraph,
  objects: readonly ManifestObject[],
  placesOf: PlacesOf,
): RequiredDomain[] {
  const group = objects.find(
    (object) => object.kind === 'PodGroup' && object.name === podGroup && object.namespace === namespace,
  );
  const { topologyConstraint, subGroups } = asMap(group?.document.spec);
  const levelOf = (constraint: unknown): string | undefined => asText(asMap(constraint).requiredTopologyLevel);
  const parts = asList(subGroups)
    .map(asMap)
    .flatMap(({ name, topologyConstraint: own }) => {
      const component = components.find((each) => each.name.toLowerCase() === name);
      return component ? required(component.name, levelOf(own), placesOf(component)) : [];
    });
  return [...required('the graph', levelOf(topologyConstraint), components.flatMap(placesOf)), ...parts];
}

function ofGrove(
  { workload, components }: PlannedGraph,
  objects: readonly ManifestObject[],
  placesOf: PlacesOf,
): RequiredDomain[] {
  const levelOf = ({ topologies }: Pick<typeof workload, 'topologies'>): string | undefined => {
    const declared = topologies.find(({ by }) => by === 'grove');
    return labelOf(objects, declared?.topology, declared?.required);
  };
  const parts = components.flatMap((planned) => {
    const { name, component, copies } = planned;
    const level = levelOf(component);
    if (component.nodes === 1) return required(name, level, placesOf(planned));
    return copies.flatMap((copy, index) => required(`replica ${index} of ${name}`, level, copy));
  });
  return [...required('the graph', levelOf(workload), components.flatMap(placesOf)), ...parts];
}

/** Grove has words of its own for levels. */
function labelOf(
  objects: readonly ManifestObject[],
  name: string | undefined,
  domain: string | undefined,
): string | undefined {
  if (domain === undefined) return undefined;
  const binding = objects.find((object) => object.kind === 'ClusterTopologyBinding' && object.name === name);
  const levels = asList(asMap(binding?.document.spec).levels).map(asMap);
  return asText(levels.find((level) => level.domain === domain)?.key);
}

function required(whose: string, level: string | undefined, nodes: readonly string[]): RequiredDomain[] {
  return level === undefined ? [] : [{ whose, level, nodes: [...new Set(nodes)].sort() }];
}
