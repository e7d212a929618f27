import { asList, asMap, asText } from '../inventory/raw';
import type { ManifestObject } from './objects';

/** What pods get by a resource claim, as far as the manifests say. */
export interface ClaimedDevices {
  readonly gpus: number;
  /** A channel of a ComputeDomain. */
  readonly channel: boolean;
  /** Devices of other classes, by class. */
  readonly others: Readonly<Record<string, number>>;
}

/** Devices of claims by the name of their template, of all namespaces: a manifest seldom says its own. */
export type Claims = ReadonlyMap<string, ClaimedDevices>;

/** Classes of NVIDIA's DRA driver (k8s-dra-driver-gpu, deployments/helm, templates/deviceclass-*.yaml). */
const GPU_CLASS = 'gpu.nvidia.com';
const CHANNEL_CLASS = 'compute-domain-default-channel.nvidia.com';

/** Templates of claims that the files declare, and those that the controller of a ComputeDomain makes. */
export function claimsOf(objects: readonly ManifestObject[]): Claims {
  const claims = new Map<string, ClaimedDevices>();
  for (const { kind, name, document } of objects) {
    if (kind === 'ResourceClaimTemplate') claims.set(name, devicesOf(asMap(asMap(document.spec).spec)));
    if (kind === 'ResourceClaim') claims.set(name, devicesOf(asMap(document.spec)));
    const template = asMap(asMap(asMap(document.spec).channel).resourceClaimTemplate).name;
    const made = asText(template);
    if (kind === 'ComputeDomain' && made !== undefined) claims.set(made, { gpus: 0, channel: true, others: {} });
  }
  return claims;
}

/** Requests say their class under `exactly` since resource.k8s.io/v1beta2, before that themselves. */
function devicesOf(spec: ReturnType<typeof asMap>): ClaimedDevices {
  const requests = asList(asMap(spec.devices).requests).map((raw) => {
    const request = asMap(raw);
    const { deviceClassName, count } = request.exactly === undefined ? request : asMap(request.exactly);
    return { type: asText(deviceClassName) ?? '', count: typeof count === 'number' ? count : 1 };
  });
  return {
    gpus: requests.reduce((sum, { type, count }) => sum + (type === GPU_CLASS ? count : 0), 0),
    channel: requests.some(({ type }) => type === CHANNEL_CLASS),
    others: Object.fromEntries(
      requests
        .filter(({ type }) => type !== GPU_CLASS && type !== CHANNEL_CLASS)
        .map(({ type, count }) => [type, count]),
    ),
  };
}
