import { validatorFor } from '../../lib/schemas/validate';
import { bundleOf, crd, thing, thingWith } from './crds';

/** Issues of a Thing with this spec, as `kind pointer message`. */
function issues(schema: object, spec: unknown, metadata: object = {}): string[] | undefined {
  return validatorFor(thingWith(schema))(thing(spec, metadata))?.map(
    ({ kind, pointer, message }) => `${kind}: ${pointer} ${message}`,
  );
}

const text = { type: 'string' };
const integer = { type: 'integer' };
const keepsAll = { 'x-kubernetes-preserve-unknown-fields': true };
const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });
const list = (items: object, more: object = {}): object => ({ type: 'array', items, ...more });

describe('fields', () => {
  test('an unknown field is an error, with the one that was meant', () => {
    expect(validatorFor(thingWith(object({ replicas: integer })))(thing({ replica: 1 }))).toEqual([
      {
        kind: 'unknown-field',
        pointer: 'spec.replica',
        message: 'is no field of the schema',
        help: 'did you mean replicas?',
      },
    ]);
  });

  test('an object without properties has no fields at all', () => {
    expect(issues({ type: 'object' }, { a: 1 })).toEqual(['unknown-field: spec.a is no field of the schema']);
  });

  test('a map takes any key, and looks at the values', () => {
    const schema = { type: 'object', additionalProperties: integer };
    expect(issues(schema, { a: 1, 'b.c/d': 'two' })).toEqual([
      'wrong-type: spec["b.c/d"] is "two", not a whole number',
    ]);
  });

  test('additionalProperties: true takes any key and value, but fields of maps below are unknown', () => {
    const schema = { type: 'object', additionalProperties: true };
    expect(issues(schema, { a: 1, b: [null, 'x'], c: {} })).toEqual([]);
    expect(issues(schema, { a: { x: 1 }, b: [{ y: 1 }] })).toEqual([
      'unknown-field: spec.a.x is no field of the schema',
      'unknown-field: spec.b[0].y is no field of the schema',
    ]);
  });

  test('preserve-unknown-fields takes any field, but what is specified still holds', () => {
    const schema = object({ a: object({ b: integer }) }, keepsAll);
    expect(issues(schema, { x: { y: null }, a: { b: 1 } })).toEqual([]);
    expect(issues(schema, { a: { b: '1', c: 2 } })).toEqual([
      'wrong-type: spec.a.b is "1", not a whole number',
      'unknown-field: spec.a.c is no field of the schema',
    ]);
    expect(issues(keepsAll, [1, { a: 'b' }, null])).toEqual([]);
  });

  test('keys of the prototype are keys like others', () => {
    const spec: unknown = JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}');
    expect(issues(object({ a: integer }), spec)).toEqual([
      'unknown-field: spec.__proto__ is no field of the schema',
      'unknown-field: spec.constructor is no field of the schema',
    ]);
    expect(issues(object({}, { required: ['toString'] }), {})).toEqual(['missing: spec.toString is missing']);
  });

  test('a required field may be null only where null is a value', () => {
    const schema = (nullable: boolean): object => object({ a: { type: 'string', nullable } }, { required: ['a'] });
    expect(issues(schema(false), {})).toEqual(['missing: spec.a is missing']);
    expect(issues(schema(false), { a: null })).toEqual(['missing: spec.a is missing']);
    expect(issues(schema(true), { a: null })).toEqual([]);
  });

  test('a required field with a default may be left out, and a default is looked into', () => {
    const schema = object(
      { a: object({ b: { type: 'string', default: 'x' } }, { default: {}, required: ['b'] }) },
      { required: ['a'] },
    );
    expect(issues(schema, {})).toEqual([]);
    expect(issues(schema, { a: { b: null } })).toEqual([]);
  });

  test('nulls vanish from fields and maps, not from lists', () => {
    expect(
      issues(object({ a: text, b: { type: 'object', additionalProperties: text } }), { a: null, b: { c: null } }),
    ).toEqual([]);
    expect(issues(list(text), ['a', null])).toEqual(['wrong-type: spec[1] is null, not a text']);
    expect(issues(list({ type: 'string', default: 'x' }), [null])).toEqual([]);
  });
});

test('a field that may be null may not where it is one of some words', () => {
  const schema = { type: 'string', nullable: true, enum: ['a', null] };
  expect(issues(object({ a: schema }), { a: 'a' })).toEqual([]);
  expect(issues(object({ a: schema }), { a: null })).toEqual(['enum: spec.a is null, not one of "a", null']);
});

describe('types', () => {
  const cases: readonly (readonly [string, object, unknown, unknown])[] = [
    ['a text', text, '1', 1],
    ['a whole number', integer, 1, 1.5],
    ['a number', { type: 'number' }, 1.5, '1.5'],
    ['true or false', { type: 'boolean' }, false, 'false'],
    ['a list', list(text), ['a'], 'a'],
    ['a map', object({}), {}, []],
    ['a whole number or a text', { 'x-kubernetes-int-or-string': true }, 8, 1.5],
    ['a whole number or a text', { 'x-kubernetes-int-or-string': true, anyOf: [integer, text] }, '25%', true],
  ];
  test.each(cases)('%s', (name, schema, good, bad) => {
    expect(issues(schema, good)).toEqual([]);
    expect(issues(schema, bad)).toEqual([`wrong-type: spec is ${JSON.stringify(bad)}, not ${name}`]);
  });
});

