import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTree } from './support/golden';

/** The real `cdk8s synth` on a fresh copy of the project, as a new user runs it. */

const root = join(__dirname, '..');
const copied = ['main.ts', 'lib', 'topologies', 'dist', 'cdk8s.yaml', 'package.json', 'tsconfig.json'];
let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'bayplan-synth-'));
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
});

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

function synth(...args: string[]): { status: number | null; output: string } {
  const cli = join(root, 'node_modules', 'cdk8s-cli', 'bin', 'cdk8s');
  const env = {
    ...process.env,
    CDK8S_CHECK_UPGRADE: 'false',
    NO_COLOR: '1',
    BAYPLAN_FORMAT: '',
    CDK8S_OUTDIR: undefined,
  };
  const run = spawnSync(process.execPath, [cli, 'synth', ...args], { cwd: copy, env, encoding: 'utf8' });
  return { status: run.status, output: run.stdout + run.stderr };
}

const dist = (): Record<string, string> => readTree(join(copy, 'dist'));
const committed = readTree(join(root, 'dist'));

test('writes the committed dist, byte for byte, twice', () => {
  rmSync(join(copy, 'dist'), { recursive: true });
  const first = synth();
  expect(first.output).toContain('eu-west: 2 graphs, 12 pods');
  expect(first.status).toBe(0);
  expect(dist()).toEqual(committed);
  expect(synth().status).toBe(0);
  expect(dist()).toEqual(committed);
});

test('leaves dist as it was when the fleet does not compile, says why, and fails', () => {
  const main = readFileSync(join(copy, 'main.ts'), 'utf8');
  writeFileSync(
    join(copy, 'main.ts'),
    main.replace('preferred: Level.zone()', "preferred: Level.of('example.com/hall')"),
  );
  const { status, output } = synth();
  writeFileSync(join(copy, 'main.ts'), main);
  expect(status).not.toBe(0);
  expect(output).toContain('error[BAY2031]: level "example.com/hall" is not one of topology "topology-1"');
  expect(output).toMatch(/--> main\.ts:\d+:\d+ at placement\.preferred/);
  expect(output).not.toContain('compile.ts');
  expect(dist()).toEqual(committed);
});

test('leaves dist as it was when the app itself throws', () => {
  const main = readFileSync(join(copy, 'main.ts'), 'utf8');
  writeFileSync(join(copy, 'main.ts'), `${main}\nthrow new Error('after all');\n`);
  expect(synth().status).not.toBe(0);
  writeFileSync(join(copy, 'main.ts'), main);
  expect(dist()).toEqual(committed);
});

test('writes to another folder, and to that alone, where cdk8s is told of one', () => {
  rmSync(join(copy, 'dist'), { recursive: true });
  expect(synth('--output', 'elsewhere').status).toBe(0);
  expect(existsSync(join(copy, 'dist'))).toBe(false);
  expect(readTree(join(copy, 'elsewhere'))).toEqual(committed);
});
