import type { Schema } from './schema';

/**
 * What the API server asks of metadata, of every kind: k8s.io/apimachinery, pkg/apis/meta/v1/types.go (ObjectMeta) and
 * pkg/api/validation/objectmeta.go. Fields that only the server writes are known, and nothing more is said of them.
 */

const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

const subdomain = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
/** An empty namespace is none. */
const label = '^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$';
const labelValue = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';

/** What names the type of a resource; both fields have to be there. */
export const typeMetadata: Readonly<Record<string, Schema>> = {
  apiVersion: { type: 'string', minLength: 1, pattern: '^[^/]*(/[^/]*)?$' },
  kind: { type: 'string', minLength: 1, maxLength: 63, pattern: '^([A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?)?$' },
};

const ownerReference: Schema = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string', minLength: 1 },
    blockOwnerDeletion: { type: 'boolean' },
    controller: { type: 'boolean' },
    kind: { type: 'string', minLength: 1 },
    name: { type: 'string', minLength: 1 },
    uid: { type: 'string', minLength: 1 },
  },
  required: ['apiVersion', 'kind', 'name', 'uid'],
};

/** Metadata of an object inside another: it need not have a name yet. */
export const embeddedMetadata: Schema = {
  type: 'object',
  properties: {
    annotations: texts,
    creationTimestamp: { type: 'string', nullable: true },
    deletionGracePeriodSeconds: { type: 'integer' },
    deletionTimestamp: { type: 'string', nullable: true },
    finalizers: { type: 'array', items: { type: 'string' } },
    generateName: { type: 'string' },
    generation: { type: 'integer' },
    labels: { type: 'object', additionalProperties: { type: 'string', maxLength: 63, pattern: labelValue } },
    managedFields: anything,
    name: { type: 'string', pattern: '^[^/%]*$' },
    namespace: { type: 'string', maxLength: 63, pattern: label },
    ownerReferences: { type: 'array', items: ownerReference },
    resourceVersion: { type: 'string' },
    selfLink: { type: 'string' },
    uid: { type: 'string' },
  },
};

/** Metadata of an object of its own: what is applied from a file has a name. */
export const objectMetadata: Schema = {
  ...embeddedMetadata,
  properties: {
    ...embeddedMetadata.properties,
    name: { type: 'string', minLength: 1, maxLength: 253, pattern: subdomain },
  },
  required: ['name'],
};

const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * True for a key of a label or annotation: a name, after a DNS subdomain and a slash or alone
 * (k8s.io/apimachinery, pkg/util/validation/validation.go, IsQualifiedName).
 */
export function isQualifiedName(key: string): boolean {
  const [first = '', second, ...more] = key.split('/');
  if (second === undefined) return qualifiedName.test(first);
  return more.length === 0 && first.length <= 253 && prefix.test(first) && qualifiedName.test(second);
}
