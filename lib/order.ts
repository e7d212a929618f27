/** Order by UTF-16 code units, which no locale changes; plain `sort()` of texts is the same. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of entries by their keys, as compareText has it. */
export function compareKeys([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b);
}

/** Order by name, as compareText has it. */
export function compareNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareText(a.name, b.name);
}
