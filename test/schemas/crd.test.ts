import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { bundleText, readBundle } from '../../lib/schemas/bundle';
import { mergeBundles, readCrds } from '../../lib/schemas/crd';
import type { SchemaBundle } from '../../lib/schemas/schema';
import { bundleOf, crd } from './crds';

const json = (...documents: readonly unknown[]): string => documents.map((one) => JSON.stringify(one)).join('\n---\n');

/** Findings as `CODE line message`. */
function findings({ diagnostics }: Outcome<unknown>): string[] {
  return diagnostics.map(({ code, where, message }) => `${code} ${where.line ?? '-'} ${message}`);
}

function value(outcome: Outcome<SchemaBundle>): SchemaBundle {
  expect(outcome.diagnostics).toEqual([]);
  if (!outcome.ok) throw new Error('refused');
  return outcome.value;
}

const thing = crd({ type: 'object', properties: { spec: { type: 'object' } } });
const other = crd({ type: 'object' }, { kind: 'Other', scope: 'Cluster', version: 'v1beta1' });

describe('what is kept of a CRD', () => {
  const text = `
# a comment
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: graphs.example.com}
spec:
  group: example.com
  names: {kind: Graph, plural: graphs}
  scope: Namespaced
  versions:
    - name: v1alpha1
      served: false
      storage: false
      schema: {openAPIV3Schema: {type: object}}
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          description: A graph.
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              x-kubernetes-map-type: atomic
              x-vendor: ignored
              x-kubernetes-validations:
                - {rule: self == oldSelf, message: frozen}
                - {rule: has(self.replicas), message: wanted, reason: FieldValueRequired}
              properties:
                replicas: {type: integer, format: int32, minimum: 0, default: 1, nullable: false}
                at: {type: string, format: date-time, title: At}
                many: {type: array, x-kubernetes-list-type: atomic, items: {type: string}}
                size: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
                free: {type: object, additionalProperties: true}
---
`;

  test('is what validates, sorted, for the versions that are served', () => {
    expect(value(readCrds('crd.yaml', text))).toEqual({
      kinds: {
        'example.com/v1 Graph': {
          scope: 'Namespaced',
          schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                'x-kubernetes-validations': [{ rule: 'has(self.replicas)', message: 'wanted' }],
                properties: {
                  replicas: { type: 'integer', minimum: 0, default: 1 },
                  at: { type: 'string' },
                  many: { type: 'array', items: { type: 'string' } },
                  size: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', additionalProperties: {} },
                },
              },
            },
          },
        },
      },
    });
  });

  test('is the same bytes whatever the order of keys, documents and files', () => {
    const reversed = (document: unknown): unknown =>
      Array.isArray(document)
        ? document.map(reversed)
        : typeof document === 'object' && document
          ? Object.fromEntries(
              Object.entries(document)
                .reverse()
                .map(([key, one]) => [key, reversed(one)]),
            )
          : document;
    const expected = bundleText(bundleOf(thing, other));
    expect(bundleText(bundleOf(other, thing))).toBe(expected);
    expect(bundleText(value(readCrds('x.yaml', json(reversed(other), reversed(thing)))))).toBe(expected);
    expect(expected).toBe(`{"format":"bayplan-schemas/1","kinds":{
"example.com/v1 Thing":{"scope":"Namespaced","schema":{"properties":{"spec":{"type":"object"}},"type":"object"}},
"example.com/v1beta1 Other":{"scope":"Cluster","schema":{"type":"object"}}
}}
`);
  });
});

describe('forms of a file', () => {
  const expected = bundleOf(thing, other);

  test.each([
    ['YAML documents', json(thing, other)],
    ['a List', json({ apiVersion: 'v1', kind: 'List', items: [thing, other] })],
    [
      'a list of the API',
      json({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinitionList',
        items: [{ ...thing, kind: undefined, apiVersion: undefined }, other],
      }),
    ],
    ['one CRD twice', json(thing, other, thing)],
  ])('%s', (_, text) => {
    expect(value(readCrds('crds', text))).toEqual(expected);
  });

  test('documents of other kinds are left out, with a warning', () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
    const outcome = readCrds('all.yaml', json(thing, map, other, map));
    expect(outcome.ok && outcome.value).toEqual(expected);
    expect(findings(outcome)).toEqual(['BAY4511 3 left out 2 documents that define no kind: v1 ConfigMap']);
  });
});

