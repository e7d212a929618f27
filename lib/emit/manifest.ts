import { yamlText } from './yaml';

/** A Kubernetes object as it will be written: plain data. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** Absent for objects of cluster scope. */
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * The text of an object's file: apiVersion, kind and metadata, then all else, sorted at every depth.
 *
 * @throws TypeError for values that JSON cannot hold.
 */
export function toYaml(manifest: Manifest): string {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  return (
    yamlText({ apiVersion, kind, metadata }, 'sorted') +
    (Object.values(rest).some((v) => v !== undefined) ? yamlText(rest) : '')
  );
}

/**
 * The file of an object: `<kind>-<namespace>-<name>.yaml`, the kind in lower case, no namespace for cluster scope.
 * Characters that some file system refuses (names of RBAC objects have colons) stand as `%` and two hex digits.
 * It changes only where the identity of the object does: Flux prunes by identity, reviewers follow files.
 *
 * @example dynamographdeployment-runai-project-a-vllm-disagg.yaml
 */
export function fileName({ kind, metadata }: Manifest): string {
  const parts = [kind.toLowerCase(), metadata.namespace, metadata.name].filter((part) => part !== undefined);
  return `${parts.map(fileSafe).join('-')}.yaml`;
}

function fileSafe(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The text of a kustomization.yaml that lists the given files of its folder, sorted, each once. */
export function kustomization(resources: Iterable<string>): string {
  return (
    yamlText({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }) +
    yamlText({ resources: [...new Set(resources)].sort() })
  );
}
