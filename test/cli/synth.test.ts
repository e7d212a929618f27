import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Surroundings } from './run';

/* A working folder with a cdk8s.yaml whose app writes down what it was given, and ends as it is told. */
const before = process.cwd();
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bayplan-')));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const app = (exit: string): string =>
  `echo "$BAYPLAN_FORMAT|$BAYPLAN_OUTDIR|$KEPT\${BAYPLAN_VERBOSE:+|verbose}\${BAYPLAN_FIRST_STEP:+|first step}" > seen; ${exit}`;
const configure = (text: string): void => {
  writeFileSync('cdk8s.yaml', text);
};
const synth = (args: string[] = [], env: Surroundings['env'] = {}): ReturnType<typeof run> =>
  run(['synth', ...args], { env: { PATH: process.env['PATH'], ...env } });
const seen = (): string => readFileSync('seen', 'utf8').trim();

describe('bayplan synth', () => {
  test('runs the app of cdk8s.yaml in the working folder with the environment it has', async () => {
    configure(`language: typescript\napp: ${JSON.stringify(app('exit 0'))}\noutput: .cdk8s.out\n`);
    expect(await synth([], { KEPT: 'yes' })).toEqual({ code: 0, out: '', err: '' });
    expect(seen()).toBe('||yes');
  });

  test('tells the app of format and folder, and empties no folder', async () => {
    configure(`app: ${JSON.stringify(app('exit 0'))}\noutput: kept\n`);
    writeFileSync('kept', 'still here');
    expect((await synth(['--format', 'json', '--output', 'out/dist'])).code).toBe(0);
    expect(seen()).toBe(`json|${join(folder, 'out/dist')}|`);
    expect(readFileSync('kept', 'utf8')).toBe('still here');
  });

  test('--verbose is passed on', async () => {
    expect((await synth(['--app', app('exit 0'), '--verbose'])).code).toBe(0);
    expect(seen()).toBe('|||verbose');
  });

  test('--first-step is passed on', async () => {
    expect((await synth(['--app', app('exit 0'), '--first-step'])).code).toBe(0);
    expect(seen()).toBe('|||first step');
  });

  test.each([0, 1, 2, 3, 4, 77])('ends with the exit code of the app: %i', async (code) => {
    expect(await synth(['--app', `exit ${code}`])).toEqual({ code, out: '', err: '' });
  });

  test('--app needs no cdk8s.yaml', async () => {
    expect((await synth(['--app', app('exit 3')])).code).toBe(3);
    expect(existsSync('seen')).toBe(true);
  });

  test('an app that a signal ends is an error that says so', async () => {
    const { code, err } = await synth(['--app', 'kill -9 $$']);
    expect(code).toBe(1);
    expect(err).toContain('error[BAY5012]: the app was ended by SIGKILL\n');
    expect(err).toContain('  = note: the app is: kill -9 $$\n');
  });

  test('no cdk8s.yaml', async () => {
    const { code, err } = await synth();
    expect(code).toBe(2);
    expect(err).toMatch(
      /^error\[BAY5010\]: there is no cdk8s.yaml in the working folder\n {2}--> cdk8s.yaml\n {2}= help: /,
    );
  });

  test.each([
    ['no app', 'output: dist\n', 'there is no "app"'],
    ['an empty app', 'app: " "\n', '"app" is " ", not a command line'],
    ['an app that is a list', 'app: [node, main.ts]\n', '"app" is ["node","main.ts"], not a command line'],
    ['an empty file', '', 'there is no "app"'],
    ['a list', '- app\n', 'there is no "app"'],
  ])('%s in cdk8s.yaml', async (_name, text, message) => {
    configure(text);
    const { code, err } = await synth();
    expect(code).toBe(2);
    expect(err).toMatch(/^error\[BAY5011\]/);
    expect(err).toContain(`: ${message}\n  --> cdk8s.yaml at app\n`);
  });

  test('a cdk8s.yaml that is no YAML', async () => {
    configure('app: [\n');
    const { code, err } = await synth();
    expect(code).toBe(2);
    expect(err).toMatch(/^error\[BAY1002\][^\n]+\n {2}--> cdk8s.yaml:2:1\n/);
  });
});
