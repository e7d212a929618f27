import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { placeWith } from '../../lib/cli/place';
import { planSchema } from '../../lib/placement/document';
import { solve } from '../../lib/placement/solve';
import { fakeIo, run } from './run';

/*
 * zone a
 * ├── rack r1   n1: 8 GPUs
 * └── rack r2   n2: 8 GPUs
 */
const problem = `version: 1
topologies:
  - {name: t, levels: [zone, rack, kubernetes.io/hostname]}
nodes:
  - {name: n1, labels: {zone: a, rack: r1, kubernetes.io/hostname: n1}, allocatable: {nvidia.com/gpu: 8}}
  - {name: n2, labels: {zone: a, rack: r2, kubernetes.io/hostname: n2}, allocatable: {nvidia.com/gpu: 8}}
gangs:
  - name: vllm
    constraint: {topology: t, required: zone}
    groups:
      - name: stage
        groups:
          - name: decode
            replicas: 2
            pod: {requests: {nvidia.com/gpu: 6}}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const placements = { 'stage/0/decode/0': ['n1'], 'stage/0/decode/1': ['n2'] };

describe('bayplan place', () => {
  test('prints the plan of a YAML file as JSON, and nothing else', async () => {
    const { code, out, err } = await run(['place', file('p.yaml', problem)]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(planSchema.parse(JSON.parse(out))).toMatchObject({
      status: 'placed',
      gangs: [{ name: 'vllm', placements }],
    });
  });

  test('prints the same plan as YAML, its keys in the same order', async () => {
    const asJson: unknown = JSON.parse((await run(['place', file('p.yaml', problem)])).out);
    const asYaml: unknown = parse((await run(['place', file('p.yaml', problem), '-o', 'yaml'])).out);
    expect(JSON.stringify(asYaml)).toBe(JSON.stringify(asJson));
  });

  test('reads JSON, standard input and UTF-16 all the same', async () => {
    const json = JSON.stringify(parse(problem));
    const { out } = await run(['place', file('p.yaml', problem)]);
    expect(await run(['place', file('p.json', json)])).toEqual({ code: 0, out, err: '' });
    for (const input of [problem, json, Buffer.from(`\ufeff${problem}`, 'utf16le')]) {
      expect(await run(['place', '-'], { input })).toEqual({ code: 0, out, err: '' });
    }
  });

  test('--rebalance allows a better plan that moves more', async () => {
    // Both gangs of one GPU sit on nodes of their own; together on one node they would leave the other whole.
    const locked = `version: 1
topologies: [{name: t, levels: [kubernetes.io/hostname]}]
nodes:
  - {name: n1, labels: {kubernetes.io/hostname: n1}, allocatable: {nvidia.com/gpu: 8}}
  - {name: n2, labels: {kubernetes.io/hostname: n2}, allocatable: {nvidia.com/gpu: 8}}
gangs:
  - {name: a, groups: [{name: w, pod: {requests: {nvidia.com/gpu: 1}}}]}
  - {name: b, groups: [{name: w, pod: {requests: {nvidia.com/gpu: 1}}}]}
