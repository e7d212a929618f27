import fc from 'fast-check';
import { literal } from '../../lib/adopt/literal';

/** What a program has of a literal. */
function evaluated(text: string): unknown {
  // the text is the literal that was just made
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return (new Function(`'use strict'; return ${text};`) as () => unknown)();
}

/** Texts and keys in which signs of the language stand beside each other. */
const signs = fc
  .array(fc.constantFrom("'", '"', '\\', '\n', '\r', '\u2028', '`', '${x}', '*/', '//', '\0', '\ud800', 'é', 'a', ' '))
  .map((parts) => parts.join(''));
const keys = fc.oneof(signs, fc.constantFrom('__proto__', 'constructor', 'a-b', '1', '01', 'class', ''));
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(signs, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

describe('a literal', () => {
  test('gives the value back, whatever is in it and however far it is indented', () => {
    fc.assert(
      fc.property(anything, fc.nat({ max: 120 }), (value, indent) => {
        expect(JSON.stringify(evaluated(literal(value, indent)))).toBe(JSON.stringify(value));
      }),
    );
  });

  test('stands on one line where it fits and holds nothing deeper, and has a line for each part otherwise', () => {
    const metadata = { name: 'qwen', labels: { app: 'qwen' }, finalizers: [] };
    expect(literal({ kind: 'ConfigMap', metadata, 'a.b': ["it's", 1, null, true, {}] })).toBe(`{
  kind: 'ConfigMap',
  metadata: {
    name: 'qwen',
    labels: { app: 'qwen' },
    finalizers: [],
  },
  'a.b': ["it's", 1, null, true, {}],
}`);
  });

  test('has a line for each line of a script', () => {
    expect(literal({ args: ['set -e\necho "$HOME" \\\n  it\'s', 'one line\n'] })).toBe(`{
  args: [
    'set -e\\n' +
      'echo "$HOME" \\\\\\n' +
      "  it's",
    'one line\\n',
  ],
}`);
  });
});
