import { fileName, kustomization, toYaml, type Manifest } from '../../lib/emit/manifest';

const podGroup: Manifest = {
  spec: { subGroups: [{ name: 'decode', minMember: 2 }], queue: 'team-a' },
  kind: 'PodGroup',
  metadata: { namespace: 'team-a', name: 'team-a.vllm', labels: undefined, annotations: { b: '1', a: '2' } },
  apiVersion: 'scheduling.run.ai/v2alpha2',
  data: undefined,
};

describe('the text of a manifest', () => {
  test('has apiVersion, kind and metadata first and all else sorted', () => {
    expect(toYaml(podGroup)).toBe(`apiVersion: scheduling.run.ai/v2alpha2
kind: PodGroup
metadata:
  annotations:
    a: "2"
    b: "1"
  name: team-a.vllm
  namespace: team-a
spec:
  queue: team-a
  subGroups:
    - minMember: 2
      name: decode
`);
  });

  test('may have nothing but its head', () => {
    expect(toYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a' }, spec: undefined })).toBe(
      'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n',
    );
  });
});

describe('the file of a manifest', () => {
  test.each<[string, string, Manifest['metadata']]>([
    ['podgroup-team-a-team-a.vllm.yaml', 'PodGroup', podGroup.metadata],
    ['queue-team-a.yaml', 'Queue', { name: 'team-a' }],
    ['clusterrole-system%3Anode%28x%29.yaml', 'ClusterRole', { name: 'system:node(x)' }],
  ])('%s', (expected, kind, metadata) => {
    expect(fileName({ apiVersion: 'v1', kind, metadata })).toBe(expected);
  });
});

describe('a kustomization.yaml', () => {
  test('lists its files sorted, each once', () => {
    expect(kustomization(new Set(['b.yaml', 'a.yaml', 'B.yaml']))).toBe(`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - B.yaml
  - a.yaml
  - b.yaml
`);
    expect(kustomization(['a.yaml', 'a.yaml'])).toBe(kustomization(['a.yaml']));
  });

  test('may list nothing', () => {
    expect(kustomization([])).toContain('resources: []\n');
  });
});
