import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Authority, type Place } from './authority';
import { Credentials } from './credentials';
import { LookUpFailure } from './failure';
import { parseJson } from './json';
import { MANIFEST_TYPES } from './manifest';
import { DOCKER_HUB, isDigest, type Digest } from './reference';
import type { Settings } from './settings';
import { failed, one, Transport, type Answer } from './transport';

/** A manifest as it was received, verified. */
export interface Received {
  /** Of the bytes. */
  readonly digest: Digest;
  readonly body: Uint8Array;
  readonly contentType?: string;
}

/** Registries have to take manifests of 4 MiB (distribution-spec v1.1); an image's config is of that order. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_TAGS = 1000;

const tagList = z.object({ tags: z.array(z.string()).nullish() });

/** The read-only part of the OCI distribution protocol (github.com/opencontainers/distribution-spec v1.1). */
export class Client {
  private readonly transport: Transport;
  private readonly authority: Authority;
  private readonly bases = new Map<string, Promise<string>>();

  constructor(private readonly settings: Settings) {
    this.transport = new Transport(settings);
    this.authority = new Authority(this.transport, new Credentials(settings.env));
  }

  /** The manifest or index of a tag or digest. */
  async manifest(place: Place, target: string): Promise<Received> {
    const accept = MANIFEST_TYPES.join(', ');
    const answer = await this.get(place, `manifests/${target}`, accept);
    if (answer.status === 404) {
      const tags = isDigest(target) ? [] : await this.tags(place).catch(() => []);
      throw new LookUpFailure({ kind: 'not-found', ...place, target, tags });
    }
    const { body, headers } = succeeded(answer);
    const what = `the manifest of ${place.repository}`;
    const digest = verified(body, isDigest(target) ? target : undefined, place.host, what);
    requireSaid(body, one(headers['docker-content-digest']), digest, place.host, what);
    return { digest, body, contentType: one(headers['content-type']) };
  }

  /** A small blob, such as the config of an image. */
  async blob(place: Place, digest: Digest): Promise<Uint8Array> {
    const answer = await this.get(place, `blobs/${digest}`, '*/*');
    if (answer.status === 404) throw failed(place.host, `it lacks ${digest}, which a manifest of it names`);
    const { body } = succeeded(answer);
    verified(body, digest, place.host, `a blob of ${place.repository}`);
    return body;
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** The first tags of a repository. */
  private async tags(place: Place): Promise<readonly string[]> {
    const { body } = succeeded(await this.get(place, `tags/list?n=${MOST_TAGS}`, 'application/json'));
    return tagList.safeParse(parseJson(body)).data?.tags ?? [];
  }

  /** Asks with what login is known, and once more with a new one. */
  private async get(place: Place, path: string, accept: string): Promise<Answer> {
    const url = new URL(`${await this.base(place.host)}/v2/${place.repository}/${path}`);
    const ask = (authorization: string | undefined): Promise<Answer> =>
      this.transport.send({ url, headers: { accept, ...(authorization && { authorization }) }, maxBytes: MOST_BYTES });
    const known = await this.authority.known(place);
    const first = await ask(known);
    const answer = first.status === 401 ? await ask(await this.authority.renew(place, first, known)) : first;
    if (answer.status === 401 || answer.status === 403) throw await this.authority.refusal(place);
    return answer;
  }

  /** Scheme and host at which a registry is asked; found out once. */
  private base(host: string): Promise<string> {
    const known = this.bases.get(host) ?? this.findBase(host);
    this.bases.set(host, known);
    return known;
  }

  /** TLS, unless the host may do without and does: docker treats its insecure registries alike. */
  private async findBase(host: string): Promise<string> {
    const address = host === DOCKER_HUB ? 'registry-1.docker.io' : host;
    const secure = `https://${address}`;
    if (!this.settings.mayBePlain(host)) return secure;
    try {
      await this.transport.follow({ url: new URL(`${secure}/v2/`), maxBytes: MOST_BYTES });
      return secure;
    } catch (error) {
      const noTls = error instanceof LookUpFailure && error.failure.kind === 'unreachable';
      return noTls ? `http://${address}` : secure;
    }
  }
}

function succeeded(answer: Answer): Answer {
  if (answer.status !== 200) throw failed(answer.url.host, `it answered with status ${answer.status}`);
  return answer;
}

/** The digest of bytes, which has to be the one that was asked for. */
function verified(body: Uint8Array, asked: Digest | undefined, host: string, what: string): Digest {
  const received: Digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (asked === undefined || asked === received) return received;
  throw new LookUpFailure({ kind: 'digest', host, what, expected: asked, received });
}

/** Docker-Content-Digest, where there is one, has to be a digest of the bytes, though perhaps by another algorithm. */
function requireSaid(body: Uint8Array, said: string | undefined, received: Digest, host: string, what: string): void {
  if (said === undefined) return;
  const algorithm = /^(sha256|sha384|sha512):/.exec(said)?.[1] ?? 'sha256';
  if (said === `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`) return;
  const expected = said.replace(/[^\x21-\x7e]/g, '?').slice(0, 140);
  throw new LookUpFailure({ kind: 'digest', host, what, expected, received });
}
