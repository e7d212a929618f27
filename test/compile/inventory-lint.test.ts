import { Cluster, DynamoGraph, Inventory, Level, Queue, Stack, Topology } from '../../lib';
import { graphDefaults, list, nodes, topology, type TestNode } from '../support/fleet';
import { testFleet } from '../support/pins';

/** What the compile says of nodes that graphs were likely meant to use. */

const sku = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };

//  n1 n2: open       t1 t2: of some other kind
function warnings(others: TestNode, tolerations: readonly { key: string; value: string }[] = []): string[] {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list([...nodes(['n1', 'n2']), ...nodes(['t1', 't2'], others)]) });
  const stack = Stack.of({ dynamo: '1.5.0', kai: '0.17.0' });
  const cluster = new Cluster(fleet, 'test', { stack, inventory, topology: topology() });
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(new Queue(cluster, 'team-a')),
    worker: { gpus: 8, replicas: 2, tolerations },
  });
  return fleet.compile().diagnostics.map(({ code, message, where }) => `${code} ${where.construct}: ${message}`);
}

test('a taint of GPUs that no graph tolerates is told', () => {
  expect(warnings({ taints: [sku] })).toEqual([
    'BAY1074 test: 2 nodes have GPUs and the taint sku=gpu:NoSchedule, which no graph tolerates: t1, t2',
  ]);
  expect(warnings({ taints: [sku] }, [sku])).toEqual([]);
});

test('taints that keep nodes for somebody, and nodes that are cordoned, are not', () => {
  expect(warnings({ taints: [{ key: 'dedicated', value: 'training', effect: 'NoSchedule' }] })).toEqual([]);
  expect(warnings({ unschedulable: true, ready: false })).toEqual([]);
});

//  n1 … n4 have joined an NVLink domain, n5 has not
test('a node without a clique is told where a graph shares memory over NVLink', () => {
  const compile = (computeDomain: boolean): string[] => {
    const clique = { 'nvidia.com/gpu.clique': 'uuid.0' };
    const items = [...nodes(['n1', 'n2', 'n3', 'n4'], { labels: clique }), ...nodes(['n5'])];
    const fleet = testFleet();
    const cluster = new Cluster(fleet, 'test', {
      stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
      inventory: Inventory.fromObjects({ nodes: list(items) }),
      topology: new Topology('t', [Level.rack(), Level.host()]),
    });
    new DynamoGraph(cluster, 'g', {
      ...graphDefaults(new Queue(cluster, 'team-a')),
      worker: { gpus: 8, replicas: 2 },
      ...(computeDomain ? { computeDomain: { level: Level.rack() } } : {}),
    });
    return fleet.compile().diagnostics.map(({ code, message }) => `${code}: ${message}`);
  };
  expect(compile(true)).toEqual([
    'BAY1077: node n5 lacks the label nvidia.com/gpu.clique, which others of its kind have',
  ]);
  expect(compile(false)).toEqual([]);
});
