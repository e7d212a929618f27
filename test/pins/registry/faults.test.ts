import { image, refusal, where, withRegistries } from './ask';
import { describeWithRegistry, scratch, startRegistry, stopRegistries } from './debian';
import { pushImage, type Pushed } from './push';
import { between, cutting, serve } from './servers';

/** Look-ups across connections that drop, servers in trouble, and answers that lie. */

describeWithRegistry('a registry behind something', () => {
  const folder = scratch();
  let host = '';
  let pushed: Pushed;

  beforeAll(async () => {
    ({ host } = await startRegistry({ folder }));
    pushed = await pushImage(host, 'ai/server', '1.5.0', { os: 'linux', architecture: 'amd64' });
  }, 20_000);
  afterAll(stopRegistries);

  const isManifest = (path: string): boolean => path.includes('/manifests/');

  test.each([0, 30, 700])('a connection that drops after %d bytes is made again', async (bytes) => {
    const wire = await cutting(host, bytes, 2);
    expect(await image(`${wire}/ai/server:1.5.0`)).toMatchObject({ ok: true, value: { digest: pushed.digest } });
  });

  test('a connection that drops every time: what happened, after as many attempts as allowed', async () => {
    const wire = await cutting(host, 700, Infinity);
    expect(refusal(await image(`${wire}/ai/server:1.5.0`))).toMatchObject({
      code: 'BAY6004',
      message: `"${wire}/ai/server:1.5.0" could not be looked up: no answer from ${wire}`,
      notes: [expect.stringMatching(/^(the connection was cut|the answer ended early) \([A-Z_]+\)$/)],
    });
  });

  test('bytes that were changed on the way, where a digest is asked for', async () => {
    const liar = await between(host, (answer) => {
      if (isManifest(answer.path)) {
        answer.body += ' ';
        delete answer.headers['docker-content-digest'];
      }
    });
    const finding = refusal(await image(`${liar}/ai/server@${pushed.digest}`));
    expect(finding).toMatchObject({
      code: 'BAY6007',
      message: `"${liar}/ai/server@${pushed.digest}" was refused: what ${liar} sent does not have the digest that it has to`,
    });
    expect(finding.notes[0]).toBe(`expected ${pushed.digest}`);
    expect(finding.notes[1]).toMatch(/^received sha256:[0-9a-f]{64}, as the manifest of ai\/server$/);
  });

  test.each([`sha256:${'0'.repeat(64)}`, 'sha512:00', 'md5:00', 'sha256:'])(
    'a registry that says digest %s of other bytes',
    async (said) => {
      const liar = await between(host, (answer) => {
        if (isManifest(answer.path)) answer.headers['docker-content-digest'] = said;
      });
      const finding = refusal(await image(`${liar}/ai/server:1.5.0`));
      expect([finding.code, finding.notes[0]]).toEqual(['BAY6007', `expected ${said}`]);
    },
  );

  test('a config that is not the one that the manifest names', async () => {
    const liar = await between(host, (answer) => {
      if (answer.path.includes('/blobs/')) answer.body = answer.body.replace('amd64', 'arm64');
    });
    expect(refusal(await image(`${liar}/ai/server:1.5.0`)).code).toBe('BAY6007');
  });

  test('a digest of the bytes by another algorithm, or none at all, is taken', async () => {
    const silent = await between(host, (answer) => delete answer.headers['docker-content-digest']);
    expect(await image(`${silent}/ai/server:1.5.0`)).toMatchObject({ value: { digest: pushed.digest } });
  });

  test.each([429, 500, 503])('status %d passes', async (status) => {
    let left = 2;
    const busy = await between(host, (answer) => {
      if (isManifest(answer.path) && left-- > 0) Object.assign(answer, { status, body: 'busy' });
    });
    expect(await image(`${busy}/ai/server:1.5.0`)).toMatchObject({ ok: true });
  });

  test('a server that says when to come back is asked then, and not before', async () => {
    let calls = 0;
    const busy = await between(host, (answer) => {
      if (!isManifest(answer.path) || ++calls > 1) return;
      Object.assign(answer, { status: 503, body: '' });
      answer.headers['retry-after'] = 'Thu, 01 Jan 2026 00:00:01 GMT';
      answer.headers.date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    });
    const start = performance.now();
    expect(await image(`${busy}/ai/server:1.5.0`)).toMatchObject({ ok: true });
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test('status 429 every time: a login or a mirror', async () => {
    let calls = 0;
    const busy = await between(host, (answer) => {
      if (!isManifest(answer.path)) return;
      calls++;
      Object.assign(answer, { status: 429, body: '' });
    });
    expect(refusal(await image(`${busy}/ai/server:1.5.0`))).toMatchObject({
      code: 'BAY6006',
      notes: ['it answered with status 429'],
      help: `docker login ${busy} to be allowed more, or ask a mirror`,
    });
    expect(calls).toBe(4);
  });

  test('a mirror is asked first, under its path, and the registry for what the mirror lacks', async () => {
    const asked: string[] = [];
    const mirror = await between(host, ({ path }) => asked.push(path));
    const mirrored = await pushImage(host, 'hub/library/server', '1.5.0', { os: 'linux', architecture: 'arm64' });
    const options = { mirrors: { 'docker.io': [`${mirror}/hub`], [host]: [mirror] } };
    expect(await image('server:1.5.0', options)).toMatchObject({ value: { digest: mirrored.digest } });
    expect(asked).toContain('/v2/hub/library/server/manifests/1.5.0');
    const missing = refusal(await image(`${host}/ai/server:9`, options));
    expect(missing).toMatchObject({ code: 'BAY6002' });
    expect(missing.notes).toContain(`mirror ${mirror}: it has no ai/server:9`);
  });

  test('a mirror that nobody can reach, and one that lies', async () => {
    const dead = await image(`${host}/ai/server:1.5.0`, { mirrors: { [host]: ['127.0.0.1:1'] }, attempts: 2 });
    expect(dead).toMatchObject({ ok: true, value: { digest: pushed.digest } });
    const liar = await between(host, (answer) => {
      if (isManifest(answer.path)) answer.body += ' ';
    });
    const finding = refusal(await image(`${host}/ai/server@${pushed.digest}`, { mirrors: { [host]: [liar] } }));
    expect([finding.code, finding.data?.['host']]).toEqual(['BAY6007', liar]);
  });
});

describe('a server that is no good registry', () => {
  const answering = async (body: string, headers: Record<string, string> = {}): Promise<string> =>
    serve(({ url }, response) => {
      if (url === '/v2/') response.writeHead(200).end();
      else
        response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json', ...headers }).end(body);
    });
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] };
  const schema1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: '../../secrets', size: 1 };

  test.each<[string, string, Record<string, string>, string, string]>([
    [
      'a page',
      '<html>',
      { 'content-type': 'text/html' },
      'BAY6006',
      'it answered with no JSON where a manifest has to be',
    ],
    ['an empty object', '{}', {}, 'BAY6006', 'it answered with a manifest that is not as its kind has to be'],
    [
      'a digest that is a path',
      JSON.stringify({ config }),
      {},
      'BAY6006',
      'it answered with a manifest that is not as its kind has to be',
    ],
    [
      'two kinds at once',
      JSON.stringify(index),
      {},
      'BAY6006',
      'it answered with a manifest that is served as another kind than it says',
    ],
    ['too much', ' '.repeat(4 * 1024 * 1024 + 1), {}, 'BAY6006', 'more than 4194304 bytes where fewer are allowed'],
  ])('%s', async (_, body, headers, code, note) => {
    const host = await answering(body, headers);
    expect(refusal(await image(`${host}/ai/server:1.5.0`))).toMatchObject({ code, notes: [note] });
  });

  test('the first format of docker', async () => {
    const host = await answering('{"schemaVersion": 1}', { 'content-type': schema1 });
    expect(refusal(await image(`${host}/ai/server:1.5.0`))).toMatchObject({
      code: 'BAY6008',
      message: `"${host}/ai/server:1.5.0" is not an image, but ${schema1}`,
    });
  });

  test('redirects without end, or away from TLS', async () => {
    const round = await serve((_, response) => response.writeHead(302, { location: '/v2/round' }).end());
    expect(refusal(await image(`${round}/a/b:1`))).toMatchObject({ notes: ['more than 5 redirects'] });
    const away = await serve((_, response) => response.writeHead(302, { location: 'http://registry.example/' }).end());
    expect(refusal(await image(`${away}/a/b:1`))).toMatchObject({
      code: 'BAY6005',
      message: `"${away}/a/b:1" could not be looked up: a redirect leads to registry.example without TLS`,
    });
  });

  test('no answer: each request has its time, all of them have theirs, and a dead host is not asked again', async () => {
    let calls = 0;
    const silent = await serve(({ url }, response) => {
      if (url === '/v2/') response.writeHead(200).end();
      else calls++;
    });
    const options = { requestTimeout: 50, attempts: 2 };
    await withRegistries(options, async (registries) => {
      const first = refusal(await registries.resolveImage(`${silent}/a/b:1`, where));
      expect(first).toMatchObject({ code: 'BAY6004', notes: ['no answer in time (TimeoutError)'] });
      const second = refusal(await registries.resolveImage(`${silent}/a/c:1`, where));
      expect(second.notes).toEqual(first.notes);
    });
    expect(calls).toBe(2);
    expect(refusal(await image(`${silent}/a/b:1`, { timeout: 100 }))).toMatchObject({
      notes: ['the time limit of 0.1 s for all look-ups has passed'],
    });
  });

  test('nobody listens, and a name that nobody knows', async () => {
    const nobody = refusal(await image('127.0.0.1:1/a/b:1', { attempts: 1 }));
    expect(nobody).toMatchObject({ code: 'BAY6004', notes: ['nothing listens there (ECONNREFUSED)'] });
    const unknown = refusal(await image('registry.invalid/a/b:1', { attempts: 1 }));
    expect(unknown).toMatchObject({ code: 'BAY6004', data: { host: 'registry.invalid' } });
  });
});
