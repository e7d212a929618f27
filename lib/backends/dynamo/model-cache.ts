import { k8s } from 'cdk8s-plus-28';
import type { GraphSpec, ModelCacheSpec } from '../../model/graph';
import { cacheVolume, environment } from './pod';
import { CACHE_PATH, HUB_PATH } from './engines';
import { replacedByFlux } from '../flux/kustomization';

/** User and group of Dynamo's runtime images; the operator gives a graph's pods the same fsGroup. */
const RUNTIME_GROUP = 1000;

/** A claim outlives its graph: pruning it would throw the weights away. */
const claimAnnotations = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } as const;

/** The hub's client keeps buffers of the files it fetches. */
const downloadResources: k8s.ResourceRequirements = {
  requests: { cpu: k8s.Quantity.fromString('2'), memory: k8s.Quantity.fromString('8Gi') },
  limits: { memory: k8s.Quantity.fromString('16Gi') },
};

/** Props of the PersistentVolumeClaim of a graph's cache (core/v1). */
export function cacheClaim(
  graph: GraphSpec,
  cache: ModelCacheSpec,
  volume: NonNullable<ModelCacheSpec['volume']>,
): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: cache.claimName, namespace: graph.namespace, annotations: claimAnnotations },
    spec: {
      accessModes: [cache.accessMode],
      storageClassName: volume.storageClass,
      resources: { requests: { storage: k8s.Quantity.fromString(volume.size) } },
    },
  };
}

/** Name of the download Job. It carries the revision, so another revision is another Job. */
export function downloadJobName({ name, model }: GraphSpec): string {
  return `${name}-model-${(model.revision ?? 'main').slice(0, 12).toLowerCase()}`;
}

/**
 * Props of the Job (batch/v1) that downloads one revision of the model into the cache. A Job's template cannot change, so
 * Flux replaces the Job when something in it does.
 */
export function downloadJob(graph: GraphSpec, cache: ModelCacheSpec): k8s.KubeJobProps {
  const { model } = graph;
  const revision = model.revision === undefined ? [] : ['--revision', model.revision];
  return {
    metadata: { name: downloadJobName(graph), namespace: graph.namespace, annotations: replacedByFlux },
    spec: {
      backoffLimit: 3,
      template: {
        spec: {
          restartPolicy: 'Never',
          securityContext: { fsGroup: RUNTIME_GROUP },
          containers: [
            {
              name: 'download',
              image: graph.image,
              command: ['hf', 'download'],
              args: [model.repository, ...revision],
              env: environment({ ...graph, cache: undefined }, { HF_HUB_CACHE: HUB_PATH }),
              resources: downloadResources,
              volumeMounts: [{ name: 'model-cache', mountPath: CACHE_PATH }],
            },
          ],
          volumes: [cacheVolume(cache.claimName)],
        },
      },
    },
  };
}
