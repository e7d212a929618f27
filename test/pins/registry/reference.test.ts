import * as fc from 'fast-check';
import { parseChallenges } from '../../../lib/pins/registry/authority';
import { parseChart, parseImage } from '../../../lib/pins/registry/reference';
import { refusal, where } from './ask';

const digest = `sha256:${'a'.repeat(64)}`;

describe('references of images', () => {
  test.each([
    ['server', 'docker.io', 'library/server', 'latest'],
    ['server:1.5.0', 'docker.io', 'library/server', '1.5.0'],
    ['nvidia/server', 'docker.io', 'nvidia/server', 'latest'],
    ['docker.io/server:1', 'docker.io', 'library/server', '1'],
    ['index.docker.io/nvidia/server:1', 'docker.io', 'nvidia/server', '1'],
    ['nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0', 'nvcr.io', 'nvidia/ai-dynamo/vllm-runtime', '1.5.0'],
    ['localhost/server:1', 'localhost', 'server', '1'],
    ['localhost:5000/server', 'localhost:5000', 'server', 'latest'],
    ['Registry.Example:443/a/b', 'registry.example:443', 'a/b', 'latest'],
    ['REGISTRY/a', 'registry', 'a', 'latest'],
    ['[fd00::1]:5000/a/b:c', '[fd00::1]:5000', 'a/b', 'c'],
    [`registry.example/a@${digest}`, 'registry.example', 'a', digest],
    [`registry.example/a:1.0_x-Y.z@${digest}`, 'registry.example', 'a', digest],
    ['registry.example/a__b/c---d/e.f', 'registry.example', 'a__b/c---d/e.f', 'latest'],
  ])('%s', (text, host, repository, target) => {
    expect(parseImage(text, where)).toEqual({ ok: true, value: { text, host, repository, target }, diagnostics: [] });
  });

  test.each([
    ['', /words of letters and digits/],
    ['registry.example/', /words of letters and digits/],
    ['registry.example/a b', /words of letters and digits/],
    ['registry.example//a', /words of letters and digits/],
    ['registry.example/../a', /words of letters and digits/],
    ['registry.example/a/', /words of letters and digits/],
    ['registry.example/a%2fb', /words of letters and digits/],
    ['registry.example/a?x=y', /words of letters and digits/],
    ['registry.example/Team/a', /in lower case/],
    ['Server:1', /in lower case/],
    [`registry.example/${'a/'.repeat(128)}a`, /255 characters at most/],
    ['registry.example:99999/a', /is no host/],
    ['-registry.example/a', /is no host/],
    ['registry.example/a:', /"" is no tag/],
    ['registry.example/a:-x', /"-x" is no tag/],
    [`registry.example/a:${'x'.repeat(129)}`, /is no tag/],
    ['registry.example/a:b@', /a digest is sha256/],
    ['registry.example/a@sha256:abc', /a digest is sha256/],
    [`registry.example/a@${digest.toUpperCase()}`, /a digest is sha256/],
    [`registry.example/a@${digest}@${digest}`, /a digest is sha256/],
    ['https://registry.example/a', /has no scheme/],
    ['oci://registry.example/a:1', /has no scheme/],
  ])('%s is none', (text, note) => {
    const finding = refusal(parseImage(text, where));
    expect(finding).toMatchObject({
      code: 'BAY6001',
      message: `${JSON.stringify(text)} is no reference to an image`,
      where,
    });
    expect(finding.notes).toEqual([expect.stringMatching(note)]);
  });

  test('a password that somebody wrote into one is not said again', () => {
    for (const text of ['https://me:secret@registry.example/a', 'me:secret@registry.example/a']) {
      expect(JSON.stringify(refusal(parseImage(text, where)))).not.toContain('secret');
    }
  });

  test('any text is a reference or a finding, and what is read can stand in an address', () => {
    const words = fc.constantFrom('a', 'A', '.', ':', '/', '@', '-', '_', '%', '?', '#', ' ', '\n', '..', digest, 'é');
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const outcome = parseImage(parts.join(''), where);
        if (!outcome.ok) return;
        const { host, repository, target } = outcome.value;
        const address = `https://${host}/v2/${repository}/manifests/${target}`;
        expect(new URL(address).pathname).toBe(`/v2/${repository}/manifests/${target}`);
      }),
    );
  });
});

describe('references of charts', () => {
  test.each([
    ['oci://nvcr.io/charts/platform', '1.5.0', 'nvcr.io', 'charts/platform', '1.5.0'],
    ['oci://nvcr.io/charts/platform', '1.5.0+a.b', 'nvcr.io', 'charts/platform', '1.5.0_a.b'],
    ['oci://nvcr.io/charts/platform', digest, 'nvcr.io', 'charts/platform', digest],
  ])('%s, %s', (address, version, host, repository, target) => {
    const text = `${address}:${version}`;
    expect(parseChart(address, version, where)).toMatchObject({ ok: true, value: { text, host, repository, target } });
  });

  test.each([
    ['https://charts.example/x', '1.0.0', /begin with oci/],
    ['oci://charts.example', '1.0.0', /words of letters and digits/],
    ['oci:///x', '1.0.0', /is no host/],
    ['oci://charts.example/x:1', '1.0.0', /words of letters and digits/],
    ['oci://charts.example/x', '^1.0.0', /"\^1.0.0" is no tag/],
    ['oci://charts.example/x', '>=1 <2', /is no tag/],
    ['oci://charts.example/x', '', /"" is no tag/],
    ['oci://charts.example/x', 'sha256:1', /a digest is sha256/],
  ])('%s, %s is none', (address, version, note) => {
    const finding = refusal(parseChart(address, version, where));
    expect([finding.code, finding.notes]).toEqual(['BAY6001', [expect.stringMatching(note)]]);
  });
});

describe('what a registry offers to log in', () => {
  test.each([
    [undefined, []],
    ['Basic realm="Registry, of \\"x\\""', [{ scheme: 'basic', parameters: { realm: 'Registry, of "x"' } }]],
    [
      'Bearer realm="https://auth.example/token",service="x",scope="repository:a/b:pull,push",error=invalid_token',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://auth.example/token',
            service: 'x',
            scope: 'repository:a/b:pull,push',
            error: 'invalid_token',
          },
        },
      ],
    ],
    [
      ['Negotiate', 'BASIC Realm=x', 'Bearer realm="y"'],
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: { realm: 'y' } },
      ],
    ],
  ])('%j', (header, challenges) => {
    expect(parseChallenges(header)).toEqual(challenges);
  });
});
