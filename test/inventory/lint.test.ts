import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { Inventory } from '../../lib/inventory/inventory';
import { detectLevels } from '../../lib/inventory/levels';
import { lintInventory } from '../../lib/inventory/lint/lint';
import { GPU_TOLERATION } from '../../lib/model/node';
import { gpus, list, loaded, node, type NodeShape } from './objects';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';
const RACK = 'topology.kubernetes.io/rack';
const CLIQUE = 'nvidia.com/gpu.clique';
const POOL = 'kai.scheduler/node-pool';

interface Shape extends Omit<NodeShape, 'labels'> {
  readonly labels?: Readonly<Record<string, string>>;
}

/** A node of 8 GPUs whose hostname is its name. */
function gpuNode(name: string, { labels, ...shape }: Shape = {}): unknown {
  return node(name, { labels: { [HOST]: name, ...labels }, ...shape });
}

/** Ten such nodes in two zones, n0 and n1 in the first and so on in turn. */
function ten(labelsOf: (i: number) => Readonly<Record<string, string>>, shape: Omit<Shape, 'labels'> = {}): unknown[] {
  return Array.from({ length: 10 }, (_, i) => gpuNode(`n${i}`, { ...shape, labels: labelsOf(i) }));
}

function diagnose(items: readonly unknown[], pools?: readonly string[]): ReturnType<typeof lintInventory> {
  const inventory = loaded(list(...items));
  return lintInventory(inventory, {
    topology: detectLevels(inventory),
    tolerations: [GPU_TOLERATION],
    pools: pools && { label: POOL, names: new Set(pools) },
  });
}

/** Code and message of each finding; all of them are warnings that say where and what to do. */
function lint(items: readonly unknown[], pools?: readonly string[]): string[] {
  return diagnose(items, pools).map(({ code, severity, message, where, help }) => {
    expect({ severity, where, hasHelp: Boolean(help) }).toEqual({
      severity: 'warning',
      where: { pointer: 'nodes' },
      hasHelp: true,
    });
    return `${code}: ${message}`;
  });
}

test('sound nodes give no finding, and neither do nodes without any label', () => {
  expect(lint(ten((i) => ({ [ZONE]: `z${i % 2}`, [RACK]: `r${i % 5}-${i % 2}` })))).toEqual([]);
  expect(lint([gpuNode('n1'), gpuNode('n2')])).toEqual([]);
});

describe('labels of levels', () => {
  test('a node without the label of a level is told as the compile tells it', () => {
    const items = ten((i) => ({ [ZONE]: `z${i % 2}`, ...(i === 3 ? {} : { [RACK]: `r${i % 4}` }) }));
    expect(lint(items)).toEqual([`BAY1017: node n3 without the label ${RACK}`]);
  });

  test('nodes without GPUs are told where others of their kind have the label', () => {
    const items = ten((i) => ({ [ZONE]: `z${i % 2}`, [RACK]: `r${i % 4}` }));
    const system = (name: string, labels: Record<string, string>): unknown =>
      gpuNode(name, { allocatable: { cpu: '16' }, labels: { 'node.kubernetes.io/instance-type': 'm7i', ...labels } });
    expect(lint([...items, system('s1', {}), system('s2', {})])).toEqual([]);
    expect(lint([...items, system('s1', { [ZONE]: 'z0' }), system('s2', {})])).toEqual([
      `BAY1017: node s2 without the label ${ZONE}`,
    ]);
  });

  test('where so many lack a label that it is no level, those are told whose kind has it', () => {
    const items = ten((i) => ({
      [ZONE]: `z${i % 2}`,
      'nvidia.com/gpu.product': i < 4 ? 'A' : 'B',
      ...(i < 4 || i > 7 ? {} : { [RACK]: `r${i}` }),
    }));
    expect(lint(items)).toEqual([`BAY1070: 2 nodes lack the label ${RACK}, which others of their kind have: n8, n9`]);
  });

  //  a           b
  //  r1    r2    r1
  test('a value under two parents is told with both', () => {
    const labels = ['a r1', 'a r1', 'a r2', 'b r1', 'b r1'].map((line) => line.split(' '));
    const items = labels.map(([zone = '', rack = ''], i) =>
      gpuNode(`n${i}`, { labels: { [ZONE]: zone, [RACK]: rack } }),
    );
    expect(lint(items)).toEqual([`BAY1071: a value of ${RACK} in more than one domain of ${ZONE}: r1 (in a, b)`]);
  });

  test('labels that cross are told with a value that lies in two domains', () => {
    const [tier, domain] = ['fabric.topograph.run/tier-0', 'accelerator.topograph.run/domain'];
    const labels = ['l1 d1', 'l1 d1', 'l1 d2', 'l2 d2', 'l2 d2'].map((line) => line.split(' '));
    const items = labels.map(([l = '', d = ''], i) => gpuNode(`n${i}`, { labels: { [tier]: l, [domain]: d } }));
    expect(lint(items)).toEqual([
      `BAY1072: ${tier} makes no level, since its domains cross those of ${domain}: l1 lies in d1, d2`,
    ]);
  });

  test('domains that KAI takes for one are told', () => {
    const labels = ['a b.c', 'a b.c', 'a.b c', 'a.b c', 'a x', 'a.b y'].map((line) => line.split(' '));
    const items = labels.map(([zone = '', rack = ''], i) =>
      gpuNode(`n${i}`, { labels: { [ZONE]: zone, [RACK]: rack } }),
    );
    expect(lint(items)).toEqual([`BAY1019: KAI takes different domains of ${RACK} for one: a.b/c and a/b.c`]);
  });

  test('a node without a clique is told by that alone, and a kind without any is not', () => {
    const items = (missing: number): unknown[] =>
      ten((i) => ({ 'nvidia.com/gpu.product': 'GB200', ...(i === missing ? {} : { [CLIQUE]: `uuid-${i % 2}.0` }) }));
    expect(lint(items(4))).toEqual([`BAY1077: node n4 lacks the label ${CLIQUE}, which others of its kind have`]);
    const h100 = gpuNode('h1', { labels: { 'nvidia.com/gpu.product': 'H100' } });
    expect(lint([...items(-1), h100])).toEqual([`BAY1017: node h1 without the label ${CLIQUE}`]);
    const many = Array.from({ length: 5 }, (_, i) =>
      gpuNode(`h${i}`, { labels: { 'nvidia.com/gpu.product': 'H100' } }),
    );
    expect(lint([...items(-1), ...many])).toEqual([]);
    expect(lint([...items(7), ...many])).toEqual([
      `BAY1077: node n7 lacks the label ${CLIQUE}, which others of its kind have`,
    ]);
  });
});

