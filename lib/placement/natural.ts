import { compareText } from '../order';

/**
 * Natural order: runs of digits compare as numbers, so `node-9` comes before `node-10`; no locale takes part. Texts
 * compare run by run, and a run that ends first is the smaller.
 */
export function compareNatural(a: string, b: string): number {
  return compareFrom(a, b, sharedRuns(a, b, 0));
}

/** Compares what follows so many characters that both begin with, the last of them no digit. */
function compareFrom(a: string, b: string, from: number): number {
  let i = from;
  let j = from;
  while (i < a.length && j < b.length) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(j);
    if (isDigit(x) && isDigit(y)) {
      const aEnd = digitsEnd(a, i);
      const bEnd = digitsEnd(b, j);
      const order = compareDigits(a, i, aEnd, b, j, bEnd);
      if (order !== 0) return order;
      i = aEnd;
      j = bEnd;
      continue;
    }
    if (x !== y) return orderAt(a, i, x, y);
    i++;
    j++;
  }
  return a.length - i - (b.length - j) || compareText(a, b);
}

/**
 * How much both begin with alike, up to the number that they may first differ in: neighbours share most of a name.
 * That they share what is before `from` is known.
 */
function sharedRuns(a: string, b: string, from: number): number {
  const shorter = Math.min(a.length, b.length);
  let i = from;
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  while (i > from && isDigit(a.charCodeAt(i - 1))) i--;
  return i;
}

/** Order at the first difference outside of numbers: where a run of other characters has ended, it is the smaller. */
function orderAt(a: string, i: number, x: number, y: number): number {
  const insideRun = i > 0 && !isDigit(a.charCodeAt(i - 1));
  if (insideRun && isDigit(x) !== isDigit(y)) return isDigit(x) ? -1 : 1;
  return x - y;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function digitsEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** Compares two runs of digits as numbers, whatever zeros they begin with. */
function compareDigits(a: string, i: number, aEnd: number, b: string, j: number, bEnd: number): number {
  while (i < aEnd - 1 && a.charCodeAt(i) === 48) i++;
  while (j < bEnd - 1 && b.charCodeAt(j) === 48) j++;
  if (aEnd - i !== bEnd - j) return aEnd - i - (bEnd - j);
  while (i < aEnd && a.charCodeAt(i) === b.charCodeAt(j)) {
    i++;
    j++;
  }
  return i === aEnd ? 0 : a.charCodeAt(i) - b.charCodeAt(j);
}

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
