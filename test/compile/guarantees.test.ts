import { Cluster, DynamoGraph, Inventory, Level, Queue, Stack, type Guarantee } from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { graphDefaults, list, nodes, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** What the same graph is held by on each stack. */

function held(versions: StackVersions): Record<string, Guarantee['heldBy']> {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2', 'n3', 'n4', 'n5'])) });
  const cluster = new Cluster(fleet, 'test', { stack: Stack.of(versions), inventory, topology: topology() });
  const isGrove = versions.grove !== undefined;
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(new Queue(cluster, 'team-a')),
    namespace: 'runai-team-a',
    placement: { required: Level.zone(), preferred: Level.rack() },
    frontend: { replicas: 2 },
    prefill: { gpus: 8, placement: { required: Level.rack() } },
    decode: { gpus: 8, ...(isGrove ? { replicas: 2, multinode: { nodes: 2, required: Level.rack() } } : {}) },
  });
  const rows = fleet.compile().guarantees;
  return Object.fromEntries(rows.map(({ component, asked, heldBy }) => [[component, asked].join(' ').trim(), heldBy]));
}

const zone = 'topology.kubernetes.io/zone';
const rack = 'topology.kubernetes.io/rack';

test('a PodGroup of ours', () => {
  expect(held({ dynamo: '1.5.0', kai: '0.17.0' })).toEqual({
    'all pods or none': ['PodGroup minima'],
    [`required ${zone}`]: ['pins', 'subgroup topology'],
    [`preferred ${rack}`]: ['pins', 'subgroup topology'],
    'never evicted': ['PodGroup preemptibility', 'priority class'],
    'frontend pods on different hosts': ['anti-affinity'],
    [`prefill required ${rack}`]: ['pins', 'subgroup topology'],
  });
});

test('Grove', () => {
  expect(held({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' })).toEqual({
    'all pods or none': ['Grove minima'],
    [`required ${zone}`]: ['pins'],
    [`preferred ${rack}`]: ['pins'],
    'never evicted': ['priority class'],
    'frontend pods on different hosts': ['anti-affinity'],
    [`prefill required ${rack}`]: ['pins'],
    [`decode each replica in one ${rack}`]: ['Grove pack domain'],
  });
});

test('Run:ai', () => {
  expect(held({ dynamo: '1.5.0', runai: '3.0' })).toEqual({
    'all pods or none': ['Run:ai'],
    [`required ${zone}`]: ['pins', 'Run:ai'],
    [`preferred ${rack}`]: ['pins', 'Run:ai'],
    'never evicted': ['Run:ai project'],
    'frontend pods on different hosts': ['anti-affinity'],
    [`prefill required ${rack}`]: ['pins'],
  });
});
