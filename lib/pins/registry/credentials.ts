import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DOCKER_HUB } from './reference';

/** What `docker login` left for a registry. It goes into a header, and nowhere else. */
export type Credential =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** A refresh token of OAuth 2, for the token server. */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token for the registry itself. */
  | { readonly kind: 'bearer'; readonly token: string };

/** The credential for a registry, and what kept one from being found. */
export interface Found {
  readonly credential?: Credential;
  /** Where was looked and what failed there; for people, without secrets. */
  readonly notes: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const text = z.string().optional();
const entry = z.object({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text });
const config = z.object({
  auths: z.record(z.string(), entry).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: text,
});
const helped = z.object({ Username: z.string(), Secret: z.string() });

const HELPER_TIMEOUT = 15_000;
const HELPER_OUTPUT = 64 * 1024;

/** The name under which docker keeps the login of Docker Hub, and others that mean it. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_NAMES = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'];

/**
 * The credentials of docker's config.json, in DOCKER_CONFIG or ~/.docker: the helper for a registry before the one for
 * all (`credHelpers`, `credsStore`), and after them what stands in the file (`auths`). Read once, each registry asked
 * for once.
 */
export class Credentials {
  private readonly path: string;
  private readonly found = new Map<string, Promise<Found>>();
  private read: z.infer<typeof config> | string | undefined;

  constructor(private readonly env: Environment) {
    this.path = join(env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker'), 'config.json');
  }

  /** Never rejects: whoever has no credentials asks without, and is told why there were none if that is refused. */
  async of(host: string): Promise<Found> {
    const known = this.found.get(host) ?? this.lookUp(host);
    this.found.set(host, known);
    return known;
  }

  private async lookUp(host: string): Promise<Found> {
    this.read ??= readConfig(this.path);
    if (typeof this.read === 'string') return { notes: [this.read] };
    const { auths = {}, credHelpers = {}, credsStore } = this.read;
    const isIt = (key: string): boolean => hostOf(key) === host || (isHub(host) && isHub(hostOf(key)));
    const helper = Object.entries(credHelpers).find(([key]) => isIt(key))?.[1] ?? credsStore;
    const asked = helper ? await askHelper(helper, isHub(host) ? HUB_KEY : host, this.env) : undefined;
    const credential = typeof asked === 'object' ? asked : fromFile(Object.entries(auths).filter(([key]) => isIt(key)));
    if (credential !== undefined)
      return { credential, notes: [`the credentials for ${host} are those of ${this.path}`] };
    return { notes: [typeof asked === 'string' ? asked : `${this.path} holds no credentials for ${host}`] };
  }
}

function isHub(host: string): boolean {
  return HUB_NAMES.includes(host);
}

/** A key of `auths` may have a scheme and a path. */
function hostOf(key: string): string {
  return (key.replace(/^https?:\/\//, '').split('/')[0] ?? '').toLowerCase();
}

/** The file, or what is the matter with it; no part of it gets into that. */
function readConfig(path: string): z.infer<typeof config> | string {
  try {
    const parsed = config.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : `${path} is not as docker writes it`;
  } catch (error) {
    return error instanceof SyntaxError ? `${path} is not JSON` : `there is no ${path} that can be read`;
  }
}

/** An entry without credentials stands there where a helper keeps them. */
function fromFile(entries: readonly (readonly [string, z.infer<typeof entry>])[]): Credential | undefined {
  for (const [, { auth, username, password, identitytoken, registrytoken }] of entries) {
    if (registrytoken) return { kind: 'bearer', token: registrytoken };
    if (identitytoken) return { kind: 'identity', token: identitytoken };
    const [, user = username, secret = password] = /^([^:]*):([^]*)$/.exec(decoded(auth)) ?? [];
    if (user && secret) return { kind: 'basic', user, password: secret };
  }
  return undefined;
}

/** Docker pads with zero bytes. */
function decoded(auth = ''): string {
  return Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
}

/**
 * Asks a credential helper (github.com/docker/docker-credential-helpers): the registry on its standard input, JSON on
 * its standard output. Undefined where it knows of none, a text for people where it failed.
 */
async function askHelper(name: string, server: string, env: Environment): Promise<Credential | string | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) return `the credential helper ${JSON.stringify(name)} is no name of a program`;
  const { code, output } = await run(program, server, env);
  if (code !== undefined) {
    return output.includes('credentials not found') ? undefined : `${program} gave no credentials (${code})`;
  }
  const parsed = helped.safeParse(parseJson(output));
  if (!parsed.success) return `${program} did not answer as a credential helper does`;
  const { Username: user, Secret: secret } = parsed.data;
  return user === '<token>' ? { kind: 'identity', token: secret } : { kind: 'basic', user, password: secret };
}

/** Runs a helper to its end; `code` says why that was a bad one. */
async function run(program: string, input: string, env: Environment): Promise<{ code?: string; output: string }> {
  return new Promise((resolve) => {
    const limits = { timeout: HELPER_TIMEOUT, killSignal: 'SIGKILL', maxBuffer: HELPER_OUTPUT } as const;
    const child = execFile(program, ['get'], { ...limits, env: { ...env } }, (error, output) => {
      resolve({
        output,
        code: error === null ? undefined : error.killed ? 'stopped' : String(error.code ?? error.signal),
      });
    });
    // A helper that ends without reading closes its input: what it says itself counts.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${input}\n`);
  });
}

function parseJson(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