describe('what is no CRD', () => {
  const deep = '['.repeat(2000) + ']'.repeat(2000);
  test.each([
    ['nothing', '', 'BAY4510 - the file is empty'],
    [
      'lists without end',
      `a:\n  ${'['.repeat(5000)}`,
      'BAY4510 2 not YAML: maps and lists stand too deep within each other',
    ],
    ['a comment', '# nothing\n', 'BAY4510 - the file is empty'],
    ['another kind', 'apiVersion: v1\nkind: Pod\n', 'BAY4510 1 holds no CustomResourceDefinition but v1 Pod'],
    [
      'an old CRD',
      'apiVersion: apiextensions.k8s.io/v1beta1\nkind: CustomResourceDefinition\n',
      'BAY4510 1 holds no CustomResourceDefinition but apiextensions.k8s.io/v1beta1 CustomResourceDefinition',
    ],
    ['an empty list', '{"kind": "List", "apiVersion": "v1", "items": []}', 'BAY4510 - the file is empty'],
    ['plain text', 'NAME   CREATED AT\nthings   2025', 'BAY4510 1 holds no CustomResourceDefinition but plain text'],
    ['broken JSON', '{"kind": ', 'BAY4510 1 not YAML: flow map must end with a }'],
    ['broken YAML', 'a: b\n c: d\n', expect.stringMatching(/^BAY4510 [12] not YAML: /)],
    ['a key used twice', 'kind: A\nkind: B\n', 'BAY4510 2 not YAML: map keys must be unique'],
    [
      'a bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((c, i) => `${c}: &${c} [${`*${'abcdefg'[i] ?? ''},`.repeat(9)}]`)
        .join('\n')}\n`,
      'BAY4510 - not YAML: excessive alias count indicates a resource exhaustion attack',
    ],
    ['deep JSON', deep, 'BAY4510 - nested deeper than any CustomResourceDefinition'],
    ['a huge file', `#${'x'.repeat(64_000_000)}`, 'BAY4510 - longer than 64000000 characters'],
  ])('%s', (_, text, finding) => {
    expect(findings(readCrds('file', text))).toEqual([finding]);
  });
});

describe('a CRD that is not understood', () => {
  const faults = (schema: object): string[] =>
    findings(readCrds('crd.json', json(crd(schema)))).map((line) => line.replace(/.*openAPIV3Schema/, ''));

  test.each([
    [
      { properties: { a: { $ref: '#/x' } } },
      '.properties.a.$ref is not a keyword that a CustomResourceDefinition may use',
    ],
    [
      { properties: { a: { type: 'text' } } },
      '.properties.a.type is not one of array, boolean, integer, number, object, string',
    ],
    [
      { properties: { a: { type: ['string', 'null'] } } },
      '.properties.a.type is not one of array, boolean, integer, number, object, string',
    ],
    [{ properties: { a: { minLength: '1' } } }, '.properties.a.minLength is not a whole number'],
    [{ properties: { a: { items: [{}] } } }, '.properties.a.items is not a schema'],
    [{ properties: [] }, '.properties is not a map'],
    [{ required: 'a' }, '.required is not a list'],
    [{ required: [1] }, '.required[0] is not a text'],
    [{ nullable: 'yes' }, '.nullable is not true or false'],
    [{ additionalProperties: false }, '.additionalProperties is not a schema'],
    [{ 'x-kubernetes-validations': [{ message: 'm' }] }, '.x-kubernetes-validations[0] is not a rule'],
  ])('%j', (schema, fault) => {
    expect(faults(schema)).toEqual([fault]);
  });

  test('by its names', () => {
    const bare = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x.y' } };
    expect(findings(readCrds('crd.yaml', `---\n${JSON.stringify(bare)}`))).toEqual([
      'BAY4512 2 x.y is no valid CustomResourceDefinition: spec.group is not a text',
      'BAY4512 2 x.y is no valid CustomResourceDefinition: spec.names.kind is not a text',
      'BAY4512 2 x.y is no valid CustomResourceDefinition: spec.scope is neither Cluster nor Namespaced',
      'BAY4512 2 x.y is no valid CustomResourceDefinition: spec.versions is not a list',
    ]);
  });
});

describe('two bundles', () => {
  test('that say the same of a kind go together', () => {
    const both = mergeBundles([bundleOf(thing), bundleOf(thing, other)], { file: 'x' });
    expect(value(both)).toEqual(bundleOf(thing, other));
  });

  test('that say different things of a kind do not', () => {
    const both = mergeBundles([bundleOf(thing), bundleOf(crd({ type: 'object' }))], { file: 'x' });
    expect(findings(both)).toEqual(['BAY4513 - example.com/v1 Thing is defined twice, with different schemas']);
  });
});

describe('the file of a bundle', () => {
  test('reads back as what was written', () => {
    const bundle = bundleOf(thing, other);
    expect(value(readBundle('schemas.json', bundleText(bundle)))).toEqual(bundle);
    expect(value(readBundle('schemas.json', bundleText({ kinds: {} })))).toEqual({ kinds: {} });
  });

  test.each([
    ['{', 'schemas.json is not JSON'],
    ['[]', 'schemas.json is not a file of the format bayplan-schemas/1'],
    [json(thing), 'schemas.json is not a file of the format bayplan-schemas/1'],
    ['{"format":"bayplan-schemas/2","kinds":{}}', 'schemas.json is not a file of the format bayplan-schemas/1'],
    ['{"format":"bayplan-schemas/1","kinds":{"a/v1 B":{}}}', 'kinds["a/v1 B"].scope is neither Cluster nor Namespaced'],
    ['{"format":"bayplan-schemas/1","kinds":{"a/v1 B":{"scope":"Cluster"}}}', 'kinds["a/v1 B"].schema is not a schema'],
  ])('%s is refused', (text, message) => {
    expect(findings(readBundle('schemas.json', text))).toEqual([`BAY4520 - ${message}`]);
  });
});
