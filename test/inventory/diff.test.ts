import fc from 'fast-check';
import { diffInventories, isSame, type InventoryDiff } from '../../lib/inventory/diff';
import { tellDiff } from '../../lib/inventory/told-diff';
import { gpus, list, loaded, node, type NodeShape } from './objects';

const HOST = 'kubernetes.io/hostname';
const RACK = 'topology.kubernetes.io/rack';

function diff(old: readonly unknown[], now: readonly unknown[], labels?: readonly string[]): InventoryDiff {
  return diffInventories(loaded(list(...old)), loaded(list(...now)), { labels });
}

/** What is told of a node that was as it is by default, and now is of another shape. */
function changed(shape: NodeShape, before: NodeShape = {}): string[] {
  return tellDiff(diff([node('n1', before)], [node('n1', shape)]));
}

test('nodes that went and came are listed, and equal changes stand together', () => {
  const racks = (rack: string): NodeShape => ({ labels: { [HOST]: 'x', [RACK]: rack } });
  const named = (name: string, rack: string): unknown =>
    node(name, { labels: { ...racks(rack).labels, [HOST]: name } });
  const found = diff(
    [named('n1', 'r1'), named('n2', 'r1'), named('n3', 'r1'), node('gone-b'), node('gone-a')],
    [named('n3', 'r2'), named('n2', 'r1'), named('n1', 'r2'), node('new')],
  );
  expect(found).toEqual({
    gone: ['gone-a', 'gone-b'],
    added: ['new'],
    changes: [{ kind: 'level', of: RACK, from: 'r1', to: 'r2', nodes: ['n1', 'n3'] }],
  });
  expect(isSame(found)).toBe(false);
  expect(tellDiff(found)).toEqual(['- gone: gone-a, gone-b', '+ new: new', `~ ${RACK} "r1" → "r2": n1, n3`]);
});

test('the state of a node is told, both ways', () => {
  const cordoned = { spec: { unschedulable: true } };
  const unready = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
  expect(changed(cordoned)).toEqual(['~ cordoned: n1']);
  expect(changed({}, cordoned)).toEqual(['~ no longer cordoned: n1']);
  expect(changed(unready)).toEqual(['~ not ready, Ready is Unknown: n1']);
  expect(changed({}, unready)).toEqual(['~ ready again: n1']);
});

test('amounts are compared as amounts, whatever they are written as', () => {
  expect(changed({ allocatable: gpus(7) })).toEqual(['~ nvidia.com/gpu 8 → 7: n1']);
  expect(changed({ allocatable: { ...gpus(8), cpu: '64000m', 'rdma/ib': '8' } })).toEqual(['~ rdma/ib none → 8: n1']);
  expect(changed({ allocatable: { cpu: '64', memory: '512Gi', pods: '110' } })).toEqual([
    '~ nvidia.com/gpu 8 → none: n1',
  ]);
});

test('labels are told that tell a place, GPUs or a name, and the user’s own if asked for', () => {
  const labels = (more: Record<string, string>): NodeShape => ({ labels: { [HOST]: 'n1', ...more } });
  expect(changed(labels({ [RACK]: 'r1', 'example.com/owner': 'a' }))).toEqual([`~ ${RACK} none → "r1": n1`]);
  expect(changed(labels({ 'fabric.topograph.run/tier-7': 's' }))).toEqual([
    '~ fabric.topograph.run/tier-7 none → "s": n1',
  ]);
  expect(changed(labels({ 'nvidia.com/gpu.count': '8' }))).toEqual(['~ nvidia.com/gpu.count none → "8": n1']);
  expect(changed({ labels: { [HOST]: 'other' } })).toEqual([`~ ${HOST} "n1" → "other": n1`]);
  const owned = node('n1', labels({ 'example.com/row': '4' }));
  expect(tellDiff(diff([node('n1')], [owned]))).toEqual([]);
  expect(tellDiff(diff([node('n1')], [owned], ['example.com/row']))).toEqual(['~ example.com/row none → "4": n1']);
});

test('taints are told, but not those that go with a state', () => {
  const tainted = (...taints: object[]): NodeShape => ({ spec: { taints } });
  const dedicated = { key: 'dedicated', value: 'a', effect: 'NoSchedule' };
  expect(changed(tainted(dedicated, { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }))).toEqual([
    '~ tainted dedicated=a:NoSchedule: n1',
  ]);
  expect(changed({}, tainted({ key: 'sku', effect: 'NoExecute' }))).toEqual(['~ no longer tainted sku:NoExecute: n1']);
  expect(changed(tainted({ ...dedicated, value: 'b' }), tainted(dedicated))).toEqual([
    '~ taint dedicated:NoSchedule "a" → "b": n1',
  ]);
});

test('of many nodes some are named, and all are counted', () => {
  const names = Array.from({ length: 8 }, (_, i) => `n${i}`);
  const cordoned = names.map((name) => node(name, { spec: { unschedulable: true } }));
  expect(
    tellDiff(
      diff(
        names.map((name) => node(name)),
        cordoned,
      ),
    ),
  ).toEqual(['~ cordoned: 8 nodes, n0, n1, n2, … and 5 more']);
});

test('an inventory does not differ from itself in another order, and a difference is the same backwards', () => {
  const shapes = fc.record({
    cordoned: fc.boolean(),
    rack: fc.constantFrom('r1', 'r2'),
    amount: fc.constantFrom(7, 8),
  });
  const inventories = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), shapes), {
    selector: ([name]) => name,
    minLength: 1,
  });
  const nodes = (
    entries: readonly (readonly [string, { cordoned: boolean; rack: string; amount: number }])[],
  ): unknown[] =>
    entries.map(([name, { cordoned, rack, amount }]) =>
      node(name, {
        labels: { [HOST]: name, [RACK]: rack },
        spec: { unschedulable: cordoned },
        allocatable: gpus(amount),
      }),
    );
  fc.assert(
    fc.property(inventories, inventories, (one, other) => {
      expect(isSame(diff(nodes(one), nodes([...one].reverse())))).toBe(true);
      const [there, back] = [diff(nodes(one), nodes(other)), diff(nodes(other), nodes(one))];
      expect([back.gone, back.added]).toEqual([there.added, there.gone]);
      const turned = back.changes.map(({ from, to, ...rest }) => ({ ...rest, from: to, to: from }));
      expect(new Set(turned.map((change) => JSON.stringify(change, sortedKeys(change))))).toEqual(
        new Set(there.changes.map((change) => JSON.stringify(change, sortedKeys(change)))),
      );
    }),
  );
});

function sortedKeys(value: object): string[] {
  return Object.keys(value).sort();
}
