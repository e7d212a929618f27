import { parse } from 'yaml';
import { Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack, type DynamoGraphProps } from '../../lib';
import { failure, graphDefaults, list, nodes, pins, testCluster, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Several components of one role in a graph. */

//        z1                z2
//   r1       r2        r3       r4
// n1 n2    n3 n4     n5 n6    n7 n8       8 GPUs each
const items = [
  ...nodes(['n1', 'n2'], { zone: 'z1', rack: 'r1' }),
  ...nodes(['n3', 'n4'], { zone: 'z1', rack: 'r2' }),
  ...nodes(['n5', 'n6'], { zone: 'z2', rack: 'r3' }),
  ...nodes(['n7', 'n8'], { zone: 'z2', rack: 'r4' }),
];
const zone = 'topology.kubernetes.io/zone';
const zoneOf = (name: string): string => (Number(name.slice(1)) <= 4 ? 'z1' : 'z2');

/** A pair of prefill and decode in each zone. */
const pairs = {
  prefill: ['z1', 'z2'].map((name) => ({ name: `prefill-${name}`, gpus: 4, nodeSelector: { [zone]: name } })),
  decode: ['z1', 'z2'].map((name) => ({
    name: `decode-${name}`,
    gpus: 8,
    replicas: 2,
    nodeSelector: { [zone]: name },
  })),
};

function fleetWith(props: Partial<DynamoGraphProps>): Fleet {
  const { fleet, graph } = testCluster(items);
  graph('g', props);
  return fleet;
}

interface Component {
  readonly name: string;
  readonly type: string;
  readonly replicas: number;
  readonly podTemplate: { readonly spec: { readonly containers: { readonly args?: string[] }[] } };
}

function components(files: ReadonlyMap<string, string>): readonly Component[] {
  const text = files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
  return (parse(text) as { spec: { components: Component[] } }).spec.components;
}

describe('a prefill and decode pair in each zone, with transfers kept within a zone', () => {
  const compilation = fleetWith({ ...pairs, kvTransfer: { level: Level.zone() } }).compile();

  test('each is a component of its role, told its part in the graph', () => {
    const written = components(compilation.files);
    expect(written.map(({ name, type, replicas }) => [name, type, replicas])).toEqual([
      ['frontend', 'frontend', 1],
      ['prefill-z1', 'prefill', 1],
      ['prefill-z2', 'prefill', 1],
      ['decode-z1', 'decode', 2],
      ['decode-z2', 'decode', 2],
    ]);
    const modes = written.map(({ podTemplate }) => {
      const { args = [] } = podTemplate.spec.containers[0] ?? {};
      return args[args.indexOf('--disaggregation-mode') + 1];
    });
    expect(modes.slice(1)).toEqual(['prefill', 'prefill', 'decode', 'decode']);
  });

  test('each is pinned in its zone', () => {
    const { frontend, ...workers } = pins(compilation, 'test/g');
    expect(frontend).toHaveLength(1);
    const zones = Object.entries(workers).map(([name, hosts]) => [name, [...new Set(hosts.map(zoneOf))]]);
    expect(Object.fromEntries(zones)).toEqual({
      'prefill-z1': ['z1'],
      'prefill-z2': ['z2'],
      'decode-z1': ['z1'],
      'decode-z2': ['z2'],
    });
  });

  test('all start together: each is a subgroup of the one PodGroup', () => {
    const text = compilation.files.get('test/graphs/g/podgroup-inference-inference.g.yaml') ?? '';
    const { spec } = parse(text) as { spec: { subGroups: { name: string; minMember: number }[] } };
    expect(spec.subGroups.map(({ name, minMember }) => [name, minMember])).toEqual([
      ['frontend', 1],
      ['prefill-z1', 1],
      ['prefill-z2', 1],
      ['decode-z1', 2],
      ['decode-z2', 2],
    ]);
  });

  test('the planner knows that any prefill worker may send to any decode worker', () => {
    const [gang] = compilation.clusters[0]?.problem.gangs ?? [];
    expect(gang?.traffic?.map(({ between }) => between)).toEqual([
      ['prefill-z1', 'decode-z1'],
      ['prefill-z1', 'decode-z2'],
      ['prefill-z2', 'decode-z1'],
      ['prefill-z2', 'decode-z2'],
    ]);
  });

  test('a zone with prefill and no decode is refused', () => {
    const decode = pairs.decode.slice(0, 1);
    const fleet = fleetWith({ ...pairs, decode, kvTransfer: { level: Level.zone() } });
    expect(failure(fleet)).toMatchObject([
      { code: 'BAY4031', message: `graph "g" has prefill workers in z2 of "${zone}", and no decode workers there` },
    ]);
  });
});

test('aggregated workers of two sizes', () => {
  const worker = [
    { name: 'small', gpus: 1 },
    { name: 'large', gpus: 8 },
  ];
  const types = components(fleetWith({ worker }).compile().files).map(({ name, type }) => [name, type]);
  expect(types).toEqual([
    ['frontend', 'frontend'],
    ['small', 'worker'],
    ['large', 'worker'],
  ]);
});

test('a list of one is named after its role', () => {
  const written = components(fleetWith({ worker: [{ gpus: 1 }] }).compile().files);
  expect(written.map(({ name }) => name)).toEqual(['frontend', 'worker']);
});

test('Dynamo 0.5.1 gets a service for each', () => {
  const fleet = testFleet();
  const stack = Stack.of({ dynamo: '0.5.1', kai: '0.17.0' });
  const inventory = Inventory.fromObjects({ nodes: list(items) });
  const cluster = new Cluster(fleet, 'test', { stack, inventory, topology: topology() });
  new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), ...pairs });
  const text = fleet.compile().files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
  const { spec } = parse(text) as { spec: { services: object } };
  expect(Object.keys(spec.services)).toEqual(['decode-z1', 'decode-z2', 'frontend', 'prefill-z1', 'prefill-z2']);
  expect(text.match(/--is-prefill-worker/g)).toHaveLength(2);
});

