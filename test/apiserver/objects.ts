import { isMap, type JsonMap } from '../../lib/schemas/schema';
import { kindOf } from '../support/clusters';

const metadataOf = ({ metadata }: JsonMap): JsonMap => (isMap(metadata) ? metadata : {});

export function nameOf(object: JsonMap): string {
  return String(metadataOf(object)['name']);
}

export function namespaceOf(object: JsonMap): string | undefined {
  const { namespace } = metadataOf(object);
  return typeof namespace === 'string' ? namespace : undefined;
}

/** As in `v1 ConfigMap inference/settings`, or `v1 Namespace inference`. */
export function idOf(object: JsonMap): string {
  const namespace = namespaceOf(object);
  return `${kindOf(object)} ${namespace === undefined ? '' : `${namespace}/`}${nameOf(object)}`;
}

/** An object but for what counts its revisions; its generation, which counts those of what is asked for, stays. */
export function withoutResourceVersion(object: JsonMap): JsonMap {
  const { resourceVersion: _, ...metadata } = metadataOf(object);
  return { ...object, metadata };
}

/** Where a value is not kept as it was written; what was added to it is no matter. */
export function lost(written: unknown, kept: unknown, path: string): string[] {
  if (isMap(written) && isMap(kept)) {
    return Object.entries(written).flatMap(([key, value]) => lost(value, kept[key], `${path}.${key}`));
  }
  if (Array.isArray(written) && Array.isArray(kept) && written.length <= kept.length) {
    return written.flatMap((value, i) => lost(value, kept[i], `${path}[${i}]`));
  }
  return written === kept ? [] : [`${path}: ${JSON.stringify(written)} became ${JSON.stringify(kept)}`];
}
