import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { detectLevels, type DetectedTopology } from '../../lib/inventory/levels';
import { gpus, list, loaded, node, pod } from './objects';
import { namings, TOPOGRAPH, topographNodes, type Naming } from '../support/topograph';

const HOST = 'kubernetes.io/hostname';
const REGION = 'topology.kubernetes.io/region';
const ZONE = 'topology.kubernetes.io/zone';
const RACK = 'topology.kubernetes.io/rack';

/** Nodes of 8 GPUs, each a line of its name and the values of `labels`; `-` is no label. */
function nodes(labels: readonly string[], ...lines: readonly string[]): unknown[] {
  return lines.map((line) => {
    const [name = '', ...values] = line.split(/\s+/);
    const entries = values.flatMap((value, i): [string, string][] => (value === '-' ? [] : [[labels[i] ?? '', value]]));
    return node(name, { labels: { [HOST]: name, ...Object.fromEntries(entries) } });
  });
}

function detect(...items: readonly unknown[]): DetectedTopology {
  return detectLevels(loaded(list(...items)));
}

/** Each level with its domains, `label: a 2, b 1`; the host is left out, and everything is there if it is last. */
function levels({ levels: found }: DetectedTopology): string[] {
  expect(found.at(-1)?.label).toBe(HOST);
  return found.slice(0, -1).map(({ label, domains }) => {
    const told = domains.map(({ values, nodes: size }) => `${values.join('/')} ${size}`);
    return `${label}: ${told.join(', ')}`;
  });
}

function leftOut({ leftOut: labels }: DetectedTopology): string[] {
  return labels.map(({ label, reason }) => {
    switch (reason.kind) {
      case 'missing':
        return `${label}: missing on ${reason.nodes.length} of ${reason.of}`;
      case 'same':
        return `${label}: same as ${reason.level}`;
      case 'crosses':
        return `${label}: ${reason.value} is in ${reason.within.join(' and ')} of ${reason.level}`;
      case 'one-value':
        return `${label}: only ${reason.value}`;
      default:
        return `${label}: ${reason.kind}`;
    }
  });
}

describe('labels of Kubernetes', () => {
  //  eu
  //  a           b
  //  r1    r2    r1
  //  n1 n2 n3    n4 n5
  test('make zones and racks; a rack is what has one name in one zone, and one region is no level', () => {
    const found = detect(
      ...nodes([REGION, ZONE, RACK], 'n1 eu a r1', 'n2 eu a r1', 'n3 eu a r2', 'n4 eu b r1', 'n5 eu b r1'),
    );
    expect(levels(found)).toEqual([`${ZONE}: a 3, b 2`, `${RACK}: a/r1 2, a/r2 1, b/r1 2`]);
    expect(leftOut(found)).toEqual([`${REGION}: only eu`]);
    expect(found.levels.map(({ shared }) => shared)).toEqual([[], ['r1'], []]);
  });

  test('a rack in each zone, or a node in each rack, is no level of its own', () => {
    const onePerZone = detect(...nodes([ZONE, RACK], 'n1 a r1', 'n2 a r1', 'n3 b r2', 'n4 b r2'));
    expect(levels(onePerZone)).toEqual([`${ZONE}: a 2, b 2`]);
    expect(leftOut(onePerZone)).toEqual([`${RACK}: same as ${ZONE}`]);
    const onePerNode = detect(...nodes([ZONE, RACK], 'n1 a r1', 'n2 a r2', 'n3 b r3', 'n4 b r4'));
    expect(levels(onePerNode)).toEqual([`${ZONE}: a 2, b 2`]);
    expect(leftOut(onePerNode)).toEqual([`${RACK}: one-node-each`]);
  });

  test('nodes without any make one level, the host', () => {
    const found = detect(...nodes([], 'n1', 'n2'));
    expect(found).toEqual({
      levels: [
        {
          label: HOST,
          name: 'host',
          accelerator: false,
          domains: [
            { values: ['n1'], nodes: 1, gpus: 8, free: 8 },
            { values: ['n2'], nodes: 1, gpus: 8, free: 8 },
          ],
          missing: [],
          shared: [],
        },
      ],
      leftOut: [],
      cluster: { nodes: 2, gpus: 16, free: 16 },
    });
  });

  test('one node in ten may lack a label, and is in no domain; more make it no level', () => {
    const lines = Array.from({ length: 10 }, (_, i) => `n${i} a${i % 2} ${i === 4 ? '-' : `r${i % 4}`}`);
    const found = detect(...nodes([ZONE, RACK], ...lines));
    expect(levels(found)).toEqual([`${ZONE}: a0 4, a1 5`, `${RACK}: a0/r0 2, a0/r2 2, a1/r1 3, a1/r3 2`]);
    expect(found.levels[1]?.missing).toEqual(['n4']);
    const fewer = detect(...nodes([ZONE, RACK], ...lines.slice(0, 9)));
    expect(levels(fewer)).toEqual([`${ZONE}: a0 5, a1 4`]);
    expect(leftOut(fewer)).toEqual([`${RACK}: missing on 1 of 9`]);
  });

  test('nodes without GPUs do not decide, but count where they have the labels', () => {
    const bare = { allocatable: gpus(0) };
    const found = detect(
      ...nodes([ZONE, RACK], 'n1 a r1', 'n2 a r2', 'n3 a r1', 'n4 a r2'),
      node('s1', { ...bare, labels: { [HOST]: 's1', [ZONE]: 'b' } }),
      node('s2', { ...bare, labels: { [HOST]: 's2', [ZONE]: 'a', [RACK]: 'r1' } }),
    );
    expect(levels(found)).toEqual([`${RACK}: r1 3, r2 2`]);
    expect(found.cluster).toEqual({ nodes: 6, gpus: 32, free: 32 });
  });

  test('GPUs of cordoned and unready nodes are not counted, and those that pods hold are not free', () => {
    const found = detectLevels(
      loaded(
        list(
          node('n1'),
          node('n2', { spec: { unschedulable: true } }),
          node('n3', { conditions: [{ type: 'Ready', status: 'False' }] }),
        ),
        list(pod('p', { requests: { 'nvidia.com/gpu': '3' } })),
      ),
    );
    expect(found.cluster).toEqual({ nodes: 3, gpus: 8, free: 5 });
  });
});

