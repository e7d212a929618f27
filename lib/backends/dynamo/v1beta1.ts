import { z } from 'zod';
import {
  MAX_COMPONENTS,
  writtenComponents,
  type ComponentSpec,
  type GraphPins,
  type GraphSpec,
  type WrittenComponent,
} from '../../model/graph';
import type { StackProfile } from '../stacks';
import { domainName } from '../grove/topology-binding';
import { RUNTIME_VERSION } from './image';
import { componentPod, rolloutAnnotations } from './pod';

const strings = z.record(z.string(), z.string());

/**
 * A pod template as we write it. What the plan rests on is strict; beneath `spec` and its containers anything that a
 * user patches in is let through, since the API server knows it better.
 */
const podTemplateSchema = z.strictObject({
  metadata: z.strictObject({ annotations: strings.optional(), labels: strings.optional() }).optional(),
  spec: z.looseObject({
    schedulerName: z.string().optional(),
    nodeSelector: strings.optional(),
    containers: z
      .array(
        z.looseObject({
          name: z.string(),
          image: z.string().optional(),
          resources: z.looseObject({ requests: strings.optional(), limits: strings.optional() }).optional(),
        }),
      )
      .min(1),
  }),
});

const componentSchema = z.strictObject({
  name: z.string().min(1).max(63),
  type: z.enum(['frontend', 'worker', 'prefill', 'decode', 'planner']),
  replicas: z.int().min(0).optional(),
  scalingAdapter: z.strictObject({}).optional(),
  minAvailable: z.int().min(1).optional(),
  multinode: z.strictObject({ nodeCount: z.int().min(2) }).optional(),
  topologyConstraint: z.strictObject({ packDomain: z.string() }).optional(),
  sharedMemorySize: z.string().optional(),
  runtimeVersionOverride: z.string().regex(RUNTIME_VERSION).optional(),
  podTemplate: podTemplateSchema,
});

/** Spec of a DynamoGraphDeployment of nvidia.com/v1beta1 (Dynamo 1.2 and newer), as far as we write it. */
export const graphSpecV1beta1Schema = z.strictObject({
  backendFramework: z.enum(['vllm', 'sglang', 'trtllm']),
  priorityClassName: z.string().optional(),
  topologyConstraint: z.strictObject({ clusterTopologyName: z.string() }).optional(),
  experimental: z
    .strictObject({
      kvTransferPolicy: z.strictObject({
        labelKey: z.string().min(1).max(317),
        domain: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/),
        enforcement: z.enum(['required', 'preferred']),
        preferredWeight: z.number().min(0).max(1).optional(),
      }),
    })
    .optional(),
  components: z.array(componentSchema).min(1).max(MAX_COMPONENTS),
});

/** Components are a list; the pod template is core/v1's, with a container named `main`. */
export function graphSpecV1beta1(graph: GraphSpec, pins: GraphPins, profile: StackProfile): object {
  const isGrove = profile.gang === 'grove';
  const packed = packDomains(graph);
  return {
    backendFramework: graph.framework,
    priorityClassName: isGrove ? graph.priorityClass.name : undefined,
    topologyConstraint: packed.size > 0 ? { clusterTopologyName: graph.topology.name } : undefined,
    experimental: kvTransferPolicy(graph),
    components: writtenComponents(graph).map((component) => {
      const pod = componentPod(graph, component, pins.get(component.name) ?? [], profile);
      const annotations = { ...pod.annotations, ...rolloutAnnotations(graph, profile) };
      return {
        name: component.name,
        type: componentType(graph, component),
        ...replicasOf(component),
        // Grove's gang is as large as the minimum, and the minimum is frozen: all there will always be, from the first day.
        minAvailable: isGrove && component.leastReplicas > 0 ? component.leastReplicas : undefined,
        multinode: component.spec.nodes > 1 ? { nodeCount: component.spec.nodes } : undefined,
        topologyConstraint: packOf(component, packed),
        sharedMemorySize: component.spec.sharedMemory,
        runtimeVersionOverride: component.spec.role === 'planner' ? undefined : graph.runtimeVersion,
        podTemplate: {
          metadata: metadata(annotations, pod.labels),
          spec: { ...pod.spec, containers: [{ name: 'main', ...pod.container }] },
        },
      };
    }),
  };
}

/**
 * Left out where something in the cluster owns it: Flux takes back what it writes, and leaves alone what it does not.
 * The adapter is what owns it then.
 */
function replicasOf({ spec, replicas }: WrittenComponent): object {
  return spec.scaled ? { scalingAdapter: {} } : { replicas };
}

/** A planner knows workers by their type, and those that do both as decode workers (Dynamo 1.5, dgd_services.py). */
function componentType(graph: GraphSpec, { spec }: WrittenComponent): ComponentSpec['role'] {
  return spec.role === 'worker' && graph.planner ? 'decode' : spec.role;
}

/**
 * Domains that each replica is packed into by Grove, by component. Only where several replicas share a pin: which pods
 * of the set make a replica is the scheduler's choice, so the set cannot keep each in one domain. It follows from the
 * declaration alone, since operators freeze it.
 */
export function packDomains(graph: GraphSpec): ReadonlyMap<string, string> {
  const packed = graph.components.flatMap(({ name, nodes, replicas, pinning, replicaLevel }) => {
    const level = graph.topology.levels.find(({ label }) => label === replicaLevel);
    return level && nodes > 1 && replicas > 1 && pinning === 'set' ? [[name, domainName(level.name)] as const] : [];
  });
  return new Map(packed);
}

/** Domains are told by the node label itself, so that no topology of Grove's is needed. */
function kvTransferPolicy({ kvTransfer, topology }: GraphSpec): object | undefined {
  if (!kvTransfer) return undefined;
  const { level, enforcement, weight } = kvTransfer;
  const name = topology.levels.find(({ label }) => label === level)?.name ?? level;
  const policy = { labelKey: level, domain: domainName(name), enforcement };
  return { kvTransferPolicy: enforcement === 'preferred' ? { ...policy, preferredWeight: weight } : policy };
}

function packOf({ name }: WrittenComponent, packed: ReadonlyMap<string, string>): object | undefined {
  const packDomain = packed.get(name);
  return packDomain === undefined ? undefined : { packDomain };
}

function metadata(
  annotations: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): object | undefined {
  const all = {
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
  return Object.keys(all).length > 0 ? all : undefined;
}
