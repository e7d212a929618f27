import type { Json } from '../diagnostics/diagnostic';
import { below, isMap, type JsonMap, type Schema } from './schema';
import { compareKeys } from '../order';

/** What keeps a schema from being understood. */
export interface Fault {
  readonly pointer: string;
  /** Lower case, no full stop. */
  readonly message: string;
}

/**
 * Reads an `openAPIV3Schema` of a CustomResourceDefinition, or a schema of a bundle, which is the same with less in it.
 * Descriptions and keywords that validate nothing are left out; keys come out sorted.
 *
 * @param value not nested too deep: see `isTooDeep`
 * @param faults takes what is wrong; the schema is of use only where it stays empty
 */
export function readSchema(value: unknown, pointer: string, faults: Fault[]): Schema {
  if (!isMap(value)) {
    faults.push({ pointer, message: 'not a schema' });
    return {};
  }
  const entries = Object.entries(value).map(([keyword, given]): [string, unknown] => {
    const place = { pointer: below(pointer, keyword), faults };
    return [keyword, readerOf(keyword)(given, place, value)];
  });
  // Each value was made by the reader of its keyword.
  return sortedMap(entries);
}

/** Real CustomResourceDefinitions are about a hundred levels deep. */
const deepest = 500;

/** True for a document that is nested deeper than any CustomResourceDefinition: its readers would run out of stack. */
export function isTooDeep(document: unknown): boolean {
  let level: readonly unknown[] = [document];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    level = level.flatMap((value): unknown[] => (typeof value === 'object' && value ? Object.values(value) : []));
  }
  return level.length > 0;
}

/** Entries as a map, sorted by key; without those that are undefined. */
export function sortedMap<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const kept = entries.filter(([, value]) => value !== undefined);
  return Object.fromEntries([...kept].sort(compareKeys));
}

interface Place {
  readonly pointer: string;
  readonly faults: Fault[];
}

/** Gives what is kept of a keyword's value, undefined for nothing; `around` is the schema that it stands in. */
type Reader = (value: unknown, place: Place, around: JsonMap) => unknown;

/** Keeps nothing of the value. */
function wrong({ pointer, faults }: Place, wanted: string): unknown {
  faults.push({ pointer, message: `not ${wanted}` });
  return undefined;
}

const ignored: Reader = () => undefined;

/** The reader of a keyword. Extensions that are not known here validate nothing: the API server ignores them too. */
function readerOf(keyword: string): Reader {
  if (Object.hasOwn(readers, keyword)) return readers[keyword] ?? ignored;
  if (keyword.startsWith('x-')) return ignored;
  return (_value, place) => wrong(place, 'a keyword that a CustomResourceDefinition may use');
}

const text: Reader = (value, place) => (typeof value === 'string' ? value : wrong(place, 'a text'));

const amount: Reader = (value, place) => (Number.isFinite(value) ? value : wrong(place, 'a number'));

const count: Reader = (value, place) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? value : wrong(place, 'a whole number');

const flag: Reader = (value, place) =>
  typeof value === 'boolean' ? value || undefined : wrong(place, 'true or false');

const json: Reader = (value) => (value === null ? undefined : sortedJson(value));

const schema: Reader = (value, { pointer, faults }) => readSchema(value, pointer, faults);

/** `true` is any value, but with no field that is known: the API server prunes what maps hold there. */
const schemaOrAny: Reader = (value, place, around) => (value === true ? {} : schema(value, place, around));

function oneOf(...words: readonly string[]): Reader {
  return (value, place) => (words.some((one) => one === value) ? value : wrong(place, `one of ${words.join(', ')}`));
}

/** Only these words validate; others are left out. */
function only(...words: readonly string[]): Reader {
  return (value) => words.find((one) => one === value);
}

function list(item: Reader): Reader {
  return (value, place, around) => {
    if (!Array.isArray(value)) return wrong(place, 'a list');
    const items = value.map((one, i) => item(one, { ...place, pointer: `${place.pointer}[${i}]` }, around));
    return items.filter((one) => one !== undefined);
  };
}

function mapOf(item: Reader): Reader {
  return (value, place, around) => {
    if (!isMap(value)) return wrong(place, 'a map');
    const read = ([key, one]: [string, unknown]): [string, unknown] => [
      key,
      item(one, { ...place, pointer: below(place.pointer, key) }, around),
    ];
    return sortedMap(Object.entries(value).map(read));
  };
}

/** `anyOf` says again what int-or-string says, word for word, as controller-gen writes it. */
const alternatives: Reader = (value, place, around) => {
  const again = JSON.stringify(value) === '[{"type":"integer"},{"type":"string"}]';
  return again && around['x-kubernetes-int-or-string'] === true ? undefined : list(schema)(value, place, around);
};

/** Rules that compare with the old object do not hold for a new one, unless they ask whether there is an old one. */
const rule: Reader = (value, place) => {
  if (!isMap(value) || typeof value['rule'] !== 'string') return wrong(place, 'a rule');
  const { rule: cel, message, optionalOldSelf } = value;
  if (/\boldSelf\b/.test(cel) && optionalOldSelf !== true) return undefined;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(optionalOldSelf === true ? { optionalOldSelf } : {}),
    rule: cel,
  };
};

const rules: Reader = (value, place, around) => {
  const kept = list(rule)(value, place, around);
  return Array.isArray(kept) && kept.length > 0 ? kept : undefined;
};

const readers: Readonly<Record<string, Reader>> = {
  type: oneOf('array', 'boolean', 'integer', 'number', 'object', 'string'),
  nullable: flag,
  default: json,
  enum: list((value) => sortedJson(value)),
  minimum: amount,
  maximum: amount,
  exclusiveMinimum: flag,
  exclusiveMaximum: flag,
  multipleOf: amount,
  minLength: count,
  maxLength: count,
  pattern: text,
  items: schema,
  minItems: count,
  maxItems: count,
  properties: mapOf(schema),
  additionalProperties: schemaOrAny,
  required: list(text),
  minProperties: count,
  maxProperties: count,
  allOf: list(schema),
  anyOf: alternatives,
  oneOf: list(schema),
  not: schema,
  'x-kubernetes-embedded-resource': flag,
  'x-kubernetes-int-or-string': flag,
  'x-kubernetes-list-map-keys': list(text),
  'x-kubernetes-list-type': only('map', 'set'),
  'x-kubernetes-preserve-unknown-fields': flag,
  'x-kubernetes-validations': rules,
  description: ignored,
  example: ignored,
  externalDocs: ignored,
  // The API server checks no format of a number, and of texts a few; date-time stands in what controllers write.
  format: ignored,
  title: ignored,
  uniqueItems: (value, place) => (value === true ? wrong(place, 'false') : undefined),
};

/** A JSON value with its keys sorted at every depth. */
export function sortedJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(sortedJson);
  if (isMap(value)) return sortedMap(Object.entries(value).map(([key, one]) => [key, sortedJson(one)]));
  return value as Json; // a scalar, by the parser that made it
}