describe('labels of providers', () => {
  const layer = (number: number): string => `topology.k8s.aws/network-node-layer-${number}`;
  const CLIQUE = 'nvidia.com/gpu.clique';
  const BLOCK = 'topology.k8s.aws/capacity-block-id';

  //  layer 1 is the top: nn-1 holds nn-2 and nn-3
  test('AWS numbers from the top', () => {
    const keys = [ZONE, layer(3), layer(2), layer(1)];
    const found = detect(
      ...nodes(
        keys,
        'n1 a l1 m1 t1',
        'n2 a l1 m1 t1',
        'n3 a l2 m1 t1',
        'n4 a l3 m2 t1',
        'n5 a l4 m3 t2',
        'n6 a l4 m3 t2',
      ),
    );
    expect(levels(found)).toEqual([
      `${layer(1)}: t1 4, t2 2`,
      `${layer(2)}: t1/m1 3, t1/m2 1, t2/m3 2`,
      `${layer(3)}: t1/m1/l1 2, t1/m1/l2 1, t1/m2/l3 1, t2/m3/l4 2`,
    ]);
    expect(found.levels[0]?.dialect).toEqual({ id: 'aws', title: 'AWS' });
  });

  //  one UltraServer of two halves, and one whole
  test('an UltraServer is above the NVLink partitions in it, and so is its reservation', () => {
    const ultraserver = 'topology.k8s.aws/ultraserver-id';
    const lines = ['n1 u1 c1 A.0', 'n2 u1 c1 A.0', 'n3 u1 c1 A.1', 'n4 u1 c1 A.1', 'n5 u2 c2 B.0', 'n6 u2 c2 B.0'];
    const found = detect(...nodes([ultraserver, BLOCK, CLIQUE], ...lines));
    expect(levels(found)).toEqual([`${ultraserver}: u1 4, u2 2`, `${CLIQUE}: u1/A.0 2, u1/A.1 2, u2/B.0 2`]);
    expect(leftOut(found)).toEqual([`${BLOCK}: same as ${ultraserver}`]);
    expect(levels(detect(...nodes(['-', BLOCK, CLIQUE], ...lines)))).toEqual([
      `${BLOCK}: c1 4, c2 2`,
      `${CLIQUE}: c1/A.0 2, c1/A.1 2, c2/B.0 2`,
    ]);
  });

  test('a reservation alone is no NVLink domain', () => {
    const found = detect(...nodes([BLOCK], 'n1 c1', 'n2 c1', 'n3 c2', 'n4 c2'));
    expect(levels(found)).toEqual([]);
    expect(leftOut(found)).toEqual([`${BLOCK}: reservation`]);
  });

  test('Google Cloud has blocks, sub-blocks, and hosts of one node each', () => {
    const keys = ['block', 'subblock', 'host'].map((name) => `cloud.google.com/gce-topology-${name}`);
    const found = detect(
      ...nodes([ZONE, ...keys], 'n1 a b1 s1 h1', 'n2 a b1 s1 h2', 'n3 a b1 s2 h3', 'n4 a b2 s3 h4', 'n5 a b2 s3 h5'),
    );
    expect(levels(found)).toEqual([`${keys[0]}: b1 3, b2 2`, `${keys[1]}: b1/s1 2, b1/s2 1, b2/s3 2`]);
    expect(leftOut(found)).toEqual([`${ZONE}: only a`, `${keys[2]}: one-node-each`]);
  });

  test('Oracle Cloud has islands, network blocks and local blocks, and a memory fabric within', () => {
    const rdma = ['hpc_island_id', 'network_block_id', 'local_block_id', 'host_id'].map(
      (name) => `oci.oraclecloud.com/rdma.${name}`,
    );
    const fabric = 'oci.oraclecloud.com/host.gpu_memory_fabric_id';
    const lines = ['n1 i n1 l1 h1 f1', 'n2 i n1 l1 h2 f1', 'n3 i n1 l1 h3 f2', 'n4 i n1 l2 h4 f3', 'n5 i n2 l3 h5 f4'];
    const more = ['n6 i n1 l1 h6 f2', 'n7 i n1 l2 h7 f3', 'n8 i n2 l3 h8 f4'];
    const found = detect(...nodes([...rdma, fabric], ...lines, ...more));
    expect(levels(found)).toEqual([
      `${rdma[1]}: n1 6, n2 2`,
      `${rdma[2]}: n1/l1 4, n1/l2 2, n2/l3 2`,
      `${fabric}: n1/l1/f1 2, n1/l1/f2 2, n1/l2/f3 2, n2/l3/f4 2`,
    ]);
    expect(leftOut(found)).toEqual([`${rdma[0]}: only i`, `${rdma[3]}: one-node-each`]);
  });

  test('an island that some shapes of Oracle Cloud lack is left out', () => {
    const [island = '', block = ''] = ['hpc_island_id', 'network_block_id'].map((n) => `oci.oraclecloud.com/rdma.${n}`);
    const found = detect(...nodes([island, block], 'n1 i1 b1', 'n2 i2 b2', 'n3 - b3', 'n4 - b3', 'n5 i1 b1'));
    expect(levels(found)).toEqual([`${block}: b1 2, b2 1, b3 2`]);
    expect(leftOut(found)).toEqual([`${island}: missing on 2 of 5`]);
  });

  test('CoreWeave has fabrics, superpods and leaf groups under two names, and racks that are NVLink domains', () => {
    const own = ['fabric', 'superpod', 'leafgroup'].map((name) => `backend.coreweave.cloud/${name}`);
    const older = own.map((label) => label.replace('backend', 'ib'));
    const [rack, domain] = ['node.coreweave.cloud/rack', 'ds.coreweave.com/nvlink.domain'];
    const lines = ['f1 p1 g1 1', 'f1 p1 g1 2', 'f1 p1 g2 3', 'f1 p2 g3 4', 'f2 p3 g4 5'].flatMap((line, i) => {
      const [fabric = '', superpod = '', group = '', number = ''] = line.split(' ');
      const rest = [line, `dh-${number}`, fabric, superpod, group].join(' ');
      return [`n${i}a ${rest}`, `n${i}b ${rest}`];
    });
    const found = detect(...nodes([...own, rack, domain, ...older], ...lines));
    expect(levels(found)).toEqual([
      `${own[0]}: f1 8, f2 2`,
      `${own[1]}: f1/p1 6, f1/p2 2, f2/p3 2`,
      `${own[2]}: f1/p1/g1 4, f1/p1/g2 2, f1/p2/g3 2, f2/p3/g4 2`,
      `${domain}: f1/p1/g1/dh-1 2, f1/p1/g1/dh-2 2, f1/p1/g2/dh-3 2, f1/p2/g3/dh-4 2, f2/p3/g4/dh-5 2`,
    ]);
    expect(leftOut(found)).toEqual([
      `${rack}: same as ${domain}`,
      ...older.map((label, i) => `${label}: same as ${own[i]}`),
    ]);
  });
});

