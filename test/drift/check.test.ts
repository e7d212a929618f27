import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { checkDocument, checkInventory, holds, type InventoryCheck } from '../../lib/drift/check';
import { checkText } from '../../lib/drift/check-text';
import { readCommitted } from '../../lib/drift/committed';
import { Level, Stack } from '../../lib';
import { Inventory } from '../../lib/inventory/inventory';
import { list, node, pod, testCluster } from '../support/fleet';
import { removeRepositories, repository } from './repository';

let root = '';
beforeAll(() => (root = compiled()));
afterAll(removeRepositories);

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

type Item = Record<string, unknown>;

//      z1             z2
//   r1    r2       r3    r4
// n1 n2  n3 n4   n5 n6  n7 n8     8 GPUs each
const racks = ['r1', 'r2', 'r3', 'r4'];
const cluster = racks.flatMap((rack, i) =>
  [1, 2].map((n) => node(`n${2 * i + n}`, { rack, zone: i < 2 ? 'z1' : 'z2', labels: { pool: 'a' } })),
);

/** A graph in one zone, planned on n1 and n2, its frontend on n1. */
function compiled(): string {
  const { fleet, graph } = testCluster(cluster, [], { lock: 'test.lock.yaml' });
  graph('g', {
    placement: { required: Level.zone(), preferred: Level.rack() },
    nodeSelector: { pool: 'a' },
    frontend: { cpu: 1 },
    worker: { gpus: 8, replicas: 2, cpu: 8 },
  });
  return repository(fleet);
}

function checked(nodes: readonly Item[], pods?: readonly Item[]): InventoryCheck {
  const committed = valueOf(readCommitted({ cluster: 'test', dist: join(root, 'dist') }));
  const today = Inventory.fromObjects({ nodes: list(nodes), pods: pods && list(pods) });
  return valueOf(checkInventory(committed, valueOf(today.load()), pods !== undefined));
}

/** The cluster with one of its nodes otherwise; undefined for one that is gone. */
function withNode(name: string, spec?: Parameters<typeof node>[1]): Item[] {
  const place = { rack: name < 'n3' ? 'r1' : 'r2', labels: { pool: 'a' } };
  return cluster.flatMap((item) => {
    if ((item['metadata'] as { name: string }).name !== name) return [item]; // made above
    return spec ? [node(name, { ...place, ...spec })] : [];
  });
}

test('what was planned holds on the nodes that it was planned on', () => {
  const check = checked(cluster);
  expect(holds(check)).toBe(true);
  expect(checkText(check)).toBe(`test: the placement of 1 graph holds
inference/g: holds, 3 pods
What runs on the nodes beside the graphs was not looked at: give --pods for that.
`);
});

const cordoned = { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], unschedulable: true };
const lost = { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' }], ready: false };

test.each<[string, Item[], string, string]>([
  ['is gone', withNode('n2'), 'broken', "gone       n2: not among today's nodes; planned there: 1 pod of worker"],
  ['is not ready', withNode('n2', lost), 'broken', 'not ready  n2: Ready is False; planned there: 1 pod of worker'],
  [
    'is cordoned',
    withNode('n1', cordoned),
    'at-risk',
    'cordoned   n1: what runs there stays, and nothing could start there again; planned there: 1 pod of frontend, 1 pod of worker',
  ],
  [
    'got a taint',
    withNode('n2', { taints: [{ key: 'team', value: 'b', effect: 'NoSchedule' }] }),
    'broken',
    'taint      n2: taint team:NoSchedule, which worker does not tolerate; planned there: 1 pod of worker',
  ],
  [
    'lost a label',
    withNode('n2', { labels: { pool: 'b' } }),
    'broken',
    'labels     n2: has label pool=b, and worker wants a; planned there: 1 pod of worker',
  ],
  [
    'went to another node pool',
    withNode('n2', { labels: { pool: 'a', 'kai.scheduler/node-pool': 'batch' } }),
    'broken',
    'labels     n2: has label kai.scheduler/node-pool=batch, and KAI looks at nodes without it; planned there: 1 pod of worker',
  ],
  [
    'got another hostname',
    withNode('n2', { labels: { pool: 'a', 'kubernetes.io/hostname': 'n2.example' } }),
    'broken',
    'labels     n2: has label kubernetes.io/hostname=n2.example, and the pin of worker names others; planned there: 1 pod of worker',
  ],
  [
    'has fewer devices',
    withNode('n2', { gpus: 6 }),
    'broken',
    'room       n2: 8 of nvidia.com/gpu planned on 6; planned there: 1 pod of worker',
  ],
  [
    'is in another zone',
    withNode('n2', { zone: 'z2' }),
    'broken',
    'domain     worker has to be in one topology.kubernetes.io/zone: n1 in z1; n2 in z2',
  ],
])('a node that %s', (_, nodes, status, line) => {
  const check = checked(nodes);
  expect(check.graphs.map((graph) => graph.status)).toEqual([status]);
  expect(checkText(check)).toContain(`\n  ${line}\n`);
});

test("what else runs is told by name, and the graph's own pods are left out", () => {
  const own = { namespace: 'inference', labels: { 'nvidia.com/dynamo-graph-deployment-name': 'g' } };
  const pods = [
    pod('g-worker-0', 'n2', { 'nvidia.com/gpu': '8' }, own),
    pod('batch-0', 'n2', { 'nvidia.com/gpu': '2' }),
  ];
  expect(checkText(checked(cluster, pods.slice(0, 1)))).toBe(
    'test: the placement of 1 graph holds\ninference/g: holds, 3 pods\n',
  );
  expect(checkText(checked(cluster, pods))).toBe(`test: the placement of 1 of 1 graph no longer holds

inference/g: BROKEN, 1 of 3 pods cannot stand where they were planned
  room       n2: 8 of nvidia.com/gpu planned on 8, beside 2 that others hold (other/batch-0); planned there: 1 pod of worker
  instead    worker could stand on n3 in place of n2
  next       is it running? bayplan verify --cluster test --pods pods.json (look for inference/g)
  next       plan anew for today's nodes: docs/operate.md, "A node is gone"
`);
});

test('another place keeps to the zone, and there may be none', () => {
  const isIn = (zone: string, item: Item): boolean => JSON.stringify(item).includes(`"${zone}"`);
  const full = cluster.filter((item) => isIn('z1', item)).slice(0, 1);
  const elsewhere = checked([...full, ...cluster.filter((item) => isIn('z2', item))]);
  expect(elsewhere.graphs[0]?.moves?.map(({ component, to }) => [component, to])).toEqual([
    ['frontend', ['n5']],
    ['worker', ['n5', 'n6']],
  ]);
  const nowhere = checked([...full, ...cluster.filter((item) => isIn('z2', item)).slice(0, 1)]);
  expect(nowhere.graphs[0]?.unplaced).toMatch(/worker/);
  expect(checkText(nowhere)).toContain('there is no other place for it');
});

test('the order of the nodes changes nothing', () => {
  const nodes = withNode('n2', { gpus: 6 });
  const text = checkText(checked(nodes));
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: nodes.length }), (shuffled) => {
      expect(checkText(checked(shuffled))).toBe(text);
    }),
    { numRuns: 10 },
  );
});

