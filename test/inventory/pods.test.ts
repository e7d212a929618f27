import fc from 'fast-check';
import { Inventory } from '../../lib/inventory/inventory';
import type { RunningPod } from '../../lib/inventory/inventory';
import { findings, gpus, list, loaded, node, pod, type PodShape } from './objects';

const nodes = list(node('n1'), node('n2'));

function read(shape: PodShape): RunningPod | undefined {
  return loaded(nodes, list(pod('a', shape))).pods[0];
}

/** Findings about a pod list on two sound nodes. */
function of(...pods: unknown[]): string[] {
  return findings(Inventory.fromObjects({ nodes, pods: list(...pods) }).load());
}

describe('which pods hold room', () => {
  test.each([
    ['running', { status: { phase: 'Running' } }, true],
    ['pending but bound', { status: { phase: 'Pending' } }, true],
    ['of unknown phase', { status: { phase: 'Unknown' } }, true],
    ['terminating', { metadata: { deletionTimestamp: '2026-11-01T00:00:00Z' } }, true],
    ['succeeded', { status: { phase: 'Succeeded' } }, false],
    ['failed', { status: { phase: 'Failed' } }, false],
    ['not bound to a node', { spec: { nodeName: undefined } }, false],
    ['nominated only', { spec: { nodeName: '' }, status: { nominatedNodeName: 'n1' } }, false],
  ])('a pod that is %s', (_, shape: PodShape, holds) => {
    expect(read(shape) !== undefined).toBe(holds);
  });

  test('a pod that holds none is not looked at further', () => {
    expect(
      of(pod('done', { status: { phase: 'Succeeded' }, requests: { cpu: 'x' }, metadata: { labels: 7 } })),
    ).toEqual([]);
  });
});

describe('what is known of a pod', () => {
  test('a bare pod', () => {
    expect(read({ requests: { cpu: '250m', 'nvidia.com/gpu': 1 } })).toEqual({
      namespace: 'team',
      name: 'a',
      node: 'n1',
      requests: { cpu: 250_000_000n, 'nvidia.com/gpu': 1_000_000_000n },
      terminating: false,
    });
  });

  test("a worker of a graph in KAI's hands", () => {
    expect(
      read({
        metadata: {
          labels: {
            'kai.scheduler/queue': 'team-a',
            'kai.scheduler/subgroup-name': 'decode',
            'nvidia.com/dynamo-graph-deployment-name': 'vllm-disagg',
          },
          annotations: { 'pod-group-name': 'team.vllm-disagg' },
          deletionTimestamp: '2026-11-01T00:00:00Z',
        },
        spec: { schedulerName: 'kai-scheduler', priorityClassName: 'inference' },
      }),
    ).toEqual({
      namespace: 'team',
      name: 'a',
      node: 'n1',
      requests: { cpu: 1_000_000_000n },
      terminating: true,
      schedulerName: 'kai-scheduler',
      queue: 'team-a',
      graph: { namespace: 'team', name: 'vllm-disagg' },
      podGroup: { namespace: 'team', name: 'team.vllm-disagg' },
      subGroup: 'decode',
      priorityClassName: 'inference',
    });
  });

  const byKai = { schedulerName: 'kai-scheduler' };
  test.each([
    ['its queue label', { 'kai.scheduler/queue': 'a', project: 'b' }, byKai, 'a'],
    ['its project label, if KAI schedules it', { project: 'b' }, byKai, 'b'],
    [
      'its project and node pool, if KAI schedules it',
      { project: 'b', 'kai.scheduler/node-pool': 'h100' },
      byKai,
      'b-h100',
    ],
    ['its queue label, whoever schedules it', { 'kai.scheduler/queue': 'a' }, {}, 'a'],
    ['no project label, if another scheduler does', { project: 'b' }, {}, undefined],
    ['no empty label', { 'kai.scheduler/queue': '', project: '' }, byKai, undefined],
    ['no node pool alone', { 'kai.scheduler/node-pool': 'h100' }, byKai, undefined],
  ])("a pod's queue is that of %s", (_, labels, spec, queue) => {
    expect(read({ metadata: { labels }, spec })?.queue).toBe(queue);
  });

  test.each([
    ['a fraction', { 'gpu-fraction': '0.25' }, { devices: 1n, fraction: 250_000_000n }],
    [
      'a fraction of several',
      { 'gpu-fraction': '0.5', 'gpu-fraction-num-devices': '2' },
      { devices: 2n, fraction: 500_000_000n },
    ],
    ['memory', { 'gpu-memory': '20000' }, { devices: 1n, memoryMiB: 20_000n }],
    [
      'a fraction rather than memory',
      { 'gpu-fraction': '1', 'gpu-memory': '20000' },
      { devices: 1n, fraction: 1_000_000_000n },
    ],
    ['nothing, where KAI cannot read it', { 'gpu-fraction': '1.5', 'gpu-memory': '20Gi' }, undefined],
  ])('a share of GPUs: %s', (_, annotations, gpuShare) => {
    expect(read({ metadata: { annotations }, spec: byKai })?.gpuShare).toEqual(gpuShare);
    expect(read({ metadata: { annotations } })?.gpuShare).toBeUndefined();
  });
});