describe('labels of several dialects', () => {
  const TIER = 'fabric.topograph.run/tier-1';
  const DOMAIN = 'accelerator.topograph.run/domain';

  //  core   x           y
  //  zone   a     b     c
  test('a switch above several zones is the broader, since the nodes say so', () => {
    const found = detect(...nodes([ZONE, TIER], 'n1 a x', 'n2 a x', 'n3 b x', 'n4 b x', 'n5 c y', 'n6 c y'));
    expect(levels(found)).toEqual([`${TIER}: x 4, y 2`, `${ZONE}: x/a 2, x/b 2, y/c 2`]);
  });

  //  zone   a        b
  //  tier   x  y     x   y and x are used twice
  test('a name of a switch in two zones is two switches', () => {
    const found = detect(...nodes([ZONE, TIER], 'n1 a x', 'n2 a x', 'n3 a y', 'n4 b x', 'n5 b x', 'n6 b y'));
    expect(levels(found)).toEqual([`${ZONE}: a 3, b 3`, `${TIER}: a/x 2, a/y 1, b/x 2, b/y 1`]);
    expect(found.levels[1]?.shared).toEqual(['x', 'y']);
  });

  //  leaf     l1        l2
  //  nvlink   d1  d2    d2
  test('of labels that cross, the one of NVLink stays', () => {
    const found = detect(...nodes([TIER, DOMAIN], 'n1 l1 d1', 'n2 l1 d1', 'n3 l1 d2', 'n4 l2 d2', 'n5 l2 d2'));
    expect(levels(found)).toEqual([`${DOMAIN}: d1 2, d2 3`]);
    expect(leftOut(found)).toEqual([`${TIER}: l1 is in d1 and d2 of ${DOMAIN}`]);
  });

  test('a label of the user is placed by the nodes', () => {
    const items = nodes([ZONE, 'example.com/row'], 'n1 a r1', 'n2 a r1', 'n3 a r2', 'n4 b r3', 'n5 b r3');
    const found = detectLevels(loaded(list(...items)), { labels: ['example.com/row', 'example.com/absent'] });
    expect(levels(found)).toEqual([`${ZONE}: a 3, b 2`, 'example.com/row: a/r1 2, a/r2 1, b/r3 2']);
    expect(found.levels[1]).toMatchObject({ name: 'row', accelerator: false });
  });
});