locked: {a: {w/0: [n1]}, b: {w/0: [n2]}}
`;
    const moved = async (...options: string[]): Promise<unknown> =>
      planSchema.parse(JSON.parse((await run(['place', '-', ...options], { input: locked })).out)).objective.moved;
    expect(await moved()).toEqual([0, 0]);
    expect(await moved('--rebalance', '0')).toEqual([0, 0]);
    expect(await moved('--rebalance', '1')).toEqual([1, 1]);
  });
});

describe('a gang without a place', () => {
  test('is in the plan, and its reason is told on standard error with its place in the file', async () => {
    const { code, out, err } = await run(['place', '-'], { input: problem.replace('gpu: 6', 'gpu: 9') });
    expect(code).toBe(3);
    expect(planSchema.parse(JSON.parse(out))).toMatchObject({
      status: 'infeasible',
      gangs: [{ name: 'vllm', status: 'unplaced', reasons: [{ code: 'capacity', group: 'stage/decode' }] }],
    });
    expect(err).toMatch(
      /^error\[BAY3202\]: gang "vllm" has no place: .+\n {2}--> standard input:13:13 at gangs\[0\]\.groups\[0\]\.groups\[0\]\n/,
    );
    expect(err).toContain('13 |           - name: decode\n   |             ^\n');
    expect(err).toContain('  = note: nvidia.com/gpu: needs 9');
    expect(err).toMatch(/ {2}= help: .+\n\n1 error\n/);
  });

  test('is told as JSON where that is asked for', async () => {
    const { err } = await run(['place', '-', '--format', 'json'], { input: problem.replace('gpu: 6', 'gpu: 9') });
    expect(JSON.parse(err)).toMatchObject({ errors: 1, diagnostics: [{ code: 'BAY3202', data: { gang: 'vllm' } }] });
  });
});

describe('a problem that cannot be read', () => {
  test('a file that is not there', async () => {
    const { code, out, err } = await run(['place', join(folder, 'missing.yaml')]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error[BAY1001]');
    expect(err).toContain('there is no such file');
  });

  test.each([
    ['broken YAML', 'gangs:\n\t- a\n', 'standard input:2:1', '2 |  - a'],
    ['broken JSON', '{"version": 1,\n "gangs": [}', 'standard input:2:12', '2 |  "gangs": [}'],
    ['a key twice in YAML', 'version: 1\nnodes: []\nnodes: []\n', 'standard input:3:1', '3 | nodes: []'],
    ['a key twice in JSON', '{"version": 1,\n "version": 1}', 'standard input:2:2', '2 |  "version": 1}'],
    ['a tag of its own', 'version: !env V\n', 'standard input:1:10', '1 | version: !env V'],
  ])('%s: the place is shown', async (_name, input, place, line) => {
    const { code, out, err } = await run(['place', '-'], { input });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error\[BAY1002\]/);
    expect(err).toContain(`  --> ${place}\n`);
    expect(err).toContain(`\n${line}\n`);
  });

  test('refuses a problem of brackets or keys without end, with their line', async () => {
    for (const text of [`nodes: ${'['.repeat(5000)}`, `nodes:\n${'? '.repeat(5000)}x`]) {
      const { code, out, err } = await run(['place', '-'], { input: text });
      expect({ code, out, found: err.match(/^error\[\w+\].*/gm) }).toEqual({
        code: 2,
        out: '',
        found: ['error[BAY1002]: maps and lists stand too deep within each other'],
      });
      expect(err).toMatch(/--> standard input:\d:\d+/);
    }
  });

  test('aliases that unfold without end', async () => {
    const layers = 'bcdefghi'
      .split('')
      .map((name, i) => `${name}: &${name} [${'*'.concat('abcdefgh'[i] ?? '', ', ').repeat(9)}]`);
    const { code, err } = await run(['place', '-'], { input: `a: &a [1, 1]\n${layers.join('\n')}\n` });
    expect(code).toBe(2);
    expect(err).toContain('excessive alias count');
  });

  test('a thousand nodes that share their labels are no bomb', async () => {
    const nodes = Array.from({ length: 1_000 }, (_, i) => `  - {name: n${i}, allocatable: *a}`);
    const input = `version: 1\nnodes:\n  - {name: n, allocatable: &a {cpu: 1}}\n${nodes.join('\n')}\n`;
    expect(await run(['place', '-'], { input })).toMatchObject({ code: 0, err: '' });
  });

  test('an empty file', async () => {
    const { code, out, err } = await run(['place', '-']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error[BAY3001]');
  });
});

describe('a problem that makes no sense', () => {
  test('all errors are told in order of line, each with its own', async () => {
    const input = problem
      .replace('required: zone', 'required: zoen')
      .replace('gpu: 6', 'gpu: 6x')
      .replace('replicas', 'replica');
    const { code, out, err } = await run(['place', '-'], { input });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    const heads = err.split('\n').filter((line) => /^(error| {2}-->)/.test(line));
    expect(heads).toEqual([
      'error[BAY3012]: level "zoen" is not a level of topology "t"',
      '  --> standard input:9:41 at gangs[0].constraint.required',
      'error[BAY3002]: gangs[0].groups[0].groups[0] has an unknown key "replica"',
      '  --> standard input:14:22 at gangs[0].groups[0].groups[0].replica',
      'error[BAY3003]: "6x" is not a quantity',
      '  --> standard input:15:46 at gangs[0].groups[0].groups[0].pod.requests["nvidia.com/gpu"]',
    ]);
  });

  test('the same in JSON', async () => {
    const document = parse(problem.replace('required: zone', 'required: zoen')) as object;
    const { err } = await run(['place', '-'], { input: JSON.stringify(document, null, 1) });
    const lines = JSON.stringify(document, null, 1).split('\n');
    const line = lines.findIndex((text) => text.includes('zoen'));
    const column = (lines[line]?.indexOf('"zoen"') ?? 0) + 1;
    expect(err).toContain(`  --> standard input:${line + 1}:${column} at gangs[0].constraint.required\n`);
  });
});

describe('a solver that errs', () => {
  test('is caught by the independent check: no plan is printed', async () => {
    const fault = { code: 'capacity' as const, message: 'node n1 holds 9 of 8', data: {} };
    const second = { ...fault, message: 'node n2 holds 9 of 8' };
    const { io, written } = fakeIo({ input: problem });
    const command = placeWith({ solve, checkPlan: () => [fault, second] });
    expect(await command.run(io, { problem: '/dev/stdin' })).toBe(1);
    expect(written()).toEqual({
      out: '',
      err: [
        'error[BAY3290]: the plan does not hold: node n1 holds 9 of 8',
        '  --> standard input',
        '  = note: node n2 holds 9 of 8',
        '  = help: this is a fault of Bayplan: please report it with the problem file',
        '',
        '1 error',
        'for more, run: bayplan explain BAY3290',
        '',
      ].join('\n'),
    });
  });

  test('is no fault of the user: its error is thrown on', async () => {
    const command = placeWith({
      solve: () => {
        throw new RangeError('no such index');
      },
      checkPlan: () => [],
    });
    await expect(command.run(fakeIo({ input: problem }).io, { problem: '/dev/stdin' })).rejects.toThrow(RangeError);
  });
});
