import { checkObjects } from '../../lib/schemas/check';
import { unchecked } from '../../lib/schemas/unchecked';
import { bundleOf, crd, thing, thingWith } from './crds';

const schema = {
  type: 'object',
  properties: { replicas: { type: 'integer' }, restart: { type: 'string' } },
  'x-kubernetes-validations': [
    { rule: 'oldSelf.hasValue() || !has(self.restart)', message: 'not yet', optionalOldSelf: true },
  ],
};
const checked = (manifest: unknown, construct = 'eu-west/graph'): { manifest: unknown; construct: string } => ({
  manifest,
  construct,
});

describe('objects of a cluster', () => {
  test('that fit give no finding', () => {
    expect(checkObjects(thingWith(schema), [checked(thing({ replicas: 1 }))])).toEqual([]);
  });

  test('that do not fit are told by object, place and construct', () => {
    expect(checkObjects(thingWith(schema), [checked(thing({ replica: 1, replicas: '1' }))])).toEqual([
      {
        code: 'BAY4501',
        severity: 'error',
        message: 'Thing "one" does not fit the CRDs of its cluster: spec.replica is no field of the schema',
        where: { construct: 'eu-west/graph', pointer: 'spec.replica' },
        notes: [],
        help: 'did you mean replicas?',
        data: { issue: 'unknown-field' },
      },
      {
        code: 'BAY4501',
        severity: 'error',
        message: 'Thing "one" does not fit the CRDs of its cluster: spec.replicas is "1", not a whole number',
        where: { construct: 'eu-west/graph', pointer: 'spec.replicas' },
        notes: [],
        help: 'change what is written there; if the cluster has been upgraded, import its CRDs anew',
        data: { issue: 'wrong-type' },
      },
    ]);
  });

  test('of another version, or only good later, have codes of their own', () => {
    const old = { ...thing({}), apiVersion: 'example.com/v1alpha1' };
    const found = checkObjects(thingWith(schema), [checked(old), checked(thing({ restart: '1' }))]);
    expect(found.map(({ code, severity, where }) => [code, severity, where.pointer])).toEqual([
      ['BAY4502', 'error', 'apiVersion'],
      ['BAY4504', 'warning', 'spec'],
    ]);
  });

  test('of a kind that no CRD defines give one warning a kind, those of Kubernetes none', () => {
    const objects = [
      checked({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }),
      checked({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }),
      checked({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'a' } }),
      checked({ apiVersion: 'other.com/v1', kind: 'Thing', metadata: { name: 'a' } }, 'eu-west/a'),
      checked({ apiVersion: 'other.com/v1', kind: 'Thing', metadata: { name: 'b' } }, 'eu-west/b'),
    ];
    expect(checkObjects(thingWith(schema), objects)).toMatchObject([
      {
        code: 'BAY4503',
        message: 'no CRD is known for other.com/v1 Thing: objects of it are not checked',
        where: { construct: 'eu-west/a' },
      },
    ]);
  });
});

describe('what is not checked', () => {
  const known = { rule: 'has(self.image) && self.image != ""' };
  const unknown = { rule: 'self.replicas < 1000' };
  const pattern = {
    type: 'object',
    properties: { a: { type: 'array', items: { type: 'string', pattern: '^\\pL$' } } },
  };

  test('are unknown rules beside known ones, and patterns that cannot be said', () => {
    const bundle = bundleOf(
      crd({ type: 'object', 'x-kubernetes-validations': [known, unknown] }, { kind: 'New' }),
      crd({ type: 'object', 'x-kubernetes-validations': [unknown] }, { kind: 'Foreign' }),
      crd({ type: 'object', 'x-kubernetes-validations': [known] }, { kind: 'Old' }),
      crd({ type: 'object', properties: { spec: pattern } }, { kind: 'Odd' }),
    );
    expect(unchecked(bundle)).toEqual([
      { kind: 'example.com/v1 New', texts: ['self.replicas < 1000'] },
      { kind: 'example.com/v1 Odd', texts: ['^\\pL$'] },
    ]);
  });
});
