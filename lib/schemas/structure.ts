import { nearest } from '../diagnostics/nearest';
import { canonical, constraintsBroken } from './constraints';
import { shown, type Issue } from './issue';
import { embeddedMetadata, isQualifiedName, objectMetadata, typeMetadata } from './metadata';
import { prepare } from './prepare';
import { below, isMap, own, type JsonMap, type Schema, type SchemaType } from './schema';

/** Takes what is wrong. */
export type Report = (issue: Issue) => void;

/**
 * Holds a prepared value against a structural schema; rules in CEL are not looked at. What is below a value of the
 * wrong type is not looked at either: one mistake is one finding.
 *
 * @param closed whether fields that the schema does not have are wrong; not so in the branches of a combinator
 */
export function checkValue(value: unknown, schema: Schema, at: string, report: Report, closed = true): void {
  if (!typeFits(value, schema)) {
    report({ kind: 'wrong-type', pointer: at, message: `is ${shown(value)}, not ${typeName(schema)}` });
    return;
  }
  for (const found of constraintsBroken(value, schema)) report({ ...found, pointer: at });
  checkCombinators(value, schema, at, report);
  if (Array.isArray(value)) checkList(value, schema, at, report, closed);
  else if (isMap(value)) checkMap(value, schema, at, report, closed);
}

const typeNames: Readonly<Record<SchemaType, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  object: 'a map',
  string: 'a text',
};

function typeName({ type }: Schema): string {
  return type ? typeNames[type] : 'a whole number or a text';
}

const fits: Readonly<Record<SchemaType, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  number: Number.isFinite,
  object: isMap,
  string: (value) => typeof value === 'string',
};

function typeFits(value: unknown, schema: Schema): boolean {
  if (value === null && schema.nullable) return true;
  if (schema.type) return fits[schema.type](value);
  return !schema['x-kubernetes-int-or-string'] || typeof value === 'string' || Number.isInteger(value);
}

function checkCombinators(value: unknown, { allOf, anyOf, oneOf, not }: Schema, at: string, report: Report): void {
  const holds = (branch: Schema): boolean => {
    let sound = true;
    checkValue(value, branch, at, () => (sound = false), false);
    return sound;
  };
  const wrong = (message: string): void => report({ kind: 'alternative', pointer: at, message });
  for (const branch of allOf ?? []) checkValue(value, branch, at, report, false);
  if (anyOf && !anyOf.some(holds)) wrong('fits none of the alternatives of its schema (anyOf)');
  const fitting = oneOf?.filter(holds).length ?? 1;
  if (fitting !== 1) wrong(`fits ${fitting} of the alternatives of its schema, not one (oneOf)`);
  if (not && holds(not)) wrong('is what its schema excludes (not)');
}

function checkList(list: readonly unknown[], schema: Schema, at: string, report: Report, closed: boolean): void {
  // A list of anything is still one of maps without fields.
  const items = schema.items ?? (schema['x-kubernetes-preserve-unknown-fields'] ? undefined : {});
  if (items) list.forEach((item, i) => checkValue(item, items, `${at}[${i}]`, report, closed));
  const identity = identityOf(schema);
  if (!identity) return;
  const seen = new Map<string, number>();
  list.forEach((item, i) => {
    const { id, name } = identity(item);
    const first = seen.get(id);
    if (first === undefined) seen.set(id, i);
    else report({ kind: 'duplicate', pointer: `${at}[${i}]`, message: `has the same ${name} as item ${first}` });
  });
}

/** What makes an item the same as another; undefined for lists that may repeat. */
function identityOf(schema: Schema): ((item: unknown) => { readonly id: string; readonly name: string }) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return (item) => ({ id: canonical(item), name: `value ${shown(item)}` });
    case 'map':
      return (item) => {
        const values = keys.map((key) => (isMap(item) ? (own(item, key) ?? null) : null));
        return { id: canonical(values), name: keys.map((key, i) => `${key} ${shown(values[i])}`).join(', ') };
      };
    default:
      return undefined;
  }
}

function checkMap(map: JsonMap, schema: Schema, at: string, report: Report, closed: boolean): void {
  // The root is a resource as well: it has a metadata of its own.
  const resource = closed && (at === '' || schema['x-kubernetes-embedded-resource'] === true);
  if (resource) checkResource(map, at, report);
  for (const key of schema.required ?? []) {
    if (own(map, key) === undefined) report({ kind: 'missing', pointer: below(at, key), message: 'is missing' });
  }
  const open = !closed || schema['x-kubernetes-preserve-unknown-fields'] === true;
  for (const key of Object.keys(map).sort()) {
    const inner = own(schema.properties, key) ?? schema.additionalProperties;
    if (resource && resourceFields.includes(key)) checkOwn(map[key], inner, below(at, key), report);
    else if (inner) checkValue(map[key], inner, below(at, key), report, closed);
    else if (!open) report(unknownField(below(at, key), key, Object.keys(schema.properties ?? {})));
  }
}

/** What every resource has is held against a schema for all of them; that of the kind may only narrow it. */
function checkOwn(value: unknown, schema: Schema | undefined, at: string, report: Report): void {
  if (schema && typeFits(value, schema)) checkValue(value, schema, at, report, false);
}

function unknownField(pointer: string, key: string, known: readonly string[]): Issue {
  const meant = nearest(key, known);
  const help = meant === undefined ? undefined : `did you mean ${meant}?`;
  return { kind: 'unknown-field', pointer, message: 'is no field of the schema', help };
}

/** Fields that every resource has, whatever its schema says. */
const resourceFields = ['apiVersion', 'kind', 'metadata'];

function checkResource(map: JsonMap, at: string, report: Report): void {
  for (const [key, schema] of Object.entries(typeMetadata)) {
    const value = own(map, key);
    if (value === undefined) report({ kind: 'missing', pointer: below(at, key), message: 'is missing' });
    else checkValue(value, schema, below(at, key), report);
  }
  const schema = at === '' ? objectMetadata : embeddedMetadata;
  const metadata = prepare(own(map, 'metadata') ?? {}, schema);
  checkValue(metadata, schema, below(at, 'metadata'), report);
  if (isMap(metadata)) checkKeys(metadata, below(at, 'metadata'), report);
}

function checkKeys(metadata: JsonMap, at: string, report: Report): void {
  for (const field of ['annotations', 'labels']) {
    const map = own(metadata, field);
    for (const key of isMap(map) ? Object.keys(map).sort() : []) {
      // Annotations are held to the same form, their case aside.
      if (isQualifiedName(field === 'labels' ? key : key.toLowerCase())) continue;
      const message = 'is no key: a name of at most 63 characters, alone or after a DNS name and a slash';
      report({ kind: 'name', pointer: below(below(at, field), key), message });
    }
  }
}
