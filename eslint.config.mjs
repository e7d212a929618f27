// @ts-check
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import jest from 'eslint-plugin-jest';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The import rule: each layer of lib may import what stands below it, never above or beside it.
 * docs/architecture.md says what each of them is for.
 */
const layers = [
  ['cli'],
  ['fit', 'drift', 'adopt'],
  ['index.ts'],
  ['fleet.ts'],
  ['summary.ts'],
  ['compile.ts'],
  ['passes'],
  ['constructs'],
  ['backends'],
  ['pins'],
  ['workloads'],
  ['emit'],
  ['checker', 'placement', 'replay', 'inventory', 'schemas', 'secrets'],
  ['model'],
  ['diagnostics'],
  ['natural.ts'],
  ['groups.ts', 'order.ts', 'version.ts'],
];

/** For each entry of a layer, the entries that it must not import. */
const outOfBounds = layers.flatMap((layer, depth) =>
  layer.map((entry) => ({
    entry,
    above: [...layers.slice(0, depth).flat(), ...layer.filter((other) => other !== entry)],
  })),
);

const zones = outOfBounds
  .filter(({ above }) => above.length > 0)
  .map(({ entry, above }) => ({
    target: `./lib/${entry}`,
    // Types of placement's contracts are all the checker may know of it: see `independent` below.
    from: above.filter((other) => entry !== 'checker' || other !== 'placement').map((other) => `./lib/${other}`),
    message: 'Imports go down the layers only (import rule in eslint.config.mjs).',
  }));

/** Bans of whole modules; a later block replaces those of an earlier one, so each folder says all of its own. */
const bans = {
  machine: {
    regex: '^(node:.*|fs|path|process|os|child_process|crypto|cdk8s.*|constructs|yaml|yargs)$',
    message: 'Pure code: data in, data out, and no machine around it.',
  },
  zodOutsideSchemas: { regex: '^zod', message: 'Only placement/document.ts and its reader know of zod.' },
  findings: {
    regex: '(^|/)\\.\\./diagnostics(/|$)',
    message: 'The replay says what happens, as plain data: passes make findings of it.',
  },
  independent: {
    regex: '(^|/)\\.\\./(placement|model|order)(/|$)',
    allowTypeImports: true,
    message: 'The checker shares no code with what it checks: types only.',
  },
};

/** @param {(typeof bans)[keyof typeof bans][]} patterns */
const banned = (...patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { patterns }] });

const notDeterministic = [
  {
    selector: 'CallExpression[callee.property.name=/^(localeCompare|toLocale[A-Z].*)$/]',
    message: 'Depends on the locale: compare texts with <.',
  },
  { selector: 'MemberExpression[object.name="Math"][property.name="random"]', message: 'Same input, same bytes.' },
  { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: 'Same input, same bytes.' },
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Same input, same bytes.' },
];

/** Rules of ESLint's own that find mistakes TypeScript does not. */
const mistakes = [
  'eqeqeq',
  'no-cond-assign',
  'no-console',
  'no-empty',
  'no-fallthrough',
  'no-loss-of-precision',
  'no-misleading-character-class',
  'no-self-compare',
  'no-unsafe-finally',
  'no-useless-escape',
];

export default defineConfig(
  globalIgnores(['build/', 'dist/', 'coverage/', '.cdk8s.out/', '.dist.*/', 'test/golden/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    name: 'bayplan/all',
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-duplicates': 'error',
      'import-x/no-self-import': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers print the same everywhere; what else may stand in a template is still checked.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `noPropertyAccessFromIndexSignature` style: process.env['NO_COLOR'] says that the key is not checked.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // `(x) => list.push(x)` reads better than the same in braces.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // An empty text is as absent as none where `||` stands.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // `{ readonly [key: string]: Json }` may refer to itself, a Record may not; names of keys document.
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // Contradicts no-non-null-assertion.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      ...Object.fromEntries(mistakes.map((rule) => [rule, 'error'])),
    },
  },

  {
    name: 'bayplan/lib',
    files: ['lib/**/*.ts'],
    rules: {
      complexity: ['error', 15],
      'max-depth': ['error', 4],
      'max-lines': ['error', { max: 450 }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'no-restricted-syntax': ['error', ...notDeterministic],
    },
  },
  {
    name: 'bayplan/pure',
    files: ['lib/placement/**/*.ts', 'lib/replay/**/*.ts', 'lib/model/**/*.ts', 'lib/secrets/**/*.ts'],
    rules: {
      ...banned(bans.machine, bans.zodOutsideSchemas),
      'no-restricted-globals': ['error', 'process', 'performance'],
    },
  },
  {
    name: 'bayplan/replay',
    files: ['lib/replay/**/*.ts'],
    rules: banned(bans.machine, bans.zodOutsideSchemas, bans.findings),
  },
  {
    name: 'bayplan/schemas',
    files: ['lib/placement/document.ts', 'lib/placement/read.ts', 'lib/placement/reading/**/*.ts'],
    rules: banned(bans.machine),
  },
  {
    name: 'bayplan/checker',
    files: ['lib/checker/**/*.ts'],
    rules: {
      ...banned(bans.machine, bans.zodOutsideSchemas, bans.independent),
      'no-restricted-globals': ['error', 'process', 'performance'],
    },
  },

  {
    name: 'bayplan/tests',
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended'], jest.configs['flat/style']],
    rules: {
      'jest/consistent-test-it': ['error', { fn: 'test', withinDescribe: 'test' }],
      'jest/require-top-level-describe': 'off',
      // A property's expectations stand in the callback of fc.assert, a shared one in a function named expect….
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
      'max-lines': ['error', { max: 450 }],
    },
  },

  {
    name: 'bayplan/configuration',
    files: ['*.js', '*.mjs'],
    extends: [tseslint.configs.base],
    languageOptions: { sourceType: 'module' },
  },
);
