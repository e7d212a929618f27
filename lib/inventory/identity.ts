import type { NamespacedName } from './cluster';
import type { FieldReader, RawMap } from './fields';

/** Name, namespace and metadata of an object of a list; undefined where it has no name to be known by. */
export function readIdentity(
  raw: RawMap,
  fields: FieldReader,
): (NamespacedName & { readonly metadata: RawMap }) | undefined {
  const metadata = fields.map(raw.metadata, 'metadata');
  const name = fields.name(metadata.name, 'metadata.name');
  const namespace = fields.name(metadata.namespace, 'metadata.namespace');
  if (name === undefined || namespace === undefined) return undefined;
  fields.call(`${namespace}/${name}`);
  return { namespace, name, metadata };
}
