import { shown, type Issue } from './issue';
import { goPattern } from './pattern';
import type { Schema } from './schema';
import { sortedJson } from './structural';

/** Finding without its place. */
type Found = Omit<Issue, 'pointer'>;

/** What is wrong with a value by itself: what it holds is not looked at. Its type is taken to be right. */
export function constraintsBroken(value: unknown, schema: Schema): readonly Found[] {
  return [
    ...(schema.enum ? notOneOf(value, schema.enum) : []),
    ...(typeof value === 'string' ? textBroken(value, schema) : []),
    ...(typeof value === 'number' ? numberBroken(value, schema) : []),
    ...sizeBroken(value, schema),
  ];
}

/** Length of a text as Go counts it, in runes. */
export function codePoints(text: string): number {
  return Array.from(text).length;
}

/** A text that is the same for equal JSON values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(sortedJson(value));
}

function notOneOf(value: unknown, words: readonly unknown[]): readonly Found[] {
  const text = canonical(value);
  // The API server takes null for none of the words, even where it is one (k8s.io/kube-openapi, validate/values.go, Enum).
  if (value !== null && words.some((word) => canonical(word) === text)) return [];
  return [{ kind: 'enum', message: `is ${shown(value)}, not one of ${words.map(shown).join(', ')}` }];
}

function textBroken(value: string, { pattern, minLength, maxLength }: Schema): readonly Found[] {
  const found: Found[] = [];
  const length = minLength === undefined && maxLength === undefined ? 0 : codePoints(value);
  if (minLength !== undefined && length < minLength) found.push(tooFew(length, 'character', minLength));
  if (maxLength !== undefined && length > maxLength) found.push(tooMany(length, 'character', maxLength));
  const expression = pattern === undefined ? undefined : goPattern(pattern);
  if (pattern !== undefined && expression && !expression.test(value)) {
    found.push({ kind: 'pattern', message: `is ${shown(value)}, which does not match ${pattern}` });
  }
  return found;
}

function numberBroken(value: number, schema: Schema): readonly Found[] {
  const { minimum = -Infinity, maximum = Infinity, multipleOf } = schema;
  const { exclusiveMinimum: above, exclusiveMaximum: under } = schema;
  const rules: readonly (readonly [boolean, string])[] = [
    [above ? value > minimum : value >= minimum, `${above ? 'not above' : 'below'} ${minimum}`],
    [under ? value < maximum : value <= maximum, `${under ? 'not below' : 'above'} ${maximum}`],
    [multipleOf === undefined || Number.isInteger(value / multipleOf), `no multiple of ${multipleOf ?? 1}`],
  ];
  return rules.filter(([holds]) => !holds).map(([, wrong]) => ({ kind: 'bound', message: `is ${value}, ${wrong}` }));
}

function sizeBroken(value: unknown, schema: Schema): readonly Found[] {
  if (typeof value !== 'object' || value === null) return [];
  const list = Array.isArray(value);
  const size = list ? value.length : Object.keys(value).length;
  const [least, most] = list ? [schema.minItems, schema.maxItems] : [schema.minProperties, schema.maxProperties];
  const noun = list ? 'item' : 'field';
  if (least !== undefined && size < least) return [tooFew(size, noun, least)];
  return most !== undefined && size > most ? [tooMany(size, noun, most)] : [];
}

function tooFew(size: number, noun: string, least: number): Found {
  return { kind: 'bound', message: `has ${counted(size, noun)}, fewer than ${least}` };
}

function tooMany(size: number, noun: string, most: number): Found {
  return { kind: 'bound', message: `has ${counted(size, noun)}, more than ${most}` };
}

function counted(size: number, noun: string): string {
  return `${size} ${noun}${size === 1 ? '' : 's'}`;
}
