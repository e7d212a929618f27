import { mergeBundles, readCrds } from '../../lib/schemas/crd';
import type { SchemaBundle } from '../../lib/schemas/schema';

/** A CustomResourceDefinition of one version, as YAML would say it. */
export function crd(
  schema: object,
  names: { group?: string; kind?: string; scope?: string; version?: string } = {},
): object {
  const { group = 'example.com', kind = 'Thing', scope = 'Namespaced', version = 'v1' } = names;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: {
      group,
      names: { kind, plural: `${kind.toLowerCase()}s` },
      scope,
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/** A bundle of CRDs that have to be sound. */
export function bundleOf(...crds: readonly object[]): SchemaBundle {
  const bundles = crds.map((one) => {
    const read = readCrds('crd.json', JSON.stringify(one));
    expect(read.diagnostics).toEqual([]);
    return read.ok ? read.value : { kinds: {} };
  });
  const merged = mergeBundles(bundles, { file: 'crd.json' });
  if (!merged.ok) throw new Error('the CRDs exclude each other');
  return merged.value;
}

/** A bundle with kind Thing of example.com/v1, whose spec has the given schema. */
export function thingWith(spec: object, scope = 'Namespaced'): SchemaBundle {
  return bundleOf(crd({ type: 'object', properties: { spec } }, { scope }));
}

/** An object of kind Thing. */
export function thing(spec: unknown, metadata: object = {}): object {
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'one', ...metadata }, spec };
}