describe('amounts in a pod', () => {
  const of4 = { name: 'main', resources: { requests: { cpu: '4' }, limits: { cpu: '8', 'nvidia.com/gpu': '1' } } };

  test('init containers, sidecars, limits and overhead are found where kubectl writes them', () => {
    const initContainers = [
      { name: 'proxy', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
      { name: 'download', resources: { requests: { cpu: '2', memory: '1Gi' } } },
      { name: 'plain' },
    ];
    const spec = { containers: [of4], initContainers, overhead: { cpu: '250m' } };
    expect(read({ spec })?.requests).toEqual({
      cpu: 5_250_000_000n,
      memory: 1024n ** 3n * 1_000_000_000n,
      'nvidia.com/gpu': 1_000_000_000n,
    });
  });

  test('what the kubelet reports counts while a container is resized, if it reports `resources`', () => {
    const held = { name: 'main', allocatedResources: { cpu: '6' }, resources: { requests: { cpu: '5' } } };
    const infeasible = [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }];
    const cpu = (status: Record<string, unknown>): unknown =>
      read({ spec: { containers: [of4] }, status: { phase: 'Running', ...status } })?.requests.cpu;
    expect(cpu({ containerStatuses: [held] })).toBe(6_000_000_000n);
    expect(cpu({ containerStatuses: [{ ...held, resources: undefined }] })).toBe(4_000_000_000n);
    expect(cpu({ containerStatuses: [{ ...held, name: 'other' }] })).toBe(4_000_000_000n);
    const small = { name: 'main', allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '2' } } };
    expect(cpu({ containerStatuses: [small] })).toBe(4_000_000_000n);
    expect(cpu({ containerStatuses: [small], conditions: infeasible })).toBe(2_000_000_000n);
  });

  test('a sidecar is resized by its own status', () => {
    const proxy = { name: 'proxy', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } };
    const initContainerStatuses = [{ name: 'proxy', resources: { requests: { cpu: '3' } } }];
    const shape = { spec: { containers: [of4], initContainers: [proxy] }, status: { initContainerStatuses } };
    expect(read(shape)?.requests.cpu).toBe(7_000_000_000n);
  });

  test('resources of the pod as a whole', () => {
    const spec = { containers: [of4], resources: { requests: { cpu: '6' }, limits: { memory: '8Gi' } } };
    const resized = { resources: { requests: { cpu: '7' } }, allocatedResources: { cpu: '5' } };
    expect(read({ spec })?.requests).toEqual({
      cpu: 6_000_000_000n,
      memory: 8n * 1024n ** 3n * 1_000_000_000n,
      'nvidia.com/gpu': 1_000_000_000n,
    });
    expect(read({ spec, status: resized })?.requests.cpu).toBe(7_000_000_000n);
  });

  test('amounts that cannot be are told with their container', () => {
    const containers = [
      of4,
      { name: 'aside', resources: { requests: { cpu: '1 core' }, limits: { 'nvidia.com/gpu': '0.5' } } },
    ];
    expect(of(pod('a', { spec: { containers } }))).toEqual([
      'BAY1007 pods.items[0].spec.containers[1].resources.requests["cpu"]: spec.containers[1].resources.requests["cpu"] of pod team/a is not a quantity: "1 core"',
      'BAY1009 pods.items[0].spec.containers[1].resources.limits["nvidia.com/gpu"]: spec.containers[1].resources.limits["nvidia.com/gpu"] of pod team/a is not a whole number: "0.5"',
    ]);
  });
});

