import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRegistries } from '../../../lib/pins/registry/registries';
import { proxyFor } from '../../../lib/pins/registry/proxy';
import type { RegistryOptions } from '../../../lib/pins/registry/settings';
import { image, refusal } from './ask';
import { selfSigned } from './certificate';
import { describeWithRegistry, scratch, startRegistry, stopRegistries } from './debian';
import { pushImage, type Pushed } from './push';
import { connectProxy } from './servers';

/** The way to a registry: proxies, and certificates of a private authority. */

const folder = scratch();
const base = { DOCKER_CONFIG: '/nonexistent' };

describeWithRegistry('a registry behind a proxy, and one with a certificate of its own', () => {
  const ca = join(folder, 'ca.pem');
  let plain = '';
  let secure = '';
  let pushed: Pushed;

  beforeAll(async () => {
    const { pem, keyPem } = selfSigned('registry.test');
    const key = join(folder, 'key.pem');
    writeFileSync(ca, pem);
    writeFileSync(key, keyPem);
    ({ host: plain } = await startRegistry({ folder }));
    ({ host: secure } = await startRegistry({ folder, tls: { certificate: ca, key } }));
    pushed = await pushImage(plain, 'ai/server', '1.5.0', { os: 'linux', architecture: 'amd64' });
  }, 20_000);
  afterAll(stopRegistries);

  test('a certificate that nobody trusts, even on this machine', async () => {
    expect(refusal(await image(`${secure}/ai/server:1.5.0`))).toMatchObject({
      code: 'BAY6005',
      message: `"${secure}/ai/server:1.5.0" could not be looked up: the certificate of ${secure} is not trusted`,
      notes: [expect.stringMatching(/^its certificate is not trusted \([A-Z_]+\)$/)],
    });
  });

  test.each<[string, () => RegistryOptions]>([
    ['an option', () => ({ caFiles: [ca] })],
    ['SSL_CERT_FILE', () => ({ env: { ...base, SSL_CERT_FILE: ca } })],
    ['NODE_EXTRA_CA_CERTS', () => ({ env: { ...base, NODE_EXTRA_CA_CERTS: ca } })],
  ])('a certificate that %s names', async (_, options) => {
    expect(await image(`${secure}/ai/server:1.5.0`, options())).toMatchObject({ value: { digest: pushed.digest } });
  });

  test('TLS through a proxy that looks names up by itself', async () => {
    const asked: string[] = [];
    const proxy = await connectProxy(secure, asked);
    const options = { caFiles: [ca], env: { ...base, https_proxy: proxy } };
    expect(await image('registry.test/ai/server:1.5.0', options)).toMatchObject({ value: { digest: pushed.digest } });
    expect(new Set(asked)).toEqual(new Set(['registry.test:443']));
    expect(refusal(await image('other.test/ai/server:1.5.0', options))).toMatchObject({
      code: 'BAY6005',
      notes: ['its certificate is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)'],
    });
  });

  test('without TLS through a proxy with a password, to a host that may do without', async () => {
    const asked: string[] = [];
    const login = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    const proxy = await connectProxy(plain, asked, login);
    const reference = 'registry.test:5000/ai/server:1.5.0';
    const through = (user: string): RegistryOptions => {
      const address = `http://${user}@${proxy}`;
      return { insecure: ['registry.test:5000'], env: { ...base, HTTP_PROXY: address, HTTPS_PROXY: address } };
    };
    expect(await image(reference, through('me:pass%20word'))).toMatchObject({ value: { digest: pushed.digest } });
    expect(new Set(asked)).toEqual(new Set(['registry.test:5000']));
    const refused = refusal(await image(reference, through('me:wrong')));
    expect(refused).toMatchObject({
      code: 'BAY6004',
      notes: [`the proxy refused to connect (UND_ERR_ABORTED), through the proxy ${proxy}`],
    });
    expect(JSON.stringify(refused)).not.toContain('wrong');
  });

  test('without TLS to a host that may not do without', async () => {
    const proxy = await connectProxy(plain, []);
    const options = { env: { ...base, HTTPS_PROXY: proxy }, attempts: 1 };
    expect(refusal(await image('registry.test:5000/ai/server:1.5.0', options))).toMatchObject({
      code: 'BAY6004',
      notes: [expect.stringMatching(/^it does not speak TLS \(/)],
    });
  });
});

describe('which proxy', () => {
  const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'plain:2' };
  const proxy = (url: string, noProxy?: string): string | undefined =>
    proxyFor(new URL(url), { ...env, NO_PROXY: noProxy })?.host;

  test('by scheme, and never for this machine', () => {
    expect(proxy('https://a.example/')).toBe('secure:1');
    expect(proxy('http://a.example/')).toBe('plain:2');
    expect(proxyFor(new URL('https://a.example/'), { https_proxy: 'https://lower:3' })?.host).toBe('lower:3');
    for (const host of ['localhost', 'localhost:5000', '127.0.0.1:5000', '127.1.2.3', '[::1]:5000', 'x.localhost']) {
      expect([host, proxy(`https://${host}/`)]).toEqual([host, undefined]);
    }
  });

  test.each<[string, string, boolean]>([
    ['a.example', 'https://a.example/', true],
    ['a.example', 'https://b.a.example/', true],
    ['a.example', 'https://aa.example/', false],
    ['.a.example', 'https://a.example/', false],
    ['.a.example', 'https://b.a.example/', true],
    ['*.a.example', 'https://b.a.example/', true],
    ['A.Example', 'https://a.example/', true],
    ['a.example:5000', 'https://a.example:5000/', true],
    ['a.example:443', 'https://a.example/', true],
    ['a.example:5000', 'https://a.example/', false],
    ['x, a.example y', 'https://a.example/', true],
    ['*', 'https://a.example/', true],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3', 'https://10.1.2.4/', false],
    ['10.0.0.0/8', 'https://10.1.2.3:8443/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.0.0.0/8', 'https://a.example/', false],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['fd00::1', 'https://[fd00::1]:5000/', true],
    ['[fd00::1]:5000', 'https://[fd00::1]:5000/', true],
    ['0.3', 'https://1.2.0.3/', false],
    ['', 'https://a.example/', false],
  ])('NO_PROXY=%s and %s: excepted is %s', (noProxy, url, excepted) => {
    expect(proxy(url, noProxy) === undefined).toBe(excepted);
  });
});

