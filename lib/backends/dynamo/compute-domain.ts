import { z } from 'zod';
import type { ComponentSpec, GraphSpec } from '../../model/graph';

/** Spec of a ComputeDomain (resource.nvidia.com/v1beta1, NVIDIA's DRA driver for GPUs), as far as we write it. */
export const computeDomainSpecSchema = z.strictObject({
  numNodes: z.int().min(1),
  channel: z.strictObject({ resourceClaimTemplate: z.strictObject({ name: z.string().min(1) }) }),
});

export type ComputeDomainSpec = z.infer<typeof computeDomainSpecSchema>;

/** Name of the claim in a pod, and of the template that the driver makes of the domain. */
const CLAIM = 'compute-domain-channel';

/** The pods of the component share memory over NVLink with those of other nodes. */
export function isInDomain(graph: GraphSpec, component: ComponentSpec): boolean {
  return graph.computeDomain !== undefined && component.gpus > 0;
}

/** One domain for all GPU pods of the graph, each on a node of its own. */
export function computeDomainSpec(graph: GraphSpec): ComputeDomainSpec {
  const pods = graph.components.filter((component) => isInDomain(graph, component));
  return {
    numNodes: pods.reduce((sum, { replicas, nodes }) => sum + replicas * nodes, 0),
    channel: { resourceClaimTemplate: { name: templateName(graph) } },
  };
}

function templateName({ name }: GraphSpec): string {
  return `${name}-channel`;
}

/** What a pod says to get a channel of the domain. */
export function claimedChannel(graph: GraphSpec): { readonly pod: object; readonly container: object } {
  return {
    pod: { resourceClaims: [{ name: CLAIM, resourceClaimTemplateName: templateName(graph) }] },
    container: { claims: [{ name: CLAIM }] },
  };
}

/** Variables that have NCCL and UCX use it (Dynamo 1.5, recipes for GB200). */
export const domainEnvironment = {
  NCCL_CUMEM_ENABLE: '1',
  NCCL_MNNVL_ENABLE: '1',
  UCX_CUDA_IPC_ENABLE_MNNVL: 'y',
} as const;