describe('GPUs', () => {
  const count = (number: string): Record<string, string> => ({ 'nvidia.com/gpu.count': number });

  test('fewer GPUs than the label says are told, none at all included', () => {
    expect(
      lint([
        gpuNode('n1', { labels: count('8') }),
        gpuNode('n2', { labels: count('8'), allocatable: gpus(7) }),
        gpuNode('n3', { labels: count('8'), allocatable: gpus(0) }),
        gpuNode('n4', { labels: { 'nvidia.com/gpu.present': 'true' }, allocatable: gpus(8) }),
      ]),
    ).toEqual([
      'BAY1073: 2 nodes give fewer GPUs than their label nvidia.com/gpu.count says: n2 (7 of 8), n3 (0 of 8)',
    ]);
  });

  test('a GPU that is shared counts as often as it is shared', () => {
    const labels = { ...count('2'), 'nvidia.com/gpu.replicas': '4' };
    expect(lint([gpuNode('n1', { labels, allocatable: gpus(8) })])).toEqual([]);
    expect(lint([gpuNode('n1', { labels, allocatable: gpus(4) })])).toEqual([
      'BAY1073: node n1 (4 of 8) gives fewer GPUs than its label nvidia.com/gpu.count says',
    ]);
    const renamed = { cpu: '8', 'nvidia.com/gpu.shared': '8' };
    expect(lint([gpuNode('n1', { labels, allocatable: renamed })])).toEqual([]);
  });

  test('GPUs by label that no pod can ask for are told, and slices are GPUs as well', () => {
    const labels = count('8');
    expect(lint([gpuNode('n1', { labels, allocatable: { cpu: '64' } })])).toEqual([
      'BAY1081: node n1 has labels of GPUs, and no nvidia.com/gpu that a pod could ask for',
    ]);
    expect(lint([gpuNode('n1', { labels, allocatable: { cpu: '64', 'nvidia.com/mig-1g.10gb': '56' } })])).toEqual([]);
  });

  test('slices beside whole GPUs are told', () => {
    const allocatable = { ...gpus(4), 'nvidia.com/mig-3g.40gb': '8', 'nvidia.com/mig-1g.10gb': '0' };
    expect(lint([gpuNode('n1', { labels: count('8'), allocatable })])).toEqual([
      'BAY1080: node n1 (4 nvidia.com/gpu, 8 nvidia.com/mig-3g.40gb) gives slices of GPUs beside whole ones',
    ]);
  });

  test('other products in a type of instance, and other drivers for a product, are told by the fewer nodes', () => {
    const items = ten((i) => ({
      'node.kubernetes.io/instance-type': 'gpu-8x',
      'nvidia.com/gpu.product': i === 2 ? 'H200' : 'H100',
      'nvidia.com/cuda.driver-version.full': i > 7 ? '570.1' : '580.1',
    }));
    expect(lint(items)).toEqual([
      'BAY1075: node n2 (H200) has another GPU than most of gpu-8x, which have H100',
      'BAY1076: 2 nodes have other drivers than most nodes with H100, which have 580.1: n8 (570.1), n9 (570.1)',
    ]);
  });
});

