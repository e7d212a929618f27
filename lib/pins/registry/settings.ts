import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { diagnostic, type Diagnostic, type Outcome } from '../../diagnostics/diagnostic';
import { checkProxies, isLoopback } from './proxy';
import { isHost, isRepository, shown } from './reference';

/** How registries are asked. */
export interface RegistryOptions {
  /**
   * Environment: DOCKER_CONFIG and HOME for credentials, HTTPS_PROXY, HTTP_PROXY and NO_PROXY, SSL_CERT_FILE and
   * NODE_EXTRA_CA_CERTS for certificates, PATH for credential helpers.
   * @default - that of this process
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Files of PEM certificates to trust, beside Node's own and those that the environment names. @default - none */
  readonly caFiles?: readonly string[];
  /** Registries and token servers that may be asked without TLS, as `host` or `host:port`. @default - this machine only */
  readonly insecure?: readonly string[];
  /**
   * For each registry the mirrors to ask before it, in order, as `host[:port][/path]`: what a mirror has of
   * `nvcr.io/nvidia/x` is at `path/nvidia/x`. A mirror gets its own credentials, never those of the registry.
   * @default - none
   */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** Time limit of one request, in milliseconds. @default 30000 */
  readonly requestTimeout?: number;
  /** Time limit of everything, in milliseconds, from opening. @default 300000 */
  readonly timeout?: number;
  /** How often a request is made that fails in passing. @default 4 */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; each further wait is twice as long, at most 20000. @default 500 */
  readonly backoff?: number;
  /** How many look-ups are under way at once. @default 4 */
  readonly concurrency?: number;
}

/** A mirror, or a registry itself: where a repository is asked for. */
export interface Location {
  readonly host: string;
  /** Stands before the path of each repository; empty, or with a slash at its end. */
  readonly prefix: string;
}

/** Options that were read and make sense. */
export interface Settings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to trust; undefined where that is what Node trusts by itself. */
  readonly secureContext?: SecureContext;
  readonly mirrors: ReadonlyMap<string, readonly Location[]>;
  /** True for a host that may be asked without TLS. */
  readonly mayBePlain: (host: string) => boolean;
  readonly requestTimeout: number;
  readonly timeout: number;
  readonly attempts: number;
  readonly backoff: number;
  readonly concurrency: number;
}

/** Reads options; BAY6009 for each that cannot be used. */
export function readSettings(options: RegistryOptions): Outcome<Settings> {
  const env = options.env ?? process.env;
  const diagnostics: Diagnostic[] = [];
  const refuse = (message: string, pointer: string, help: string): void => {
    diagnostics.push(diagnostic('BAY6009', { message, where: { pointer }, help }));
  };
  const certificates = readCertificates(options, env, refuse);
  const mirrors = readMirrors(options.mirrors ?? {}, refuse);
  const insecure = new Set((options.insecure ?? []).map((host) => host.toLowerCase()));
  for (const host of insecure) if (!isHost(host)) refuse(`${shown(host)} is no host`, 'insecure', HOST_HELP);
  try {
    checkProxies(env);
  } catch (error) {
    refuse((error as TypeError).message, 'environment', 'write http://host:port, or unset it');
  }
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const value: Settings = {
    env,
    mirrors,
    secureContext: trust(certificates),
    mayBePlain: (host) => isLoopback(host) || insecure.has(host),
    requestTimeout: options.requestTimeout ?? 30_000,
    timeout: options.timeout ?? 300_000,
    attempts: Math.max(1, options.attempts ?? 4),
    backoff: options.backoff ?? 500,
    concurrency: Math.max(1, options.concurrency ?? 4),
  };
  return { ok: true, value, diagnostics: [] };
}

type Refuse = (message: string, pointer: string, help: string) => void;

const HOST_HELP = 'write host or host:port, without a scheme';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/** All certificates of all files, by whoever they are named. */
function readCertificates({ caFiles = [] }: RegistryOptions, env: Settings['env'], refuse: Refuse): string[] {
  const named = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'].map((name) => [env[name] ?? '', name] as const);
  const files = [...caFiles.map((file) => [file, 'caFiles'] as const), ...named.filter(([file]) => file !== '')];
  return files.flatMap(([file, pointer]) => {
    const certificates = readCertificate(file);
    if (certificates.length > 0) return certificates;
    refuse(`${file} holds no certificate that can be read`, pointer, 'name a readable file of PEM certificates');
    return [];
  });
}

/** The certificates of a file; OpenSSL would leave those out, without a word, that it cannot read. */
function readCertificate(file: string): string[] {
  try {
    const found = readFileSync(file, 'latin1').match(PEM_CERTIFICATE) ?? [];
    return found.map((pem) => new X509Certificate(pem).toString());
  } catch {
    return [];
  }
}

/** Made once: OpenSSL takes tens of milliseconds to read all roots. */
function trust(certificates: readonly string[]): SecureContext | undefined {
  return certificates.length === 0 ? undefined : createSecureContext({ ca: [...rootCertificates, ...certificates] });
}

function readMirrors(mirrors: Readonly<Record<string, readonly string[]>>, refuse: Refuse): Settings['mirrors'] {
  return new Map(
    Object.entries(mirrors).map(([registry, texts]) => {
      if (!isHost(registry)) refuse(`${shown(registry)} is no host`, 'mirrors', HOST_HELP);
      return [registry.toLowerCase(), texts.flatMap((text) => readMirror(text, registry, refuse))];
    }),
  );
}

function readMirror(text: string, registry: string, refuse: Refuse): Location[] {
  const [host = '', ...path] = text.replace(/\/$/, '').split('/');
  const prefix = path.join('/');
  if (isHost(host) && (prefix === '' || isRepository(prefix))) {
    return [{ host: host.toLowerCase(), prefix: prefix === '' ? '' : `${prefix}/` }];
  }
  refuse(`${shown(text)} is no mirror`, `mirrors.${registry}`, 'write host[:port][/path], without a scheme');
  return [];
}
