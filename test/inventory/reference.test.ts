import { existsSync } from 'node:fs';
import { Inventory, type ClusterInventory } from '../../lib/inventory/inventory';
import { lintTopology } from '../../lib/inventory/topology';
import { usage } from '../../lib/inventory/usage';
import { formatAmount } from '../../lib/model/resources';

const NODES = 'topologies/eu-west/nodes.json';
const PODS = 'topologies/eu-west/pods.json';

function load(nodes: string, pods?: string): ClusterInventory {
  const outcome = Inventory.fromKubectl(nodes, { pods }).load();
  expect(outcome.diagnostics).toEqual([]);
  if (!outcome.ok) throw new Error('not loaded');
  return outcome.value;
}

//  eu-west-1
//  eu-west-1a                    eu-west-1b
//  rack-40         rack-41       rack-42                 rack-43
//  gpu 01 … 08     gpu 09 … 16   gpu 17 … 24 without 20  gpu 25 … 32
//  sys 01, 03                    sys 02, 04              (gpu 20 has no rack label)
describe('the inventory of eu-west', () => {
  const inventory = load(NODES, PODS);
  const gpu = (number: number): string => `gpu-node-${String(number).padStart(2, '0')}`;

  test('has 32 nodes with GPUs and 4 without', () => {
    const expected = Array.from({ length: 32 }, (_, i) => gpu(i + 1));
    expect(inventory.nodes.map(({ name }) => name)).toEqual([
      ...expected,
      ...['sys-node-01', 'sys-node-02', 'sys-node-03', 'sys-node-04'],
    ]);
    expect(inventory.nodes.filter(({ name, hostname }) => name !== hostname)).toEqual([]);
  });

  test('has one cordoned node, one that is not ready and one with a GPU lost', () => {
    const told = inventory.nodes.flatMap((node) => [
      ...(node.unschedulable ? [`${node.name} cordoned`] : []),
      ...node.notReady.map((reason) => `${node.name} ${reason}`),
      ...(node.allocatable['nvidia.com/gpu'] === 7_000_000_000n ? [`${node.name} 7 GPUs`] : []),
    ]);
    expect(told).toEqual(['gpu-node-05 cordoned', 'gpu-node-12 Ready is False', 'gpu-node-27 7 GPUs']);
    expect(inventory.nodes.filter(({ ready }) => !ready).map(({ name }) => name)).toEqual([gpu(12)]);
  });

  test('taints its GPU nodes, and the cordoned one twice', () => {
    const tainted = inventory.nodes.map(({ taints }) => taints.map(({ key }) => key).join(' '));
    const expected = Array.from({ length: 32 }, (_, i) =>
      i === 4 ? 'nvidia.com/gpu node.kubernetes.io/unschedulable' : 'nvidia.com/gpu',
    );
    expect(tainted).toEqual([...expected, '', '', '', '']);
  });

  test('counts what runs, and not the pod that has finished', () => {
    expect(inventory.pods).toHaveLength(76);
    const { byNode, byQueue } = usage(inventory, () => false);
    const used = Object.fromEntries(
      [...byNode].map(([name, resources]) => [
        name,
        Object.entries(resources)
          .map(([resource, amount]) => `${resource} ${formatAmount(resource, amount)}`)
          .join(', '),
      ]),
    );
    const only = (name: string, text: string): [string, string] => [name, text];
    const daemons = 'cpu 150m, memory 280Mi, pods 2';
    const finetune = 'cpu 64150m, memory 524568Mi, pods 3, nvidia.com/gpu 8, rdma/ib 8';
    const notebook = 'cpu 8150m, memory 65816Mi, pods 3, nvidia.com/gpu 1';
    const byNumber = (number: number): string =>
      number <= 3 ? finetune : number >= 18 && number <= 22 ? notebook : daemons;
    expect(used).toEqual(
      Object.fromEntries([
        ...Array.from({ length: 32 }, (_, i) => only(gpu(i + 1), byNumber(i + 1))),
        ...[1, 2, 3, 4].map((number) => only(`sys-node-0${number}`, 'cpu 100m, memory 180Mi, pods 1')),
      ]),
    );
    expect([...byQueue]).toEqual([]);
  });

  test('has one node without a rack', () => {
    const levels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.kubernetes.io/rack'];
    expect(lintTopology(inventory, [...levels, 'kubernetes.io/hostname'])).toEqual([
      {
        code: 'BAY1017',
        severity: 'warning',
        message: 'node gpu-node-20 without the label topology.kubernetes.io/rack',
        where: { file: NODES },
        notes: [],
        help: 'label it and export the list again; until then no pod of a graph that this topology constrains goes there',
        data: { level: 'topology.kubernetes.io/rack', count: 1, nodes: ['gpu-node-20'] },
      },
    ]);
  });

  test('without its pods has nothing in use', () => {
    expect(load(NODES).pods).toEqual([]);
  });
});

const GB200 = '../shared/data/inventories/gb200-nvl72.nodes.json';
const describeGb200 = existsSync(GB200) ? describe : describe.skip;

describeGb200(`the GB200 inventory, which needs ${GB200}`, () => {
  test('is read without a finding', () => {
    const trays = load(GB200).nodes.filter(({ allocatable }) => allocatable['nvidia.com/gpu'] === 4_000_000_000n);
    expect(trays).toHaveLength(72);
    expect(new Set(trays.map(({ architecture }) => architecture))).toEqual(new Set(['arm64']));
  });
});
