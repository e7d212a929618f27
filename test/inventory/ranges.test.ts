import fc from 'fast-check';
import { expandNames, termsOf } from '../../lib/inventory/ranges';

describe('a list of names', () => {
  test.each([
    ['gpu-node-17', ['gpu-node-17']],
    ['n[08-11]', ['n08', 'n09', 'n10', 'n11']],
    ['n[8-11]', ['n8', 'n9', 'n10', 'n11']],
    ['rack-[1-2]-tray-[01,03]', ['rack-1-tray-01', 'rack-1-tray-03', 'rack-2-tray-01', 'rack-2-tray-03']],
    ['eu-west-1[a-c]', ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['a, b ,n[1-2].example', ['a', 'b', 'n1.example', 'n2.example']],
    ['[red,blue]-1', ['red-1', 'blue-1']],
    ['a\\,b\\[1\\]', ['a,b[1]']],
  ])('%s', (text, names) => {
    expect(expandNames(text)).toEqual({ ok: true, names });
  });

  test.each([
    ['n[16-01]', 'has the range 16-01, which runs backwards'],
    ['n[1-16', 'has "[" without "]"'],
    ['n1-16]', 'has "]" without "["'],
    ['n[1-x]', 'has "1-x" in brackets'],
    ['n[]', 'has "" in brackets'],
    ['a,,b', 'names nothing between two commas'],
    ['a,', 'names nothing between two commas'],
    ['n[1-999999999]', 'stands for more than 1000000 names'],
    ['n[1-2000]-[1-2000]', 'stands for more than 1000000 names'],
  ])('%s is refused', (text, wrong) => {
    expect(expandNames(text)).toEqual({ ok: false, wrong, help: expect.stringMatching(/^[a-z]/) as string });
  });

  test('is written in short', () => {
    const names = ['a-1', 'a-2', 'a-3', 'b', 'r1-n08', 'r1-n09', 'r1-n10', 'r2-n08', 'r2-n09', 'r2-n10', 'x7'];
    expect(termsOf(names)).toEqual(['a-[1-3]', 'b', 'r[1-2]-n[08-10]', 'x7']);
  });

  test('says the same names in the same order, whatever they are', () => {
    const regular = fc.tuple(fc.constantFrom('a', 'b-'), fc.nat(12), fc.constantFrom('', '-', 'x'), fc.nat(101));
    const name = fc.oneof(
      regular.map((parts) => parts.join('')),
      regular.map(([a, b, c, d]) => `${a}${String(b).padStart(2, '0')}${c}${String(d).padStart(3, '0')}`),
      fc.string({ minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (names) => {
        expect(expandNames(termsOf(names).join(','))).toEqual({ ok: true, names });
      }),
      { numRuns: 500 },
    );
  });
});
