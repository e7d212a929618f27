import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { lockDifferences } from '../../lib/pins/difference';
import { lockText, readLock, type Lock } from '../../lib/pins/lock';

/** The file that a lock is: what is read of it, whatever somebody or something did to it. */

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const lock: Lock = {
  cluster: 'test',
  compiler: '1.2.3',
  inputs: { 'nodes.json': digest('1'), '../crds.yaml': digest('2') },
  images: {
    'nvcr.io/x/server:1.5.0': { digest: digest('3'), platforms: ['linux/amd64', 'linux/arm64'] },
    [`nvcr.io/x/other:1.0.0@${digest('4')}`]: { digest: digest('4'), platforms: [] },
    'nvcr.io/x/gone:0.1.0': { waived: 'it is: gone' },
  },
  charts: {
    'oci://ghcr.io/x/chart:v1.0.0': { digest: digest('5') },
    'oci://ghcr.io/x/waived:v1.0.0': { waived: 'soon' },
    'https://charts.example app 1.2.3': { unpinnable: 'comes from a plain HTTP repository' },
  },
  models: { 'a/b': { revision: 'c'.repeat(40) }, 'a/c@v1': { waived: 'any' } },
  placements: {
    'ns/g': {
      content: '0123456789abcdef',
      components: {
        decode: { content: '0123456789abcdef', copies: [['n1', 'n2'], ['n3', 'n4']] },
        prefill: { content: '0123456789abcdef', copies: [['n5']] },
      },
    },
  },
}; // prettier-ignore

const text = lockText(lock);
const lines = text.split('\n');

type Raw = Readonly<Record<string, unknown>>;
const raw = parse(text) as Raw; // it is a map

test('what is written is read again', () => {
  expect(readLock('x', text)).toEqual({ ok: true, value: lock, diagnostics: [] });
});

test('a file of the first form keeps its placements', () => {
  const { images: _images, charts: _charts, models: _models, ...first } = raw;
  expect(readLock('x', stringify({ ...first, format: 1 }))).toEqual({
    ok: true,
    value: { ...lock, images: {}, charts: {}, models: {} },
    diagnostics: [],
  });
});

/** Paths of all entries: every key of every map, and every item of every list. */
function entries(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[...path, key], ...entries(child, [...path, key])]);
}

function without(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => (String(i) !== key ? [item] : rest.length > 0 ? [without(item, rest)] : []));
  }
  const { [key]: child, ...others } = value as Raw; // the path is one of the value
  return rest.length === 0 ? others : { ...others, [key]: without(child, rest) };
} // prettier-ignore

describe('an entry that is missing', () => {
  const sections = new Set(['inputs', 'images', 'charts', 'models', 'placements']);
  const paths = entries(raw).filter((path) => !(path.length === 1 && sections.has(path[0] ?? '')));

  test.each(paths.map((path) => [path.join(' / '), path] as const))('%s: one finding names it', (_, path) => {
    const edited = stringify(without(raw, path));
    const read = readLock('test.lock.yaml', edited);
    const [found, ...more] = read.ok
      ? lockDifferences(edited, text)
      : read.diagnostics.map(({ message, where, help = '' }) => ({ entry: where.pointer, message, command: help }));
    expect(more).toEqual([]);
    expect(found?.command).toMatch(/^(lock|synth)$|git checkout -- test\.lock\.yaml/);
    // what is deleted within an entry is named by the entry that lacks it
    expect(path.join('.').startsWith(found?.entry?.replace(/\.\d+$/, '') ?? '-')).toBe(true);
  });
});

test('what is changed and what is left over are told entry by entry, with the command that mends it', () => {
  const fresh: Lock = {
    ...lock,
    compiler: '1.2.4',
    images: { ...lock.images, 'nvcr.io/x/gone:0.1.0': { waived: 'it is gone' } },
    models: {},
    placements: {
      'ns/g': { ...lock.placements['ns/g'], components: { decode: { content: '0'.repeat(16), copies: [] } } },
    } as Lock['placements'], // of the lock above
  };
  expect(lockDifferences(text, lockText(fresh)).map(({ message, command }) => `${command}: ${message}`)).toEqual([
    'synth: compiler is "1.2.3", and has to be "1.2.4"',
    'lock: image nvcr.io/x/gone:0.1.0 has changed',
    'lock: model a/b is there no more',
    'lock: model a/c@v1 is there no more',
    'synth: component decode of graph ns/g has changed',
    'synth: component prefill of graph ns/g is there no more',
  ]);
  expect(lockDifferences(text.replace('format', '# by hand\nformat'), text)).toEqual([
    { message: 'it is not as synth writes it', command: 'synth' },
  ]);
});

