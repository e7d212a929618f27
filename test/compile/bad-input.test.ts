import { ApiObject, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import {
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  ModelCache,
  PriorityClass,
  Queue,
  Stack,
  type Diagnostic,
} from '../../lib';
import { errorCodes, failure, graphDefaults, list, node, nodes, pins, testCluster, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Each of these is one mistake of a user, and has to give one finding that says what is wrong and the way out. */

const eight = (): Record<string, unknown>[] => nodes(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8']);

interface OneFinding extends Pick<Diagnostic, 'code' | 'message' | 'notes' | 'help'> {
  readonly construct?: string;
  readonly file?: string;
}

function only(fleet: Fleet): OneFinding {
  const errors = failure(fleet).filter(({ severity }) => severity === 'error');
  expect(errors).toHaveLength(1);
  const [error = fail('no finding')] = errors;
  return { ...error, construct: error.where.construct, file: error.where.file };
}

function fail(text: string): never {
  throw new Error(text);
}

describe('a graph that cannot be placed', () => {
  test('an unknown level names the levels there are, and the one that was meant', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { placement: { required: Level.of('topology.kubernetes.io/racks') }, worker: { gpus: 1 } });
    expect(only(fleet)).toMatchObject({
      code: 'BAY2031',
      message: 'level "topology.kubernetes.io/racks" is not one of topology "topology-1"',
      help: 'did you mean "topology.kubernetes.io/rack"?',
      construct: 'test/g',
    });
  });

  test('a graph larger than the cluster names the level, what is needed, what is there and what would fit', () => {
    const { fleet, graph } = testCluster([...nodes(['n1', 'n2'], { rack: 'r1' }), ...nodes(['n3'], { rack: 'r2' })]);
    graph('g', { placement: { required: Level.rack() }, worker: { gpus: 8, replicas: 3 } });
    const finding = only(fleet);
    expect(['BAY3202', 'BAY3203']).toContain(finding.code);
    expect(finding.message).toContain('topology.kubernetes.io/rack');
    expect(finding.notes).toContain('nvidia.com/gpu: needs 24, z1/r1 has 16');
    expect(finding.help).toMatch(/topology.kubernetes.io\/zone.*or run worker with 2 copies instead of 3/);
  });

  test('a queue below what its graphs need says how much it lacks', () => {
    const { fleet, cluster } = testCluster(eight());
    const queue = new Queue(cluster, 'small', { gpu: { quota: 8 } });
    new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 8, replicas: 2 } });
    expect(only(fleet)).toMatchObject({
      code: 'BAY2072',
      message: 'queue "small" has a gpu quota of 8, and its graphs need 16',
      help: 'raise the quota to 16, or ask for less',
    });
  });

  test('a queue above them counts as well, and so does its limit for graphs that may be preempted', () => {
    const { fleet, cluster } = testCluster(eight());
    const department = new Queue(cluster, 'department', { gpu: { quota: 0, limit: 8 } });
    const queue = new Queue(cluster, 'team', { parent: department });
    new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), preemptible: true, worker: { gpus: 8, replicas: 2 } });
    expect(only(fleet).message).toBe('queue "department" has a gpu limit of 8, and its graphs need 16');
  });
});

test('preemption that the priority class contradicts, where KAI goes by the class alone', () => {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: list(eight()) }),
    topology: topology(),
  });
  const graph = (id: string, props: object) =>
    new DynamoGraph(cluster, id, { ...graphDefaults(queue), worker: { gpus: 1 }, ...props });
  const queue = new Queue(cluster, 'team-a');
  graph('never', { preemptible: true });
  graph('always', { priorityClass: PriorityClass.train });
  graph('fine', { preemptible: true, priorityClass: PriorityClass.train });
  expect(failure(fleet)).toMatchObject([
    { code: 'BAY2074', message: expect.stringContaining('graph "always" says preemptible: false') as string },
    { code: 'BAY2074', message: expect.stringContaining('graph "never" says preemptible: true') as string },
  ]);
});

test('one cluster without a place for its graphs: nothing is compiled for any', () => {
  const fleet = testFleet();
  for (const [name, gpus] of [
    ['large', 8],
    ['small', 1],
  ] as const) {
    const cluster = new Cluster(fleet, name, {
      stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
      inventory: Inventory.fromObjects({ nodes: list([node('n1', { gpus })]) }),
      topology: topology(),
    });
    const queue = new Queue(cluster, 'team-a');
    new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 8 } });
  }
  expect(only(fleet)).toMatchObject({ construct: 'small/g' });
});