describe('a pod list that is wrong', () => {
  test('a name or namespace that is missing', () => {
    expect(of(pod('', {}), pod('b', { metadata: { namespace: undefined } }))).toEqual([
      'BAY1006 pods.items[0].metadata.name: metadata.name of pod items[0] is missing',
      'BAY1006 pods.items[1].metadata.namespace: metadata.namespace of pod items[1] is missing',
    ]);
  });

  test('a pod that is listed twice would count twice', () => {
    expect(of(pod('a'), pod('b'), pod('a'), pod('a', { metadata: { namespace: 'other' } }))).toEqual([
      'BAY1013 pods.items: more than one pod of one name: team/a',
    ]);
  });

  test('an empty list is a cluster where nothing runs', () => {
    expect(loaded(nodes, list()).pods).toEqual([]);
  });
});

describe('pods and nodes that do not fit together', () => {
  test('pods on nodes that are not listed are told together, as a warning', () => {
    const stray = [pod('a', { node: 'n9' }), pod('b', { node: 'n8' }), pod('c', { node: 'n9' }), pod('d')];
    const outcome = Inventory.fromObjects({ nodes, pods: list(...stray) }).load();
    expect(findings(outcome)).toEqual([
      'BAY1014 pods.items: 3 pods on 2 nodes that the node list does not have: n8, n9',
    ]);
    expect([outcome.ok, outcome.diagnostics[0]?.severity]).toEqual([true, 'warning']);
    expect(of(pod('a', { node: 'n9' }))).toEqual([
      'BAY1014 pods.items: pod team/a on node n9 that the node list does not have',
    ]);
  });

  //  n1: 8 GPUs, 110 pods    n2: 7 GPUs, no limit of pods
  //      a 8, b 1                c 8, d (rdma, which the node does not have)
  test('nodes that hold more than they can are told together, as a warning', () => {
    const some = list(node('n1'), node('n2', { allocatable: { 'nvidia.com/gpu': '7', cpu: '1' } }));
    const pods = list(
      pod('a', { requests: gpus8 }),
      pod('b', { requests: { 'nvidia.com/gpu': '1' } }),
      pod('c', { node: 'n2', requests: gpus8 }),
      pod('d', { node: 'n2', requests: { 'rdma/ib': '1', cpu: '1' } }),
    );
    const outcome = Inventory.fromObjects({ nodes: some, pods }).load();
    expect(findings(outcome)).toEqual([
      'BAY1015 pods.items: running pods take more than 2 nodes can give: n1 (nvidia.com/gpu 9 of 8), n2 (nvidia.com/gpu 8 of 7, rdma/ib 1 of 0)',
    ]);
    expect([outcome.ok, outcome.diagnostics[0]?.severity]).toEqual([true, 'warning']);
  });

  test('a node may hold exactly what it has, and one more pod is too many', () => {
    const full = list(node('n1', { allocatable: { pods: '2' } }));
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { requests: {} }));
    expect(Inventory.fromObjects({ nodes: full, pods: list(...pods.slice(0, 2)) }).load().diagnostics).toEqual([]);
    expect(findings(Inventory.fromObjects({ nodes: full, pods: list(...pods) }).load())).toEqual([
      'BAY1015 pods.items: running pods take more than node n1 can give: n1 (pods 3 of 2)',
    ]);
  });

  test('pods that KAI schedules without naming a queue are told together, as a warning', () => {
    const spec = { schedulerName: 'kai-scheduler' };
    const pods = list(
      pod('b', { spec }),
      pod('a', { spec }),
      pod('c', { spec, metadata: { labels: { 'kai.scheduler/queue': 'team-a' } } }),
      pod('d'),
    );
    const outcome = Inventory.fromObjects({ nodes, pods }).load();
    expect(findings(outcome)).toEqual([
      'BAY1016 pods.items: 2 pods scheduled by KAI without a queue of their own: team/a, team/b',
    ]);
    expect([outcome.ok, outcome.diagnostics[0]?.severity]).toEqual([true, 'warning']);
  });
});

