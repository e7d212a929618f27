import { compareFrom, compareNatural, sharedRuns } from '../natural';

export { compareNatural };

declare const byName: unique symbol;

/** Items in natural order of their names; `sortedByName` makes them. */
export type ByName<T> = readonly T[] & { readonly [byName]: true };

/** Finds places of items by name. */
export interface NameIndex {
  /** Undefined for an unknown name. */
  get(name: string): number | undefined;
}

/**
 * Looks names up among items in natural order; nothing is built for it. Names that are asked for one after the other
 * are mostly neighbours, so each is looked for near the one before, then ever further from it.
 */
export function indexOfSorted(items: ByName<{ readonly name: string }>): NameIndex {
  const end = items.length - 1;
  const compareAt = (i: number, name: string): number => compareNatural(items[i]?.name ?? '', name);
  let last = 0;
  return {
    get: (name) => {
      let low = last;
      let high = Math.min(last, end);
      for (let step = 8; low > 0 && compareAt(low, name) > 0; step *= 4) low = Math.max(low - step, 0);
      for (let step = 8; high < end && compareAt(high, name) < 0; step *= 4) high = Math.min(high + step, end);
      while (low <= high) {
        const middle = (low + high) >> 1;
        const order = compareAt(middle, name);
        if (order === 0) return (last = middle);
        if (order < 0) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
  };
}

/** What the names before share is looked for as one text, and only what follows it is compared. */
function areSorted(items: readonly { readonly name: string }[]): boolean {
  let before = '';
  let shared = '';
  for (const { name } of items) {
    const alike = sharedRuns(before, name, name.startsWith(shared) ? shared.length : 0);
    if (compareFrom(before, name, alike) > 0) return false;
    if (alike !== shared.length) shared = name.slice(0, alike);
    before = name;
  }
  return true;
}

/** The items in natural order of their names; costs little where they are in it already. */
export function sortedByName<T extends { readonly name: string }>(items: readonly T[]): ByName<T> {
  const sorted = areSorted(items) ? items : [...items].sort((a, b) => compareNatural(a.name, b.name));
  // A cast: they are in order now, which is all that the type says.
  return sorted as ByName<T>;
}
