import { createHmac, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Certificate } from './certificate';
import { serve } from './servers';

/** A token server as distribution.github.io/distribution/spec/auth has it: GET with Basic, POST with a refresh token. */
export interface TokenServer {
  readonly realm: string;
  /** What was asked of it: method, scope, and how the asker logged in. */
  readonly asked: string[];
  /** Tokens that it gives from now on are of no use. */
  spoil: (spoiled: boolean) => void;
}

interface Logins {
  readonly user: string;
  readonly password: string;
  readonly refreshToken: string;
}

export const SERVICE = 'registry.test';
export const ISSUER = 'tokens.test';

export async function startTokenServer(certificate: Certificate, logins: Logins): Promise<TokenServer> {
  const asked: string[] = [];
  let spoiled = false;
  const basic = `Basic ${Buffer.from(`${logins.user}:${logins.password}`).toString('base64')}`;
  const host = await serve((request, response) => {
    void readForm(request).then((form) => {
      const { scope, service, login } = form;
      asked.push(`${request.method ?? ''} ${scope} ${login === undefined ? 'anonymous' : 'with a login'}`);
      const known = login === basic || login === logins.refreshToken;
      if (service !== SERVICE || (login !== undefined && !known)) {
        response.writeHead(401).end('{"details": "no such user"}');
        return;
      }
      const access = known ? accessOf(scope) : [];
      const token = spoiled ? createHmac('sha256', 'x').update('x').digest('hex') : jwt(certificate, access);
      response.writeHead(200).end(JSON.stringify(request.method === 'POST' ? { access_token: token } : { token }));
    });
  });
  return { realm: `http://${host}/token`, asked, spoil: (now) => (spoiled = now) };
}

async function readForm(request: IncomingMessage): Promise<{ scope: string; service: string; login?: string }> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const form = request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString('utf8')) : query;
  const login = request.method === 'POST' ? form.get('refresh_token') : request.headers.authorization;
  return { scope: form.get('scope') ?? '', service: form.get('service') ?? '', login: login ?? undefined };
}

/** `repository:ai/server:pull,push` as the registry wants it in a token. */
function accessOf(scope: string): readonly object[] {
  const [type, name, actions = ''] = scope.split(':');
  return [{ type, name, actions: actions.split(',').filter((action) => action === 'pull') }];
}

function jwt({ key, der }: Certificate, access: readonly object[]): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { typ: 'JWT', alg: 'ES256', x5c: [der.toString('base64')] };
  const times = { iat: now - 5, nbf: now - 5, exp: now + 60 };
  const claims = { iss: ISSUER, aud: SERVICE, sub: 'somebody', jti: randomUUID(), ...times, access };
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', new Uint8Array(Buffer.from(signed)), { key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
