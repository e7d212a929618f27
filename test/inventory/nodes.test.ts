import fc from 'fast-check';
import { Inventory } from '../../lib/inventory/inventory';
import { findings, gpus, list, loaded, node } from './objects';

/** Findings about a node list. */
function of(...nodes: unknown[]): string[] {
  return findings(Inventory.fromObjects({ nodes: list(...nodes) }).load());
}

describe('nodes as kubectl lists them', () => {
  test('a node keeps its labels, its taints and every resource', () => {
    const labels = { 'kubernetes.io/hostname': 'ip-10-0-0-1', 'kubernetes.io/arch': 'arm64', rack: '' };
    const taints = [
      { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
      { key: 'soft', value: '', effect: 'PreferNoSchedule' },
      { key: 'gone', effect: 'NoExecute', timeAdded: '2026-11-01T00:00:00Z' },
    ];
    const allocatable = {
      cpu: '191450m',
      memory: '2029Gi',
      pods: 110,
      'ephemeral-storage': '3520Gi',
      'hugepages-2Mi': '0',
      'nvidia.com/gpu': '8',
      'nvidia.com/mig-1g.10gb': '7',
      'rdma/ib': '8',
    };
    expect(loaded(list(node('n1', { labels, spec: { taints }, allocatable }))).nodes).toEqual([
      {
        name: 'n1',
        hostname: 'ip-10-0-0-1',
        labels,
        taints: [
          { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
          { key: 'soft', effect: 'PreferNoSchedule' },
          { key: 'gone', effect: 'NoExecute' },
        ],
        unschedulable: false,
        ready: true,
        notReady: [],
        allocatable: {
          cpu: 191_450_000_000n,
          memory: 2029n * 1024n ** 3n * 1_000_000_000n,
          pods: 110_000_000_000n,
          'ephemeral-storage': 3520n * 1024n ** 3n * 1_000_000_000n,
          'hugepages-2Mi': 0n,
          'nvidia.com/gpu': 8_000_000_000n,
          'nvidia.com/mig-1g.10gb': 7_000_000_000n,
          'rdma/ib': 8_000_000_000n,
        },
        architecture: 'arm64',
      },
    ]);
  });

  test('a list from the API itself, whose items do not repeat their kind, is read too', () => {
    const { apiVersion, kind, ...bare } = node('n1');
    const nodes = { apiVersion, kind: `${String(kind)}List`, items: [bare] };
    expect(loaded(nodes).nodes.map(({ name }) => name)).toEqual(['n1']);
  });

  test('a cordoned node is unschedulable and stays ready', () => {
    const [cordoned] = loaded(list(node('n1', { spec: { unschedulable: true } }))).nodes;
    expect([cordoned?.unschedulable, cordoned?.ready]).toEqual([true, true]);
  });

  const ready = { type: 'Ready', status: 'True' };
  test.each([
    ['Ready is True', [ready], []],
    ['Ready is False', [{ type: 'Ready', status: 'False' }], ['Ready is False']],
    ['Ready is Unknown', [{ type: 'Ready', status: 'Unknown' }], ['Ready is Unknown']],
    ['Ready is absent', [{ type: 'DiskPressure', status: 'False' }], ['no Ready condition']],
    ['there are no conditions', null, ['no Ready condition']],
    ['a pressure is on', [{ type: 'DiskPressure', status: 'True' }, ready], ['DiskPressure is True']],
    ['a pressure is unknown', [ready, { type: 'MemoryPressure', status: 'Unknown' }], ['MemoryPressure is Unknown']],
    [
      'the network is not there',
      [ready, { type: 'NetworkUnavailable', status: 'True' }],
      ['NetworkUnavailable is True'],
    ],
    ['all pressures are off', [{ type: 'PIDPressure', status: 'False' }, ready], []],
    ["a condition of someone else's is on", [ready, { type: 'KernelDeadlock', status: 'True' }], []],
  ])('where %s, KAI goes there or not', (_, conditions, notReady) => {
    const [only] = loaded(list(node('n1', { conditions }))).nodes;
    expect({ ready: only?.ready, notReady: only?.notReady }).toEqual({ ready: notReady.length === 0, notReady });
  });

  test('fields that are not read are not looked at', () => {
    const odd = { ...node('n1'), extra: [1], spec: { podCIDR: 7, taints: null, unschedulable: null } };
    expect(loaded(list(odd)).nodes).toHaveLength(1);
  });
});

describe('a node list that is wrong', () => {
  test('two nodes of one name', () => {
    expect(of(node('n1'), node('n2'), node('n1'))).toEqual([
      'BAY1010 nodes.items: more than one node of one name: n1 (2 times)',
    ]);
  });

  test('two nodes with one hostname', () => {
    const labels = { 'kubernetes.io/hostname': 'worker' };
    expect(of(node('n2', { labels }), node('n1', { labels }), node('worker'))).toEqual([
      'BAY1011 nodes.items: more than one node with one value of kubernetes.io/hostname: "worker" on n1, n2, worker',
    ]);
  });

  test('a hostname that is the name of another node is fine as long as it is of one node', () => {
    const crossed = [
      node('n1', { labels: { 'kubernetes.io/hostname': 'n2' } }),
      node('n2', { labels: { 'kubernetes.io/hostname': 'n1' } }),
    ];
    expect(loaded(list(...crossed)).nodes.map(({ name, hostname }) => [name, hostname])).toEqual([
      ['n1', 'n2'],
      ['n2', 'n1'],
    ]);
  });

  test('a node without a hostname, or with an empty one', () => {
    expect(of(node('n1', { labels: {} }))).toEqual([
      'BAY1012 nodes.items: node n1 without a value of kubernetes.io/hostname',
    ]);
    expect(of(node('n2', { labels: {} }), node('n1', { labels: { 'kubernetes.io/hostname': '' } }))).toEqual([
      'BAY1012 nodes.items: 2 nodes without a value of kubernetes.io/hostname: n1, n2',
    ]);
  });

  test.each([
    ['"eight"', 'eight', 'BAY1007', 'is not a quantity'],
    ['8.', '8,', 'BAY1007', 'is not a quantity'],
    ['a list', [8], 'BAY1007', 'is not a quantity'],
    ['a number that JSON has rounded', 2 ** 60, 'BAY1007', 'is not a quantity'],
    ['-1', '-1', 'BAY1008', 'is below 0'],
    ['a half', '0.5', 'BAY1009', 'is not a whole number'],
    ['500m', '500m', 'BAY1009', 'is not a whole number'],
  ])('a GPU count of %s', (_, value, code, wrong) => {
    expect(of(node('n1', { allocatable: { 'nvidia.com/gpu': value } }))).toEqual([
      `${code} nodes.items[0].status.allocatable["nvidia.com/gpu"]: status.allocatable["nvidia.com/gpu"] of node n1 ${wrong}: ${JSON.stringify(value)}`,
    ]);
  });

  test('whole amounts may be written with an exponent or a unit', () => {
    const allocatable = {
      'nvidia.com/gpu': '8e0',
      'rdma/ib': '1k',
      pods: '0.11k',
      cpu: '0.5',
      'kubernetes.io/odd': '0.5',
    };
    expect(loaded(list(node('n1', { allocatable }))).nodes).toHaveLength(1);
  });

  test('fields that are missing or of the wrong kind', () => {
    expect(
      of(
        { apiVersion: 'v1', kind: 'Node', metadata: {} },
        node('n1', { labels: { 'kubernetes.io/hostname': 'n1', big: true } }),
        node('n2', { allocatable: undefined }),
        node('n3', {
          spec: { unschedulable: 'yes', taints: [{ key: 'a', effect: 'NoSchedules' }, { effect: 'NoExecute' }] },
        }),
        node('n4', { conditions: {} }),
        node('n5', { allocatable: 'all' }),
      ),
    ).toEqual([
      'BAY1006 nodes.items[0].metadata.name: metadata.name of node items[0] is missing',
      'BAY1006 nodes.items[1].metadata.labels["big"]: metadata.labels["big"] of node n1 is not a text: true',
      'BAY1006 nodes.items[2].status.allocatable: status.allocatable of node n2 is missing',
      'BAY1006 nodes.items[3].spec.taints[0].effect: spec.taints[0].effect of node n3 is not one of NoSchedule, PreferNoSchedule, NoExecute: "NoSchedules"',
      'BAY1006 nodes.items[3].spec.taints[1].key: spec.taints[1].key of node n3 is missing',
      'BAY1006 nodes.items[3].spec.unschedulable: spec.unschedulable of node n3 is not true or false: "yes"',
      'BAY1006 nodes.items[4].status.conditions: status.conditions of node n4 is not a list: {}',
      'BAY1006 nodes.items[5].status.allocatable: status.allocatable of node n5 is not a map: "all"',
    ]);
  });

  test('a fault of many nodes is told once, at the first of them by name', () => {
    const nodes = Array.from({ length: 12 }, (_, i) => {
      const name = `n${String(12 - i).padStart(2, '0')}`;
      return node(name, { allocatable: { cpu: `${i} cores` } });
    });
    const outcome = Inventory.fromObjects({ nodes: list(...nodes) }).load();
    expect(outcome).toEqual({
      ok: false,
      diagnostics: [
        {
          code: 'BAY1007',
          severity: 'error',
          message:
            'status.allocatable["cpu"] of 12 nodes is not a quantity: n01 "11 cores", n02 "10 cores", n03 "9 cores", … and 9 more',
          where: { pointer: 'nodes.items[11].status.allocatable["cpu"]' },
          notes: [],
          help: 'a quantity is a number with a unit or none, such as "8", "191450m" or "2029Gi"',
          data: {
            field: 'status.allocatable["cpu"]',
            count: 12,
            nodes: Array.from({ length: 12 }, (_, i) => `n${String(i + 1).padStart(2, '0')}`),
          },
        },
      ],
    });
  });

  test('a hundred thousand nodes without hostnames give one diagnostic of one line', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => node(`n${String(i).padStart(6, '0')}`, { labels: {} }));
    const { diagnostics } = Inventory.fromObjects({ nodes: list(...nodes) }).load();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '100000 nodes without a value of kubernetes.io/hostname: n000000, n000001, n000002, … and 99997 more',
    ]);
    expect(JSON.stringify(diagnostics).length).toBeLessThan(3_000);
  });
});

