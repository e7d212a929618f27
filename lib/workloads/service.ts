import type { RawMap } from '../inventory/fields';
import { asMap } from '../inventory/raw';

/** Name of the container that serves, in a pod of Dynamo's. */
export const MAIN = 'main';

const GPU = 'nvidia.com/gpu';

/**
 * The pod template that the operator makes of a service of v1alpha1, in the words of core/v1: what stands under the
 * service's `resources` wins over the main container's own, key by key, and further containers stay beside it
 * (GenerateBasePodSpec in deploy/operator/internal/dynamo/graph.go and GetResourcesConfig in
 * internal/controller_common/resource.go, read at 2a6da14c, and the same at v0.5.1).
 */
export function fromService(service: RawMap): { readonly metadata: unknown; readonly spec: RawMap } {
  const { mainContainer, containers, ...spec } = asMap(service.extraPodSpec);
  const own = asMap(asMap(mainContainer).resources);
  const { requests, limits } = asMap(service.resources);
  const main = {
    name: MAIN,
    ...asMap(mainContainer),
    resources: {
      requests: { ...asMap(own.requests), ...fromAmounts(requests) },
      limits: { ...asMap(own.limits), ...fromAmounts(limits) },
    },
  };
  const others: readonly unknown[] = Array.isArray(containers) ? containers : [];
  return { metadata: service.extraPodMetadata, spec: { ...spec, containers: [main, ...others] } };
}

/** `gpu` is a number of what `gpuType` names, and `custom` holds whatever has no word of its own. */
function fromAmounts(raw: unknown): RawMap {
  const { gpu, gpuType, custom, ...amounts } = asMap(raw);
  const type = typeof gpuType === 'string' && gpuType !== '' ? gpuType : GPU;
  return { ...amounts, ...(gpu === undefined ? {} : { [type]: gpu }), ...asMap(custom) };
}

const amount = /^\.extraPodSpec\.containers\[0\]\.resources\.(limits|requests)\["(.+)"\]$/;

/**
 * Where a service itself has what stands somewhere in the template made of it.
 *
 * @param field place in the template, from the service on
 */
export function fieldOfService(service: RawMap, field: string): string {
  const [, kind = '', resource = ''] = amount.exec(field) ?? [];
  const said = asMap(asMap(service.resources)[kind]);
  if (Object.hasOwn(asMap(said.custom), resource)) return `.resources.${kind}.custom[${JSON.stringify(resource)}]`;
  if (Object.hasOwn(said, resource)) return `.resources.${kind}.${resource}`;
  if (said.gpu !== undefined && resource === (said.gpuType || GPU)) return `.resources.${kind}.gpu`;
  return field.replace('.containers[0]', '.mainContainer');
}