describe('a mistake in a list is told by its entry', () => {
  const prefill = { gpus: 1 };
  const good = { name: 'good', gpus: 1 };
  const found = (props: Partial<DynamoGraphProps>): unknown[] =>
    failure(fleetWith(props)).map(({ code, where }) => [code, where.pointer]);

  test('without names of their own two are named alike', () => {
    const fleet = fleetWith({ prefill, decode: [{ gpus: 1 }, { gpus: 1 }] });
    expect(failure(fleet)).toMatchObject([
      {
        code: 'BAY2023',
        message: 'graph "g" has two components named "decode"',
        where: { pointer: 'decode[1]' },
        help: 'give each of the list a name of its own, such as "decode-a"',
      },
    ]);
  });

  test.each<[string, Partial<DynamoGraphProps>, unknown[]]>([
    ['replicas', { decode: [good, { name: 'd', gpus: 1, replicas: -1 }] }, [['BAY2040', 'decode[1].replicas']]],
    ['memory', { decode: [good, { name: 'd', gpus: 1, memory: 'much' }] }, [['BAY2041', 'decode[1].memory']]],
    ['a name', { decode: [good, { name: 'd_1', gpus: 1 }] }, [['BAY2022', 'decode[1]']]],
    [
      'a level',
      { decode: [good, { name: 'd', gpus: 1, placement: { required: Level.of('row') } }] },
      [['BAY2031', 'decode[1].placement.required']],
    ],
    [
      'a secret',
      { decode: [good, { name: 'd', gpus: 1, env: { DB_PASSWORD: 'correct-horse' } }] },
      [['BAY2060', 'decode[1].env.DB_PASSWORD']],
    ],
    [
      'replicas of several nodes',
      { decode: [good, { name: 'd', gpus: 1, multinode: { nodes: 2 } }] },
      [['BAY2054', 'decode[1].multinode']],
    ],
    [
      'options in a file',
      { decode: [good, { name: 'd', gpus: 1, engineConfig: {} }] },
      [['BAY2057', 'decode[1].engineConfig']],
    ],
    ['no place', { decode: [good, { name: 'd', gpus: 9 }] }, [['BAY3202', 'decode[1]']]],
  ])('%s', (_, props, expected) => {
    expect(found({ prefill, ...props })).toEqual(expected);
  });

  test('one half that has no replicas in any of its components', () => {
    const decode = [good, { name: 'more', gpus: 1, replicas: 2 }];
    const none = [
      { name: 'p', gpus: 1, replicas: 0 },
      { name: 'q', gpus: 1, replicas: 0 },
    ];
    expect(failure(fleetWith({ prefill: none, decode }))).toMatchObject([
      {
        code: 'BAY2052',
        message: 'graph "g" has 3 decode and no prefill replicas',
        where: { pointer: 'prefill[0].replicas' },
      },
    ]);
  });

  test('a half is there if one of its components has replicas', () => {
    const decode = [{ name: 'none', gpus: 1, replicas: 0 }, good];
    expect(fleetWith({ prefill, decode }).compile().diagnostics).toEqual([]);
  });
});