describe('an inventory that cannot be used', () => {
  const compiled = (items: readonly Record<string, unknown>[]): Fleet => {
    const { fleet, graph } = testCluster(items);
    graph('g', { worker: { gpus: 1 } });
    return fleet;
  };

  test('two nodes with one value of kubernetes.io/hostname', () => {
    const twins = [node('n1'), node('n2', { labels: { 'kubernetes.io/hostname': 'n1' } })];
    const { message, construct } = only(compiled(twins));
    expect(message).toContain('n1');
    expect(message).toContain('n2');
    expect(construct).toBe('test');
  });

  test('a node without that label', () => {
    const bare = node('n2');
    delete (bare.metadata as { labels: Record<string, string> }).labels['kubernetes.io/hostname'];
    expect(only(compiled([node('n1'), bare])).message).toContain('n2');
  });

  test('a list of pods where nodes are wanted', () => {
    const fleet = testFleet();
    new Cluster(fleet, 'test', {
      stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
      inventory: Inventory.fromObjects({ nodes: list([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }]) }),
      topology: topology(),
    });
    expect(only(fleet).message).toContain('Pod');
  });

  test('a file that is not there', () => {
    const fleet = testFleet();
    new Cluster(fleet, 'test', {
      stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
      inventory: Inventory.fromKubectl('no/such/nodes.json'),
      topology: topology(),
    });
    expect(only(fleet)).toMatchObject({ construct: 'test', file: 'no/such/nodes.json' });
  });

  test('a node without the label of a level is only a warning', () => {
    const bare = node('n2');
    delete (bare.metadata as { labels: Record<string, string> }).labels['topology.kubernetes.io/rack'];
    const { fleet, graph } = testCluster([node('n1'), bare]);
    graph('g', { worker: { gpus: 1 } });
    const { diagnostics } = fleet.compile();
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
    expect(diagnostics[0]?.message).toContain('n2');
  });
});

describe('names', () => {
  test.each([
    ['prefill_worker', 'did you mean "prefill-worker"?'],
    ['-prefill', 'did you mean "prefill"?'],
    ['prefill.a', 'did you mean "prefill-a"?'],
  ])('a component named %j is refused, with a name that would do', (name, help) => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { prefill: { name, gpus: 1 }, decode: { gpus: 1 } });
    expect(only(fleet)).toMatchObject({ code: 'BAY2022', help });
  });

  test('a component whose name is too long for what the operator makes of it', () => {
    const { fleet, graph } = testCluster(eight());
    graph('a-graph-with-quite-a-long-name', { worker: { name: 'w'.repeat(24), gpus: 1 } });
    expect(only(fleet).message).toMatch(/is too long/);
  });

  test('two components whose names differ in case only', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { prefill: { name: 'Worker', gpus: 1 }, decode: { name: 'worker', gpus: 1 } });
    expect(only(fleet).code).toBe('BAY2023');
  });

  test('more components than Dynamo takes, the frontend among them', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1, replicas: 25, pinning: 'replica' } });
    expect(only(fleet)).toMatchObject({
      code: 'BAY2024',
      message: 'graph "g" would be written as 26 components, and Dynamo takes 25',
    });
  });

  test('as many components as Dynamo takes', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1, replicas: 24, pinning: 'replica' } });
    expect(pins(fleet.compile(), 'test/g')).toHaveProperty('worker-23');
  });

  test('two objects of one name', () => {
    const { fleet, cluster, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1 } });
    const spec = { resources: {} };
    new ApiObject(cluster, 'mine', {
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name: 'team-a' },
      spec,
    });
    expect(only(fleet)).toMatchObject({ code: 'BAY4001', message: '2 constructs make one object: Queue "team-a"' });
  });

  test('two graphs of one name in one namespace', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1 } });
    graph('h', { name: 'g', worker: { gpus: 1 } });
    expect(errorCodes(fleet)).toEqual(['BAY2026']);
  });

  test('graphs of one name in two namespaces are written apart', () => {
    const { fleet, graph } = testCluster(eight());
    graph('a-g', { name: 'g', namespace: 'a', worker: { gpus: 1 } });
    graph('b-g', { name: 'g', namespace: 'b', worker: { gpus: 1 } });
    const files = [...fleet.compile().files.keys()];
    expect(files.filter((path) => path.includes('podgroup'))).toEqual([
      'test/graphs/a-g/podgroup-a-a.g.yaml',
      'test/graphs/b-g/podgroup-b-b.g.yaml',
    ]);
  });

  test('two queues of one id', () => {
    const { fleet, cluster } = testCluster(eight());
    new Queue(cluster, 'team-b');
    new Queue(cluster, 'team-b');
    expect(only(fleet)).toMatchObject({
      code: 'BAY2027',
      message: 'two constructs below "test" have the id "team-b"',
      help: 'give one of them another id',
    });
  });

  test('two graphs of one id below different constructs', () => {
    const { fleet, cluster, queue } = testCluster(eight());
    for (const team of ['x', 'y']) {
      const scope = new Construct(cluster, team);
      new DynamoGraph(scope, 'g', { ...graphDefaults(queue), namespace: team, worker: { gpus: 1 } });
    }
    expect(errorCodes(fleet)).toEqual(['BAY2026']);
  });
});

