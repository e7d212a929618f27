import type { RawMap } from './fields';

/** A map, or an empty one where the value is none. */
export function asMap(value: unknown): RawMap {
  // a non-null object that is no list is a map of unknown values: the type says no more than was looked at
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawMap) : {};
}

/** A list, or an empty one where the value is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or undefined where the value is none. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
