import { goneImage, goneRules } from '../../../lib/backends/flux/gone-images';

const digest = `sha256:${'a'.repeat(64)}`;

describe('where images come from', () => {
  test.each([
    ['gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0', 'gone', 'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0'],
    [
      `gcr.io/kubebuilder/kube-rbac-proxy:v0.8.0@${digest}`,
      'gone',
      'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.8.0',
    ],
    ['k8s.gcr.io/pause:3.9', 'frozen', 'registry.k8s.io/pause:3.9'],
    ['docker.io/bitnami/etcd:3.5.18-debian-12-r5', 'gone', 'docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5'],
    ['bitnami/kubectl:1.32', 'gone', 'docker.io/bitnamilegacy/kubectl:1.32'],
    ['index.docker.io/bitnami/kubectl:1.32', 'gone', 'docker.io/bitnamilegacy/kubectl:1.32'],
    ['bitnami/kubectl:latest', 'moving', undefined],
    ['bitnami/kubectl', 'moving', undefined],
    ['bitnamisecure/git:latest', 'moving', undefined],
    ['bitnamilegacy/etcd:3.5.18-debian-12-r5', 'frozen', undefined],
    [`bitnamilegacy/etcd@${digest}`, 'frozen', undefined],
    ['python:3.12-slim', 'moving', undefined],
    ['docker.io/library/busybox:1.36', 'moving', undefined],
  ])('%s is %s', (reference, status, replacement) => {
    const gone = goneImage(reference);
    expect([gone?.status, gone?.replacement]).toEqual([status, replacement]);
  });

  test.each([
    'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
    'gcr.io/distroless/static:nonroot',
    'mirror.example/bitnami/etcd:3.5.18',
    'docker.io/bitnamicharts/etcd:12.0.18',
    `bitnami/kubectl:latest@${digest}`,
    `bitnami/kubectl@${digest}`,
    `python:3.12-slim@${digest}`,
    'nats:2.10.21-alpine',
    'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0',
    'localhost:5000/bitnami/etcd:3.5.18',
    'no reference at all',
    '',
  ])('nothing is known against %j', (reference) => {
    expect(goneImage(reference)).toBeUndefined();
  });

  test('what stands in place of an image is not itself gone', () => {
    const replaced = goneRules.flatMap(({ replacement }) => (replacement === undefined ? [] : [`${replacement}a:1`]));
    expect(replaced.map((reference) => [reference, goneImage(reference)?.status])).toEqual([
      ['registry.k8s.io/kubebuilder/a:1', undefined],
      ['registry.k8s.io/a:1', undefined],
      ['docker.io/bitnamilegacy/a:1', 'frozen'],
    ]);
  });

  test('every rule says what happened, what to do and where that was read', () => {
    expect(goneRules.filter(({ what, advice, sources }) => !what || !advice || sources.length === 0)).toEqual([]);
  });
});
