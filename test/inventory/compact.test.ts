import fc from 'fast-check';
import { inventoryText } from '../../lib/emit/inventory-text';
import type { ClusterInventory, InventoryNode, RunningPod } from '../../lib/inventory/cluster';
import { compact } from '../../lib/inventory/compact/compact';
import { Inventory } from '../../lib/inventory/inventory';
import { compareKeys } from '../../lib/order';
import { loaded, list, node, pod } from './objects';
import { reread } from './reread';

const LABEL = { zone: 'topology.kubernetes.io/zone', rack: 'topology.kubernetes.io/rack' };

function textOf(nodes: unknown[], pods: unknown[] = []): string {
  return inventoryText(compact(loaded(list(...nodes), list(...pods))));
}

/** A node of a kind, in a zone and a rack. */
function placed(name: string, zone: string, rack: string, kind = 'p5'): Record<string, unknown> {
  const labels = {
    'kubernetes.io/hostname': name,
    'node.kubernetes.io/instance-type': kind,
    [LABEL.zone]: zone,
    [LABEL.rack]: rack,
  };
  return node(name, { labels });
}

describe('an inventory as a file', () => {
  //  zone a           zone b
  //  r1     r2        r3     r4
  //  1 2    3 4       5 6    7 8
  test('has one entry for nodes that lie evenly in racks and zones', () => {
    const nodes = Array.from({ length: 8 }, (_, i) => placed(`n${i + 1}`, i < 4 ? 'a' : 'b', `r${(i >> 1) + 1}`));
    expect(textOf(nodes)).toBe(`# Written by bayplan inventory import; docs/inventory.md describes the format.
format: 1
classes:
  p5:
    allocatable: { cpu: "64", memory: 512Gi, nvidia.com/gpu: "8", pods: "110" }
    labels: { node.kubernetes.io/instance-type: p5 }
nodes:
  - names: n[1-8]
    class: p5
    labels: { topology.kubernetes.io/rack: "r[1-4]", topology.kubernetes.io/zone: "a,b" }
`);
  });

  test('goes by labels where names do not follow the racks', () => {
    // 0 1 1 0 1 0 0 1 …: as many of each, and no two runs alike
    const isOdd = (i: number): boolean => (i.toString(2).replaceAll('0', '').length & 1) === 1;
    const nodes = Array.from({ length: 16 }, (_, i) => placed(`n${i}`, 'a', isOdd(i) ? 'r2' : 'r1'));
    expect(compact(loaded(list(...nodes))).nodes).toEqual([
      { names: 'n[0,3,5-6,9-10,12,15,1-2,4,7-8,11,13-14]', class: 'p5', labels: { [LABEL.rack]: 'r[1-2]' } },
    ]);
  });

  test('tells what is odd on single nodes as exceptions, so that their neighbours stay together', () => {
    const nodes = Array.from({ length: 8 }, (_, i) => placed(`n${i + 1}`, 'a', `r${(i >> 2) + 1}`));
    const odd = [
      { ...nodes[1], spec: { unschedulable: true } },
      { ...nodes[2], status: { allocatable: { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': '7' } } },
      node('n6', {
        labels: { 'kubernetes.io/hostname': 'other', 'node.kubernetes.io/instance-type': 'p5', [LABEL.zone]: 'a' },
      }),
    ];
    const text = textOf([...nodes.filter((_, i) => ![1, 2, 5].includes(i)), ...odd]);
    expect(text.slice(text.indexOf('nodes:'))).toBe(`nodes:
  - { names: "n[1-8]", class: p5, labels: { topology.kubernetes.io/rack: "r[1-2]" } }
exceptions:
  - { names: n2, unschedulable: true }
  - { names: n3, notReady: [no Ready condition], allocatable: { nvidia.com/gpu: "7" } }
  - { names: n6, labels: { kubernetes.io/hostname: other, topology.kubernetes.io/rack: null } }
`);
  });

  test('keeps what runs by owner, and counts where a node has several', () => {
    const member = { labels: { 'kai.scheduler/queue': 'research' }, annotations: { 'pod-group-name': 'pg' } };
    const pods = ['n1', 'n2', 'n3', 'n3'].map((on, i) =>
      pod(`p${i}`, { node: on, metadata: { ...member }, spec: { schedulerName: 'kai-scheduler' } }),
    );
    const text = textOf([node('n1'), node('n2'), node('n3')], pods);
    expect(text.slice(text.indexOf('pods:\n'))).toBe(`pods:
  - namespace: team
    podGroup: pg
    queue: research
    scheduler: kai-scheduler
    requests: { cpu: "1" }
    nodes: n[1-2]
  - namespace: team
    podGroup: pg
    queue: research
    scheduler: kai-scheduler
    requests: { cpu: "1" }
    nodes: n3
    each: 2
`);
  });

  test('of 20,000 nodes of five kinds is short', () => {
    const kinds = ['h100', 'h200', 'gb200', 'l40s', 'cpu'];
    const nodes = Array.from({ length: 20_000 }, (_, i): InventoryNode => {
      const rack = Math.floor(i / 16);
      const kind = kinds[Math.floor(i / 4_000)] ?? '';
      const name = `${kind}-r${rack}-n${(i % 16) + 1}`;
      const labels = {
        'kubernetes.io/hostname': name,
        'node.kubernetes.io/instance-type': kind,
        [LABEL.zone]: `zone-${Math.floor(i / 2_000)}`,
        [LABEL.rack]: `rack-${rack}`,
      };
      const allocatable = { cpu: 64_000_000_000n, 'nvidia.com/gpu': 8_000_000_000n };
      return { name, hostname: name, labels, allocatable, taints: [], unschedulable: false, ready: true, notReady: [] };
    });
    const text = inventoryText(compact({ files: {}, nodes, pods: [] }));
    expect(text.split('\n').length).toBeLessThan(40);
    expect(reread(text).nodes).toHaveLength(20_000);
  });
});

const texts = (...of: string[]): fc.Arbitrary<string> => fc.constantFrom(...of);
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 3 });
const amounts = fc.dictionary(
  texts('cpu', 'memory', 'pods', 'nvidia.com/gpu'),
  fc.bigInt(0n, 9n).map((n) => n * 1_000_000_000n),
);
const taint = fc.record({
  key: texts('a', 'node.kubernetes.io/unschedulable', 'x:y'),
  value: maybe(texts('b', 'c=d')),
  effect: fc.constantFrom('NoSchedule', 'NoExecute'),
});
const labelValues = fc.oneof(
  texts('r1', 'r2', 'r10', 'a', '', 'x,y', '[1-3]', 'true', '007'),
  fc.string({ maxLength: 4 }),
);
const keys = texts(LABEL.rack, LABEL.zone, 'kubernetes.io/arch', 'team', 'id', 'node.kubernetes.io/instance-type');

const anyNode = fc
  .record({
    name: fc.oneof(
      fc.integer({ min: 1, max: 30 }).map((n) => `n${n}`),
      texts('rack-1-n-01', 'rack-1-n-02', 'rack-2-n-01', 'rack-2-n-02', 'x[1]', 'a,b', ' c', '7'),
    ),
    hostname: maybe(fc.integer({ min: 1, max: 1_000_000 }).map((n) => `host-${n}`)),
    labels: fc.dictionary(keys, labelValues, { maxKeys: 5 }),
    taints: fc.array(taint, { maxLength: 2 }),
    unschedulable: fc.boolean(),
    notReady: texts('', '', '', 'Ready is False'),
    allocatable: amounts,
    dra: maybe(fc.dictionary(texts('gpu.nvidia.com/gpu'), fc.nat(8), { minKeys: 1 })),
    architecture: maybe(texts('amd64', 'arm64')),
  })
  .map(({ hostname: given, notReady, architecture, ...rest }): InventoryNode => {
    const hostname = given ?? rest.name;
    const arch = architecture ?? rest.labels['kubernetes.io/arch'];
    return {
      ...rest,
      hostname,
      labels: { ...rest.labels, 'kubernetes.io/hostname': hostname },
      ready: notReady === '',
      notReady: notReady === '' ? [] : [notReady],
      architecture: arch,
    };
  });

const anyPod = fc
  .record({
    namespace: texts('team-a', 'team-b'),
    node: texts('n1', 'n2', 'n3', 'gone'),
    requests: amounts,
    terminating: fc.boolean(),
    graph: maybe(texts('g', 'h')),
    podGroup: maybe(texts('pg')),
    subGroup: maybe(texts('decode')),
    queue: maybe(texts('q')),
    claims: maybe(fc.array(texts('c1', 'c2'), { minLength: 1, maxLength: 2 })),
    schedulerName: maybe(texts('kai-scheduler')),
    priorityClassName: maybe(texts('high')),
    gpuShare: maybe(fc.constantFrom({ devices: 1n, fraction: 500_000_000n }, { devices: 2n, memoryMiB: 4000n })),
  })
  .map(({ graph, podGroup, ...rest }) => ({
    ...rest,
    graph: graph === undefined ? graph : { namespace: rest.namespace, name: graph },
    podGroup: podGroup === undefined ? podGroup : { namespace: rest.namespace, name: podGroup },
  }));

const anyInventory = fc
  .record({
    nodes: fc.uniqueArray(anyNode, { minLength: 1, maxLength: 14, selector: ({ name }) => name }),
    pods: fc.array(anyPod, { maxLength: 6 }),
  })
  .filter(({ nodes }) => new Set(nodes.map(({ hostname }) => hostname)).size === nodes.length)
  .map(({ nodes, pods }): ClusterInventory => ({
    files: {},
    nodes: [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1)),
    pods: pods.map((each, i): RunningPod => ({ ...each, name: `pod-${i}` })),
  }));

