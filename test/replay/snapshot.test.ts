import { wholeUnits } from '../../lib/model/quantity';
import { snapshotOf, type Bystander, type Shard } from '../../lib/replay/snapshot';
import type { World, WorldNode, WorldPod, WorldPodGroup } from '../../lib/replay/world';

const unlimited = { cpu: -1, memory: -1, gpu: -1 };
const none = { cpu: 0, memory: 0, gpu: 0 };
const shard: Shard = { stalenessGrace: 60, priorities: new Map([['inference', 125]]) };

const node: WorldNode = {
  name: 'n1',
  labels: { 'kubernetes.io/hostname': 'n1' },
  taints: [{ key: 'gpu', effect: 'NoSchedule' }],
  unschedulable: false,
  ready: true,
  allocatable: { cpu: wholeUnits(64), memory: wholeUnits(2 ** 30), 'nvidia.com/gpu': wholeUnits(8) },
  used: { cpu: wholeUnits(1) },
};

const group: WorldPodGroup = {
  namespace: 'a',
  name: 'g',
  queue: 'team',
  priorityClass: 'inference',
  priority: 125,
  preemptible: false,
  minSubGroup: 1,
  subGroups: [{ name: 'worker', minMember: 1, constraint: { topology: 't', required: 'zone', preferred: 'rack' } }],
  stalenessGrace: -1,
  created: 3,
};

const pod: WorldPod = {
  uid: 'a/g-worker-0',
  namespace: 'a',
  name: 'g-worker-0',
  labels: { app: 'g' },
  podGroup: 'g',
  subGroup: 'worker',
  requests: { cpu: wholeUnits(2), 'nvidia.com/gpu': wholeUnits(1) },
  nodeSelector: {},
  nodeAffinity: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n1'] }] }],
  },
  tolerations: [{ key: 'gpu', operator: 'Exists' }],
  apart: [{ topologyKey: 'kubernetes.io/hostname', matchLabels: { app: 'g' } }],
  created: 3,
};

const world: World = {
  nodes: [node],
  topologies: [{ name: 't', levels: [{ label: 'zone', alias: 'z' }, { label: 'rack' }] }],
  queues: [
    { name: 'department', quota: unlimited, limit: unlimited, used: none },
    {
      name: 'team',
      parent: 'department',
      quota: { cpu: 4000, memory: 8_000_000, gpu: 16 },
      limit: unlimited,
      used: none,
    },
  ],
  podGroups: [group],
  pods: [pod],
};

type Objects = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** As the tool reads it: JSON has no undefined. */
function documentOf(
  of: World = world,
  bystanders: readonly Bystander[] = [],
  by: Shard = shard,
): { readonly schedulerParams: Readonly<Record<string, unknown>>; readonly rawObjects: Objects } {
  return JSON.parse(JSON.stringify(snapshotOf(of, bystanders, by))) as ReturnType<typeof documentOf>;
}

const start = '2026-01-01T00:00:00Z';

describe('objects', () => {
  const { rawObjects } = documentOf();

  test('a node has all it had before anything ran there', () => {
    const amounts = { cpu: '64', memory: '1Gi', 'nvidia.com/gpu': '8' };
    expect(rawObjects['nodes']).toEqual([
      {
        metadata: { name: 'n1', uid: 'n1', creationTimestamp: start, labels: node.labels },
        spec: { taints: node.taints, unschedulable: false },
        status: { allocatable: amounts, capacity: amounts, conditions: [{ type: 'Ready', status: 'True' }] },
      },
    ]);
  });

  test('a queue is bounded in millicores, millions of bytes and GPUs', () => {
    const [department, team] = rawObjects['queues'] ?? [];
    const open = { quota: -1, limit: -1, overQuotaWeight: 1 };
    expect(department?.['spec']).toEqual({ resources: { cpu: open, memory: open, gpu: open } });
    expect(team?.['spec']).toEqual({
      parentQueue: 'department',
      resources: { cpu: { ...open, quota: 4000 }, memory: { ...open, quota: 8 }, gpu: { ...open, quota: 16 } },
    });
  });

  test('topologies and priority classes', () => {
    const metadata = (name: string): object => ({ name, uid: name, creationTimestamp: start });
    expect(rawObjects['topologies']).toEqual([
      { metadata: metadata('t'), spec: { levels: [{ nodeLabel: 'zone', alias: 'z' }, { nodeLabel: 'rack' }] } },
    ]);
    expect(rawObjects['priorityClasses']).toEqual([{ metadata: metadata('inference'), value: 125 }]);
  });

  test('a PodGroup says what its scheduler takes it for', () => {
    expect(rawObjects['podGroups']).toEqual([
      {
        metadata: { name: 'g', namespace: 'a', uid: 'a/g', creationTimestamp: '2026-01-01T00:00:03Z' },
        spec: {
          queue: 'team',
          priorityClassName: 'inference',
          preemptibility: 'non-preemptible',
          stalenessGracePeriod: '-1s',
          minSubGroup: 1,
          subGroups: [
            {
              name: 'worker',
              minMember: 1,
              topologyConstraint: {
                topology: 't',
                requiredTopologyLevel: 'zone',
                preferredTopologyLevel: 'rack',
              },
            },
          ],
        },
      },
    ]);
  });

  test('a pod to come is pending in its subgroup, with limits for devices', () => {
    expect(rawObjects['pods']).toEqual([
      {
        metadata: {
          name: 'g-worker-0',
          namespace: 'a',
          uid: 'a/g-worker-0',
          creationTimestamp: '2026-01-01T00:00:03Z',
          labels: { app: 'g', 'kai.scheduler/subgroup-name': 'worker' },
          annotations: { 'pod-group-name': 'g', 'kai.scheduler/skip-podgrouper': 'true' },
        },
        spec: {
          schedulerName: 'kai-scheduler',
          containers: [
            {
              name: 'main',
              image: 'none',
              resources: { requests: { cpu: '2', 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '1' } },
            },
          ],
          nodeSelector: {},
          tolerations: pod.tolerations,
          affinity: {
            nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: pod.nodeAffinity },
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'g' } } },
              ],
            },
          },
        },
        status: { phase: 'Pending' },
      },
    ]);
  });

  test('a pod that runs has its node, and one that is being deleted says so', () => {
    const running = {
      ...world,
      pods: [
        { ...pod, node: 'n1' },
        { ...pod, uid: 'a/old', node: 'n1', releasing: true },
      ],
    };
    const pods = documentOf(running).rawObjects['pods'] ?? [];
    expect(pods).toMatchObject([
      { spec: { nodeName: 'n1' }, status: { phase: 'Running' } },
      { metadata: { deletionTimestamp: '2026-01-01T00:00:03Z' }, spec: { nodeName: 'n1' } },
    ]);
    expect(pods[0]?.['metadata']).not.toHaveProperty('deletionTimestamp');
  });
});

