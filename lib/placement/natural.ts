import { compareText } from '../order';

/**
 * Natural order: runs of digits compare as numbers, so `node-9` comes before `node-10`; no locale takes part. Texts
 * compare run by run, and a run that ends first is the smaller.
 */
export function compareNatural(a: string, b: string): number {
  let i = sharedRuns(a, b);
  let j = i;
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

/** How much both begin with alike, up to the number that they may first differ in: neighbours share most of a name. */
function sharedRuns(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let i = 0;
  while (i < shorter && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  while (i > 0 && isDigit(a.charCodeAt(i - 1))) i--;
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

/** Finds places of items by name. */
export interface NameIndex {
  /** Undefined for an unknown name. */
  get(name: string): number | undefined;
}

/** Looks names up among items in natural order; nothing is built for it. */
export function indexOfSorted(items: readonly { readonly name: string }[]): NameIndex {
  return {
    get: (name) => {
      let low = 0;
      let high = items.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        const order = compareNatural(items[middle]?.name ?? '', name);
        if (order === 0) return middle;
        if (order < 0) low = middle + 1;
        else high = middle - 1;
      }
      return undefined;
    },
  };
}

/** The items in natural order of their names; costs little where they are in it already. */
export function sortedByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  const inOrder = items.every((item, i) => i === 0 || compareNatural(items[i - 1]?.name ?? '', item.name) <= 0);
  return inOrder ? items : [...items].sort((a, b) => compareNatural(a.name, b.name));
}
