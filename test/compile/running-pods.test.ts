import { DynamoGraph, Queue } from '../../lib';
import { failure, graphDefaults, node, nodes, pins, pod, testCluster } from '../support/fleet';

/** What already runs, and whom it counts for. */

const gpus = (count: number): Record<string, string> => ({ 'nvidia.com/gpu': String(count) });
const ofGraph = { namespace: 'inference', labels: { 'nvidia.com/dynamo-graph-deployment-name': 'g' } };
const ofPodGroup = { namespace: 'inference', annotations: { 'pod-group-name': 'inference.g' } };

test('a graph is placed where its own pods already run', () => {
  const running = [pod('g-worker-0', 'n1', gpus(8), ofGraph), pod('g-worker-1', 'n2', gpus(8), ofPodGroup)];
  const { fleet, graph } = testCluster(nodes(['n1', 'n2']), running);
  graph('g', { worker: { gpus: 8, replicas: 2 } });
  expect(pins(fleet.compile(), 'test/g').worker).toEqual(['n1', 'n2']);
});

test('pods of a graph of that name in another namespace hold their nodes', () => {
  const running = [pod('g-worker-0', 'n1', gpus(8), { ...ofGraph, namespace: 'elsewhere' })];
  const { fleet, graph } = testCluster(nodes(['n1', 'n2']), running);
  graph('g', { worker: { gpus: 8 } });
  expect(pins(fleet.compile(), 'test/g').worker).toEqual(['n2']);
});

test('finished pods hold nothing', () => {
  const done = { ...pod('batch', 'n1', gpus(8)), status: { phase: 'Succeeded' } };
  const { fleet, graph } = testCluster(nodes(['n1']), [done]);
  graph('g', { worker: { gpus: 8 } });
  expect(pins(fleet.compile(), 'test/g').worker).toEqual(['n1']);
});

test("other pods of a queue count in it, and the graph's own do not", () => {
  const queued = { labels: { 'kai.scheduler/queue': 'team-b' } };
  const own = { ...ofGraph, labels: { ...ofGraph.labels, ...queued.labels } };
  const running = [pod('batch', 'n1', gpus(4), queued), pod('g-worker-0', 'n2', gpus(8), own)];
  const { fleet, cluster } = testCluster(nodes(['n1', 'n2']), running);
  const queue = new Queue(cluster, 'team-b', { gpu: { quota: 10 } });
  new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 8 } });
  const [finding] = failure(fleet);
  expect(finding).toMatchObject({
    code: 'BAY2072',
    message: 'queue "team-b" has a gpu quota of 10, and its graphs need 8 beside the 4 of other pods',
    help: 'raise the quota to 12, or ask for less',
  });
});

test('a pin is the value of the hostname label, which need not be the name of the node', () => {
  const { fleet, graph } = testCluster([node('machine-7', { labels: { 'kubernetes.io/hostname': 'host-7.example' } })]);
  graph('g', { worker: { gpus: 8 } });
  expect(pins(fleet.compile(), 'test/g').worker).toEqual(['host-7.example']);
});
