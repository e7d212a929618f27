import { goPattern } from '../../lib/schemas/pattern';

/** Pattern, texts that Go matches, texts that it does not. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', ['a', 'a-b'], ['', '-a', 'a\n']],
  ['^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$', ['8', '-1.5Gi', '.5m'], ['8GB', '8 Gi']],
  ['^([a-zA-Z0-9_\\-.\\\\\\/]|\\[[0-9]{1,5}\\])+$', ['a\\b/c[12]', '-'], ['a[123456]', 'a b']],
  ['^[\\-._a-zA-Z0-9]+$', ['a-b._'], ['a/b']],
  ['^a\\-b\\_c\\/d\\"$', ['a-b_c/d"'], ['a-b_c/d']],
  ['^(http|https)://.*$', ['http://x', 'http://\u2028'], ['ftp://x', 'http://x\ny']],
  ['(?i)^yes$', ['YES', 'yes'], ['no']],
  ['(?s)^a.b$', ['a\nb'], ['ab']],
  ['^\\s\\S$', [' x', '\tx'], ['\u00a0x', 'x ']],
  ['^[\\sx]$', [' ', 'x'], ['\u00a0']],
  ['\\A(?P<name>\\d+)\\z', ['12'], ['a', '1\n']],
  ['^[[:alpha:]_]+$', ['aZ_'], ['a1']],
  ['^.$', ['🚢'], ['ab', '\n']],
];

test.each(cases)('%s', (pattern, matched, others) => {
  const expression = goPattern(pattern);
  expect(matched.filter((text) => expression?.test(text) !== true)).toEqual([]);
  expect(others.filter((text) => expression?.test(text) !== false)).toEqual([]);
});

test.each(['\\Qa\\E', '^\\pL$', '^[]a]$', 'a(?i)b', '^[[:^alpha:]]$', '\\x{10FFFF}', 'a(', '\\C'])(
  '%s is left unchecked',
  (pattern) => {
    expect(goPattern(pattern)).toBeUndefined();
  },
);
