/**
 * Patterns of CustomResourceDefinitions are regular expressions of Go (RE2, https://github.com/google/re2/wiki/Syntax).
 * What JavaScript says otherwise is rewritten; what it cannot say leaves the pattern unchecked, never half checked.
 */

const known = new Map<string, RegExp | undefined>();

/** A pattern for JavaScript; undefined where it cannot be checked. */
export function goPattern(pattern: string): RegExp | undefined {
  if (!known.has(pattern)) known.set(pattern, translate(pattern));
  return known.get(pattern);
}

/** An escape, a whole class, the beginning of a group, or one character. */
const tokens = /\\[\s\S]|\[\^?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(?=\w)|\(\?:|\(\?|[\s\S]/gu;

function translate(pattern: string): RegExp | undefined {
  const [, flags = '', body = ''] = /^(?:\(\?([is]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  const written = [...body.matchAll(tokens)].map(([token]) => rewrite(token, flags));
  if (written.includes(undefined)) return undefined;
  try {
    return new RegExp(written.join(''), `u${flags}`);
  } catch {
    return undefined;
  }
}

// JavaScript's own `.` and `\s` leave out, and take in, characters beyond ASCII that Go does not know of there.
const rewritten: Readonly<Record<string, string>> = {
  '\\A': '^',
  '\\z': '$',
  '\\s': '[\\t\\n\\f\\r ]',
  '\\S': '[^\\t\\n\\f\\r ]',
  '(?P<': '(?<',
};

function rewrite(token: string, flags: string): string | undefined {
  if (token === '.') return flags.includes('s') ? token : '[^\\n]';
  if (token.startsWith('[')) return rewriteClass(token);
  if (token === '(?') return undefined; // flags of a part of the pattern
  return rewritten[token] ?? (token.startsWith('\\') ? rewriteEscape(token) : token);
}

function rewriteEscape(token: string): string | undefined {
  const sign = token.slice(1);
  if (/^[bBdDfnrtvwW]$/.test(sign)) return token;
  if (/^[\w\u0080-\uffff]/.test(sign)) return sign === '_' ? sign : undefined;
  // Go lets every sign be escaped, JavaScript only those that mean something.
  return /[\^$\\.*+?()[\]{}|/]/.test(sign) ? token : sign;
}

const sets: Readonly<Record<string, string>> = {
  '\\s': '\\t\\n\\f\\r ',
  '\\-': '\\-',
  '[:alnum:]': '0-9A-Za-z',
  '[:alpha:]': 'A-Za-z',
  '[:digit:]': '0-9',
  '[:lower:]': 'a-z',
  '[:upper:]': 'A-Z',
  '[:word:]': '\\w',
  '[:xdigit:]': '0-9A-Fa-f',
};

/** Members of a class; a class that begins with its own bracket, which Go takes for a member, is not checked. */
function rewriteClass(token: string): string | undefined {
  if (/^\[\^?\]$/.test(token)) return undefined;
  const members = [...token.matchAll(/\\[\s\S]|\[:\^?\w+:\]|[\s\S]/gu)].map(([member]) =>
    member.length === 1 ? member : (sets[member] ?? (member.startsWith('\\') ? rewriteEscape(member) : undefined)),
  );
  return members.includes(undefined) || members.includes('\\B') ? undefined : members.join('');
}
