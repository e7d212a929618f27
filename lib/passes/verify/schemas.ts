import type { IConstruct } from 'constructs';
import type { z } from 'zod';
import { computeDomainSpecSchema } from '../../backends/dynamo/compute-domain';
import { graphSpecSchemas } from '../../backends/dynamo/graph-deployment';
import { externalSecretSpecSchema } from '../../backends/external-secrets/external-secret';
import { topologyBindingSpecSchema } from '../../backends/grove/topology-binding';
import { helmReleaseSpecSchema, ociRepositorySpecSchema } from '../../backends/flux/controllers';
import { kustomizationSpecSchema } from '../../backends/flux/kustomization';
import { schedulingShardSpecSchema } from '../../backends/kai/node-pool';
import { podGroupSpecSchema } from '../../backends/kai/pod-group';
import { queueSpecSchema } from '../../backends/kai/queue';
import { topologySpecSchema } from '../../backends/kai/topology';
import { DynamoGraph } from '../../constructs/dynamo-graph';
import { OwnObject } from '../../constructs/own-object';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Verified } from '../verify';

/** Schemas of the kinds that we write, by apiVersion and kind; what a user patches in has to satisfy them too. */
const schemas: Readonly<Record<string, z.ZodType>> = {
  'nvidia.com/v1alpha1 DynamoGraphDeployment': graphSpecSchemas.v1alpha1,
  'nvidia.com/v1beta1 DynamoGraphDeployment': graphSpecSchemas.v1beta1,
  'scheduling.run.ai/v2alpha2 PodGroup': podGroupSpecSchema,
  'resource.nvidia.com/v1beta1 ComputeDomain': computeDomainSpecSchema,
  'scheduling.run.ai/v2 Queue': queueSpecSchema,
  'kai.scheduler/v1 SchedulingShard': schedulingShardSpecSchema,
  'kai.scheduler/v1alpha1 Topology': topologySpecSchema,
  'grove.io/v1alpha1 ClusterTopologyBinding': topologyBindingSpecSchema,
  'external-secrets.io/v1 ExternalSecret': externalSecretSpecSchema,
  'kustomize.toolkit.fluxcd.io/v1 Kustomization': kustomizationSpecSchema,
  'helm.toolkit.fluxcd.io/v2 HelmRelease': helmReleaseSpecSchema,
  'source.toolkit.fluxcd.io/v1 OCIRepository': ociRepositorySpecSchema,
};

/** Objects that the library itself makes are held to their schema; a user's own of the same kind may say more. */
export function verifySchemas({ objects }: Verified): Diagnostic[] {
  return objects
    .filter(({ object }) => OwnObject.isOwn(object) && !isAdopted(object))
    .flatMap(({ object, manifest }) => {
      const parsed = schemas[`${manifest.apiVersion} ${manifest.kind}`]?.safeParse(manifest.spec);
      if (!parsed || parsed.success) return [];
      return parsed.error.issues.map((issue) =>
        diagnostic('BAY4003', {
          message: `${manifest.kind} "${manifest.metadata.name}" is not valid: ${lowerFirst(issue.message)}`,
          where: { construct: object.node.path, pointer: ['spec', ...issue.path.map(String)].join('.') },
          help: 'look at the patches on this object',
        }),
      );
    });
}

/** The graph of a manifest is held to the CRDs of its cluster alone, where they were imported. */
function isAdopted(object: IConstruct): boolean {
  const graph = object.node.scope;
  return (
    graph !== undefined &&
    DynamoGraph.isGraph(graph) &&
    graph.deployment === object &&
    graph.spec.manifest !== undefined
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
