import type { GraphManifest, GraphPins, GraphSpec } from '../../model/graph';
import type { StackProfile } from '../stacks';
import { adoptedSpec } from './adopted';
import { graphSpecV1alpha1, graphSpecV1alpha1Schema } from './v1alpha1';
import { graphSpecV1beta1, graphSpecV1beta1Schema } from './v1beta1';

/** Pattern of a component's name (DynamoGraphDeployment v1beta1; v1alpha1 has none, but makes the same names of it). */
export const COMPONENT_NAME = /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/;

/** Annotations by which a manifest asks for a gang or a place: what holds it now is said anew. */
const superseded = /^(?:nvidia\.com\/(?:enable-grove|kai-scheduler-queue)|kai\.scheduler\/topology.*)$/;

/** What a manifest says of the graph itself, without what is said anew. */
export function keptAnnotations({ annotations }: Pick<GraphManifest, 'annotations'>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !superseded.test(key)));
}

/**
 * Annotations of the graph itself. Without Grove each component becomes a Deployment; Run:ai reads placement from here,
 * which KAI itself does not.
 */
export function graphAnnotations(graph: GraphSpec, topology: string, profile: StackProfile): Record<string, string> {
  if (profile.gang === 'grove') {
    return { 'nvidia.com/enable-grove': 'true', 'nvidia.com/kai-scheduler-queue': graph.queue };
  }
  const { required, preferred } = graph.placement;
  const isPlaced = profile.gang === 'runai' && (required ?? preferred) !== undefined;
  return {
    'nvidia.com/enable-grove': 'false',
    ...(isPlaced ? { 'kai.scheduler/topology': topology } : {}),
    ...(isPlaced && required !== undefined ? { 'kai.scheduler/topology-required-placement': required } : {}),
    ...(isPlaced && preferred !== undefined ? { 'kai.scheduler/topology-preferred-placement': preferred } : {}),
  };
}

/** Schemas of the graph's spec, by version of nvidia.com. */
export const graphSpecSchemas = { v1alpha1: graphSpecV1alpha1Schema, v1beta1: graphSpecV1beta1Schema } as const;

/** @param pins hostnames for each written component that has pods */
export function graphDeploymentSpec(graph: GraphSpec, pins: GraphPins, profile: StackProfile): object {
  if (graph.manifest) return adoptedSpec(graph, graph.manifest, pins, profile);
  return profile.graphApi === 'v1alpha1'
    ? graphSpecV1alpha1(graph, pins, profile)
    : graphSpecV1beta1(graph, pins, profile);
}