const describeTopograph = existsSync(TOPOGRAPH) ? describe : describe.skip;

describeTopograph(`networks of ${TOPOGRAPH}, which needs that folder`, () => {
  const names = (file: string, naming: Naming): string[] =>
    detectLevels(loaded(topographNodes(file, naming))).levels.map(
      ({ label, domains }) => `${label.slice(label.lastIndexOf('/') + 1)} ${domains.length}`,
    );

  test.each([
    // Two switches, and an NVLink domain under each.
    ['model-small-tree.yaml', ['domain 2', 'hostname 6']],
    // Regions, zones with a switch each, and pairs of nodes that share a leaf and NVLink.
    ['model-medium.yaml', ['zone 2', 'domain 4', 'hostname 8']],
    // One zone, two spines, and a rack of NVLink under each leaf.
    ['model-nvl72.yaml', ['tier-1 2', 'domain 4', 'hostname 72']],
    ['model-large.yaml', ['zone 3', 'tier-1 6', 'domain 12', 'hostname 96']],
    // NVLink domains that hold three spines each, and so part the second zone: what is both in zone and domain stays.
    ['model-dual-xclr-regular.yaml', ['zone 3', 'domain 4', 'tier-1 6', 'sub-domain 12', 'hostname 96']],
    // A domain for each zone, and racks of 5 to 9 nodes.
    ['model-dual-xclr-irregular.yaml', ['domain 2', 'sub-domain 29', 'hostname 255']],
  ])('%s, as Topograph 1.0 labels it', (file, expected) => {
    expect(names(file, namings['1.0'])).toEqual(expected);
  });

  test('older versions of Topograph say the same by other labels', () => {
    expect(names('model-nvl72.yaml', namings['0.2'])).toEqual(['spine 2', 'accelerator 4', 'hostname 72']);
    expect(names('model-nvl72.yaml', namings['0.1'])).toEqual(['spine 2', 'accelerator 4', 'hostname 72']);
    const dialectOf = (naming: Naming): unknown =>
      detectLevels(loaded(topographNodes('model-nvl72.yaml', naming))).levels[0]?.dialect?.id;
    expect([dialectOf(namings['0.2']), dialectOf(namings['0.1'])]).toEqual(['topograph-0.2', 'topograph-0.1']);
  });
});

