/** Up to this many names are listed in full. */
const ALL = 5;
/** Of more, this many are listed. */
const SOME = 3;

/** Names for a message, never more than a line of them: `a, b, c`, or `a, b, c, … and 9 more`. */
export function listNames(names: readonly string[]): string {
  if (names.length <= ALL) return names.join(', ');
  return `${names.slice(0, SOME).join(', ')}, … and ${names.length - SOME} more`;
}

/** `node gpu-node-01`, or `12 nodes`. */
export function countNames(noun: string, names: readonly string[]): string {
  return names.length === 1 ? `${noun} ${names[0]}` : `${names.length} ${noun}s`;
}

/** How many names the payload of a diagnostic holds at most. */
const PAYLOAD = 100;

/** Names for the payload of a diagnostic, with their number, which may be more than are listed. */
export function namesPayload(noun: string, names: readonly string[]): Record<string, number | readonly string[]> {
  return { count: names.length, [`${noun}s`]: names.slice(0, PAYLOAD) };
}

/** Sorted by code unit, the same everywhere. */
export function sorted(names: Iterable<string>): string[] {
  return [...names].sort();
}
