import { withPinnedImages, type ImageUse } from '../../lib/pins/images';

/** Which images a manifest names, and how one is given a digest. */

const digest = `sha256:${'a'.repeat(64)}`;

function usesIn(kind: string, spec: object): ImageUse[] {
  const uses: ImageUse[] = [];
  withPinnedImages({ apiVersion: 'x/v1', kind, metadata: { name: 'x' }, spec }, (use) => {
    uses.push(use);
    return undefined;
  });
  return uses;
}

const named = (kind: string, spec: object): string[] => usesIn(kind, spec).map(({ reference }) => reference);

function pinnedSpec(kind: string, spec: object): unknown {
  const manifest = { apiVersion: 'x/v1', kind, metadata: { name: 'x' }, spec };
  return withPinnedImages(manifest, ({ reference }) => `${reference}@${digest}`)['spec'];
}

test('containers of all kinds, at any depth, with the place of each', () => {
  const pod = {
    initContainers: [{ name: 'a', image: 'a:1' }],
    containers: [{ name: 'b', image: 'host:5000/b:2' }],
    ephemeralContainers: [{ name: 'c', image: `c@${digest}` }],
    volumes: [{ name: 'd', image: { reference: 'd:4', pullPolicy: 'Always' } }],
  };
  expect(usesIn('CronJob', { jobTemplate: { spec: { template: { spec: pod } } } })).toEqual([
    { reference: 'a:1', inContainer: true, pointer: 'spec.jobTemplate.spec.template.spec.initContainers[0].image' },
    { reference: 'host:5000/b:2', inContainer: true, pointer: 'spec.jobTemplate.spec.template.spec.containers[0].image' },
    { reference: `c@${digest}`, inContainer: true, pointer: 'spec.jobTemplate.spec.template.spec.ephemeralContainers[0].image' },
    { reference: 'd:4', inContainer: true, pointer: 'spec.jobTemplate.spec.template.spec.volumes[0].image.reference' },
  ]); // prettier-ignore
});

test("Dynamo's early graphs, and fields that operators make pods from", () => {
  const services = { Frontend: { extraPodSpec: { mainContainer: { image: 'a:1' }, containers: [{ image: 'b:2' }] } } };
  expect(usesIn('DynamoGraphDeployment', { services }).map(({ inContainer }) => inContainer)).toEqual([true, true]);
  expect(usesIn('Prometheus', { image: 'quay.io/p:3.0.0' })).toEqual([
    { reference: 'quay.io/p:3.0.0', inContainer: false, pointer: 'spec.image' },
  ]);
});

test('values of a chart, by registry, repository, tag and digest', () => {
  const values = {
    plain: { image: { repository: 'a', tag: '1.0.0' } },
    full: { image: { registry: 'r.example', repository: 'b/c', tag: 2, digest: '' } },
    pinned: { image: { repository: 'd', tag: '3', digest } },
    text: { image: 'e:5' },
    policy: { image: { pullPolicy: 'Always' } },
    untold: { image: { repository: 'f' } },
  };
  expect(named('HelmRelease', { values })).toEqual(['a:1.0.0', 'r.example/b/c:2', `d:3@${digest}`, 'e:5', 'f']);
  const { plain, full, text } = values;
  expect(pinnedSpec('HelmRelease', { values: { plain, full, text } })).toEqual({
    values: {
      plain: { image: { repository: 'a', tag: `1.0.0@${digest}` } },
      full: { image: { registry: 'r.example', repository: 'b/c', tag: 2, digest } },
      text: { image: `e:5@${digest}` },
    },
  });
});

test.each([
  ['ConfigMap', { containers: [{ image: 'a:1' }] }],
  ['CustomResourceDefinition', { image: 'a:1' }],
  ['Deployment', { selector: { matchLabels: { image: 'a' } }, template: { metadata: { labels: { image: 'a' } } } }],
  ['Dashboard', { image: 'https://example.com/logo.png' }],
  ['Dashboard', { image: 'data:image/png;base64,AAAA' }],
  ['Dashboard', { image: '' }],
  ['Dashboard', { image: null, images: ['a:1'] }],
])('no image is named by %s %j', (kind, spec) => {
  expect(named(kind, spec)).toEqual([]);
});

test('what is not changed stays the same object', () => {
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ image: 'a:1' }] } };
  expect(withPinnedImages(manifest, () => undefined)).toBe(manifest);
  const other = { ...manifest, status: { containers: [{ image: 'b:1' }] } };
  expect(withPinnedImages(other, () => 'c:1')).toEqual({ ...other, spec: { containers: [{ image: 'c:1' }] } });
});