describe('whatever happens to a file', () => {
  const refused = (edited: string): boolean => {
    const read = readLock('test.lock.yaml', edited);
    for (const { code, message, where, help } of read.diagnostics) {
      expect({ code, file: where.file }).toEqual({ code: expect.stringMatching(/^BAY(1002|6020)$/) as string, file: 'test.lock.yaml' });
      expect([message, help].join(' ')).not.toMatch(/undefined|\[object|Invalid/);
    }
    expect(read.ok).toBe(read.diagnostics.length === 0);
    return !read.ok;
  }; // prettier-ignore

  test('reordered by key it reads the same', () => {
    const shuffled = (value: unknown): fc.Arbitrary<unknown> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return fc.constant(value);
      const members = Object.entries(value).map(([key, child]) => shuffled(child).map((one) => [key, one] as const));
      return fc
        .tuple(...members)
        .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
        .map((all) => Object.fromEntries(all));
    };
    fc.assert(
      fc.property(shuffled(raw), (value) => {
        expect(readLock('x', stringify(value))).toEqual({ ok: true, value: lock, diagnostics: [] });
      }),
      { numRuns: 50 },
    );
  });

  test('cut short, in the middle of a merge, or with junk in a line: a lock or a finding, never an exception', () => {
    const conflict = fc.tuple(fc.nat(lines.length - 2), fc.nat(5)).map(([from, size]) => {
      const ours = lines.slice(from, from + size);
      const both = ['<<<<<<< HEAD', ...ours, '=======', ...ours.map((line) => line.replace('1', '2')), '>>>>>>> other'];
      return lines.toSpliced(from, size, ...both).join('\n');
    });
    const junk = fc.oneof(
      fc.string(),
      fc.constantFrom('- 1', '{', ': :', '!!js x', '&a [*a]', '\t', '? a', '--- b', '"'),
    );
    const edits = fc.oneof(
      fc.nat(text.length).map((at) => text.slice(0, at)),
      fc.shuffledSubarray(lines).map((some) => some.join('\n')),
      fc.tuple(fc.nat(lines.length - 1), junk).map(([at, line]) => lines.with(at, line).join('\n')),
      fc.json(),
    );
    fc.assert(
      fc.property(conflict, (edited) => {
        expect(refused(edited)).toBe(true);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(edits, (edited) => {
        refused(edited);
      }),
      { numRuns: 300 },
    );
  });

  test('a value of another type or form, wherever it is, is a finding', () => {
    const leaves = entries(raw).filter((path) => path.length > 1 || !['cluster', 'compiler'].includes(path[0] ?? ''));
    const wrong = fc.constantFrom(1.5, true, [1], '', 'sha256:12', digest('A'), '1 ', null, { a: 1 }, [[]]);
    const put = (value: unknown, [key = '', ...rest]: readonly string[], item: unknown): unknown => {
      if (Array.isArray(value)) return value.map((each: unknown, i) => (String(i) === key ? item : each));
      const map = value as Raw; // the path is one of the value
      return { ...map, [key]: rest.length === 0 ? item : put(map[key], rest, item) };
    };
    fc.assert(
      fc.property(fc.constantFrom(...leaves), wrong, (path, item) => {
        // any text is a reason, and a word is a platform or a node
        const isText = ['waived', 'unpinnable', 'platforms'].includes(path.at(-1) ?? '') || path.includes('copies');
        fc.pre(!(isText && typeof item === 'string' && item.trim() === item && item !== ''));
        fc.pre(!(['waived', 'unpinnable'].includes(path.at(-1) ?? '') && item === '1 '));
        expect(refused(stringify(put(raw, path, item)))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('as large as nothing that was written, or as deep', () => {
    const huge = `${text}${'# filler\n'.repeat(8_000_000)}`;
    expect(refused(huge)).toBe(true);
    expect(refused('['.repeat(100_000))).toBe(true);
    expect(refused('a: &a [x,x]\n' + Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*a, *a]`).join('\n'))).toBe(
      true,
    );
  });
});

test.each([
  ['brackets', `images: ${'['.repeat(5000)}`],
  ['keys that are maps', `images:\n${'? '.repeat(5000)}x`],
])('a lock of %s without end is refused before it is parsed', (_, text) => {
  const { diagnostics } = readLock('test.lock.yaml', text);
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['BAY1002', 'maps and lists stand too deep within each other'],
  ]);
});
