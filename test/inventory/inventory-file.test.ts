import { standardInput } from '../../lib/inventory/source';
import { Inventory } from '../../lib/inventory/inventory';
import { findings } from './objects';
import { reread } from './reread';

const planned = `format: 1
classes:
  h100:
    allocatable: { cpu: 96, memory: 1Ti, nvidia.com/gpu: 8, pods: 110 }
    labels: { kubernetes.io/arch: amd64 }
    taints: ["nvidia.com/gpu=present:NoSchedule"]
nodes:
  - names: gpu-[01-08]
    class: h100
    labels:
      topology.kubernetes.io/zone: eu-1[a-b]
      topology.kubernetes.io/rack: rack-[1-4]
`;

describe('an inventory that is written by hand', () => {
  test('lays racks and zones over its nodes', () => {
    const { nodes, pods } = reread(planned);
    const places = nodes.map(({ name, labels }) => [
      name,
      labels['topology.kubernetes.io/zone'],
      labels['topology.kubernetes.io/rack'],
    ]);
    expect(places).toEqual([
      ['gpu-01', 'eu-1a', 'rack-1'],
      ['gpu-02', 'eu-1a', 'rack-1'],
      ['gpu-03', 'eu-1a', 'rack-2'],
      ['gpu-04', 'eu-1a', 'rack-2'],
      ['gpu-05', 'eu-1b', 'rack-3'],
      ['gpu-06', 'eu-1b', 'rack-3'],
      ['gpu-07', 'eu-1b', 'rack-4'],
      ['gpu-08', 'eu-1b', 'rack-4'],
    ]);
    expect(nodes[0]).toEqual({
      name: 'gpu-01',
      hostname: 'gpu-01',
      labels: {
        'kubernetes.io/hostname': 'gpu-01',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': 'eu-1a',
        'topology.kubernetes.io/rack': 'rack-1',
      },
      taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }],
      unschedulable: false,
      ready: true,
      notReady: [],
      allocatable: {
        cpu: 96_000_000_000n,
        memory: 1024n ** 4n * 1_000_000_000n,
        'nvidia.com/gpu': 8_000_000_000n,
        pods: 110_000_000_000n,
      },
      architecture: 'amd64',
    });
    expect(pods).toEqual([]);
  });

  test('may say in an entry or an exception what differs', () => {
    const { nodes } = reread(`${planned}  - { names: spare, class: h100, notReady: [Ready is Unknown], taints: [] }
exceptions:
  - names: gpu-[01-02]
    unschedulable: true
    allocatable: { nvidia.com/gpu: 7, pods: null }
    labels: { topology.kubernetes.io/rack: null, team: "a,b" }
`);
    const [first, second] = nodes;
    const spare = nodes.at(-1);
    expect([first?.labels['team'], second?.labels['team']]).toEqual(['a', 'b']);
    expect(first?.labels).not.toHaveProperty(['topology.kubernetes.io/rack']);
    expect(Object.keys(first?.allocatable ?? {})).toEqual(['cpu', 'memory', 'nvidia.com/gpu']);
    expect([first?.unschedulable, nodes[2]?.unschedulable]).toEqual([true, false]);
    expect([spare?.ready, spare?.notReady, spare?.taints]).toEqual([false, ['Ready is Unknown'], []]);
  });
});

/** Findings about the planned cluster with one thing changed. */
function changed(from: string | RegExp, to: string): string[] {
  const text = planned.replace(from, to);
  expect(text).not.toBe(planned);
  return told(text);
}

function told(text: string): string[] {
  return findings(Inventory.fromBytes({ nodes: standardInput([Buffer.from(text)]) }).load());
}

const at = (place: string): string => `standard input ${place}`;

describe('a mistake in an inventory file', () => {
  test.each([
    ['a format of the future', 'format: 1', 'format: 2', `BAY1052 ${at('1:9 format')}: format is 2, not 1`],
    ['no format', 'format: 1\n', '', `BAY1052 standard input: not an inventory file: there is no format`],
    [
      'a key that is misspelt',
      'class: h100\n',
      'class: h100\n    unschedulabel: true\n',
      `BAY1053 ${at('10:20 nodes[0].unschedulabel')}: nodes[0] has an unknown key "unschedulabel"`,
    ],
    ['a missing class', '    class: h100\n', '', `BAY1054 ${at('8:5 nodes[0]')}: nodes[0] has no class`],
    [
      'names that are a number',
      'gpu-[01-08]',
      '8',
      `BAY1054 ${at('8:12 nodes[0].names')}: nodes[0].names is 8, not names such as gpu-node-[01-16], or a list of them`,
    ],
    [
      'a range that runs backwards',
      '[01-08]',
      '[08-01]',
      `BAY1055 ${at('8:12 nodes[0].names')}: the list "gpu-[08-01]" has the range 08-01, which runs backwards`,
    ],
    [
      'a class that is not there',
      'class: h100',
      'class: h10',
      `BAY1057 ${at('9:12 nodes[0].class')}: there is no class "h10"`,
    ],
    [
      'three racks for eight nodes',
      'rack-[1-4]',
      'rack-[1-3]',
      `BAY1058 ${at('12:36 nodes[0].labels["topology.kubernetes.io/rack"]')}: 3 values for 8 nodes: "rack-[1-3]" cannot be laid over them evenly`,
    ],
    [
      'a taint without an effect',
      ':NoSchedule',
      '',
      `BAY1060 ${at('6:14 classes["h100"].taints[0]')}: "nvidia.com/gpu=present" is not a taint`,
    ],
    [
      'an amount that is none',
      '1Ti',
      '1 Ti',
      `BAY1007 ${at('4:37 classes["h100"].allocatable["memory"]')}: allocatable["memory"] of class h100 is not a quantity: "1 Ti"`,
    ],
    [
      'a fraction of a GPU',
      'gpu: 8',
      'gpu: 0.5',
      `BAY1009 ${at('4:58 classes["h100"].allocatable["nvidia.com/gpu"]')}: allocatable["nvidia.com/gpu"] of class h100 is not a whole number: 0.5`,
    ],
    [
      'a key that is used twice',
      'format: 1',
      'format: 1\nformat: 1',
      `BAY1002 ${at('2:1')}: the key "format" is used twice in one map`,
    ],
  ])('%s', (_, from, to, finding) => {
    expect(changed(from, to)).toEqual([finding]);
  });

  test('a node in two entries', () => {
    expect(told(`${planned}  - { names: "gpu-[08-09]", class: h100 }\n`)).toEqual([
      `BAY1056 ${at('13:14 nodes[1].names')}: node gpu-08 named twice, here and in nodes[0]`,
    ]);
  });

  test('an exception for a node that is not there', () => {
    expect(told(`${planned}exceptions:\n  - { names: gpu-8, unschedulable: true }\n`)).toEqual([
      `BAY1059 ${at('14:14 exceptions[0].names')}: node gpu-8 not among the nodes above`,
    ]);
  });

  test('two nodes with one hostname', () => {
    const labels = 'kubernetes.io/hostname: host-[1-4]';
    expect(changed('    labels:\n      topology', `    labels:\n      ${labels}\n      topology`)).toEqual([
      expect.stringContaining('BAY1011 standard input 7:1 nodes: more than one node with one value of'),
    ]);
  });

  test('a list of kubectl read as an inventory file', () => {
    expect(findings(Inventory.fromFile('topologies/lab/nodes.json').load())).toEqual([
      'BAY1052 topologies/lab/nodes.json: not an inventory file: it is a list as kubectl writes it',
    ]);
  });
});
