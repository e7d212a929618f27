import { Cluster, DynamoGraph, type Fleet, Inventory, Queue, Stack } from '../../lib';
import { errorCodes, graphDefaults, list, nodes, pins, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Clusters that KAI's shards part into pools. */

// n1 n2: no pool      p1 p2: pool inference
const parted = [...nodes(['n1', 'n2']), ...nodes(['p1', 'p2'], { labels: { 'kai.scheduler/node-pool': 'inference' } })];

function fleetIn(nodePool: string | undefined, stack = Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })): Fleet {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(parted) });
  const cluster = new Cluster(fleet, 'test', { stack, inventory, topology: topology(), nodePool });
  const queue = new Queue(cluster, 'team-a');
  new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 8, replicas: 2 } });
  return fleet;
}

test('graphs go to the nodes of the pool, and everything that its shard has to see is labelled', () => {
  const compilation = fleetIn('inference').compile();
  expect(pins(compilation, 'test/g').worker).toEqual(['p1', 'p2']);
  const labelled = [...compilation.files].filter(([, text]) => text.includes('kai.scheduler/node-pool: inference'));
  expect(labelled.map(([path]) => path)).toEqual([
    'test/graphs/g/podgroup-inference-inference.g.yaml',
    'test/platform/queue-team-a.yaml',
  ]);
  expect(compilation.files.get('test/platform/schedulingshard-inference.yaml')).toContain(
    'partitionLabelValue: inference',
  );
});

test('without a pool its nodes are left alone, with a warning', () => {
  const compilation = fleetIn(undefined).compile();
  expect(pins(compilation, 'test/g').worker).toEqual(['n1', 'n2']);
  expect(compilation.diagnostics).toMatchObject([
    { code: 'BAY2036', message: '2 of 4 nodes belong to a node pool (inference), and nothing is placed on them' },
  ]);
});

test('a pool that no node is in, and a pool with Grove, are refused', () => {
  expect(errorCodes(fleetIn('inferense'))).toEqual(['BAY2035']);
  const grove = Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' });
  expect(errorCodes(fleetIn('inference', grove))).toEqual(['BAY2034']);
});