describe('settings that cannot be used', () => {
  const bare = join(folder, 'bare.pem');
  const broken = join(folder, 'broken.pem');
  beforeAll(() => {
    writeFileSync(bare, 'no certificate');
    writeFileSync(broken, selfSigned('broken.test').pem.replace(/\nM/, '\nX'));
  });

  test.each<[string, () => RegistryOptions, string]>([
    [
      'a proxy of another kind',
      () => ({ env: { HTTPS_PROXY: 'socks5://me:secret@proxy:1080' } }),
      'HTTPS_PROXY is no address of an http or https proxy',
    ],
    [
      'a proxy that is no address',
      () => ({ env: { http_proxy: 'http://' } }),
      'HTTP_PROXY is no address of an http or https proxy',
    ],
    [
      'certificates that are not there',
      () => ({ env: { SSL_CERT_FILE: '/nonexistent.pem' } }),
      '/nonexistent.pem holds no certificate that can be read',
    ],
    [
      'a file without certificates',
      () => ({ env: {}, caFiles: [bare] }),
      `${bare} holds no certificate that can be read`,
    ],
    ['a broken certificate', () => ({ env: {}, caFiles: [broken] }), `${broken} holds no certificate that can be read`],
    [
      'a mirror with a scheme',
      () => ({ env: {}, mirrors: { 'docker.io': ['https://me:secret@mirror'] } }),
      '"https://…@mirror" is no mirror',
    ],
    [
      'a registry of a mirror that is none',
      () => ({ env: {}, mirrors: { 'docker io': ['mirror'] } }),
      '"docker io" is no host',
    ],
    [
      'an insecure host with a scheme',
      () => ({ env: {}, insecure: ['http://registry'] }),
      '"http://registry" is no host',
    ],
  ])('%s', (_, options, message) => {
    const opened = openRegistries(options());
    expect(opened).toMatchObject({ ok: false, diagnostics: [{ code: 'BAY6009', message }] });
    expect(JSON.stringify(opened)).not.toContain('secret');
  });
});