/** Names of pods are made anew: all else of each, in an order of their own. */
function nameless(pods: readonly RunningPod[]): string[] {
  const plain = (_: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(compareKeys));
  };
  return pods.map(({ name: _, ...rest }) => JSON.stringify(rest, plain)).sort();
}

describe('any inventory', () => {
  test('is read back from its file as it was, but for the names of pods', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const again = reread(inventoryText(compact(inventory)));
        expect(again.nodes).toEqual(inventory.nodes);
        expect(nameless(again.pods)).toEqual(nameless(inventory.pods));
        expect(new Set(again.pods.map(({ namespace, name }) => `${namespace}/${name}`)).size).toBe(again.pods.length);
      }),
      { numRuns: 300 },
    );
  });

  test('has the same file whatever the order of its lists', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const turned = { ...inventory, nodes: [...inventory.nodes].reverse(), pods: [...inventory.pods].reverse() };
        const other = turned.nodes.map((each) => ({
          ...each,
          labels: Object.fromEntries(Object.entries(each.labels).reverse()),
        }));
        expect(inventoryText(compact({ ...turned, nodes: other }))).toBe(inventoryText(compact(inventory)));
      }),
      { numRuns: 100 },
    );
  });
});

test.each([
  ['topologies/eu-west/nodes.json', 'topologies/eu-west/pods.json'],
  ['topologies/us-east/nodes.json', undefined],
  ['topologies/lab/nodes.json', undefined],
])('%s is read back as it was', (nodes, pods) => {
  const outcome = Inventory.fromKubectl(nodes, { pods }).load();
  if (!outcome.ok) throw new Error('not loaded');
  const again = reread(inventoryText(compact(outcome.value)));
  expect(again.nodes).toEqual(outcome.value.nodes);
  expect(nameless(again.pods)).toEqual(nameless(outcome.value.pods));
});
