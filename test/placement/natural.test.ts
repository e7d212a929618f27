import { array, assert, constantFrom, property, string } from 'fast-check';
import { compareNatural, indexOfSorted, sortedByName } from '../../lib/placement/natural';

/** Names of few different characters, so that many of them share much. */
const names = array(string({ unit: constantFrom('a', '-', '0', '1', '2'), minLength: 1, maxLength: 6 }), {
  maxLength: 8,
});

const named = (texts: readonly string[]) => texts.map((name) => ({ name }));

describe('items by name', () => {
  test('come in natural order, whether they were in it or not', () => {
    assert(
      property(names, (texts) => {
        const sorted = [...texts].sort(compareNatural);
        expect(sortedByName(named(texts))).toEqual(named(sorted));
        expect(sortedByName(named(sorted))).toEqual(named(sorted));
      }),
      { numRuns: 2_000 },
    );
  });

  test('are found by their names', () => {
    assert(
      property(names, (texts) => {
        const items = sortedByName(named([...new Set(texts)]));
        const index = indexOfSorted(items);
        expect(items.map(({ name }) => index.get(name))).toEqual(items.map((_, i) => i));
        expect(index.get('b')).toBeUndefined();
      }),
    );
  });
});