describe('what runs beside', () => {
  const beside = (more: Partial<Bystander>): Bystander => ({
    namespace: 'b',
    name: 'batch',
    node: 'n1',
    requests: { 'nvidia.com/gpu': wholeUnits(2) },
    ...more,
  });

  test('holds its room, and counts in its queue by a gang that stands for all of them', () => {
    const both = [beside({ queue: 'team' }), beside({ name: 'other', queue: 'team' })];
    const { podGroups, pods } = documentOf(world, both).rawObjects;
    expect(podGroups?.slice(1)).toEqual([
      {
        metadata: {
          name: 'in-use-team',
          namespace: 'in-use',
          uid: 'in-use/in-use-team',
          creationTimestamp: start,
        },
        spec: { queue: 'team', preemptibility: 'non-preemptible', minMember: 1 },
      },
    ]);
    const amounts = { 'nvidia.com/gpu': '2' };
    expect(pods?.slice(1)).toMatchObject([
      {
        metadata: { uid: 'b/batch', creationTimestamp: start, annotations: { 'pod-group-name': 'in-use-team' } },
        spec: { nodeName: 'n1', containers: [{ resources: { requests: amounts, limits: amounts } }] },
        status: { phase: 'Running' },
      },
      { metadata: { uid: 'b/other', annotations: { 'pod-group-name': 'in-use-team' } } },
    ]);
  });

  test('counts in no queue that is not there', () => {
    const { podGroups, pods } = documentOf(world, [beside({ queue: 'gone' }), beside({})]).rawObjects;
    expect(podGroups).toHaveLength(1);
    expect(pods?.slice(1)).toMatchObject([{ metadata: { annotations: {} } }, { metadata: { annotations: {} } }]);
  });

  test('keeps the annotations by which it shares GPUs', () => {
    const annotations = { 'gpu-fraction': '0.5' };
    const { pods } = documentOf(world, [beside({ queue: 'team', annotations })]).rawObjects;
    expect(pods?.[1]).toMatchObject({
      metadata: { annotations: { 'gpu-fraction': '0.5', 'pod-group-name': 'in-use-team' } },
    });
  });
});

describe('the scheduler', () => {
  test('waits as long as it was told before it evicts a gang, in nanoseconds', () => {
    const grace = (stalenessGrace: number): unknown =>
      documentOf(world, [], { ...shard, stalenessGrace }).schedulerParams['globalDefaultStalenessGracePeriod'];
    expect([grace(60), grace(-1), grace(0.5)]).toEqual([60_000_000_000, -1_000_000_000, 500_000_000]);
  });

  test('sees queues and PodGroups of its pool by their label', () => {
    const beside = [{ namespace: 'b', name: 'batch', node: 'n1', requests: {}, queue: 'team' }];
    const { schedulerParams, rawObjects } = documentOf(world, beside, { ...shard, pool: 'inference' });
    expect(schedulerParams['partitionParams']).toEqual({
      NodePoolLabelKey: 'kai.scheduler/node-pool',
      NodePoolLabelValue: 'inference',
    });
    const labelled = { metadata: { labels: { 'kai.scheduler/node-pool': 'inference' } } };
    expect(rawObjects['queues']).toMatchObject([labelled, labelled]);
    expect(rawObjects['podGroups']).toMatchObject([labelled, labelled]);
  });
});
