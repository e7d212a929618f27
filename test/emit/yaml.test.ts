import * as fc from 'fast-check';
import { parse } from 'yaml';
import { yamlText } from '../../lib/emit/yaml';

/** Texts that one YAML or another takes for something else, or that break a careless writer. */
const traps = [
  ...[
    '',
    ' ',
    '~',
    'null',
    'Null',
    'y',
    'N',
    'yes',
    'NO',
    'on',
    'Off',
    'true',
    'FALSE',
    '=',
    '<<',
    '-',
    '--',
    '---',
    '...',
  ],
  ...[
    '0',
    '-1',
    '+1',
    '007',
    '0755',
    '0o17',
    '0x1F',
    '0b11',
    '1_000',
    '1e3',
    '1E3',
    '-1e-3',
    '.5',
    '5.',
    '1.5',
    '.inf',
  ],
  ...[
    '-.INF',
    '.nan',
    '190:20:30',
    '12:30',
    '0.17.0',
    '1.5.0',
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '1E',
    '1k',
    '-1s',
  ],
  ...[
    'a: b',
    'a:',
    'a :b',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '!!str a',
    '@a',
    '`a',
    '%a',
    '|',
    '>',
    '? a',
    '- a',
    '[a]',
    '{a: b}',
  ],
  ...[
    'a, b',
    '"a"',
    "'a'",
    'a"b',
    "it's",
    'a\\b',
    ' a',
    'a ',
    'a  b',
    '\t',
    'a\tb',
    'key=value',
    '--flag',
    '-f',
    '--',
    '/etc/x',
  ],
  ...[
    'a\n',
    '\na',
    'a\nb',
    'a\nb\n',
    'a\nb\n\n',
    'a\n\nb\n',
    ' a\nb',
    'a \nb',
    'a\n  b\n',
    '\ta\nb',
    'a\r\nb',
    'a\n---\nb',
    'a\n...\n',
  ],
  ...[
    'a\u0085b\n',
    '\u2028',
    'a\u2029\nb',
    '\ufeff',
    '\u0000',
    '\u007f',
    '\u00a0',
    'é',
    '名前',
    '😀',
    '\uffff',
    'https://h:80/p?q=1&r=2#f',
  ],
  ...['#!/bin/sh\nset -e\n\nif true; then\n\techo "${X}"\nfi\n', 'k'.repeat(1500), `${'long '.repeat(300)}end`],
];
const text = fc.oneof(
  fc.constantFrom(...traps),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[-+]?[0-9_.:eExobTZ+-]{1,10}$/),
  fc.array(fc.oneof(fc.constantFrom(...traps), fc.string()), { maxLength: 4 }).map((lines) => lines.join('\n')),
);
const leaf = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, leaf, tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  // A key `__proto__` cannot be told from a prototype in an object literal; JSON of Kubernetes never has it.
  map: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}));

/** -0 has no text of its own in JSON; everything else must come back as it was. */
const plus = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

describe('YAML text', () => {
  test.each(['1.1', '1.2'] as const)('any value reads back the same under YAML %s', (version) => {
    fc.assert(
      fc.property(value, (data) => {
        expect(parse(yamlText(data), { version, strict: true })).toEqual(plus(data));
      }),
      { numRuns: 1_000 },
    );
  });

  test('every trap reads back the same as a value, key, list item and nested key', () => {
    for (const trap of traps) {
      const data = [trap, { [trap]: trap, nested: [[trap, { [trap]: { [trap]: [trap] } }]] }];
      for (const version of ['1.1', '1.2'] as const) expect(parse(yamlText(data), { version })).toEqual(data);
    }
  });

  test('the order of keys in the object changes no byte', () => {
    fc.assert(
      fc.property(fc.dictionary(text, leaf), (data) => {
        const reversed = Object.fromEntries(Object.entries(data).reverse());
        expect(yamlText({ a: [reversed] })).toBe(yamlText({ a: [data] }));
      }),
    );
  });

  test('no line is folded and none ends in white space', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 100, maxLength: 400 }), (long) => {
        const lines = yamlText({ long, list: [long] })
          .trimEnd()
          .split('\n');
        expect(lines).toHaveLength(3);
        expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
      }),
    );
  });

  test('reads as people write it', () => {
    const data = {
      quantities: {
        cpu: '500m',
        memory: '2029Gi',
        gpu: 8,
        'nvidia.com/gpu': '8',
        grace: '-1s',
        interval: '1h',
        chart: '0.17.0',
      },
      args: ['--model=Qwen/Qwen3-0.6B', '--tensor-parallel-size', '8', '-v', 'a: b', 'yes', 'two words'],
      script: 'set -e\nexec run "$@"\n',
      last: 'a\nb',
      matrix: [[1, 2], [], [[3]]],
      empty: { map: {}, list: [], text: '', nothing: null, gone: undefined, only: [undefined] },
      image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0@sha256:00ff',
      numbers: [1e21, 5e-7, 0.5, -3],
    };
    expect(yamlText(data)).toBe(`args:
  - --model=Qwen/Qwen3-0.6B
  - --tensor-parallel-size
  - "8"
  - -v
  - "a: b"
  - "yes"
  - two words
empty:
  list: []
  map: {}
  nothing: null
  only: []
  text: ""
image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0@sha256:00ff
last: |-
  a
  b
matrix:
  - - 1
    - 2
  - []
  - - - 3
numbers:
  - 1.0e+21
  - 5.0e-7
  - 0.5
  - -3
quantities:
  chart: "0.17.0"
  cpu: 500m
  gpu: 8
  grace: "-1s"
  interval: 1h
  memory: 2029Gi
  nvidia.com/gpu: "8"
script: |
  set -e
  exec run "$@"
`);
  });

  test('keys keep the order given where that is asked for', () => {
    expect(yamlText({ b: 1, a: { d: 1, c: 2 } }, 'given')).toBe('b: 1\na:\n  d: 1\n  c: 2\n');
  });

  test('CDK8S_DISABLE_SORT changes nothing', () => {
    const before = process.env['CDK8S_DISABLE_SORT'];
    process.env['CDK8S_DISABLE_SORT'] = '1';
    expect(yamlText({ b: 1, a: 2 })).toBe('a: 2\nb: 1\n');
    if (before === undefined) delete process.env['CDK8S_DISABLE_SORT'];
    else process.env['CDK8S_DISABLE_SORT'] = before;
  });

  test.each([
    ['a function', () => 1, 'function'],
    ['a symbol', Symbol('s'), 'symbol'],
    ['a bigint', 1n, 'bigint'],
    ['NaN', NaN, 'NaN'],
    ['infinity', -Infinity, '-Infinity'],
    ['a Map', new Map([['a', 1]]), 'Map'],
    ['a Date', new Date(0), 'Date'],
  ])('%s is refused', (_name, wrong, type) => {
    expect(() => yamlText({ a: [wrong] })).toThrow(new TypeError(`YAML cannot hold a value of type ${type}`));
  });
});
