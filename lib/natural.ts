import { compareText } from './order';

/**
 * Natural order: runs of digits compare as numbers, so `node-9` comes before `node-10`; no locale takes part. Texts
 * compare run by run, and a run that ends first is the smaller.
 */
export function compareNatural(a: string, b: string): number {
  return compareFrom(a, b, sharedRuns(a, b, 0));
}

/** Compares what follows so many characters that both begin with, the last of them no digit. */
export function compareFrom(a: string, b: string, from: number): number {
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
export function sharedRuns(a: string, b: string, from: number): number {
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
