import { z } from 'zod';
import type { Credential, Credentials, Found } from './credentials';
import { LookUpFailure } from './failure';
import { parseJson } from './json';
import { failed, type Answer, type Transport } from './transport';

/** One way to log in that a server offers in WWW-Authenticate (RFC 9110, 11.6.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A repository at the host that is asked for it: what a login is for. */
export interface Place {
  readonly host: string;
  readonly repository: string;
}

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const MOST_TOKEN_BYTES = 1024 * 1024;

/**
 * Logs in where a registry asks for it, and remembers with what: Basic, or a bearer token of the server that the
 * registry names (distribution.github.io/distribution/spec/auth: token and oauth).
 */
export class Authority {
  private readonly headers = new Map<string, Promise<string>>();

  constructor(
    private readonly transport: Transport,
    private readonly credentials: Credentials,
  ) {}

  /** The Authorization header for a repository, as far as one is known. */
  async known(place: Place): Promise<string | undefined> {
    return this.headers.get(keyOf(place));
  }

  /** A new Authorization header in the place of `used`, which a registry did not take. */
  async renew(place: Place, refused: Answer, used: string | undefined): Promise<string> {
    const key = keyOf(place);
    const known = this.headers.get(key);
    // Somebody else may have been refused before, and have a new one already.
    if (known !== undefined && (await known.catch(() => used)) !== used) return known;
    const fresh = this.logIn(place, refused);
    this.headers.set(key, fresh);
    fresh.catch(() => {
      if (this.headers.get(key) === fresh) this.headers.delete(key);
    });
    return fresh;
  }

  /** That a registry, or its token server, lets nobody in with what there is. */
  async refusal(place: Place): Promise<LookUpFailure> {
    const { credential, notes } = await this.credentials.of(place.host);
    return new LookUpFailure({ kind: 'unauthorised', ...place, sent: credential !== undefined, notes });
  }

  private async logIn(place: Place, refused: Answer): Promise<string> {
    const challenges = parseChallenges(refused.headers['www-authenticate']);
    const { credential } = await this.credentials.of(place.host);
    if (credential?.kind === 'bearer') return `Bearer ${credential.token}`;
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return `Bearer ${await this.token(place, bearer, refused.url, credential)}`;
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    if (basic && credential?.kind === 'basic') return basicHeader(credential);
    throw await this.refusal(place);
  }

  /** Asks the server that a registry names for a token: with a refresh token by POST, with all else by GET. */
  private async token(place: Place, challenge: Challenge, from: URL, credential: Found['credential']): Promise<string> {
    const { realm = '', service, scope = `repository:${place.repository}:pull` } = challenge.parameters;
    if (!URL.canParse(realm)) throw failed(place.host, 'it names no token server');
    const url = new URL(realm);
    this.transport.requireTls(url, from, 'a token server');
    const wanted = { ...(service === undefined ? {} : { service }), scope };
    const answer = await this.transport.send(tokenRequest(url, wanted, credential));
    if (answer.status === 401 || answer.status === 403) throw await this.refusal(place);
    if (answer.status !== 200) throw failed(url.host, `its token server answered with status ${answer.status}`);
    const token = readToken(answer.body);
    if (token === undefined) throw failed(url.host, 'its token server answered without a token');
    return token;
  }
}

function tokenRequest(
  url: URL,
  wanted: Readonly<Record<string, string>>,
  credential: Found['credential'],
): Parameters<Transport['send']>[0] {
  if (credential?.kind === 'identity') {
    const grant = { grant_type: 'refresh_token', refresh_token: credential.token, client_id: 'bayplan' };
    return { url, form: new URLSearchParams({ ...grant, ...wanted }), maxBytes: MOST_TOKEN_BYTES };
  }
  const asked = new URL(url.href);
  for (const [name, value] of Object.entries(wanted)) asked.searchParams.set(name, value);
  const headers = credential?.kind === 'basic' ? { authorization: basicHeader(credential) } : undefined;
  return { url: asked, headers, maxBytes: MOST_TOKEN_BYTES };
}

function basicHeader({ user, password }: Extract<Credential, { kind: 'basic' }>): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function readToken(body: Uint8Array): string | undefined {
  const { data } = tokenAnswer.safeParse(parseJson(body));
  const found = data?.token ?? data?.access_token;
  // Nothing else can stand in a header.
  return found !== undefined && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
}

function keyOf({ host, repository }: Place): string {
  return `${host}/${repository}`;
}

/** Reads WWW-Authenticate: schemes, each with parameters that may be quoted, all parted by commas. */
export function parseChallenges(header: string | string[] | undefined): Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const parts = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = '', quoted, plain] of [header ?? []].flat().join(', ').matchAll(parts)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else Object.assign(challenges.at(-1)?.parameters ?? {}, { [name.toLowerCase()]: value });
  }
  return challenges;
}