const KNAVIGATOR = '../shared/data/knavigator';
const describeKnavigator = existsSync(KNAVIGATOR) ? describe : describe.skip;

describeKnavigator(`the network benchmark of ${KNAVIGATOR}, which needs that folder`, () => {
  /** Nodes of a configuration, which says what labels they have and nothing of a status. */
  function configured(file: string): unknown[] {
    interface Config {
      readonly tasks: readonly {
        readonly params: { readonly nodes?: readonly { readonly labels: Record<string, string | boolean> }[] };
      }[];
    }
    // A file of a fixed release, whose form is known.
    const { tasks } = parse(readFileSync(`${KNAVIGATOR}/${file}`, 'utf8')) as Config;
    return tasks
      .flatMap(({ params }) => params.nodes ?? [])
      .map(({ labels }) => {
        const name = String(labels['node-id']);
        // One label is true, which kubectl would have as a text.
        const texts = Object.entries(labels).map(([key, value]): [string, string] => [key, String(value)]);
        return node(name, { labels: { [HOST]: name, ...Object.fromEntries(texts) } });
      });
  }

  test('has spines and blocks, or NVLink domains where each holds a spine', () => {
    const prefix = 'network.topology.nvidia.com';
    expect(levels(detect(...configured('nwtopo--config-nodes.yaml')))).toEqual([
      `${prefix}/spine: sw21 4, sw22 4, sw23 4`,
      `${prefix}/block: sw21/sw11 2, sw21/sw12 2, sw22/sw13 2, sw22/sw14 2, sw23/sw15 2, sw23/sw16 2`,
    ]);
    const accelerated = detect(...configured('nwtopo--config-nodes-acc.yaml'));
    expect(levels(accelerated)).toEqual([
      `${prefix}/accelerator: nvl1 6, nvl2 6`,
      `${prefix}/block: nvl1/sw11 3, nvl1/sw12 3, nvl2/sw13 3, nvl2/sw14 3`,
    ]);
    expect(leftOut(accelerated)).toEqual([
      `${prefix}/datacenter: only sw31`,
      `${prefix}/spine: same as ${prefix}/accelerator`,
    ]);
  });
});

describe('what always holds', () => {
  const keys = [
    REGION,
    ZONE,
    RACK,
    'fabric.topograph.run/tier-0',
    'fabric.topograph.run/tier-1',
    'nvidia.com/gpu.clique',
  ];
  const values = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined, freq: 12 });
  const clusters = fc.array(fc.tuple(...keys.map(() => values)), { minLength: 1, maxLength: 12 }).map((rows) =>
    rows.map((row, i) => {
      const labels = row.flatMap((value, k): [string, string][] =>
        value === undefined ? [] : [[keys[k] ?? '', value]],
      );
      return node(`n${i}`, { labels: { [HOST]: `n${i}`, ...Object.fromEntries(labels) } });
    }),
  );
  const withShuffled = clusters.chain((items) =>
    fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length })),
  );

  test('the order of nodes does not matter', () => {
    fc.assert(fc.property(withShuffled, ([items, shuffled]) => expect(detect(...shuffled)).toEqual(detect(...items))));
  });

  test('each level splits the one above it, and no label is told twice or forgotten', () => {
    fc.assert(
      fc.property(clusters, (items) => {
        const { levels: found, leftOut: rest } = detect(...items);
        const counts = found.map(({ domains }) => domains.length);
        expect(counts.slice(0, -1).every((count, i) => count > (counts[i - 1] ?? 1))).toBe(true);
        for (const [depth, { domains }] of found.entries()) {
          const outer = new Set((found[depth - 1]?.domains ?? [{ values: [] }]).map((domain) => domain.values.join()));
          expect(new Set(domains.map((domain) => domain.values.slice(0, -1).join()))).toEqual(outer);
        }
        const told = [...found, ...rest].map(({ label }) => label).sort();
        const used = items.flatMap((item) => Object.keys((item as { metadata: { labels: object } }).metadata.labels));
        expect(told).toEqual([...new Set(used)].sort());
      }),
    );
  });
});
