import fc from 'fast-check';
import { findJsonError, linePosition } from '../../lib/inventory/json-syntax';

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Texts that are JSON but for some cuts, doublings and strange characters. */
const nearlyJson = fc
  .tuple(
    fc.jsonValue({ maxDepth: 3 }),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '"', ',', '}', ']', ':', '\\', '1', 'x', '\n', '0', '-', 'e'))),
  )
  .map(([value, edits]) =>
    edits.slice(0, 3).reduce(
      (text, [where, instead]) => {
        const at = where % (text.length + 1);
        return text.slice(0, at) + instead + text.slice(at + (where % 2));
      },
      JSON.stringify(value, null, 1),
    ),
  );

describe('the place where a text stops being JSON', () => {
  test.each([
    ['', 0, 'a value'],
    ['{"a": 1', 7, '"," or "}"'],
    ['{"a": 1,', 8, 'a key in double quotes'],
    ['{"a": 1,}', 8, 'a key in double quotes'],
    ['{', 1, 'a key in double quotes or "}"'],
    ['{a: 1}', 1, 'a key in double quotes or "}"'],
    ["{'a': 1}", 1, 'a key in double quotes or "}"'],
    ['{"a" 1}', 5, '":"'],
    ['[1 2]', 3, '"," or "]"'],
    ['[1, 2', 5, '"," or "]"'],
    ['[', 1, 'a value or "]"'],
    ['[1,]', 3, 'a value'],
    ['[1}', 2, '"," or "]"'],
    ['{"a": tru}', 6, 'a value'],
    ['{"a": 01}', 6, 'a value'],
    ['{"a": "b', 8, 'the closing quote of a string'],
    ['{"a": "b\nc"}', 8, 'the closing quote of a string'],
    ['{"a": "\\x"}', 7, 'the closing quote of a string'],
    ['{} {}', 3, 'nothing more'],
    ['{"a": {"b": [1, {"c": null}]}} ]', 31, 'nothing more'],
  ])('%j', (text, offset, expected) => {
    expect(findJsonError(text)).toEqual({ offset, expected });
  });

  test('is found in every text that is not JSON, and in no other', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => expect(findJsonError(text) === undefined).toBe(parses(text))),
      {
        numRuns: 1000,
      },
    );
  });

  test('what stands before it could still become JSON', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const error = findJsonError(text);
        if (error) expect(findJsonError(text.slice(0, error.offset))?.offset ?? error.offset).toBe(error.offset);
      }),
      { numRuns: 1000 },
    );
  });

  test('lines and columns count from 1', () => {
    expect([0, 2, 3, 5, 7].map((offset) => linePosition('ab\ncd\n\nx', offset))).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: 3 },
      { line: 2, column: 1 },
      { line: 2, column: 3 },
      { line: 4, column: 1 },
    ]);
  });
});
