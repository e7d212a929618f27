import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Kubernetes API server with nothing behind it but etcd: no controllers, no nodes, no webhooks. */
export interface ApiServer {
  /** Runs kubectl with a text as its standard input; a failure is a code and what kubectl said. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<Ran>;
  /** Ends the server at once and removes all its files. */
  readonly stop: () => Promise<void>;
}

export interface Ran {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

const programs = ['etcd', 'kube-apiserver', 'kubectl'];

/** The programs that are not in a folder of assets, as setup-envtest fills it. */
export function missingPrograms(assets: string): string[] {
  return programs.filter((name) => !existsSync(join(assets, name)));
}

/** Starts a server of its own on loopback, and waits for it; throws with its log if it is not ready in time. */
export async function startServer(assets: string, seconds = 60): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
  const port = await freePort();
  const token = randomUUID();
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(folder, 'token.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'service-account.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(folder, port, token), { mode: 0o600 });

  const servers = spawn(join(__dirname, 'serve.sh'), [assets, folder, String(port)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(servers, 'exit');
  const stop = async (): Promise<void> => {
    servers.stdin.end();
    await ended;
  };
  const kubectl = (args: readonly string[], input = ''): Promise<Ran> =>
    run(join(assets, 'kubectl'), args, input, folder);

  const deadline = performance.now() + seconds * 1000;
  while ((await kubectl(['get', '--raw=/readyz'])).failed) {
    if (performance.now() > deadline) {
      const said = ['etcd', 'kube-apiserver'].map((name) => tail(join(folder, `${name}.log`)));
      await stop();
      throw new Error(`the API server was not ready in ${seconds} s\n${said.join('\n')}`);
    }
    await sleep(250);
  }
  return { kubectl, stop };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // a TCP server that listens has one
  probe.close();
  await once(probe, 'close');
  return port;
}

/** JSON is YAML. The server signs its certificate itself, so that the certificate is its own authority. */
function kubeconfig(folder: string, port: number, token: string): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(folder, 'certs/apiserver.crt') };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

/** With no more of the environment than PATH: neither a proxy nor another cluster gets in the way. */
function run(program: string, args: readonly string[], input: string, folder: string): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') };
  return new Promise((resolve) => {
    const options = { env, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ failed: error !== null, stdout, stderr: stderr || (error?.message ?? '') }),
    );
    child.stdin?.on('error', () => undefined); // kubectl may end before it has read everything, and says why
    child.stdin?.end(input);
  });
}

function tail(file: string): string {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5) : ['no log'];
  return `${file}:\n${lines.join('\n')}`;
}
