import { ApiObject, JsonPatch } from 'cdk8s';
import { Stack, type Diagnostic } from '../../lib';
import { releaseImages, chartOf } from '../../lib/backends/flux/release-charts';
import { failure, nodes, testCluster, type TestCluster } from '../support/fleet';

const early = (): TestCluster =>
  testCluster(nodes(['n1']), [], { stack: Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) });

const told = (diagnostics: readonly Diagnostic[]): (string | undefined)[][] =>
  diagnostics
    .filter(({ code }) => code.startsWith('BAY605'))
    .map(({ code, where, help }) => [code, where.pointer, help]);

/** The release of a chart that the library writes itself. */
function releaseOf({ cluster }: TestCluster, chart: string): ApiObject {
  const found = cluster.controllers.node.findChild(`HelmRelease-${chart}`);
  if (!ApiObject.isApiObject(found)) throw new Error(`${chart} is no object`);
  return found;
}

const deployment = (image: string): Record<string, unknown> => ({
  spec: { template: { spec: { initContainers: [], containers: [{ name: 'proxy', image }] } } },
});

describe('images that are gone', () => {
  test('of a container', () => {
    const { fleet, cluster } = testCluster(nodes(['n1']));
    new ApiObject(cluster.platform, 'exporter', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'exporter', namespace: 'monitoring' },
      ...deployment('gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0'),
    });
    expect(failure(fleet)).toEqual([
      {
        code: 'BAY6050',
        severity: 'error',
        message: 'image gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0 is gone',
        where: { construct: 'test/platform/exporter', pointer: 'spec.template.spec.containers[0].image' },
        notes: [
          'gcr.io/kubebuilder went away with the Container Registry in March 2025; its images were copied to registry.k8s.io before',
        ],
        help: 'use registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
        data: {
          reference: 'gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0',
          replacement: 'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
          sources: expect.any(Array) as unknown,
        },
      },
    ]);
  });

  test('of a chart of the stack, where a patch brings one back', () => {
    const lab = early();
    const path = '/spec/values/dynamo-operator/controllerManager';
    releaseOf(lab, 'dynamo-platform').addJsonPatch(JsonPatch.remove(path));
    const findings = failure(lab.fleet).filter(({ severity }) => severity === 'error');
    expect(findings).toMatchObject([
      {
        code: 'BAY6050',
        message:
          'image gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0, which chart "dynamo-platform" 0.5.1 runs as the guard of its metrics, is gone',
        where: {
          construct: 'test/controllers/HelmRelease-dynamo-platform',
          pointer: 'spec.values.dynamo-operator.controllerManager.kubeRbacProxy.image.repository',
        },
        help: 'set dynamo-operator.controllerManager.kubeRbacProxy.image.repository in the values so that it becomes registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
      },
    ]);
  });

  test('in the values of a chart that is not known', () => {
    const { fleet, cluster } = testCluster(nodes(['n1']));
    new ApiObject(cluster.controllers, 'milvus', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'milvus', namespace: 'flux-system' },
      spec: {
        interval: '1h',
        chart: { spec: { chart: 'milvus', version: '4.2.0', sourceRef: { kind: 'HelmRepository', name: 'milvus' } } },
        values: {
          etcd: { image: { registry: 'docker.io', repository: 'bitnami/etcd', tag: '3.5.18-debian-12-r5' } },
          sidecars: [{ name: 'a', image: 'k8s.gcr.io/pause:3.9' }],
          server: { image: { repository: 'milvusdb/milvus', tag: 'v2.5.0' } },
        },
      },
    });
    expect(told(failure(fleet))).toEqual([
      ['BAY6050', 'spec.values.etcd.image', 'use docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5'],
      ['BAY6052', 'spec.values.sidecars[0].image', 'use registry.k8s.io/pause:3.9'],
    ]);
  });

  test('a tag that moves is told of only where no digest can be given', () => {
    const { fleet, cluster } = testCluster(nodes(['n1']));
    new ApiObject(cluster.platform, 'exporter', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'exporter', namespace: 'monitoring' },
      ...deployment('python:3.12-slim'),
    });
    expect(told(fleet.compile().diagnostics)).toEqual([]);
    const lab = early();
    const path = '/spec/values/dynamo-operator/dynamo';
    releaseOf(lab, 'dynamo-platform').addJsonPatch(JsonPatch.remove(path));
    const way =
      'set dynamo-operator.dynamo.mpiRun.sshKeygen.enabled to false, and make the Secret mpi-run-ssh-secret yourself';
    expect(told(lab.fleet.compile().diagnostics).filter(([code]) => code === 'BAY6051')).toEqual([
      ['BAY6051', 'spec.values', way],
      ['BAY6051', 'spec.values', way],
    ]);
  });
});

describe('what is written for Dynamo 0.5.1', () => {
  test('has nothing that is gone, and one image that nobody mends', () => {
    expect(told(early().fleet.compile().diagnostics)).toEqual([
      [
        'BAY6052',
        'spec.values.etcd.image.repository',
        'run an etcd of your own: etcd.enabled false, and its address in dynamo-operator.etcdAddr',
      ],
    ]);
  });

  test('runs without that as well', () => {
    const lab = early();
    releaseOf(lab, 'dynamo-platform').addJsonPatch(
      JsonPatch.add('/spec/values/etcd', { enabled: false }),
      JsonPatch.add('/spec/values/dynamo-operator/etcdAddr', 'etcd.inference:2379'),
    );
    expect(told(lab.fleet.compile().diagnostics)).toEqual([]);
  });

  test('has the Secret that its graphs wait for, with nothing in it', () => {
    const { files } = early().fleet.compile();
    expect(files.get('test/platform/secret-dynamo-cloud-mpi-run-ssh-secret.yaml')).toBe(
      `apiVersion: v1
kind: Secret
metadata:
  annotations:
    kustomize.toolkit.fluxcd.io/prune: disabled
    kustomize.toolkit.fluxcd.io/ssa: IfNotPresent
  name: mpi-run-ssh-secret
  namespace: dynamo-cloud
type: Opaque
`,
    );
    const current = testCluster(nodes(['n1'])).fleet.compile();
    expect([...current.files.keys()].filter((file) => file.includes('secret-'))).toEqual([]);
  });

  test('is known whole', () => {
    const manifest = releaseOf(early(), 'dynamo-platform').toJson() as Parameters<typeof chartOf>[0]; // as it is written
    const chart = chartOf(manifest, []);
    expect(chart && releaseImages(chart).notKnown).toEqual([]);
  });
});
