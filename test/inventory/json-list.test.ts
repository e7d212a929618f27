import fc from 'fast-check';
import { findDuplicateKey } from '../../lib/inventory/duplicate-key';
import { brokenList } from '../../lib/inventory/document';
import { JsonList } from '../../lib/inventory/json-list';
import type { Wanted } from '../../lib/inventory/json-field';
import { findings } from './objects';

/** Reads a text in pieces of so many bytes. */
function read(text: Buffer, wanted: Wanted, piece = text.length): JsonList {
  const list = new JsonList(wanted);
  for (let at = 0; at < text.length; at += piece)
    list.push(Buffer.from(text.toString('latin1', at, at + piece), 'latin1'));
  return list;
}

/** Findings about a text that is read item by item. */
function told(text: string | Buffer): string[] {
  const list = read(typeof text === 'string' ? Buffer.from(text) : text, 'all', 7);
  const stop = list.end();
  return stop ? findings(brokenList('a.json', stop)) : [];
}

/** Whatever byte is another: what is still read is what JSON.parse reads, with no key twice. */
function expectDamageRefused(bytes: Buffer): void {
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.integer({ min: 1, max: 200 }), (at, byte, piece) => {
      const damaged = Buffer.from(bytes.toString('latin1'), 'latin1');
      damaged[at] = byte;
      const list = read(damaged, 'all', piece);
      if (list.end()) return;
      const text = new TextDecoder('utf8', { fatal: true }).decode(Uint8Array.from(damaged));
      expect(list.envelope).toEqual(JSON.parse(text));
      expect(findDuplicateKey(text, JSON.parse(text))).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
}

const listOf = (items: string): string => `{\n  "kind": "List",\n  "items": [\n${items}\n  ]\n}\n`;

describe('a list that is read item by item', () => {
  test('keeps of its items what is wanted, and knows where each begins', () => {
    const items = '    {"a": {"b": 1, "c": [2]}, "d": [{"e": 3, "f": 4}, 5]},\n    {"a": [], "g": "x"}, null';
    const list = read(Buffer.from(listOf(items)), { a: { c: 'all' }, d: { e: 'all' } }, 5);
    expect(list.end()).toBeUndefined();
    expect(list.envelope).toEqual({
      kind: 'List',
      items: [{ a: { c: [2] }, d: [{ e: 3 }, 5] }, { a: [] }, null],
    });
    expect([0, 1, 2, 3].map((index) => list.placeOf(index))).toEqual([
      { line: 4, column: 5 },
      { line: 5, column: 5 },
      { line: 5, column: 26 },
      undefined,
    ]);
  });

  test.each([
    ['a list that is cut short', listOf('{"a": 1}').slice(0, 40), 'BAY1002 a.json 4:8: not JSON: the file ends where'],
    ['an item without a comma', listOf('{"a": 1 "b": 2}'), 'BAY1002 a.json 4:9: not JSON: found "\\"" where a comma'],
    ['two items without a comma', listOf('{}\n{}'), 'BAY1002 a.json 5:1: not JSON: found "{" where a comma'],
    ['a key twice in an item', listOf('{"a": 1,\n "a": 2}'), 'BAY1002 a.json 5:2: the key "a" is used twice'],
    ['a key twice in disguise', listOf('{"a": 1,\n "\\u0061": 2}'), 'BAY1002 a.json 5:2: the key "a" is used twice'],
    [
      'a key twice in the list',
      '{"kind": 1,\n"items": [], "kind": 2}',
      'BAY1002 a.json 2:14: the key "kind" is used twice',
    ],
    ['something after the list', `${listOf('{}')}{}`, 'BAY1002 a.json 7:1: not JSON: found "{" where nothing more'],
    ['a wrong escape', listOf('{"a": "\\x"}'), 'BAY1002 a.json 4:7: not JSON'],
    ['a number that is none', listOf('{"a": 01}'), 'BAY1002 a.json 4:8: not JSON'],
    ['bytes that are no UTF-8', Buffer.from(listOf('{"a":\n "b\u00ff"}'), 'latin1'), 'BAY1051 a.json 5:4: not UTF-8'],
  ])('tells of %s', (_, text, finding) => {
    expect(told(text)).toEqual([expect.stringContaining(finding)]);
  });

  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>;
  const spaces = fc.constantFrom(0, 2, 4);

  test('is what JSON.parse makes of it, whatever it holds and however it comes', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 5 }),
        value,
        spaces,
        fc.integer({ min: 1, max: 64 }),
        (items, other, indent, piece) => {
          const text = JSON.stringify({ kind: 'List', items: [...items, other, ...items], end: '€' }, null, indent);
          const list = read(Buffer.from(text), 'all', piece);
          expect(list.end()).toBeUndefined();
          expect(list.envelope).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  /** Items of few shapes, whose values differ: how lists of a cluster are. */
  const shaped = fc.array(
    fc.record(
      {
        name: fc.constantFrom('a', 'b', 'ä', 'with "quotes"'),
        labels: fc.dictionary(fc.constantFrom('a', 'a/b', 'long.example.com/key', '0'), fc.constantFrom('x', '', 'yy')),
        count: fc.constantFrom(0, 12, -1.5, null, true),
        list: fc.array(fc.record({ type: fc.constantFrom('A', 'B'), at: fc.nat(3) }), { maxLength: 2 }),
      },
      { requiredKeys: ['name'] },
    ),
    { minLength: 2, maxLength: 12 },
  );

  test('keeps the values of items that have the keys of those before them, and the place of each', () => {
    fc.assert(
      fc.property(shaped, spaces, fc.integer({ min: 1, max: 300 }), (items, indent, piece) => {
        const text = JSON.stringify({ items }, null, indent);
        const list = read(Buffer.from(text), { name: 'all', labels: 'all', list: { type: 'all' } }, piece);
        expect(list.end()).toBeUndefined();
        const kept = (key: string, value: unknown): unknown => (['count', 'at'].includes(key) ? undefined : value);
        expect(JSON.stringify(list.items)).toBe(JSON.stringify(items, kept));
        if (indent === 0) return;
        const begins = text.split('\n').flatMap((line, i) => (line === `${' '.repeat(2 * indent)}{` ? [i + 1] : []));
        expect(items.map((_, i) => list.placeOf(i))).toEqual(begins.map((line) => ({ line, column: 2 * indent + 1 })));
      }),
      { numRuns: 300 },
    );
  });

  test('is refused where JSON.parse refuses it, among items that have the same keys', () => {
    const item = (n: number): object => ({ labels: { 'a/b': `c${n}`, 'a/c': 'd' }, n, list: [{ a: n }, { a: 1 }] });
    const bytes = Buffer.from(JSON.stringify({ items: [1, 2, 3, 4, 5].map(item) }, null, 1));
    expectDamageRefused(bytes);
  });

  test('finds a key twice in an item whose first keys are those of others', () => {
    const text = listOf('{"a": 1, "b": 2, "c": 3},\n{"a": 1, "b": 2, "c": 3},\n{"a": 1, "b": 2, "a": 3}');
    expect(told(text)).toEqual([expect.stringContaining('BAY1002 a.json 6:18: the key "a" is used twice')]);
  });

  test('reads maps of ever other keys, and of very many', () => {
    const many = (from: number, count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`key-${from + i}`, i]));
    const items = Array.from({ length: 400 }, (_, i) => many(i % 90, 1 + (i % 7)));
    const text = JSON.stringify({ items: [...items, many(0, 300), many(0, 301), many(1, 300), ...items] });
    const list = read(Buffer.from(text), 'all', 1000);
    expect(list.end()).toBeUndefined();
    expect(list.envelope).toEqual(JSON.parse(text));
  });

  test('is refused where JSON.parse refuses it: one byte that is another is never passed over', () => {
    const repeated = { labels: { 'a/b': 'c', long: 'a text that is remembered, since it is long enough' } };
    const bytes = Buffer.from(
      JSON.stringify({ kind: 'List', items: [repeated, { n: -1.5e3, t: [true, null, '\\'] }, repeated] }, null, 1),
    );
    expectDamageRefused(bytes);
  });
});