test('the document for programs holds the same', () => {
  expect(checkDocument(checked(withNode('n2')))).toEqual({
    version: 1,
    cluster: 'test',
    status: 'broken',
    knowsPods: false,
    graphs: [
      {
        namespace: 'inference',
        name: 'g',
        status: 'broken',
        planned: 3,
        displaced: 1,
        problems: [{ kind: 'gone', node: 'n2', pods: { worker: 1 }, text: "not among today's nodes" }],
        moves: [{ component: 'worker', from: ['n2'], to: ['n3'] }],
      },
    ],
  });
});

describe('the reference fleet', () => {
  const repositoryRoot = join(__dirname, '../..');
  const nodesOf = (file: string): { items: Item[] } =>
    JSON.parse(readFileSync(join(repositoryRoot, 'topologies', file), 'utf8')) as { items: Item[] }; // as kubectl wrote it

  test.each([
    ['eu-west', 'eu-west/nodes.json'],
    ['us-east', 'us-east/nodes.json'],
    ['lab', 'lab/nodes.json'],
    ['lab-runai', 'lab/nodes.json'],
  ])('%s holds on its inventory, and not without one of its nodes', (name, file) => {
    const committed = valueOf(readCommitted({ cluster: name, dist: join(repositoryRoot, 'dist') }));
    const nodes = nodesOf(file);
    const on = (items: readonly Item[]): InventoryCheck =>
      valueOf(checkInventory(committed, valueOf(Inventory.fromObjects({ nodes: { ...nodes, items } }).load()), false));
    expect(on(nodes.items).graphs.map(({ status }) => status)).not.toContain('broken');
    const used = new Set(
      Object.values(committed.lock?.placements ?? {}).flatMap(({ components }) =>
        Object.values(components).flatMap(({ copies }) => copies.flat()),
      ),
    );
    const [lost1] = [...used].sort();
    const rest = nodes.items.filter((item) => (item['metadata'] as { name: string }).name !== lost1); // every node has one
    expect(on(rest).graphs.map(({ status }) => status)).toContain('broken');
  });
});

test('with Grove each replica of several nodes keeps to its own domain', () => {
  const items = cluster.map((item) => item);
  const { fleet, graph } = testCluster(items, [], {
    lock: 'test.lock.yaml',
    stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
  });
  graph('g', { worker: { gpus: 8, replicas: 2, multinode: { nodes: 2, required: Level.rack() } } });
  const made = repository(fleet);
  const committed = valueOf(readCommitted({ cluster: 'test', dist: join(made, 'dist') }));
  const on = (nodes: readonly Item[]): string[] => {
    const today = valueOf(Inventory.fromObjects({ nodes: list(nodes) }).load());
    const { graphs } = valueOf(checkInventory(committed, today, false));
    return graphs.flatMap(({ problems }) => problems.map(({ text }) => text));
  };
  expect(on(items)).toEqual([]);
  expect(on(withNode('n2', { rack: 'r9' }))).toEqual([
    'replica 0 of worker has to be in one topology.kubernetes.io/rack: n1 in z1/r1; n2 in z1/r9',
  ]);
});
