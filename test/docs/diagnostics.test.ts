import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * docs/diagnostics.md shows what bad input prints. Each fixture is a fleet with one mistake, compiled as `cdk8s synth`
 * would; UPDATE_GOLDEN=1 in the environment writes the page anew.
 */

const page = join(__dirname, '..', '..', 'docs', 'diagnostics.md');
const fixtures = join(__dirname, '..', 'fixtures', 'bad-input');

/** Title, fixture, and what one should know beside what is printed. */
const mistakes: readonly (readonly [string, string, string?])[] = [
  ['A level that the topology does not have', 'unknown-level'],
  ['A graph larger than the cluster', 'larger-than-the-cluster'],
  ['A pod larger than any node', 'larger-than-a-node'],
  ['A selector that matches no node', 'wrong-selector'],
  ['A plan that exists, but only without pin safety', 'unsafe-pins'],
  ['Two nodes with one value of kubernetes.io/hostname', 'twin-hostnames', 'Pins use the value of the label.'],
  ['A node without that label', 'no-hostname'],
  ['A queue below what its graphs need', 'small-queue'],
  ['Two objects of one name', 'two-objects-of-one-name'],
  ['Two constructs of one id', 'two-queues-of-one-id'],
  ['Decode without prefill', 'no-prefill'],
  ['An inventory file that is not a node list', 'not-a-node-list'],
  ['An inventory file that is not there', 'no-such-file'],
  ['A component name that Dynamo and KAI refuse', 'component-name'],
  ['Components of a list without names of their own', 'components-without-names'],
  ['An image whose tag says no version', 'image-without-version'],
  ['A version of the runtime that cannot be declared', 'runtime-version'],
  ['Prefill and decode on two fabrics', 'two-fabrics'],
  ['EFA on a Dynamo without images for it', 'efa-without-image'],
  ['Prefill and decode on one node with EFA', 'efa-on-one-node'],
  ['An image of whatever is latest', 'latest-image'],
  ['A waiver of a pin that says no reason', 'pin-waiver-without-reason'],
  ['An image that is gone', 'gone-image'],
  ['An image of a chart that is gone', 'gone-image-of-chart'],
  ['Manifests without a graph', 'manifests-without-a-graph'],
  ['A token in an environment variable', 'token-in-env'],
  ['A password in the values of a chart', 'token-in-values'],
  ['A Secret with its values', 'secret-with-values'],
  ['A waiver without a reason', 'waiver-without-reason', 'The value is no secret: vLLM takes any.'],
  [
    'An encrypted file with a value in clear',
    'half-encrypted',
    'One value of the file was added after it was encrypted.',
  ],
  ['An encrypted file that hides its name', 'encrypted-name', 'The file was encrypted as a whole.'],
  ['An encrypted file that nobody decrypts', 'no-decryption'],
  ['A key that no Secret can have', 'external-secret-key'],
  ['A key that the Secret does not have', 'missing-key'],
  ['A Secret that is made twice', 'two-makers'],
  ['A chart that may be signed by anybody', 'signed-by-anybody'],
  ['A volume of one node for pods on several', 'cache-of-one-node'],
  ['A stack that would hold nothing', 'old-kai'],
  ['Replicas from more to fewer', 'reversed-range'],
  ['Replicas that may change, each with a pin', 'range-by-replica'],
  ['Replicas that may change in a ComputeDomain', 'range-in-a-domain'],
  ['A planner with nothing to scale', 'idle-planner'],
  ['A planner of another version of Dynamo', 'planner-of-another-version'],
  ['A planner that finds two where it looks for one', 'planner-with-twins'],
  ['A planner with more GPUs than were planned', 'planner-budget'],
  ['A patch that goes beyond the plan', 'patch-beyond-the-plan'],
  [
    'A patch with which KAI would start nothing',
    'narrow-subgroup',
    'A level that is too narrow for the pods of a subgroup.',
  ],
  ['A gang that KAI would delete', 'short-patience', 'What KAI does is played through: here the loss of a node.'],
];

/** What is loaded once: a fixture needs a fleet of its own, and the fleet no library of its own. */
const shared = ['../../lib', 'cdk8s', 'cdk8s-plus-28', 'constructs'];
for (const name of shared) {
  const loaded: unknown = jest.requireActual(name);
  jest.doMock(name, () => loaded);
}

interface Ran {
  readonly printed: string;
  readonly exitCode: unknown;
}

const known = new Map<string, Ran>();

/** What a fixture prints to standard error, and the exit code it sets. */
function run(fixture: string): Ran {
  const ran = known.get(fixture) ?? runAnew(fixture);
  known.set(fixture, ran);
  return ran;
}

function runAnew(fixture: string): Ran {
  const outdir = join(tmpdir(), `bayplan-docs-${process.pid}`);
  const write = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const env = { ...process.env };
  Object.assign(process.env, { BAYPLAN_OUTDIR: outdir, NO_COLOR: '1' });
  try {
    jest.isolateModules(() => {
      jest.requireActual(join(fixtures, `${fixture}.ts`));
    });
    return { printed: write.mock.calls.map(([text]) => String(text)).join(''), exitCode: process.exitCode };
  } finally {
    process.exitCode = undefined;
    process.env = env;
    write.mockRestore();
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The part of a fixture that a reader has to see: without imports and the last call. */
function shown(fixture: string): string {
  const text = readFileSync(join(fixtures, `${fixture}.ts`), 'utf8');
  return text
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/fleet\.synth\(\);\n$/, '')
    .trim();
}

function section([title, fixture, remark]: (typeof mistakes)[number]): string {
  const { printed, exitCode } = run(fixture);
  const parts = [
    `## ${title}`,
    '',
    ...(remark === undefined ? [] : [remark, '']),
    '```ts',
    shown(fixture),
    '```',
    '',
    '```text',
    printed.trim(),
    '```',
    '',
  ];
  return [...parts, `Exit code ${String(exitCode)}.`, ''].join('\n');
}

const intro = `# What Bayplan prints

Each section is one mistake and what it prints, as compiled from test/fixtures/bad-input; \`makeCluster()\` is the
reference cluster, \`defaults(cluster)\` a namespace, a queue, a model and one frontend. Nothing is written in any of
these cases. The first finding of most is a warning about the reference inventory: one of its nodes has no rack label.

A finding has a code, what is wrong with the value, where (file and line, then the construct), notes, and the way out.
\`bayplan explain CODE\` tells more; \`--format json\` gives the same as data, with the numbers behind the message.
`;

test('docs/diagnostics.md shows what is printed', () => {
  const text = [intro, ...mistakes.map(section)].join('\n');
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, text);
  expect(readFileSync(page, 'utf8')).toBe(text);
});

test.each(mistakes.map(([title, fixture]) => [title, fixture] as const))(
  '%s: one error, no stack trace, and not exit code 0 or 1',
  (_, fixture) => {
    const { printed, exitCode } = run(fixture);
    expect(printed.match(/^error\[/gm)).toHaveLength(1);
    expect(printed).not.toMatch(/^ {4}at /m);
    expect([2, 3, 4]).toContain(exitCode);
  },
);
