import * as fc from 'fast-check';
import { nearest } from '../../lib/diagnostics/nearest';

const levels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/rack', 'kubernetes.io/hostname'];

describe('the nearest of known names', () => {
  test.each([
    ['a letter changed', 'topology.kubernetes.io/zune', 'topology.kubernetes.io/zone'],
    ['a letter left out', 'topology.kubernetes.io/rck', 'topology.kubernetes.io/rack'],
    ['neighbours exchanged', 'topology.kubernetes.io/arck', 'topology.kubernetes.io/rack'],
    ['other case', 'Kubernetes.io/HostName', 'kubernetes.io/hostname'],
    ['nothing like it', 'gpu', undefined],
    ['empty', '', undefined],
  ])('%s', (_name, text, expected) => {
    expect(nearest(text, levels)).toBe(expected);
  });

  test('two neighbours exchanged are one mistake, not two', () => {
    expect(nearest('sytnh', ['synth', 'sytes'])).toBe('synth');
  });

  test('a known name is nearest to itself, in whatever order names are known', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 }), (names) => {
        for (const name of names) expect(nearest(name, [...names].reverse())).toBe(name);
      }),
    );
  });

  test('a name with one mistake and nothing else near is found', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,12}$/), fc.nat(), (name, at) => {
        const i = at % name.length;
        expect(nearest(name.slice(0, i) + name.slice(i + 1), [name])).toBe(name);
        expect(nearest(`${name.slice(0, i)}-${name.slice(i)}`, [name])).toBe(name);
      }),
    );
  });
});
