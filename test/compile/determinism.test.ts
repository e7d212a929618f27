import fc from 'fast-check';
import { Cluster, DynamoGraph, Inventory, Level, Queue, Stack, type DynamoGraphProps } from '../../lib';
import { graphDefaults, list, node, pod, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Same input, same bytes, in whatever order it is given. */

const racks = ['r1', 'r2', 'r3', 'r4'];
const machines = racks.flatMap((rack, index) =>
  [1, 2, 3].map((slot) => node(`${rack}-n${slot}`, { rack, zone: index < 2 ? 'z1' : 'z2', gpus: slot === 3 ? 4 : 8 })),
);
const running = ['r1-n1', 'r2-n2', 'r4-n3'].map((name, index) => pod(`p${index}`, name, { 'nvidia.com/gpu': '3' }));

const graphs: Readonly<Record<string, Partial<DynamoGraphProps>>> = {
  alpha: { placement: { required: Level.zone(), preferred: Level.rack() }, worker: { gpus: 4, replicas: 3 } },
  beta: { placement: { preferred: Level.rack() }, prefill: { gpus: 2, replicas: 2 }, decode: { gpus: 8 } },
  gamma: { frontend: { replicas: 2 }, worker: { gpus: 1, replicas: 2, pinning: 'replica' } },
};

function compiled(nodes: typeof machines, pods: typeof running, names: readonly string[]): [string, string][] {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: list(nodes), pods: list(pods) }),
    topology: topology(),
  });
  const queue = new Queue(cluster, 'team-a');
  for (const name of names) new DynamoGraph(cluster, name, { ...graphDefaults(queue), ...graphs[name] });
  return [...fleet.compile().files];
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

/** The same object with its keys in reverse order, at every depth. */
function reversedKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversedKeys) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversedKeys(item)]),
  ) as T;
}

test('the order of nodes, pods, graphs and keys changes no byte', () => {
  const expected = compiled(machines, running, ['alpha', 'beta', 'gamma']);
  const inputs = fc.tuple(shuffled(machines), shuffled(running), shuffled(Object.keys(graphs)), fc.boolean());
  fc.assert(
    fc.property(inputs, ([nodes, pods, names, reverse]) => {
      const turned = reverse ? nodes.map(reversedKeys) : nodes;
      expect(compiled(turned, pods, names)).toEqual(expected);
    }),
    { numRuns: Number(process.env['BAYPLAN_PROPERTY_RUNS'] ?? 30) },
  );
});

test('no time, locale or environment of cdk8s leaves a trace', () => {
  const expected = compiled(machines, running, ['alpha', 'beta', 'gamma']);
  const before = { ...process.env };
  Object.assign(process.env, { CDK8S_DISABLE_SORT: '1', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Auckland' });
  const again = compiled(machines, running, ['alpha', 'beta', 'gamma']);
  process.env = before;
  expect(again).toEqual(expected);
});
