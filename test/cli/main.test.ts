import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/* The command as a process: what only a process has are its streams, signals and uncaught errors. */
const main = resolve(__dirname, '../../lib/cli/main.ts');
const node = ['--import', 'tsx', main];

function bayplan(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...node, ...args], { encoding: 'utf8', input, env: { ...process.env, ...env } });
}

describe('the bayplan process', () => {
  test('reads standard input, prints the plan on standard output and ends with 0', () => {
    const { status, stdout, stderr } = bayplan(['place', '-'], 'version: 1\n');
    expect({ status, stderr, plan: JSON.parse(stdout) as unknown }).toMatchObject({
      status: 0,
      stderr: '',
      plan: { version: 1, status: 'placed', gangs: [] },
    });
  });

  test('says its version', () => {
    const { version } = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect(bayplan(['--version']).stdout).toBe(`${version}\n`);
  });

  test('ends with 2 and a finding on standard error for wrong usage', () => {
    const { status, stdout, stderr } = bayplan(['plcae'], '', { NO_COLOR: '' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error\[BAY5020\]: there is no command "plcae"\n/);
  });

  test('ends quietly where nobody reads on', async () => {
    const child = spawn(process.execPath, [...node, 'schema', 'problem'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const status = await new Promise((done) => child.on('close', done));
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  test('an internal error is one line, and more with BAYPLAN_DEBUG', () => {
    // Standard output that may not be written to: an error that is neither bad input nor a reader who left.
    const broken = (env: NodeJS.ProcessEnv): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, ['--import', 'tsx', '--import', breakOutput, main, 'schema', 'plan'], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
    const { status, stderr } = broken({ BAYPLAN_DEBUG: '' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'bayplan: internal error: out of order\n' });
    expect(broken({ BAYPLAN_DEBUG: '1' }).stderr).toMatch(/^Error: out of order\n {4}at /);
  });
});

const breakOutput = `data:text/javascript,process.stdout.write = () => { throw new Error('out of order'); };`;
