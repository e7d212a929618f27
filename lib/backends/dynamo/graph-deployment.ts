import { z } from 'zod';
import { writtenComponents, type GraphPins, type GraphSpec } from '../../model/graph';
import { podTemplate, podTemplateSchema } from './pod-template';

/** Pattern of a component's name (DynamoGraphDeployment v1beta1). */
export const COMPONENT_NAME = /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/;

/** The most components that one graph may have (DynamoGraphDeployment v1beta1, maxItems). */
export const MAX_COMPONENTS = 25;

const componentSchema = z.strictObject({
  name: z.string().min(1).max(63).regex(COMPONENT_NAME),
  type: z.enum(['frontend', 'worker', 'prefill', 'decode']),
  replicas: z.int().min(0),
  sharedMemorySize: z.string().optional(),
  podTemplate: podTemplateSchema,
});

/** Spec of a DynamoGraphDeployment (nvidia.com/v1beta1, Dynamo 1.5), as far as we write it. */
export const graphDeploymentSpecSchema = z.strictObject({
  backendFramework: z.enum(['vllm']),
  components: z.array(componentSchema).min(1).max(MAX_COMPONENTS),
});

export type GraphDeploymentSpec = z.infer<typeof graphDeploymentSpecSchema>;

/** Annotations of the graph itself. Without Grove each component becomes a Deployment, and the gang is ours to hold. */
export const graphAnnotations = { 'nvidia.com/enable-grove': 'false' } as const;

/** @param pins hostnames for each written component that has pods */
export function graphDeploymentSpec(graph: GraphSpec, pins: GraphPins): GraphDeploymentSpec {
  return {
    backendFramework: graph.framework,
    components: writtenComponents(graph).map((component) => ({
      name: component.name,
      type: component.spec.role,
      replicas: component.replicas,
      ...(component.spec.sharedMemory === undefined ? {} : { sharedMemorySize: component.spec.sharedMemory }),
      podTemplate: podTemplate(graph, component, pins.get(component.name) ?? []),
    })),
  };
}
