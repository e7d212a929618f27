import * as fc from 'fast-check';
import { findDuplicateKey } from '../../lib/inventory/duplicate-key';

/** A map of random keys and values, with every key quoted as JSON has it. */
const member = fc.tuple(fc.string(), fc.jsonValue({ maxDepth: 2 }));

function text(members: readonly (readonly [string, unknown])[]): string {
  return `{ ${members.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(' , ')} }`;
}

describe('a key that stands twice', () => {
  test('is found where there is one, at any depth, and nowhere else', () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), fc.nat(3), (members, depth) => {
        const json = '[{"in":'.repeat(depth) + text(members) + '}]'.repeat(depth);
        const keys = members.map(([key]) => key);
        const second = keys.findIndex((key, i) => keys.indexOf(key) < i);
        expect(findDuplicateKey(json, JSON.parse(json))?.key).toBe(keys[second]);
      }),
      { numRuns: 500 },
    );
  });

  test('is found by its value, however it is escaped, at its place', () => {
    const json = String.raw`{"a\"": ":\\",${'\n'} "b": {"a\"": 1}, "a\u0022": 2}`;
    expect(findDuplicateKey(json, JSON.parse(json))).toEqual({ key: 'a"', line: 2, column: 19 });
  });

  test('may be __proto__', () => {
    const json = '{"__proto__": 1, "__proto__": 2}';
    expect(findDuplicateKey(json, JSON.parse(json))).toEqual({ key: '__proto__', line: 1, column: 18 });
    expect(findDuplicateKey('{"__proto__": {"a": 1}}', JSON.parse('{"__proto__": {"a": 1}}'))).toBeUndefined();
  });
});
