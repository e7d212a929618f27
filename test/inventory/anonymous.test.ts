import { inventoryText } from '../../lib/emit/inventory-text';
import { anonymous } from '../../lib/inventory/anonymous';
import { compact } from '../../lib/inventory/compact/compact';
import { Inventory } from '../../lib/inventory/inventory';
import { usage } from '../../lib/inventory/usage';
import { list, loaded, node, pod } from './objects';

const nodes = ['alpha9', 'alpha10', 'beta1'].map((name, i) =>
  node(name, {
    labels: {
      'kubernetes.io/hostname': i === 2 ? 'hostbeta' : name,
      'topology.kubernetes.io/zone': i < 2 ? 'dublin' : 'london',
      'acme.example/rack': i < 2 ? 'rackdub' : 'racklon',
      'acme.example/row': i < 2 ? 'rackdub' : 'rowlon',
      'node.kubernetes.io/instance-type': 'p5.48xlarge',
      'acme.example/spare': 'true',
    },
    spec: { taints: [{ key: 'acme.example/rack', value: 'rackdub', effect: 'NoSchedule' }] },
  }),
);
const pods = ['alpha9', 'beta1', 'gonenode'].map((on, i) =>
  pod(`secretpod${i}`, {
    node: on,
    metadata: {
      namespace: 'payments',
      labels: {
        'kai.scheduler/queue': 'moneyqueue',
        'nvidia.com/dynamo-graph-deployment-name': 'fraudgraph',
        'kai.scheduler/subgroup-name': 'fraudpart',
      },
      annotations: { 'pod-group-name': 'fraudgroup' },
    },
    spec: {
      schedulerName: 'kai-scheduler',
      priorityClassName: 'urgentest',
      resourceClaims: [{ name: 'c', resourceClaimName: 'fraudclaim' }],
    },
  }),
);
const { inventory, keptKeys } = anonymous(loaded(list(...nodes), list(...pods)));

describe('an anonymous inventory', () => {
  test('has made names, in the natural order of the old ones, and the same for the same', () => {
    expect(inventoryText(compact(inventory)))
      .toBe(`# Written by bayplan inventory import; docs/inventory.md describes the format.
format: 1
classes:
  p5.48xlarge:
    allocatable: { cpu: "64", memory: 512Gi, nvidia.com/gpu: "8", pods: "110" }
    labels: { acme.example/spare: "true", node.kubernetes.io/instance-type: p5.48xlarge }
    taints: ["acme.example/rack=rack-1:NoSchedule"]
nodes:
  - names: node-[1-2]
    class: p5.48xlarge
    labels: { acme.example/rack: rack-1, acme.example/row: rack-1, topology.kubernetes.io/zone: zone-1 }
  - names: node-3
    class: p5.48xlarge
    labels: { acme.example/rack: rack-2, acme.example/row: rack-3, topology.kubernetes.io/zone: zone-2 }
exceptions:
  - { names: node-3, labels: { kubernetes.io/hostname: host-1 } }
pods:
  - namespace: namespace-1
    graph: graph-1
    podGroup: group-1
    subGroup: part-1
    queue: queue-1
    scheduler: kai-scheduler
    priorityClass: priority-1
    requests: { cpu: "1" }
    claims: [claim-1]
    nodes: node-[1,3-4]
`);
  });

  test('says which keys it keeps', () => {
    expect(keptKeys).toEqual(['acme.example/rack', 'acme.example/row', 'acme.example/spare']);
  });

  test('keeps no name of the old one, and all amounts', () => {
    const outcome = Inventory.fromKubectl('topologies/eu-west/nodes.json', {
      pods: 'topologies/eu-west/pods.json',
    }).load();
    if (!outcome.ok) throw new Error('not loaded');
    const made = anonymous(outcome.value).inventory;
    const text = inventoryText(compact(made));
    const names = [
      ...outcome.value.nodes.flatMap(({ name, labels }) => [name, labels['topology.kubernetes.io/zone'] ?? name]),
      ...outcome.value.pods.flatMap(({ namespace, name }) => [namespace, name]),
    ];
    expect(names.filter((name) => text.includes(name))).toEqual([]);
    const free = (of: typeof made): unknown[] => of.nodes.map(({ allocatable }) => allocatable);
    expect(free(made)).toEqual(free(outcome.value));
    const used = (of: typeof made): unknown[] => of.nodes.map(({ name }) => usage(of, () => false).byNode.get(name));
    expect(used(made)).toEqual(used(outcome.value));
  });
});