describe('graphs that make no whole', () => {
  test('prefill 0 with decode above 0', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { prefill: { gpus: 1, replicas: 0 }, decode: { gpus: 1, replicas: 2 } });
    expect(only(fleet)).toMatchObject({
      code: 'BAY2052',
      message: 'graph "g" has 2 decode and no prefill replicas',
    });
  });

  test('no workers, or both kinds', () => {
    const { fleet, graph } = testCluster(eight());
    graph('none');
    graph('both', { worker: { gpus: 1 }, prefill: { gpus: 1 }, decode: { gpus: 1 } });
    expect(errorCodes(fleet)).toEqual(['BAY2050', 'BAY2051']);
  });

  test('a queue with children, and a queue of another cluster', () => {
    const { fleet, cluster, queue } = testCluster(eight());
    new Queue(cluster, 'child', { parent: queue });
    new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 1 } });
    expect(only(fleet)).toMatchObject({ code: 'BAY2071', help: 'use one below it, such as "child"' });
  });

  test('a preferred level broader than the required one', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { placement: { required: Level.rack(), preferred: Level.zone() }, worker: { gpus: 1 } });
    expect(only(fleet).code).toBe('BAY2032');
  });

  test('a ReadWriteOnce model cache with pods on several nodes', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2']));
    const modelCache = ModelCache.volume({ size: '10Gi', accessMode: 'ReadWriteOnce' });
    graph('g', { modelCache, worker: { gpus: 8, replicas: 2 } });
    expect(only(fleet).code).toBe('BAY4030');
  });
});

describe('values', () => {
  test('a token in an env is refused, and not repeated', () => {
    const { fleet, graph } = testCluster(eight());
    const value = `hf_${'aB3'.repeat(11)}`;
    graph('g', { worker: { gpus: 1, env: { SOME_SETTING: value } } });
    const finding = only(fleet);
    expect(finding.code).toBe('BAY2060');
    expect(JSON.stringify(failure(fleet))).not.toContain(value);
  });

  test.each(['HF_TOKEN', 'api_key', 'DB_PASSWORD'])('any longer value of %s is taken for a secret', (name) => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1, env: { [name]: 'correct-horse' } } });
    expect(only(fleet).code).toBe('BAY2060');
  });

  test('a quantity that cannot be read, and replicas that are no count', () => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1, memory: '128 GB', replicas: -1 } });
    expect(errorCodes(fleet)).toEqual(['BAY2041', 'BAY2040']);
  });

  test.each([
    [{ dynamo: '1.5.0', kai: '0.13.4' }, 'nothing would hold the gang'],
    [{ dynamo: '0.9.1', kai: '0.17.0' }, ''],
    [{ dynamo: '1.5.0', kai: 'v0.17.0' }, 'without a leading v'],
  ])('stack %j is refused with the nearest that works', (stack, note) => {
    const fleet = testFleet();
    const inventory = Inventory.fromObjects({ nodes: list(eight()) });
    new Cluster(fleet, 'test', { stack: Stack.of(stack), inventory, topology: topology() });
    const [finding] = failure(fleet);
    expect(finding).toMatchObject({ code: 'BAY2010' });
    expect(finding?.help).toContain("Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })");
    expect(finding?.notes.join()).toContain(note);
  });
});

describe('patches of the user', () => {
  const patched = (patch: JsonPatch): string[] => {
    const { fleet, graph } = testCluster(eight());
    graph('g', { worker: { gpus: 1 } }).deployment.addJsonPatch(patch);
    return errorCodes(fleet);
  };
  const worker = '/spec/components/1';
  const template = `${worker}/podTemplate`;

  test('what the plan does not rest on may be patched', () => {
    const { fleet, graph } = testCluster(eight());
    const { deployment } = graph('g', { worker: { gpus: 1 } });
    deployment.addJsonPatch(JsonPatch.add(`${template}/spec/terminationGracePeriodSeconds`, 30));
    const text = fleet.compile().files.get('test/graphs/g/dynamographdeployment-inference-g.yaml');
    expect(text).toContain('terminationGracePeriodSeconds: 30');
  });

  test.each([
    ['more replicas than were placed', JsonPatch.replace(`${worker}/replicas`, 2), ['BAY4011', 'BAY4020']],
    [
      'a larger pod',
      JsonPatch.replace(`${template}/spec/containers/0/resources/requests/nvidia.com~1gpu`, '2'),
      ['BAY4020'],
    ],
    ['no pin', JsonPatch.remove(`${template}/spec/affinity`), ['BAY4020']],
    [
      'no skip annotation',
      JsonPatch.remove(`${template}/metadata/annotations/kai.scheduler~1skip-podgrouper`),
      ['BAY4010'],
    ],
    [
      'another subgroup',
      JsonPatch.replace(`${template}/metadata/labels/kai.scheduler~1subgroup-name`, 'x'),
      ['BAY4010', 'BAY4011'],
    ],
    [
      'a surge',
      JsonPatch.remove(`${template}/metadata/annotations/nvidia.com~1deployment-rolling-update-max-surge`),
      ['BAY4020'],
    ],
    ['nodeName', JsonPatch.add(`${template}/spec/nodeName`, 'n1'), ['BAY4010']],
    ['an unknown field', JsonPatch.add(`${worker}/replica`, 1), ['BAY4003']],
  ])('%s is refused', (_, patch, codes) => {
    expect(patched(patch).sort()).toEqual(codes);
  });
});
