import { compareKeys } from '../order';

/** JSON with the keys of every map in order, so that the text depends on nothing but the values. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (isMap(item) ? inOrder(item) : item))}\n`;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(map: object): object {
  return Object.fromEntries(Object.entries(map).sort(compareKeys));
}
