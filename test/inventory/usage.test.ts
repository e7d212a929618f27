import { formatAmount, type Resources } from '../../lib/model/resources';
import { podsOf, usage, type Usage } from '../../lib/inventory/usage';
import { list, loaded, node, pod, type PodShape } from './objects';

function texts(totals: Usage['byNode']): Record<string, Record<string, string>> {
  const text = (resources: Resources): Record<string, string> =>
    Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
  return Object.fromEntries([...totals].map(([name, resources]) => [name, text(resources)]));
}

const nodes = list(
  node('n1', { labels: { 'kubernetes.io/hostname': 'n1', 'nvidia.com/gpu.memory': '81559' } }),
  node('n2'),
);

function used(pods: unknown[], isOwn: Parameters<typeof usage>[1] = () => false): Record<string, unknown> {
  const { byNode, byQueue } = usage(loaded(nodes, list(...pods)), isOwn);
  return { byNode: texts(byNode), byQueue: texts(byQueue) };
}

function queued(name: string, queue: string, shape: PodShape = {}): unknown {
  return pod(name, { ...shape, metadata: { labels: { 'kai.scheduler/queue': queue }, ...shape.metadata } });
}

describe('what running pods take', () => {
  test('nothing runs, nothing is taken', () => {
    expect(used([])).toEqual({ byNode: {}, byQueue: {} });
  });

  //  n1: a 1 core, b 500m + 1 GPU        n2: c 1 core
  //  team-a: b, c
  test('is added up by node, with one of `pods` each, and by queue', () => {
    const b = queued('b', 'team-a', { requests: { cpu: '500m', 'nvidia.com/gpu': '1' } });
    expect(used([pod('a'), b, queued('c', 'team-a', { node: 'n2' })])).toEqual({
      byNode: {
        n1: { cpu: '1500m', 'nvidia.com/gpu': '1', pods: '2' },
        n2: { cpu: '1', pods: '1' },
      },
      byQueue: { 'team-a': { cpu: '1500m', 'nvidia.com/gpu': '1' } },
    });
  });

  test('a terminating pod holds its room and its queue, a finished one neither', () => {
    const labels = { 'kai.scheduler/queue': 'team-a' };
    const leaving = pod('a', { metadata: { labels, deletionTimestamp: '2026-11-01T00:00:00Z' } });
    const finished = queued('b', 'team-a', { status: { phase: 'Failed' } });
    expect(used([leaving, finished])).toEqual({
      byNode: { n1: { cpu: '1', pods: '1' } },
      byQueue: { 'team-a': { cpu: '1' } },
    });
  });

  test('pods on nodes that are not listed count in their queue', () => {
    expect(used([queued('a', 'team-a', { node: 'n9' })])).toEqual({
      byNode: { n9: { cpu: '1', pods: '1' } },
      byQueue: { 'team-a': { cpu: '1' } },
    });
  });

  test('a MIG slice counts against its queue as the GPUs that KAI takes it for', () => {
    const requests = { 'nvidia.com/mig-3g.40gb': '2', 'nvidia.com/mig-1g.10gb': '1', 'nvidia.com/gpu': '1' };
    const { byNode, byQueue } = used([queued('a', 'team-a', { requests })]);
    expect(byNode).toEqual({ n1: { ...requests, pods: '1' } });
    expect(byQueue).toEqual({ 'team-a': { ...requests, 'nvidia.com/gpu': '8' } });
  });

  const sharing = (name: string, annotations: Record<string, string>, at = 'n1'): unknown =>
    pod(name, {
      node: at,
      requests: {},
      metadata: { labels: { 'kai.scheduler/queue': name }, annotations },
      spec: { schedulerName: 'kai-scheduler' },
    });

  //  n1 has GPUs of 81559 MiB, which KAI takes for 81500; n2 does not say
  test('shared GPUs count in their queue only: the reservation pod holds them on the node', () => {
    const reservation = pod('gpu-reservation-n1-abc', { requests: { 'nvidia.com/gpu': '1' } });
    const pods = [
      reservation,
      sharing('half', { 'gpu-fraction': '0.5' }),
      sharing('two-halves', { 'gpu-fraction': '0.5', 'gpu-fraction-num-devices': '2' }),
      sharing('memory', { 'gpu-memory': '20000' }),
      sharing('unknown', { 'gpu-memory': '20000' }, 'n2'),
    ];
    expect(used(pods)).toEqual({
      byNode: { n1: { 'nvidia.com/gpu': '1', pods: '4' }, n2: { pods: '1' } },
      byQueue: {
        half: { 'nvidia.com/gpu': '500m' },
        'two-halves': { 'nvidia.com/gpu': '1' },
        memory: { 'nvidia.com/gpu': '250m' },
        unknown: { 'nvidia.com/gpu': '1' },
      },
    });
  });
});

