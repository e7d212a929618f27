import { spawn, spawnSync, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/**
 * The registry of Debian's package docker-registry, on a free port of this machine, with a configuration and a folder
 * of its own. Nothing is asked of a registry that runs already.
 */
export const installed = spawnSync('docker-registry', ['--version']).status === 0;

/** `describe`, or the same skipped, and saying so, where the package is not installed. */
export const describeWithRegistry = installed ? describe : describe.skip;

/** A folder that is removed after all tests of the file. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bayplan-registry-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Configuration {
  /** Folder of what is stored; two registries may share one. */
  readonly folder: string;
  /** The section `auth`, as JSON. */
  readonly auth?: object;
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface Running {
  /** `127.0.0.1:port` */
  readonly host: string;
}

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Ends all registries of this file, each by its own process. */
export async function stopRegistries(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      running.delete(child);
      const end = once(child, 'exit');
      if (child.kill('SIGKILL')) await end;
    }),
  );
}

export async function startRegistry({ folder, auth, tls }: Configuration): Promise<Running> {
  const configuration = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: '127.0.0.1:0', secret: randomBytes(16).toString('hex'), ...(tls && { tls }) },
    ...(auth && { auth }),
  };
  const file = join(folder, `config-${randomBytes(4).toString('hex')}.yml`);
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const child = spawn('docker-registry', ['serve', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  running.add(child);
  return { host: `127.0.0.1:${await portOf(child)}` };
}

/** The port that a registry says it listens on; what it logs after that is read and dropped. */
async function portOf(child: ChildProcessByStdio<null, null, Readable>): Promise<string> {
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port !== undefined) resolve(port);
      log.splice(0, log.length - 20);
      log.push(line);
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`docker-registry ended:\n${log.join('\n')}`)));
  });
}