describe('the order of a node list', () => {
  test('changes nothing', () => {
    const names = ['n1', 'n2', 'n10', 'N3', 'n-4', 'n20'];
    const nodes = names.map((name, i) => node(name, { allocatable: gpus(i) }));
    const expected = loaded(list(...nodes));
    expect(expected.nodes.map(({ name }) => name)).toEqual(['N3', 'n-4', 'n1', 'n10', 'n2', 'n20']);
    const shuffled = fc.shuffledSubarray(nodes, { minLength: nodes.length });
    fc.assert(fc.property(shuffled, (order) => expect(loaded(list(...order))).toEqual(expected)));
  });

  test('changes no message either', () => {
    const nodes = [
      node('n1', { allocatable: gpus('x') }),
      node('n2', { allocatable: gpus('y') }),
      node('n3', { labels: {} }),
      node('n4', { labels: { 'kubernetes.io/hostname': 'n1' } }),
      node('n5'),
      node('n5'),
    ];
    const told = (order: unknown[]): unknown => {
      const { diagnostics } = Inventory.fromObjects({ nodes: list(...order) }).load();
      return diagnostics.map(({ where: _, ...rest }) => rest);
    };
    const expected = told(nodes);
    const shuffled = fc.shuffledSubarray(nodes, { minLength: nodes.length });
    fc.assert(fc.property(shuffled, (order) => expect(told(order)).toEqual(expected)));
  });
});
