import { asMap } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';

/**
 * Annotations and labels that others write onto objects: kubectl, Flux, the controllers of volumes, and Dynamo's operator,
 * which keeps the hash of the workers that run there (deploy/operator, internal/consts, 1.5.0). Written to Git they would
 * be set back by each apply.
 */
const written: readonly RegExp[] = [
  /^kubectl\.kubernetes\.io\//,
  /^kustomize\.toolkit\.fluxcd\.io\/(?:name|namespace|checksum)$/,
  /^(?:pv|volume|volume\.beta)\.kubernetes\.io\//,
  /^nvidia\.com\/(?:current-worker-hash.*|dynamo-operator-origin-version|workload-provider)$/,
];

/** An object as it was applied, without what the API server and controllers add to it. */
export function appliedManifest({ document }: ManifestObject, namespace: string): object {
  const { status: _status, metadata, apiVersion, kind, ...rest } = document;
  const { name, labels, annotations } = asMap(metadata);
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, ...declared('labels', labels), ...declared('annotations', annotations) },
    ...rest,
  };
}

function declared(field: string, values: unknown): Readonly<Record<string, object>> {
  const kept = Object.entries(asMap(values)).filter(([key]) => !written.some((pattern) => pattern.test(key)));
  return kept.length > 0 ? { [field]: Object.fromEntries(kept) } : {};
}
