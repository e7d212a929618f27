import { findJsonError } from '../../lib/inventory/json-syntax';

describe('the place where a text stops being JSON', () => {
  test.each([
    ['{"a": 1', 7, 'a closing brace'],
    ['{"a": 1,}', 8, 'a key in double quotes'],
    ['{a: 1}', 1, 'valid JSON'],
    ['{"a" 1}', 5, 'a colon'],
    ['[1 2]', 3, 'a comma or a closing bracket'],
    ['[1,]', 3, 'a value'],
    ['{"a": "b', 6, 'the closing quote of a string'],
    ['{} {}', 3, 'nothing more'],
    ['{} // no comments', 3, 'valid JSON'],
  ])('%j', (text, offset, expected) => {
    expect(findJsonError(text)).toEqual({ offset, line: 1, column: offset + 1, expected });
  });

  test('is given in lines and columns', () => {
    expect(findJsonError('{\n  "a": 1\n  "b": 2\n}')).toMatchObject({ line: 3, column: 3 });
  });

  test('is nowhere in a text that is JSON', () => {
    expect(findJsonError('{"a": [1, 2.5e3, null, "x"]}')).toBeUndefined();
  });
});
