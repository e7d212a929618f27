import { ApiObject, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  Backend,
  Cluster,
  DynamoGraph,
  Inventory,
  Level,
  Model,
  ModelCache,
  PriorityClass,
  Queue,
  Router,
  SecretRef,
  Stack,
} from '../../lib';
import { graphDefaults, list, node, nodes, pod, testCluster, topology } from '../support/fleet';
import { expectGolden } from '../support/golden';
import { testFleet } from '../support/pins';

const revision = '0123456789abcdef0123456789abcdef01234567';

test('an aggregated graph in its shortest form', () => {
  const { fleet, graph } = testCluster(nodes(['n1', 'n2']));
  graph('agg', { worker: { gpus: 1 } });
  expectGolden('aggregated', fleet.compile().files);
});

test('a graph that says all it can', () => {
  //        z1                    z2
  //   r1        r2          r3        r4
  // n1 n2 s1  n3 n4 s2    n5 n6 s3  n7 n8 s4     n: 8 GPUs, 8 RDMA devices, tainted    s: no GPUs
  const gpu = {
    taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
    resources: { 'rdma/ib': '8', 'ephemeral-storage': '900Gi' },
  };
  const racks = ['r1', 'r2', 'r3', 'r4'].flatMap((rack, index) => {
    const place = { rack, zone: index < 2 ? 'z1' : 'z2', labels: { pool: 'inference' } };
    const names = [`n${2 * index + 1}`, `n${2 * index + 2}`];
    return [...nodes(names, { ...gpu, ...place }), node(`s${index + 1}`, { ...place, gpus: 0 })];
  });
  const running = [
    pod('batch-0', 'n1', { 'nvidia.com/gpu': '8', cpu: '8' }, { labels: { 'kai.scheduler/queue': 'team-b' } }),
  ];
  const { fleet, cluster } = testCluster(racks, running);
  const department = new Queue(cluster, 'department', { gpu: { quota: 56, limit: 64 }, priority: 200 });
  const queue = new Queue(cluster, 'team-b', {
    parent: department,
    gpu: { quota: 48, overQuotaWeight: 2 },
    cpu: { quota: '500', limit: '1000' },
    memory: { quota: '4Ti' },
  });
  new DynamoGraph(cluster, 'full', {
    ...graphDefaults(queue),
    name: 'full-graph',
    namespace: 'team-b',
    backend: Backend.vllm({
      image: `registry.example/vllm-runtime:team-b@sha256:${'a'.repeat(64)}`,
      runtimeVersion: '1.5.0',
    }),
    model: Model.huggingFace('example/large', { revision, token: SecretRef.of('hub', 'HF_TOKEN') }),
    modelCache: ModelCache.volume({ size: '500Gi', storageClass: 'shared' }),
    priorityClass: new PriorityClass(cluster, 'critical', { value: 200, description: 'customer traffic' }),
    placement: { required: Level.zone(), preferred: Level.rack() },
    rollout: 'recreate',
    smokeTest: { endpoint: 'completions', seconds: 60 },
    nodeSelector: { pool: 'inference' },
    tolerations: [{ key: 'maintenance', operator: 'Exists' }],
    env: { LOG_LEVEL: 'info' },
    frontend: {
      name: 'Frontend',
      replicas: 2,
      cpu: '500m',
      memory: '1Gi',
      router: Router.kvAware(),
      args: ['--http-port', '8000'],
    },
    prefill: {
      replicas: 4,
      gpus: 2,
      cpu: 4,
      memory: '32Gi',
      rdma: { fabric: 'roce', netDevices: ['mlx5_0:1', 'mlx5_1:1'] },
      sharedMemory: '16Gi',
      placement: { required: Level.rack() },
      env: { LOG_LEVEL: 'debug', LICENCE: SecretRef.of('licence', 'key') },
    },
    decode: {
      replicas: 2,
      gpus: 8,
      cpu: 8,
      memory: '64Gi',
      limits: { memory: '128Gi' },
      resources: { 'ephemeral-storage': '20Gi' },
      rdma: { fabric: 'roce', resource: 'rdma/ib', count: 8 },
      pinning: 'replica',
      args: ['--tensor-parallel-size', '4', '--pipeline-parallel-size', '2'],
    },
  });
  expectGolden('full', fleet.compile().files);
});

test("two clusters, and a user's own objects beside ours", () => {
  const fleet = testFleet();
  for (const id of ['north', 'south']) {
    const cluster = new Cluster(fleet, id, {
      stack: Stack.of({ dynamo: '1.5.1', kai: '0.17.3' }),
      inventory: Inventory.fromObjects({ nodes: list(nodes([`${id}-1`, `${id}-2`])) }),
      topology: topology(),
      flux: { source: { kind: 'OCIRepository', name: 'fleet' }, path: './', namespace: 'gitops' },
    });
    const queue = new Queue(cluster, 'team-a');
    const graph = new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 8, replicas: 2 } });
    new kplus.ConfigMap(graph, 'settings', {
      metadata: { name: 'settings', namespace: 'inference' },
      data: { a: '1' },
    });
    new ApiObject(cluster, 'own', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'own' } });
    new ApiObject(cluster.controllers, 'release', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'gpu-operator', namespace: 'gitops' },
      spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'gpu-operator' } },
    });
  }
  const chart = new Chart(fleet, 'shared');
  new ApiObject(chart, 'thing', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'thing', namespace: 'x' } });
  expectGolden('clusters', fleet.compile().files);
});
