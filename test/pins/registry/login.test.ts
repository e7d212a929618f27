import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistryOptions } from '../../../lib/pins/registry/settings';
import { image, refusal, where, withRegistries } from './ask';
import { selfSigned } from './certificate';
import { describeWithRegistry, scratch, startRegistry, stopRegistries } from './debian';
import { pushImage, type Pushed } from './push';
import { serve } from './servers';
import { ISSUER, SERVICE, startTokenServer, type TokenServer } from './token-server';

/** Look-ups in registries that want to know who asks: tokens and Basic, with the credentials of docker. */

const folder = scratch();
const user = 'robot';
const password = `p:${randomBytes(12).toString('hex')}`;
const refreshToken = randomBytes(24).toString('hex');
const encoded = Buffer.from(`${user}:${password}`).toString('base64');
const secrets = [password, refreshToken, encoded];

/** An environment in which docker's config.json is this. */
function docker(config: unknown): RegistryOptions {
  const home = mkdtempSync(join(folder, 'docker-'));
  writeFileSync(join(home, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return { env: { DOCKER_CONFIG: home, PATH: `${folder}:${process.env['PATH'] ?? ''}` } };
}

/** A credential helper: a program that reads the name of a registry and answers. */
function helper(name: string, script: string): void {
  const file = join(folder, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\nread -r server\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Hash of a password as htpasswd -B makes it: the crypt of the system knows bcrypt. */
function bcrypt(): string | undefined {
  const salt = '$2b$05$' + 'abcdefghijklmnopqrstuu';
  const run = spawnSync('perl', ['-e', 'print crypt($ENV{WORD}, $ENV{SALT}) // ""'], {
    env: { PATH: process.env['PATH'], WORD: password, SALT: salt },
    encoding: 'utf8',
  });
  return run.status === 0 && run.stdout.startsWith('$2b$') ? run.stdout : undefined;
}

describeWithRegistry('a registry with tokens', () => {
  let host = '';
  let tokens: TokenServer;
  let pushed: Pushed;

  beforeAll(async () => {
    const certificate = selfSigned(ISSUER);
    tokens = await startTokenServer(certificate, { user, password, refreshToken });
    const rootcertbundle = join(folder, 'tokens.pem');
    writeFileSync(rootcertbundle, certificate.pem);
    const open = await startRegistry({ folder });
    pushed = await pushImage(open.host, 'ai/server', '1.5.0', { os: 'linux', architecture: 'amd64' });
    const token = { realm: tokens.realm, service: SERVICE, issuer: ISSUER, rootcertbundle };
    ({ host } = await startRegistry({ folder, auth: { token } }));
  }, 20_000);
  afterAll(stopRegistries);
  beforeEach(() => tokens.asked.splice(0));

  const found = (): object => ({ ok: true, value: { digest: pushed.digest, platforms: ['linux/amd64'] } });
  const ask = async (config: unknown): Promise<unknown> => image(`${host}/ai/server:1.5.0`, docker(config));

  test('name and password of docker login: one token for manifest and config', async () => {
    expect(await ask({ auths: { [host]: { auth: encoded } } })).toMatchObject(found());
    expect(tokens.asked).toEqual(['GET repository:ai/server:pull with a login']);
  });

  test('the key of a login may be an address', async () => {
    expect(await ask({ auths: { [`https://${host}/v1/`]: { username: user, password } } })).toMatchObject(found());
  });

  test('an identity token is posted as a refresh token', async () => {
    expect(await ask({ auths: { [host]: { identitytoken: refreshToken } } })).toMatchObject(found());
    expect(tokens.asked).toEqual(['POST repository:ai/server:pull with a login']);
  });

  test('a credential helper is asked for this registry, and the one for it before the one for all', async () => {
    helper('all', 'echo "credentials not found in native keychain"; exit 1');
    helper(
      'one',
      `[ "$server" = "${host}" ] && echo '{"ServerURL": "x", "Username": "${user}", "Secret": "${password}"}'`,
    );
    helper('identity', `echo '{"Username": "<token>", "Secret": "${refreshToken}"}'`);
    expect(await ask({ credsStore: 'one', auths: { [host]: {} } })).toMatchObject(found());
    expect(await ask({ credsStore: 'all', credHelpers: { [host]: 'one' } })).toMatchObject(found());
    expect(await ask({ credsStore: 'all', auths: { [host]: { auth: encoded } } })).toMatchObject(found());
    expect(await ask({ credsStore: 'identity' })).toMatchObject(found());
  });

  test('a token is used for all look-ups in a repository, and renewed where the registry refuses it', async () => {
    const options = docker({ auths: { [host]: { auth: encoded } } });
    await withRegistries(options, async (registries) => {
      const resolve = async (): Promise<unknown> => registries.resolveImage(`${host}/ai/server:1.5.0`, where);
      tokens.spoil(true);
      expect(await resolve()).toMatchObject({ ok: false, diagnostics: [{ code: 'BAY6003' }] });
      tokens.spoil(false);
      expect(await resolve()).toMatchObject(found());
      expect(await Promise.all([resolve(), resolve()])).toMatchObject([found(), found()]);
    });
    expect(tokens.asked).toHaveLength(2);
  });

  test('look-ups in one repository at the same time share one login', async () => {
    const options = docker({ auths: { [host]: { auth: encoded } } });
    const reference = `${host}/ai/server:1.5.0`;
    const outcomes = await withRegistries(options, (registries) =>
      registries.resolveAll([1, 2, 3].map(() => ({ kind: 'image', reference, where }))),
    );
    expect(outcomes).toMatchObject([found(), found(), found()]);
    expect(tokens.asked).toHaveLength(1);
  });

  test('without credentials: where was looked, and how to log in', async () => {
    const finding = refusal(await image(`${host}/ai/server:1.5.0`));
    expect(finding).toMatchObject({
      code: 'BAY6003',
      message: `"${host}/ai/server:1.5.0" could not be looked up: ${host} asks for credentials`,
      help: `docker login ${host}, with a user who may read ai/server`,
    });
    expect(finding.notes[0]).toBe('there is no /nonexistent/config.json that can be read');
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a wrong password',
      () => ({ auths: { [host]: { username: user, password: 'wrong' } } }),
      /are those of .*config\.json/,
    ],
    ['a login elsewhere', () => ({ auths: { 'registry.example': { auth: encoded } } }), /holds no credentials for 127/],
    ['a broken file', () => `{"auths": {"${host}": {"auth": "${encoded}"`, /config\.json is not JSON$/],
    ['a file of another kind', () => ({ auths: [encoded] }), /is not as docker writes it$/],
    [
      'a helper that is not there',
      () => ({ credsStore: 'absent' }),
      /docker-credential-absent gave no cred.*\(ENOENT\)$/,
    ],
    ['a helper that fails', () => ({ credsStore: 'failing' }), /docker-credential-failing gave no credentials \(3\)$/],
    [
      'a helper that babbles',
      () => ({ credsStore: 'babbling' }),
      /docker-credential-babbling did not answer as a credential helper does$/,
    ],
    ['a helper by a path', () => ({ credsStore: '../evil' }), /"..\/evil" is no name of a program$/],
  ])('%s: refused, and no secret in what is said', async (_, config, note) => {
    helper('failing', `echo "${password}"; echo "${password}" >&2; exit 3`);
    helper('babbling', `echo "${password}"`);
    const finding = refusal(await image(`${host}/ai/server:1.5.0`, docker(config())));
    expect(finding.code).toBe('BAY6003');
    expect(finding.notes[0]).toMatch(note);
    for (const secret of secrets) expect(JSON.stringify(finding)).not.toContain(secret);
  });
});

const hash = bcrypt();
const describeWithBcrypt = hash === undefined ? describe.skip : describeWithRegistry;

describeWithBcrypt('a registry with names and passwords', () => {
  let host = '';
  let pushed: Pushed;

  beforeAll(async () => {
    const path = join(folder, 'htpasswd');
    writeFileSync(path, `${user}:${hash ?? ''}\n`);
    const open = await startRegistry({ folder });
    pushed = await pushImage(open.host, 'ai/server', '1.5.0', { os: 'linux', architecture: 'amd64' });
    ({ host } = await startRegistry({ folder, auth: { htpasswd: { realm: 'test', path } } }));
  }, 20_000);
  afterAll(stopRegistries);

  test('the right ones and wrong ones', async () => {
    const ask = async (auth: object): Promise<unknown> =>
      image(`${host}/ai/server:1.5.0`, docker({ auths: { [host]: auth } }));
    expect(await ask({ auth: encoded })).toMatchObject({ ok: true, value: { digest: pushed.digest } });
    expect(await ask({ username: user, password: 'wrong' })).toMatchObject({ diagnostics: [{ code: 'BAY6003' }] });
    expect(await ask({})).toMatchObject({ diagnostics: [{ code: 'BAY6003' }] });
  });
});

describe('where credentials may go', () => {
  test('a redirect to another host does not get them, and one to another path does', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const host = await serve((request, response) => {
      const { authorization } = request.headers;
      if (authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else if (request.url?.endsWith('1.5.0') !== true)
        response.writeHead(302, { location: `http://${other}/x` }).end();
      else response.writeHead(307, { location: '/v2/again' }).end();
    });
    await image(`${host}/ai/server:1.5.0`, docker({ auths: { [host]: { auth: encoded } } }));
    expect(seen).toEqual([undefined, undefined]);
  });

  test.each(['http://registry.example/token', 'no address', 'file:///etc/passwd'])(
    'a token server at %s is not asked',
    async (realm) => {
      const host = await serve((_, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
      });
      const finding = refusal(await image(`${host}/a/b:1`, docker({ auths: { [host]: { auth: encoded } } })));
      expect(['BAY6005', 'BAY6006']).toContain(finding.code);
      for (const secret of secrets) expect(JSON.stringify(finding)).not.toContain(secret);
    },
  );
});
