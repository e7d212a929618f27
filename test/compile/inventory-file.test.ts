import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, DynamoGraph, Inventory, Level, Queue, Stack, Topology } from '../../lib';
import { inventoryText } from '../../lib/emit/inventory-text';
import { compact } from '../../lib/inventory/compact/compact';
import { graphDefaults } from '../support/fleet';
import { testFleet } from '../support/pins';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const lists = Inventory.fromKubectl('topologies/eu-west/nodes.json', { pods: 'topologies/eu-west/pods.json' });

/** What is written of a fleet with two graphs on an inventory. */
function written(inventory: Inventory): ReadonlyMap<string, string> {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory,
    topology: new Topology('topology-1', [Level.region(), Level.zone(), Level.rack(), Level.host()]),
    lock: join(folder, 'test.lock.yaml'),
  });
  const queue = new Queue(cluster, 'team', { gpu: { quota: 64 } });
  new DynamoGraph(cluster, 'wide', { ...graphDefaults(queue), worker: { gpus: 8, replicas: 4 } });
  new DynamoGraph(cluster, 'narrow', { ...graphDefaults(queue), worker: { gpus: 1, replicas: 3 } });
  return fleet.compile().files;
}

test('a compile from an inventory file writes what one from the lists does, to the byte', () => {
  const loaded = lists.load();
  if (!loaded.ok) throw new Error('not loaded');
  const file = join(folder, 'inventory.yaml');
  writeFileSync(file, inventoryText(compact(loaded.value)));
  expect(written(Inventory.fromFile(file))).toEqual(written(lists));
});

test('the lock lies beside the inventory file, whose digest it holds', () => {
  const file = join(folder, 'small.yaml');
  const node = '{ names: n1, class: h100, labels: { topology.kubernetes.io/zone: a, topology.kubernetes.io/rack: r } }';
  const amounts = '{ cpu: 96, memory: 1Ti, nvidia.com/gpu: 8, pods: 110 }';
  writeFileSync(file, `format: 1\nclasses: { h100: { allocatable: ${amounts} } }\nnodes: [${node}]\n`);
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'small', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromFile(file),
    topology: new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()]),
  });
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(new Queue(cluster, 'team', { gpu: { quota: 8 } })),
    worker: { gpus: 8 },
  });
  const [[name, text] = ['', '']] = [...fleet.compile().locks];
  expect(name).toBe(join(folder, 'small.lock.yaml'));
  expect(text).toMatch(/small\.yaml: sha256:[0-9a-f]{64}/);
});