describe('bounds', () => {
  const cases: readonly (readonly [object, unknown, unknown, string])[] = [
    [{ ...integer, minimum: 1 }, 1, 0, 'bound: spec is 0, below 1'],
    [{ ...integer, maximum: 1 }, 1, 2, 'bound: spec is 2, above 1'],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true }, 0.1, 0, 'bound: spec is 0, not above 0'],
    [{ type: 'number', maximum: 1, exclusiveMaximum: true }, 0.9, 1, 'bound: spec is 1, not below 1'],
    [{ ...integer, multipleOf: 8 }, 16, 12, 'bound: spec is 12, no multiple of 8'],
    [{ ...text, minLength: 1 }, 'a', '', 'bound: spec has 0 characters, fewer than 1'],
    // one code point, two code units
    [{ ...text, maxLength: 1 }, '🚢', 'ab', 'bound: spec has 2 characters, more than 1'],
    [list(text, { minItems: 1 }), ['a'], [], 'bound: spec has 0 items, fewer than 1'],
    [list(text, { maxItems: 1 }), ['a'], ['a', 'a'], 'bound: spec has 2 items, more than 1'],
    [
      { type: 'object', additionalProperties: text, maxProperties: 1 },
      { a: '' },
      { a: '', b: '' },
      'bound: spec has 2 fields, more than 1',
    ],
    [
      { type: 'object', additionalProperties: text, minProperties: 1 },
      { a: '' },
      {},
      'bound: spec has 0 fields, fewer than 1',
    ],
    [{ ...text, enum: ['a', 'b'] }, 'b', 'c', 'enum: spec is "c", not one of "a", "b"'],
    [
      { ...keepsAll, enum: [{ a: 1, b: 2 }] },
      { b: 2, a: 1 },
      { a: 1 },
      'enum: spec is {"a":1}, not one of {"a":1,"b":2}',
    ],
    [{ ...text, pattern: '^[a-z]+$' }, 'abc', 'aBc', 'pattern: spec is "aBc", which does not match ^[a-z]+$'],
    [
      { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+Gi$' },
      '8Gi',
      '8GB',
      'pattern: spec is "8GB", which does not match ^[0-9]+Gi$',
    ],
  ];
  test.each(cases)('%j takes %j, not %j', (schema, good, bad, issue) => {
    expect(issues(schema, good)).toEqual([]);
    expect(issues(schema, bad)).toEqual([issue]);
  });

  test('a text that is not one of the words has every fault told, and no other', () => {
    expect(issues({ ...text, enum: ['a'], pattern: '^a$', maxLength: 1 }, 'bc')).toEqual([
      'enum: spec is "bc", not one of "a"',
      'bound: spec has 2 characters, more than 1',
      'pattern: spec is "bc", which does not match ^a$',
    ]);
  });
});

