import { groupBy } from '../groups';
import { compareKeys } from '../order';

/** Things by a text that they have in common, in order of that text; those without one are left out. */
export function sortedGroups<T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): (readonly [string, readonly T[]])[] {
  return [...groupBy(items, keyOf)].sort(compareKeys);
}
