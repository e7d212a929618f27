import { compareText } from '../../order';

/** A map as it stands in a manifest: anything may be in it. */
export type RawMap = Readonly<Record<string, unknown>>;

/** Keys from the top of a value to a place in it; items of a list go by their names. */
export type Path = readonly string[];

/** A place at which two values differ. */
export interface Difference {
  readonly path: Path;
  /** On which side the place is there: `added` only after, `removed` only before. */
  readonly what: 'added' | 'removed' | 'changed';
}

/** A map, or undefined where the value is none. */
export function mapOf(value: unknown): RawMap | undefined {
  // a non-null object that is no list is a map of unknown values: the type says no more than was looked at
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawMap) : undefined;
}

/** Items by name, where all have a name of their own. */
export function byName(list: readonly unknown[]): RawMap | undefined {
  const names = namesOf(list);
  const isNamed = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
  return isNamed ? Object.fromEntries(list.map((item, i) => [String(names[i]), item])) : undefined;
}

function namesOf(list: readonly unknown[]): readonly unknown[] {
  return list.map((item) => mapOf(item)?.['name']);
}

/**
 * Every place at which two values differ, in the order of paths. Maps are compared key by key, also where one side has
 * none; lists item by item where their items have the same names in the same order, else as one. A key that is
 * undefined is not there.
 *
 * @param wholes patterns of places that are added or removed as one, and not key by key
 */
export function differences(before: unknown, after: unknown, wholes: readonly Path[]): readonly Difference[] {
  return descend([], before, after, wholes);
}

function descend(path: Path, before: unknown, after: unknown, wholes: readonly Path[]): Difference[] {
  if (before === after) return [];
  const what = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const here: Difference[] = [{ path, what }];
  if (what !== 'changed' && wholes.some((pattern) => matches(pattern, path))) return here;
  const [old, now] = keyed(before, after);
  if (old === undefined || now === undefined) return sameText(before, after) ? [] : here;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort(compareText);
  const below = keys.flatMap((key) => descend([...path, key], old[key], now[key], wholes));
  return below.length === 0 && what !== 'changed' ? here : below;
}

/** Both sides as maps, where they can be compared key by key. */
function keyed(before: unknown, after: unknown): readonly [RawMap | undefined, RawMap | undefined] {
  if (isList(before) && isList(after)) {
    const alike = sameText(namesOf(before), namesOf(after));
    return alike ? [byName(before), byName(after)] : [undefined, undefined];
  }
  return [before === undefined ? {} : mapOf(before), after === undefined ? {} : mapOf(after)];
}

/** What `Array.isArray` says, without its any. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Equal as JSON, whatever the order of keys. */
function sameText(before: unknown, after: unknown): boolean {
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}

function sorted(value: unknown): unknown {
  if (isList(value)) return value.map(sorted);
  const map = mapOf(value);
  if (map === undefined) return value;
  const keys = Object.keys(map).sort(compareText);
  return Object.fromEntries(keys.map((key) => [key, sorted(map[key])]));
}

/** True where a path is of a pattern: `*` is any one key, and a last `**` whatever is there or below. */
export function matches(pattern: Path, path: Path): boolean {
  const open = pattern.at(-1) === '**';
  const keys = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < keys.length : path.length !== keys.length) return false;
  return keys.every((key, i) => key === '*' || key === path[i]);
}

/** A path as one reads it, such as `metadata.annotations["nvidia.com/enable-grove"]`. */
export function pathText(path: Path): string {
  return path
    .map((key, i) => (/^[\w-]+$/.test(key) ? `${i > 0 ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`))
    .join('');
}