describe('pods of the graphs that are being compiled', () => {
  const ours = { namespace: 'team', name: 'vllm' };
  const byLabel = (name: string, namespace: string, graph: string): unknown =>
    queued(name, 'team-a', {
      metadata: {
        namespace,
        labels: { 'kai.scheduler/queue': 'team-a', 'nvidia.com/dynamo-graph-deployment-name': graph },
      },
    });
  const byGroup = (name: string, namespace: string, group: string): unknown =>
    pod(name, { metadata: { namespace, annotations: { 'pod-group-name': group } } });

  test('count neither on their node nor in their queue', () => {
    const pods = [byLabel('a', 'team', 'vllm'), byGroup('b', 'team', 'team.vllm')];
    expect(used(pods, podsOf([ours], [{ namespace: 'team', name: 'team.vllm' }]))).toEqual({ byNode: {}, byQueue: {} });
  });

  test('graphs of another name or namespace, and PodGroups that are not named, do count', () => {
    const pods = [
      byLabel('a', 'other', 'vllm'),
      byLabel('b', 'team', 'vllm-2'),
      byGroup('c', 'team', 'team.vllm'),
      pod('d'),
    ];
    expect(used(pods, podsOf([ours]))).toEqual({
      byNode: { n1: { cpu: '4', pods: '4' } },
      byQueue: { 'team-a': { cpu: '2' } },
    });
  });
});

describe('nodes with a pod that holds devices by a claim', () => {
  const claims = (...resourceClaims: unknown[]): PodShape => ({ spec: { resourceClaims } });
  const channel = { name: 'channel', resourceClaimTemplateName: 'imex' };
  const claimed = (pods: unknown[], isOwn: Parameters<typeof usage>[1] = () => false): string[] => [
    ...usage(loaded(nodes, list(...pods)), isOwn).claimed,
  ];

  test('are those of claims made from a template, of claims made before, and of both', () => {
    expect(claimed([pod('a', claims(channel))])).toEqual(['n1']);
    expect(claimed([pod('a', claims({ name: 'channel', resourceClaimName: 'imex-1' }))])).toEqual(['n1']);
    expect(claimed([pod('a', claims(channel)), pod('b', claims(channel))])).toEqual(['n1']);
  });

  test('are none without claims, or with finished pods alone', () => {
    expect(
      claimed([pod('a'), pod('b', claims()), pod('c', { ...claims(channel), status: { phase: 'Failed' } })]),
    ).toEqual([]);
  });

  test("are not those of the driver's own daemons, which claim no channel", () => {
    const labels = { 'resource.nvidia.com/computeDomain': '0b3c' };
    const daemon = claims({ name: 'compute-domain-daemon', resourceClaimTemplateName: 'computedomain-daemon-0b3c' });
    expect(claimed([pod('computedomain-daemon-0b3c-x', { ...daemon, metadata: { labels } })])).toEqual([]);
  });

  test('are not those of pods that are placed anew', () => {
    expect(claimed([pod('a', claims(channel))], ({ name }) => name === 'a')).toEqual([]);
  });

  test('take nothing else by it, and nothing of a queue', () => {
    expect(used([queued('a', 'team-a', claims(channel))])).toEqual({
      byNode: { n1: { cpu: '1', pods: '1' } },
      byQueue: { 'team-a': { cpu: '1' } },
    });
  });
});
