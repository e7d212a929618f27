/** Where a text stops being JSON. */
export interface JsonSyntaxError {
  /** Index of the first character that cannot stand there; the length of the text where it ends too early. */
  readonly offset: number;
  /** What could stand there instead, such as `"," or "}"`. */
  readonly expected: string;
}

type Expected = keyof typeof wording;

const wording = {
  value: 'a value',
  'first value': 'a value or "]"',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or "}"',
  colon: '":"',
  'next value': '"," or "]"',
  'next key': '"," or "}"',
  end: 'nothing more',
  string: 'the closing quote of a string',
} as const;

const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Finds the first syntax error of a text that `JSON.parse` refused. The engine's own message is of no use: its words,
 * and whether it gives a place at all, depend on the version of Node.
 */
export function findJsonError(text: string): JsonSyntaxError | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = skip(space, text, 0);
  while (at < text.length) {
    const step = takeToken(text, at, expected, open);
    if ('error' in step) return { offset: step.error, expected: wording[step.expected] };
    expected = step.expected;
    at = skip(space, text, step.next);
  }
  return expected === 'end' ? undefined : { offset: text.length, expected: wording[expected] };
}

type Step =
  { readonly next: number; readonly expected: Expected } | { readonly error: number; readonly expected: Expected };

/** Takes one token that may stand at `at`; brackets go on and off `open`. */
function takeToken(text: string, at: number, expected: Expected, open: ('{' | '[')[]): Step {
  const sign = text[at];
  const next = at + 1;
  const after = (): Expected => (open.length === 0 ? 'end' : open.at(-1) === '{' ? 'next key' : 'next value');
  switch (expected) {
    case 'first key':
    case 'next key':
    case 'first value':
    case 'next value':
      if (sign === (open.at(-1) === '{' ? '}' : ']')) {
        open.pop();
        return { next, expected: after() };
      }
      if (expected === 'next key' || expected === 'next value') {
        if (sign !== ',') return { error: at, expected };
        return { next, expected: expected === 'next key' ? 'key' : 'value' };
      }
      return expected === 'first key' ? takeKey(text, at, expected) : takeValue(text, at, expected, open, after);
    case 'key':
      return takeKey(text, at, expected);
    case 'value':
      return takeValue(text, at, expected, open, after);
    case 'colon':
      return sign === ':' ? { next, expected: 'value' } : { error: at, expected };
    default:
      return { error: at, expected };
  }
}

function takeKey(text: string, at: number, expected: Expected): Step {
  return text[at] === '"' ? takeString(text, at, 'colon') : { error: at, expected };
}

function takeValue(text: string, at: number, expected: Expected, open: ('{' | '[')[], after: () => Expected): Step {
  const sign = text[at];
  if (sign === '{' || sign === '[') {
    open.push(sign);
    return { next: at + 1, expected: sign === '{' ? 'first key' : 'first value' };
  }
  if (sign === '"') return takeString(text, at, after());
  const end = skip(scalar, text, at);
  return end > at ? { next: end, expected: after() } : { error: at, expected };
}

function takeString(text: string, start: number, then: Expected): Step {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === '"') return { next: at + 1, expected: then };
    const end = text[at] === '\\' ? skip(escape, text, at) : text.charCodeAt(at) < 0x20 ? at : at + 1;
    if (end === at) return { error: at, expected: 'string' };
    at = end;
  }
  return { error: at, expected: 'string' };
}

/** Index after what the pattern takes at `at`; `at` itself where it takes nothing. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Line and column of an index, both from 1. */
export function linePosition(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', start)) {
    line += 1;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
