import { visit } from 'jsonc-parser';

/**
 * Finds the first key that stands twice in one map of a JSON text. `JSON.parse` keeps the last of the two and says
 * nothing. A text without such a key has as many members as its value has keys, and these are quick to count; only
 * where the counts differ is the text searched.
 *
 * @param text valid JSON
 * @param value what `JSON.parse` made of it
 */
export function findDuplicateKey(text: string, value: unknown): DuplicateKey | undefined {
  return countMembers(text) === countKeys(value) ? undefined : searchDuplicate(text);
}

/** The second of two keys that are the same; line and column count from 1. */
export interface DuplicateKey {
  readonly key: string;
  readonly line: number;
  readonly column: number;
}

/** Every member has one colon outside of strings. */
function countMembers(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === 0x22) at = closingQuote(text, at);
    else if (sign === 0x3a) members += 1;
  }
  return members;
}

function closingQuote(text: string, open: number): number {
  let at = open;
  do at = text.indexOf('"', at + 1);
  while (at !== -1 && isEscaped(text, at));
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}

function countKeys(value: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    const values: unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) keys += values.length;
    for (const inner of values) if (typeof inner === 'object') waiting.push(inner);
  }
  return keys;
}

/** The first key that stands twice in one map, looked for in every map; the text may end too early. */
export function searchDuplicate(text: string): DuplicateKey | undefined {
  const maps: Set<string>[] = [];
  let first: DuplicateKey | undefined;
  visit(text, {
    onObjectBegin: () => void maps.push(new Set()),
    onObjectEnd: () => void maps.pop(),
    onObjectProperty: (key, _offset, _length, line, column) => {
      const keys = maps.at(-1);
      if (keys?.has(key)) first ??= { key, line: line + 1, column: column + 1 };
      keys?.add(key);
    },
  });
  return first;
}