describe('pods with resource claims', () => {
  const resourceClaims = [
    { name: 'nics', resourceClaimTemplateName: 'four-nics' },
    { name: 'gpu', resourceClaimName: 'gpu-7' },
  ];
  const claiming = pod('a', { spec: { resourceClaims } });
  const domain = { 'kubernetes.io/hostname': 'n1', 'resource.nvidia.com/computeDomain': '0b3c' };
  const told = (one: unknown, pods: unknown[], isOwn?: Parameters<Inventory['load']>[0]): string[] =>
    findings(Inventory.fromObjects({ nodes: list(one), pods: list(...pods) }).load(isOwn));

  test('are named by their claims and templates', () => {
    expect(loaded(nodes, list(claiming)).pods[0]?.claims).toEqual(['four-nics', 'gpu-7']);
  });

  test('of unknown devices are told together, as a warning', () => {
    const pods = [claiming, pod('b', { spec: { resourceClaims: [{ name: 'c', resourceClaimTemplateName: 't' }] } })];
    expect(told(node('n1'), pods)).toEqual([
      'BAY1020 pods.items: 2 pods hold devices by resource claims, which a list of pods only names: team/a (four-nics, gpu-7), team/b (t)',
    ]);
    expect(told(node('n1'), [claiming])).toEqual([
      'BAY1020 pods.items: a pod holds devices by resource claims, which a list of pods only names: team/a (four-nics, gpu-7)',
    ]);
  });

  test('are no news where the node says that it is in a domain, has no GPUs, or the pods are placed anew', () => {
    expect(told(node('n1', { labels: domain }), [claiming])).toEqual([]);
    expect(told(node('n1', { allocatable: { cpu: '8' } }), [claiming])).toEqual([]);
    expect(told(node('n1'), [claiming], () => true)).toEqual([]);
  });

  test('that are no claims are refused', () => {
    expect(told(node('n1'), [pod('a', { spec: { resourceClaims: [{ name: 'a', resourceClaimName: 7 }] } })])).toEqual([
      'BAY1006 pods.items[0].spec.resourceClaims[0].resourceClaimName: spec.resourceClaims[0].resourceClaimName of pod team/a is not a text: 7',
    ]);
  });
});

const gpus8 = { 'nvidia.com/gpu': gpus(8)['nvidia.com/gpu'] };

describe('the order of a pod list', () => {
  test('changes nothing', () => {
    const pods = [
      pod('a'),
      pod('b', { metadata: { namespace: 'other' } }),
      pod('a', { metadata: { namespace: 'other' } }),
      pod('c', { node: 'n2' }),
      pod('d', { node: 'n9' }),
    ];
    const told = (order: unknown[]): unknown => Inventory.fromObjects({ nodes, pods: list(...order) }).load();
    const expected = told(pods);
    expect(loaded(nodes, list(...pods)).pods.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
      'other/a',
      'other/b',
      'team/a',
      'team/c',
      'team/d',
    ]);
    const shuffled = fc.shuffledSubarray(pods, { minLength: pods.length });
    fc.assert(fc.property(shuffled, (order) => expect(told(order)).toEqual(expected)));
  });
});
