import { chart, image, refusal, where, withRegistries } from './ask';
import { describeWithRegistry, scratch, startRegistry, stopRegistries } from './debian';
import { digestOf, pushChart, pushImage, pushIndex, pushManifest, type Pushed } from './push';

/** Look-ups in the registry of Debian, which anybody may ask. */

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };

describeWithRegistry('a registry that anybody may ask', () => {
  const folder = scratch();
  let host = '';
  let index: Pushed;
  let single: Pushed;
  let packed: Pushed;

  beforeAll(async () => {
    ({ host } = await startRegistry({ folder }));
    single = await pushImage(host, 'ai/server', '1.5.0', arm64);
    const other = await pushImage(host, 'ai/server', '1.5.0-amd64', amd64);
    const attestation = { os: 'unknown', architecture: 'unknown' };
    index = await pushIndex(host, 'ai/server', '1.6.0', [
      [single, arm64],
      [other, amd64],
      [other, attestation],
    ]);
    packed = await pushChart(host, 'charts/platform', '1.2.3+build.7');
  }, 20_000);
  afterAll(stopRegistries);

  test('an image for several platforms: the digest of its index, and the platforms in order', async () => {
    expect(await image(`${host}/ai/server:1.6.0`)).toEqual({
      ok: true,
      value: {
        kind: 'image',
        digest: index.digest,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        platforms: ['linux/amd64', 'linux/arm64/v8'],
      },
      diagnostics: [],
    });
  });

  test('an image for one platform: the digest of its manifest, and the platform of its config', async () => {
    expect(await image(`${host}/ai/server:1.5.0`)).toMatchObject({
      value: { digest: single.digest, platforms: ['linux/arm64/v8'] },
    });
  });

  test('a digest is asked for, whatever tag stands beside it', async () => {
    expect(await image(`${host}/ai/server:no-such-tag@${index.digest}`)).toMatchObject({
      value: { digest: index.digest, platforms: ['linux/amd64', 'linux/arm64/v8'] },
    });
  });

  test('a chart: its version with a plus is the tag with an underscore', async () => {
    const outcome = await chart(`oci://${host}/charts/platform`, '1.2.3+build.7');
    expect(outcome).toEqual({
      ok: true,
      value: { kind: 'chart', digest: packed.digest, mediaType: 'application/vnd.oci.image.manifest.v1+json' },
      diagnostics: [],
    });
    expect(await chart(`oci://${host}/charts/platform`, packed.digest)).toEqual(outcome);
  });

  test('a tag that moves: what it stands for now', async () => {
    const first = await pushImage(host, 'ai/moving', 'stable', amd64, 'before');
    await withRegistries({}, async (registries) => {
      const tag = `${host}/ai/moving:stable`;
      expect(await registries.resolveImage(tag, where)).toMatchObject({ value: { digest: first.digest } });
      const second = await pushImage(host, 'ai/moving', 'stable', amd64, 'after');
      expect(second.digest).not.toBe(first.digest);
      expect(await registries.resolveImage(tag, where)).toMatchObject({ value: { digest: second.digest } });
      expect(await registries.resolveImage(`${tag}@${first.digest}`, where)).toMatchObject({
        value: { digest: first.digest },
      });
    });
  });

  test('a tag that is not there: the tags that are, and the one that was meant', async () => {
    expect(refusal(await image(`${host}/ai/server:1.5.1`))).toMatchObject({
      code: 'BAY6002',
      message: `"${host}/ai/server:1.5.1" is not there: ${host} has no tag 1.5.1 in ai/server`,
      where,
      notes: ['its tags: 1.5.0-amd64, 1.5.0, 1.6.0'],
      help: 'did you mean "1.5.0"?',
    });
  });

  test('a repository and a digest that are not there', async () => {
    expect(refusal(await image(`${host}/ai/no-such:1.0.0`))).toMatchObject({ code: 'BAY6002', notes: [] });
    expect(refusal(await image(`${host}/ai/server@${digestOf('nothing')}`))).toMatchObject({
      code: 'BAY6002',
      message: expect.stringMatching(/has no such digest in ai\/server$/) as string,
    });
  });

  test('a chart is no image, an image no chart, and a signature neither', async () => {
    const type = 'application/vnd.example.signature.v1+json';
    await pushManifest(host, 'ai/server', 'signature', type, '{}', 'signed');
    const findings = [
      await image(`${host}/charts/platform:1.2.3_build.7`),
      await chart(`oci://${host}/ai/server`, '1.6.0'),
      await image(`${host}/ai/server:signature`),
    ].map(refusal);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([
      ['BAY6008', `"${host}/charts/platform:1.2.3_build.7" is not an image, but a chart`],
      ['BAY6008', `"oci://${host}/ai/server:1.6.0" is not a chart, but an image`],
      ['BAY6008', `"${host}/ai/server:signature" is not an image, but ${type}`],
    ]);
  });

  test('many at once: outcomes in order, progress after each', async () => {
    const tags = ['1.5.0', 'no-such-tag', '1.6.0', '1.5.0-amd64', '1.6.0'];
    const wanted = tags.map((tag) => ({ kind: 'image', reference: `${host}/ai/server:${tag}`, where }) as const);
    const seen: (readonly [number, number, string])[] = [];
    const outcomes = await withRegistries({ concurrency: 2 }, (registries) =>
      registries.resolveAll(
        [...wanted, { kind: 'chart', address: `oci://${host}/charts/platform`, version: '1.2.3+build.7', where }],
        (...progress) => seen.push(progress),
      ),
    );
    const digests = outcomes.map((outcome) => (outcome.ok ? outcome.value.digest : undefined));
    const amd = digests[3];
    expect(digests).toEqual([single.digest, undefined, index.digest, amd, index.digest, packed.digest]);
    expect(seen.map(([done, total]) => `${done}/${total}`)).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
    expect(seen.map(([, , name]) => name).sort()).toEqual(
      [...wanted.map(({ reference }) => reference), `oci://${host}/charts/platform:1.2.3+build.7`].sort(),
    );
  });
});
