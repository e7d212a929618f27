import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JsonMap } from '../../lib/schemas/schema';
import { crdFiles, kindOf } from '../support/clusters';

interface Crd {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string }[];
    readonly conversion?: unknown;
  };
}

const read = new Map<string, readonly Crd[]>();

/** CRDs of a part of a stack; read once. */
function crdsOf(part: string): readonly Crd[] {
  const known = read.get(part) ?? crdFiles(part).map((file) => parse(readFileSync(file, 'utf8')) as Crd); // as published
  read.set(part, known);
  return known;
}

/**
 * The CRDs of some objects' kinds, each with nothing but the version in use, stored as it is. Dynamo's operator converts
 * between the versions of its kinds; there is no operator here, and an object that is stored in another version without
 * one would lose fields.
 */
export function crdsFor(objects: readonly JsonMap[], parts: readonly string[]): Crd[] {
  const kinds = new Set(objects.map(kindOf));
  return parts.flatMap(crdsOf).flatMap(({ spec: { conversion: _, ...spec }, ...crd }) => {
    const versions = spec.versions.filter(({ name }) => kinds.has(`${spec.group}/${name} ${spec.names.kind}`));
    if (versions.length === 0) return [];
    return [{ ...crd, spec: { ...spec, versions: versions.map((one) => ({ ...one, served: true, storage: true })) } }];
  });
}

/** Whether the API server itself has a kind: the group has no dot, or belongs to Kubernetes. */
const isBuiltIn = (object: JsonMap): boolean => /^(?:[^.]+|[^/]+\.k8s\.io\/.*) /.test(kindOf(object));

/** A test of whether one of the CRDs, or the API server itself, has the kind of an object. */
export function knownTo(crds: readonly Crd[]): (object: JsonMap) => boolean {
  const kinds = new Set(
    crds.flatMap(({ spec }) => spec.versions.map(({ name }) => `${spec.group}/${name} ${spec.names.kind}`)),
  );
  return (object) => isBuiltIn(object) || kinds.has(kindOf(object));
}
