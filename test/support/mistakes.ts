import type { Issue } from '../../lib/schemas/issue';
import type { JsonMap } from '../../lib/schemas/schema';
import { kindOf } from './clusters';

/** Mistakes in good objects that CRDs do not let pass. Paths have a comma between keys. */

/** Kinds, and a field that each needs. */
export const missingFields: readonly (readonly [kind: string, path: string])[] = [
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'metadata,name'],
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,name'],
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,1,podTemplate,spec,containers,0,name'],
  ['kai.scheduler/v1alpha1 Topology', 'spec'],
  ['kai.scheduler/v1alpha1 Topology', 'spec,levels'],
  ['kai.scheduler/v1alpha1 Topology', 'spec,levels,0,nodeLabel'],
  ['grove.io/v1alpha1 ClusterTopologyBinding', 'spec,levels,0,domain'],
  ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,prune'],
  ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,sourceRef,kind'],
  ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'spec,interval'],
  ['source.toolkit.fluxcd.io/v1 OCIRepository', 'spec,url'],
];

/** Kinds, where to put what value, and what kind of mistake it is. */
export const wrongValues: readonly (readonly [kind: string, path: string, value: unknown, found: Issue['kind']])[] = [
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,backendFramework', 'vLLM', 'enum'],
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,replicas', -1, 'bound'],
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,minAvailable', 99, 'rule'],
  ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,restart', { id: '1' }, 'rule-on-create'],
  [
    'nvidia.com/v1beta1 DynamoGraphDeployment',
    'spec,components,1,podTemplate,spec,containers,0,resources,limits',
    { 'nvidia.com/gpu': 'eight' },
    'pattern',
  ],
  ['nvidia.com/v1alpha1 DynamoGraphDeployment', 'spec,backendFramework', 'vLLM', 'enum'],
  ['kai.scheduler/v1alpha1 Topology', 'spec,levels', [], 'bound'],
  ['kai.scheduler/v1alpha1 Topology', 'spec,levels,0,nodeLabel', 'kubernetes.io/hostname', 'rule'],
  ['kai.scheduler/v1alpha1 Topology', 'metadata,namespace', 'default', 'scope'],
  ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,interval', '1 hour', 'pattern'],
  ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,kubeConfig', {}, 'rule'],
  ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,sourceRef,kind', 'HelmRepository', 'enum'],
  ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'spec,chartRef', { kind: 'OCIRepository', name: 'x' }, 'rule'],
  ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'apiVersion', 'helm.toolkit.fluxcd.io/v2beta2', 'version'],
  ['source.toolkit.fluxcd.io/v1 OCIRepository', 'spec,url', 'https://ghcr.io/x', 'pattern'],
];

/** One object of each kind, such as `kai.scheduler/v1alpha1 Topology`: the largest. */
export function largestOfKinds(objects: readonly JsonMap[]): ReadonlyMap<string, JsonMap> {
  const samples = new Map<string, JsonMap>();
  const size = (one: JsonMap | undefined): number => (one ? JSON.stringify(one).length : 0);
  for (const object of objects) {
    const kind = kindOf(object);
    if (size(object) > size(samples.get(kind))) samples.set(kind, object);
  }
  return samples;
}

/** A copy of an object whose value at a path is changed. */
export function mutated(
  object: JsonMap,
  path: readonly string[],
  change: (around: Record<string, unknown>, key: string) => void,
): JsonMap {
  const copy: Record<string, unknown> = structuredClone(object);
  let around = copy;
  for (const key of path.slice(0, -1)) around = around[key] as Record<string, unknown>; // the path is one of the object
  change(around, path.at(-1) ?? '');
  return copy;
}

/** A copy of an object without a field. */
export const without = (object: JsonMap, path: string): JsonMap =>
  mutated(object, path.split(','), (around, key) => Reflect.deleteProperty(around, key));

/** A copy of an object with another value at a path. */
export const withValue = (object: JsonMap, path: string, value: unknown): JsonMap =>
  mutated(object, path.split(','), (around, key) => (around[key] = value));
