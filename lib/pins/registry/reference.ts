import { diagnostic, type Outcome, type Where } from '../../diagnostics/diagnostic';

/** The digest of a manifest or blob: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** What is asked of a registry. */
export interface Reference {
  /** As it was written. */
  readonly text: string;
  /** The registry, in lower case and with the port where one was written; `docker.io` where none was named. */
  readonly host: string;
  /** Path of the repository in the registry, such as `nvidia/ai-dynamo/vllm-runtime`. */
  readonly repository: string;
  /** Tag or digest to ask for. A digest wins over a tag beside it; with neither it is `latest`. */
  readonly target: string;
}

/** Docker Hub, as references name it. */
export const DOCKER_HUB = 'docker.io';

// The grammar of github.com/distribution/reference (regexp.go and normalize.go, v0.6).
const HOST_WORD = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${HOST_WORD}(?:\\.${HOST_WORD})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`);
const PATH_WORD = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${PATH_WORD}(?:/${PATH_WORD})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const LONGEST_REPOSITORY = 255;

/** True for `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/** True for `host`, `host:port` and `[address]:port`. */
export function isHost(text: string): boolean {
  return HOST.test(text) && Number(/:(\d+)$/.exec(text)?.[1] ?? 0) <= 65_535;
}

/** True for the path of a repository: lower-case words with separators, and slashes between them. */
export function isRepository(text: string): boolean {
  return REPOSITORY.test(text) && text.length <= LONGEST_REPOSITORY;
}

/** Reads `[host/]path[:tag][@digest]` as docker does: without a host it is one of Docker Hub. BAY6001 where it is none. */
export function parseImage(text: string, where: Where): Outcome<Reference> {
  const fault = SCHEME.test(text) ? 'the reference of an image has no scheme' : undefined;
  const { name, tag, digest } = splitReference(text);
  const [first, ...rest] = name.split('/');
  const named = rest.length > 0 && first !== undefined && isHostName(first);
  const host = named ? hub(first.toLowerCase()) : DOCKER_HUB;
  const path = named ? rest.join('/') : name;
  const repository = host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  const found = fault ?? faultOf(host, repository, tag, digest);
  if (found === undefined) return read({ text, host, repository, target: digest ?? tag ?? 'latest' });
  const help = 'write [host/]repository:tag, repository@sha256:…, or both';
  return refused(text, `${shown(text)} is no reference to an image`, found, where, help);
}

/**
 * Reads the address of a chart, `oci://host/path`, and its version. A version is a tag, in which `+` is written `_` as
 * helm does, or a digest. BAY6001 where one of them cannot be that.
 */
export function parseChart(address: string, version: string, where: Where): Outcome<Reference> {
  const [host = '', ...path] = address.replace(/^oci:\/\//, '').split('/');
  const repository = path.join('/');
  const isPinned = version.startsWith('sha256:');
  const target = isPinned ? version : version.replaceAll('+', '_');
  const parts = faultOf(host, repository, ...(isPinned ? [undefined, target] : [target]));
  const fault = address.startsWith('oci://') ? parts : 'it has to begin with oci://';
  const text = `${address}:${version}`;
  if (fault === undefined) return read({ text, host: hub(host.toLowerCase()), repository, target });
  const help = 'write oci://host/path/of/chart, and one version such as 1.2.3';
  return refused(text, `${shown(text)} is no reference to a chart`, fault, where, help);
}

/** A text for messages, on one line; a password that somebody wrote into it is left out. */
export function shown(text: string): string {
  return JSON.stringify(text.replace(/^((?:[a-z][a-z0-9+.-]*:\/\/)?)[^/@]*:[^/@]*@(?!sha\d+:)/i, '$1…@'));
}

/** Name, tag and digest of an image as they were written, whatever they are. */
export function splitReference(text: string): {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
} {
  const at = text.indexOf('@');
  const [before, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const colon = before.lastIndexOf(':');
  if (colon <= before.lastIndexOf('/')) return { name: before, digest };
  return { name: before.slice(0, colon), tag: before.slice(colon + 1), digest };
}

/** Whether the first word of a path names a registry: a plain word is a folder of Docker Hub. */
function isHostName(word: string): boolean {
  return word === 'localhost' || /[.:]/.test(word) || word !== word.toLowerCase();
}

function hub(host: string): string {
  return host === 'index.docker.io' ? DOCKER_HUB : host;
}

/** What keeps the parts from being a reference, if anything does. */
function faultOf(host: string, repository: string, tag?: string, digest?: string): string | undefined {
  if (!isHost(host)) return `${shown(host)} is no host with or without a port`;
  if (repository !== repository.toLowerCase()) return 'the path of a repository is in lower case';
  if (!isRepository(repository)) {
    return repository.length > LONGEST_REPOSITORY
      ? `the path of a repository has ${LONGEST_REPOSITORY} characters at most`
      : 'the path of a repository is words of letters and digits, with . _ - within and / between them';
  }
  if (tag !== undefined && !TAG.test(tag))
    return `${shown(tag)} is no tag: letters, digits and _ . - only, 128 at most`;
  if (digest !== undefined && !isDigest(digest)) return 'a digest is sha256: and 64 digits of 0-9 and a-f';
  return undefined;
}

function read(value: Reference): Outcome<Reference> {
  return { ok: true, value, diagnostics: [] };
}

function refused(text: string, message: string, note: string, where: Where, help: string): Outcome<never> {
  const data = { reference: JSON.parse(shown(text)) as string };
  return { ok: false, diagnostics: [diagnostic('BAY6001', { message, where, notes: [note], help, data })] };
}
