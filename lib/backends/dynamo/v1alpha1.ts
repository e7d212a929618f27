import { z } from 'zod';
import { writtenComponents, type GraphPins, type GraphSpec, type Role, type WrittenComponent } from '../../model/graph';
import type { StackProfile } from '../stacks';
import { componentPod, rolloutAnnotations, type Container } from './pod';

const strings = z.record(z.string(), z.string());
const amounts = z.strictObject({
  cpu: z.string().optional(),
  memory: z.string().optional(),
  gpu: z.string().optional(),
  custom: strings.optional(),
});

/** A probe that always says yes. */
const probeSchema = z.strictObject({
  exec: z.strictObject({ command: z.array(z.string()) }),
  periodSeconds: z.int().min(1),
});

const serviceSchema = z.strictObject({
  dynamoNamespace: z.string(),
  componentType: z.enum(['frontend', 'worker', 'planner']),
  replicas: z.int().min(0).optional(),
  livenessProbe: probeSchema.optional(),
  readinessProbe: probeSchema.optional(),
  annotations: strings,
  resources: z.strictObject({ requests: amounts.optional(), limits: amounts.optional() }).optional(),
  sharedMemory: z.strictObject({ size: z.string().optional(), disabled: z.boolean().optional() }).optional(),
  extraPodMetadata: z.strictObject({ annotations: strings, labels: strings }).optional(),
  extraPodSpec: z.looseObject({
    schedulerName: z.string(),
    nodeSelector: strings.optional(),
    mainContainer: z.looseObject({ image: z.string().optional() }),
  }),
});

/** Spec of a DynamoGraphDeployment of nvidia.com/v1alpha1 as of Dynamo 0.5.1, as far as we write it. */
export const graphSpecV1alpha1Schema = z.strictObject({
  backendFramework: z.enum(['vllm', 'sglang', 'trtllm']),
  services: z.record(z.string(), serviceSchema),
});

/**
 * Components are a map, and amounts have words of their own: `gpu` for nvidia.com/gpu, `custom` for everything but cpu
 * and memory (Dynamo 0.5.1, deploy/cloud/operator/api/v1alpha1).
 */
export function graphSpecV1alpha1(graph: GraphSpec, pins: GraphPins, profile: StackProfile): object {
  const services = writtenComponents(graph).map((component) => {
    const pod = componentPod(graph, component, pins.get(component.name) ?? [], profile);
    const { resources, ...mainContainer } = pod.container;
    const isMember = Object.keys(pod.annotations).length > 0;
    const service = {
      dynamoNamespace: graph.name,
      componentType: componentTypes[component.spec.role],
      // left out where a planner patches it: Flux takes back what it writes, and leaves alone what it does not
      replicas: component.spec.scaled ? undefined : component.replicas,
      ...probes(component),
      annotations: rolloutAnnotations(graph, profile),
      resources: resources && serviceResources(resources),
      sharedMemory: sharedMemory(component),
      extraPodMetadata: isMember ? { annotations: pod.annotations, labels: pod.labels } : undefined,
      extraPodSpec: { ...pod.spec, mainContainer },
    };
    return [component.name, service] as const;
  });
  return { backendFramework: graph.framework, services: Object.fromEntries(services) };
}

/** Only what is of type frontend gets a Service, which the planner reaches its Prometheus by. */
const componentTypes: Readonly<Record<Role, z.infer<typeof serviceSchema>['componentType']>> = {
  frontend: 'frontend',
  prefill: 'worker',
  decode: 'worker',
  worker: 'worker',
  planner: 'planner',
  prometheus: 'frontend',
};

/** The operator's own ask an HTTP server that these two have not (v0.5.1, disagg_planner.yaml). */
function probes({ spec: { role } }: WrittenComponent): object {
  if (role !== 'planner' && role !== 'prometheus') return {};
  const always = { exec: { command: ['/bin/sh', '-c', 'exit 0'] }, periodSeconds: 60 };
  return { livenessProbe: always, readinessProbe: always };
}

function serviceResources({ requests, limits }: NonNullable<Container['resources']>): object {
  return { requests: requests && serviceAmounts(requests), limits: limits && serviceAmounts(limits) };
}

function serviceAmounts(amounts: Readonly<Record<string, string>>): object {
  const { cpu, memory, 'nvidia.com/gpu': gpu, ...custom } = amounts;
  return { cpu, memory, gpu, custom: Object.keys(custom).length > 0 ? custom : undefined };
}

function sharedMemory({ spec }: WrittenComponent): object | undefined {
  if (spec.sharedMemory === undefined) return undefined;
  return spec.sharedMemory === '0' ? { disabled: true } : { size: spec.sharedMemory };
}