describe('nodes and scheduling', () => {
  test('cordoned and unready nodes are told, and names that differ', () => {
    expect(
      lint([
        gpuNode('n1', { spec: { unschedulable: true } }),
        gpuNode('n2', { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
        gpuNode('n3', { labels: { [HOST]: 'ip-10-0-0-3' } }),
        gpuNode('n4', { labels: { [HOST]: 'ip-10-0-0-4' } }),
      ]),
    ).toEqual([
      'BAY1082: node n1 is cordoned',
      'BAY1083: node n2 (Ready is Unknown) takes no pods',
      `BAY1079: 2 nodes have other values of ${HOST} than their names: n3 (ip-10-0-0-3), n4 (ip-10-0-0-4)`,
    ]);
  });

  test('taints of GPU nodes that nobody tolerates are told by taint, and those of a state are not', () => {
    const tainted = (name: string, ...taints: object[]): unknown => gpuNode(name, { spec: { taints } });
    const own = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
    const sku = { key: 'sku', value: 'gpu', effect: 'NoSchedule' };
    expect(
      lint([
        tainted('n1', own, sku),
        tainted('n2', own, sku, { key: 'nvidia.com/gpu', effect: 'NoExecute' }),
        tainted(
          'n3',
          { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
          { ...sku, effect: 'PreferNoSchedule' },
        ),
        gpuNode('s1', { allocatable: { cpu: '8' }, spec: { taints: [{ key: 'system', effect: 'NoSchedule' }] } }),
      ]),
    ).toEqual([
      'BAY1074: node n2 has GPUs and the taint nvidia.com/gpu:NoExecute, which no graph tolerates',
      'BAY1074: 2 nodes have GPUs and the taint sku=gpu:NoSchedule, which no graph tolerates: n1, n2',
    ]);
  });

  test('pools are looked at where queues are known', () => {
    const items = [
      gpuNode('n1', { labels: { [POOL]: 'a' } }),
      gpuNode('n2', { labels: { [POOL]: 'b' } }),
      gpuNode('n3'),
    ];
    expect(lint(items)).toEqual([]);
    expect(lint(items, ['a', 'b'])).toEqual([]);
    expect(lint(items, ['a'])).toEqual(['BAY1078: node n2 is in the pool b, and no queue is']);
  });
});

test('the order of nodes does not matter', () => {
  const texts = (...values: string[]): fc.Arbitrary<string | undefined> =>
    fc.option(fc.constantFrom(...values), { nil: undefined, freq: 4 });
  const nodes = fc.array(
    fc.record({
      zone: texts('a', 'b'),
      rack: texts('r1', 'r2'),
      clique: texts('u.0', 'v.0'),
      product: texts('H100', 'H200'),
      gpus: fc.constantFrom(0, 7, 8),
      unschedulable: fc.boolean(),
    }),
    { minLength: 2, maxLength: 8 },
  );
  const items = nodes.map((shapes) =>
    shapes.map(({ zone, rack, clique, product, gpus: amount, unschedulable }, i) => {
      const labels = { [ZONE]: zone, [RACK]: rack, [CLIQUE]: clique, 'nvidia.com/gpu.product': product };
      const given = Object.entries(labels).flatMap(([key, value]): [string, string][] => (value ? [[key, value]] : []));
      const own = { 'nvidia.com/gpu.count': '8', ...Object.fromEntries(given) };
      return gpuNode(`n${i}`, { labels: own, allocatable: gpus(amount), spec: { unschedulable } });
    }),
  );
  const shuffled = items.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  );
  fc.assert(fc.property(shuffled, ([all, mixed]) => expect(diagnose(mixed)).toEqual(diagnose(all))));
});

const INVENTORIES = '../shared/data/inventories';
const describeShared = existsSync(INVENTORIES) ? describe : describe.skip;

describeShared(`inventories of ${INVENTORIES}, which need that folder`, () => {
  function lintFile(name: string): string[] {
    const outcome = Inventory.fromKubectl(`${INVENTORIES}/${name}`).load();
    expect(outcome.diagnostics).toEqual([]);
    if (!outcome.ok) throw new Error('not loaded');
    const topology = detectLevels(outcome.value);
    const found = lintInventory(outcome.value, { topology, tolerations: [GPU_TOLERATION] });
    return found.map(({ code, message }) => `${code}: ${message}`);
  }

  test('of 36 H100 nodes the four faults are told that were planted, and nothing else', () => {
    expect(lintFile('h100-two-zones.nodes.json')).toEqual([
      'BAY1082: node gpu-node-05 is cordoned',
      'BAY1083: node gpu-node-12 (Ready is False) takes no pods',
      'BAY1017: node gpu-node-20 without the label topology.kubernetes.io/rack',
      'BAY1073: node gpu-node-27 (7 of 8) gives fewer GPUs than its label nvidia.com/gpu.count says',
    ]);
  });

  test('of 75 GB200 nodes nothing is told', () => {
    expect(lintFile('gb200-nvl72.nodes.json')).toEqual([]);
  });
});