describe('lists', () => {
  test('items of a set are different', () => {
    const schema = list(text, { 'x-kubernetes-list-type': 'set' });
    expect(issues(schema, ['a', 'b'])).toEqual([]);
    expect(issues(schema, ['a', 'b', 'a'])).toEqual(['duplicate: spec[2] has the same value "a" as item 0']);
  });

  test('items of a map differ in their keys, with the defaults of those', () => {
    const port = object(
      { port: integer, protocol: { type: 'string', default: 'TCP' }, name: text },
      { required: ['port', 'protocol'] },
    );
    const schema = list(port, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port', 'protocol'] });
    expect(issues(schema, [{ port: 1 }, { port: 1, protocol: 'UDP' }])).toEqual([]);
    expect(issues(schema, [{ port: 1 }, { port: 1, protocol: 'TCP', name: 'a' }])).toEqual([
      'duplicate: spec[1] has the same port 1, protocol "TCP" as item 0',
    ]);
  });
});

describe('combinators', () => {
  const either = (keyword: string): object =>
    object({ a: text, b: text }, { [keyword]: [{ required: ['a'] }, { required: ['b'] }] });

  test('anyOf asks for one branch, oneOf for no more, allOf for all', () => {
    expect(issues(either('anyOf'), { a: '', b: '' })).toEqual([]);
    expect(issues(either('anyOf'), {})).toEqual([
      'alternative: spec fits none of the alternatives of its schema (anyOf)',
    ]);
    expect(issues(either('oneOf'), { a: '' })).toEqual([]);
    expect(issues(either('oneOf'), { a: '', b: '' })).toEqual([
      'alternative: spec fits 2 of the alternatives of its schema, not one (oneOf)',
    ]);
    expect(issues(either('allOf'), { a: '' })).toEqual(['missing: spec.b is missing']);
  });

  test('a branch with properties does not close the object', () => {
    const schema = object({ a: text, b: text }, { not: { properties: { a: { enum: ['x'] } }, required: ['a'] } });
    expect(issues(schema, { a: 'y', b: '' })).toEqual([]);
    expect(issues(schema, { a: 'x', b: '' })).toEqual(['alternative: spec is what its schema excludes (not)']);
  });
});

describe('metadata', () => {
  test('is known without a word of the schema', () => {
    const metadata = {
      namespace: 'default',
      labels: { 'app.kubernetes.io/name': 'x', empty: '' },
      annotations: { 'Example.com/Note': 'any text\n' },
      creationTimestamp: null,
      finalizers: ['example.com/f'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' }],
    };
    expect(issues(object({}), {}, metadata)).toEqual([]);
  });

  test('is strict', () => {
    const metadata = {
      name: 'One',
      lables: {},
      labels: { 'a/b/c': 'x', value: 'no spaces', number: 1 },
      annotations: { 'with space': 'x' },
    };
    expect(issues(object({}), {}, metadata)).toEqual([
      'wrong-type: metadata.labels.number is 1, not a text',
      'pattern: metadata.labels.value is "no spaces", which does not match ^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$',
      'unknown-field: metadata.lables is no field of the schema',
      expect.stringMatching(/^pattern: metadata.name is "One"/),
      expect.stringMatching(/^name: metadata.annotations\["with space"\] is no key/),
      expect.stringMatching(/^name: metadata.labels.a\/b\/c is no key/),
    ]);
  });

  test('has a name, and is a map', () => {
    const check = validatorFor(thingWith(object({})));
    const kinds = (metadata: unknown): unknown =>
      check({ apiVersion: 'example.com/v1', kind: 'Thing', metadata })?.map(({ kind, pointer }) => [kind, pointer]);
    expect(kinds(undefined)).toEqual([['missing', 'metadata.name']]);
    expect(kinds({ generateName: 'a-' })).toEqual([['missing', 'metadata.name']]);
    expect(kinds('one')).toEqual([['wrong-type', 'metadata']]);
  });

  test('may be narrowed by the schema', () => {
    const schema = object({ metadata: object({ name: { type: 'string', maxLength: 3 } }) });
    const check = validatorFor(bundleOf(crd(schema)));
    const named = (name: string): unknown =>
      check({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name, labels: {} } });
    expect(named('abc')).toEqual([]);
    expect(named('abcd')).toEqual([
      { kind: 'bound', pointer: 'metadata.name', message: 'has 4 characters, more than 3' },
    ]);
  });

  test('of an embedded resource needs no name, but the resource its type', () => {
    const schema = object({ pod: object({ spec: object({}) }, { 'x-kubernetes-embedded-resource': true }) });
    expect(
      issues(schema, { pod: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 'b' } }, spec: {} } }),
    ).toEqual([]);
    expect(issues(schema, { pod: { kind: 1, metadata: { label: {} }, status: {} } })).toEqual([
      'missing: spec.pod.apiVersion is missing',
      'wrong-type: spec.pod.kind is 1, not a text',
      'unknown-field: spec.pod.metadata.label is no field of the schema',
      'unknown-field: spec.pod.status is no field of the schema',
    ]);
  });

  test('of a kind of the whole cluster has no namespace', () => {
    const check = validatorFor(thingWith(object({}), 'Cluster'));
    expect(check(thing({}))).toEqual([]);
    expect(check(thing({}, { namespace: 'a' }))).toEqual([
      { kind: 'scope', pointer: 'metadata.namespace', message: 'is set, but the kind belongs to the whole cluster' },
    ]);
  });
});

describe('kinds', () => {
  const check = validatorFor(bundleOf(crd(object({})), crd(object({}), { version: 'v2' })));

  test('one that no CRD defines is not judged', () => {
    expect(check({ apiVersion: 'v1', kind: 'ConfigMap' })).toBeUndefined();
    expect(check({ apiVersion: 'other.com/v1', kind: 'Thing' })).toBeUndefined();
    expect(check('text')).toBeUndefined();
  });

  test('a version that is not served is an issue', () => {
    expect(check({ apiVersion: 'example.com/v3', kind: 'Thing', metadata: { name: 'one' }, spec: 1 })).toEqual([
      {
        kind: 'version',
        pointer: 'apiVersion',
        message: 'is "example.com/v3", which is not served: example.com/v1, example.com/v2',
        help: 'write a version that the cluster serves, or import its CRDs anew if it has been upgraded',
      },
    ]);
  });
});

test('the order of keys in an object does not matter', () => {
  const schema = object({ a: integer, b: integer });
  expect(issues(schema, { b: '', z: 1, a: '' })).toEqual(issues(schema, { a: '', b: '', z: 1 }));
});

test('an object is not changed', () => {
  const given = thing({ a: null });
  const before = JSON.stringify(given);
  validatorFor(thingWith(object({ a: text, b: { type: 'string', default: 'x' } })))(given);
  expect(JSON.stringify(given)).toBe(before);
});
