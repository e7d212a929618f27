import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import {
  Backend,
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  Model,
  ModelCache,
  Queue,
  Router,
  SecretRef,
  Stack,
  type WorkerProps,
} from '../../lib';
import { profiles, type StackVersions } from '../../lib/backends/stacks';
import { errorCodes, failure, graphDefaults, list, nodes, testCluster, topology } from '../support/fleet';
import { expectGolden } from '../support/golden';
import { testFleet } from '../support/pins';

/** The same graph on every supported stack. */

function compiled(versions: StackVersions): ReadonlyMap<string, string> {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of(versions),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2', 'n3'], { resources: { 'rdma/ib': '8' } })) }),
    topology: topology(),
  });
  const queue = new Queue(cluster, 'team-a', { gpu: { quota: 24 } });
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(queue),
    namespace: versions.runai === undefined ? 'inference' : 'runai-team-a',
    model: Model.huggingFace('example/model', { revision: '0123456', token: SecretRef.of('hub', 'HF_TOKEN') }),
    modelCache: ModelCache.volume({ size: '100Gi' }),
    frontend: { name: 'Frontend', replicas: 2, cpu: 1, router: Router.kvAware() },
    prefill: { name: 'VllmPrefillWorker', gpus: 2, replicas: 2, memory: '16Gi', sharedMemory: '16Gi' },
    decode: { name: 'VllmDecodeWorker', gpus: 8, rdma: { resource: 'rdma/ib' }, sharedMemory: '0' },
  });
  return fleet.compile().files;
}

const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.]+/g, '-');

test.each(profiles.map(({ name, example }) => [name, example] as const))('%s', (name, example) => {
  expectGolden(`stacks/${slug(name)}`, compiled(example));
});

interface Manifest {
  readonly apiVersion: string;
  readonly spec: Record<string, Record<string, Record<string, unknown>>>;
}

function read(files: ReadonlyMap<string, string>, path: string): Manifest {
  return parse(files.get(path) ?? '') as Manifest;
}

const graphFile = 'test/graphs/g/dynamographdeployment-inference-g.yaml';

describe('Dynamo 0.5.1', () => {
  const files = compiled({ dynamo: '0.5.1', kai: '0.17.0' });
  const { apiVersion, spec } = read(files, graphFile);

  test('is written as v1alpha1 services, with the names that its operator makes Deployments of', () => {
    expect(apiVersion).toBe('nvidia.com/v1alpha1');
    expect(Object.keys(spec.services ?? {})).toEqual(['Frontend', 'VllmDecodeWorker', 'VllmPrefillWorker']);
  });

  test('rolls by a strategy on the component, since there is no surge setting', () => {
    expect(spec.services?.VllmDecodeWorker?.annotations).toEqual({
      'nvidia.com/deployment-strategy': 'BestEffortControlledRollout',
    });
  });

  test('knows prefill workers by a flag of their own', () => {
    expect(JSON.stringify(spec.services?.VllmPrefillWorker)).toContain('--is-prefill-worker');
    expect(JSON.stringify(spec.services)).not.toContain('--disaggregation-mode');
  });

  test('gets its CRDs from a chart of their own, before the operator', () => {
    const release = read(files, 'test/controllers/helmrelease-flux-system-dynamo-platform.yaml');
    expect(release.spec.dependsOn).toEqual([{ name: 'dynamo-crds' }]);
  });

  test('is waited for by its state', () => {
    const kustomization = read(files, 'test/flux/kustomization-flux-system-graph-g.yaml');
    expect(kustomization.spec).not.toHaveProperty('wait');
    expect(JSON.stringify(kustomization.spec.healthCheckExprs)).toContain("status.state == 'successful'");
  });
});

describe('Grove', () => {
  const files = compiled({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' });
  const { spec } = read(files, graphFile);

  test('owns the gang: all replicas are its minimum, no PodGroup of ours, no membership on the pods', () => {
    const components = spec.components as unknown as { replicas: number; minAvailable: number }[];
    expect(components.map(({ replicas, minAvailable }) => [replicas, minAvailable])).toEqual([
      [2, 2],
      [2, 2],
      [1, 1],
    ]);
    expect([...files.keys()].filter((path) => path.includes('podgroup'))).toEqual([]);
    expect(files.get(graphFile)).not.toContain('pod-group-name');
  });

  test('gets no topology constraint beside the pins, which would be frozen and may never schedule', () => {
    expect(files.get(graphFile)).not.toContain('topologyConstraint');
  });

  test('is told the queue, and that the Topology is ours', () => {
    expect(files.get(graphFile)).toContain('nvidia.com/kai-scheduler-queue: team-a');
    const binding = read(files, 'test/platform/clustertopologybinding-topology-1.yaml');
    expect(binding.spec.schedulerTopologyBindings).toEqual([
      { schedulerName: 'kai-scheduler', topologyReference: 'topology-1' },
    ]);
  });

  test("never makes a gang stale, by the scheduler's argument", () => {
    expect(files.get('test/controllers/helmrelease-flux-system-kai-scheduler.yaml')).toContain(
      'default-staleness-grace-period: "-1s"',
    );
  });

  const onGrove = (add: (cluster: Cluster, queue: Queue) => void): string[] => {
    const fleet = testFleet();
    const cluster = new Cluster(fleet, 'test', {
      stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
      inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2'])) }),
      topology: topology(),
    });
    add(cluster, new Queue(cluster, 'team-a'));
    return errorCodes(fleet);
  };

  test('two graphs of one name in two namespaces are refused', () => {
    const codes = onGrove((cluster, queue) => {
      for (const namespace of ['a', 'b']) {
        const props = { ...graphDefaults(queue), name: 'g', namespace, worker: { gpus: 1 } };
        new DynamoGraph(cluster, `${namespace}-g`, props);
      }
    });
    expect(codes).toEqual(['BAY2028']);
  });

  describe('names that it would cut are refused', () => {
    const several = { gpus: 8, multinode: { nodes: 2 } };
    // 45 less the 8 of frontend, the longest; less twice the 6 of worker, and 4; less twice the 8 of worker-0, and 4
    test.each<[string, number, WorkerProps]>([
      ['components of one pod', 37, { gpus: 1 }],
      ['a component of several pods', 29, several],
      ['a component of several pods, each replica with its own pin', 25, { ...several, pinning: 'replica' }],
    ])('%s leave %i characters for the graph', (_, most, worker) => {
      const codesOf = (name: string): string[] =>
        onGrove((cluster, queue) => {
          new DynamoGraph(cluster, name, { ...graphDefaults(queue), worker });
        });
      expect(() => codesOf('g'.repeat(most))).toThrow('the fleet compiled');
      expect(codesOf('g'.repeat(most + 1))).toEqual(['BAY2029']);
    });
  });

  test('a smaller minimum, by a patch, is refused', () => {
    const codes = onGrove((cluster, queue) => {
      const graph = new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), worker: { gpus: 1, replicas: 2 } });
      graph.deployment.addJsonPatch(JsonPatch.replace('/spec/components/1/minAvailable', 1));
    });
    expect(codes).toEqual(['BAY4020']);
  });
});

describe('replicas of several nodes', () => {
  //         z1                  z2
  //   r1          r2          r3
  // n1 n2 n3   n4 n5 n6    n7 n8 n9     8 GPUs each
  const racks = [
    ...nodes(['n1', 'n2', 'n3'], { rack: 'r1', zone: 'z1' }),
    ...nodes(['n4', 'n5', 'n6'], { rack: 'r2', zone: 'z1' }),
    ...nodes(['n7', 'n8', 'n9'], { rack: 'r3', zone: 'z2' }),
  ];
  const rackOf = (name: string): string => `r${Math.ceil(Number(name.slice(1)) / 3)}`;
  const compileWith = (decode: Partial<WorkerProps>, stack = Stack.of(withGrove)) => {
    const fleet = testFleet();
    const inventory = Inventory.fromObjects({ nodes: list(racks) });
    const cluster = new Cluster(fleet, 'test', { stack, inventory, topology: topology() });
    const workers = { prefill: { gpus: 8 }, decode: { gpus: 8, ...decode } };
    new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), ...workers });
    return fleet;
  };
  const withGrove = { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' };
  const two = { replicas: 2, multinode: { nodes: 2, required: Level.rack() } };

  test('each has its nodes in one rack, and Grove packs what a set of nodes cannot keep together', () => {
    const compilation = compileWith(two).compile();
    const [gang] = compilation.clusters[0]?.plan.gangs ?? [];
    const placements = gang?.status === 'placed' ? gang.placements : {};
    for (const path of ['decode/0', 'decode/1']) {
      expect(new Set((placements[path] ?? []).map(rackOf)).size).toBe(1);
      expect(placements[path]).toHaveLength(2);
    }
    const { spec } = read(compilation.files, graphFile);
    expect(spec.topologyConstraint).toEqual({ clusterTopologyName: 'topology-1' });
    const components = spec.components as unknown as { name: string }[];
    expect(components.find(({ name }) => name === 'decode')).toMatchObject({
      replicas: 2,
      minAvailable: 2,
      multinode: { nodeCount: 2 },
      topologyConstraint: { packDomain: 'rack' },
    });
  });

  test("with pinning: 'replica' the pins keep each together, and nothing is packed", () => {
    const compilation = compileWith({ ...two, pinning: 'replica' }).compile();
    expect(compilation.files.get(graphFile)).not.toContain('topologyConstraint');
    const { spec } = read(compilation.files, graphFile);
    const components = spec.components as unknown as { name: string; multinode?: object }[];
    expect(components.filter(({ multinode }) => multinode).map(({ name }) => name)).toEqual(['decode-0', 'decode-1']);
  });

  test('packed by a level above the last they might never be scheduled, and are refused', () => {
    const fleet = compileWith({ replicas: 2, multinode: { nodes: 2, required: Level.zone() } });
    expect(failure(fleet)).toMatchObject([{ code: 'BAY2055', help: expect.stringContaining("'replica'") as string }]);
  });

  test('without Grove they are refused', () => {
    const fleet = compileWith(two, Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }));
    expect(errorCodes(fleet)).toEqual(['BAY2054']);
  });

  test('the engine is told of all GPUs of a replica', () => {
    const text = compileWith(two).compile().files.get(graphFile) ?? '';
    expect(text).toMatch(/- --tensor-parallel-size\n\s+- "16"/);
  });
});

interface Component {
  readonly podTemplate: { readonly spec: { readonly containers: { command: string[]; args?: string[] }[] } };
}

describe('engines', () => {
  const argsOf = (backend: Backend, router?: Router): string[][] => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2']));
    graph('g', { backend, frontend: { router }, prefill: { gpus: 2 }, decode: { gpus: 2 } });
    const { spec } = read(fleet.compile().files, graphFile);
    const components = spec.components as unknown as Component[];
    return components.flatMap(({ podTemplate }) =>
      podTemplate.spec.containers.map(({ command, args = [] }) => [...command.slice(2), ...args]),
    );
  };
  const revision = '0123456789abcdef0123456789abcdef01234567';

  test('SGLang', () => {
    const half = [
      '--disaggregation-transfer-backend',
      'nixl',
      '--disaggregation-bootstrap-port',
      '12345',
      '--host',
      '0.0.0.0',
    ];
    const model = ['dynamo.sglang', '--model-path', 'example/model', '--revision', revision, '--tp-size', '2'];
    expect(argsOf(Backend.sglang())).toEqual([
      ['dynamo.frontend'],
      [...model, '--disaggregation-mode', 'prefill', ...half],
      [...model, '--disaggregation-mode', 'decode', ...half],
    ]);
  });

  test('TensorRT-LLM', () => {
    const model = ['dynamo.trtllm', '--model-path', 'example/model', '--tensor-parallel-size', '2'];
    expect(argsOf(Backend.tensorrtLlm(), Router.kvAware())).toEqual([
      ['dynamo.frontend', '--router-mode', 'kv'],
      [...model, '--disaggregation-mode', 'prefill', '--publish-events-and-metrics'],
      [...model, '--disaggregation-mode', 'decode'],
    ]);
  });
});

describe('Run:ai', () => {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '0.5.1', runai: '2.23' }),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2'])) }),
    topology: topology(),
  });
  const queue = new Queue(cluster, 'project-a', { gpu: { quota: 16 } });
  const namespace = 'runai-project-a';
  const placement = { required: Level.zone(), preferred: Level.rack() };
  new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), namespace, placement, worker: { gpus: 8 } });
  const { files } = fleet.compile();

  test('groups by itself: placement is told by annotations on the graph', () => {
    const { metadata } = parse(files.get(`test/graphs/g/dynamographdeployment-${namespace}-g.yaml`) ?? '') as {
      metadata: { annotations: object };
    };
    expect(metadata.annotations).toEqual({
      'nvidia.com/enable-grove': 'false',
      'kai.scheduler/topology': 'topology-1',
      'kai.scheduler/topology-required-placement': 'topology.kubernetes.io/zone',
      'kai.scheduler/topology-preferred-placement': 'topology.kubernetes.io/rack',
    });
  });

  test('has queues, topologies and itself elsewhere: nothing of them is written', () => {
    const kinds = [...files.keys()].filter((path) => /queue|topology-|podgroup|kai-scheduler/.test(path));
    expect(kinds).toEqual([]);
  });

  test('gets what its control plane has to know in a folder that no kustomization names', () => {
    expect([...files.keys()].filter((path) => path.startsWith('test/control-plane/'))).toEqual([
      'test/control-plane/network-topology.json',
      'test/control-plane/node-pool.json',
      'test/control-plane/required.yaml',
    ]);
    const kustomizations = [...files].filter(([path]) => path.endsWith('kustomization.yaml'));
    expect(kustomizations.some(([, text]) => text.includes('control-plane'))).toBe(false);
  });

  test('a graph outside the namespace of its project is refused', () => {
    const other = testFleet();
    const props = { stack: Stack.of({ dynamo: '1.5.0', runai: '3.0' }), topology: topology() };
    const inventory = Inventory.fromObjects({ nodes: list(nodes(['n1'])) });
    const lab = new Cluster(other, 'test', { ...props, inventory });
    new DynamoGraph(lab, 'g', { ...graphDefaults(new Queue(lab, 'project-a')), worker: { gpus: 1 } });
    expect(failure(other)).toMatchObject([{ code: 'BAY2073', help: 'use the namespace "runai-project-a"' }]);
  });
});

test("below KAI 0.17 a gang is kept from going stale by the scheduler's argument", () => {
  const files = compiled({ dynamo: '1.4.2', kai: '0.16.8' });
  expect(files.get('test/graphs/g/podgroup-inference-inference.g.yaml')).not.toContain('stalenessGracePeriod');
  expect(files.get('test/controllers/helmrelease-flux-system-kai-scheduler.yaml')).toContain(
    'default-staleness-grace-period: "-1s"',
  );
});

describe('a combination that is not known to work', () => {
  const fleetOn = (stack: Stack): Fleet => {
    const fleet = testFleet();
    const inventory = Inventory.fromObjects({ nodes: list(nodes(['n1'])) });
    new Cluster(fleet, 'test', { stack, inventory, topology: topology() });
    return fleet;
  };

  test('is taken where the stack says why, with a warning that repeats it', () => {
    const stack = Stack.of({ dynamo: '1.6.0', kai: '0.17.0', assume: 'tried on the lab cluster' });
    const { diagnostics } = fleetOn(stack).compile();
    expect(diagnostics).toMatchObject([
      {
        code: 'BAY2011',
        severity: 'warning',
        message:
          'Dynamo "1.6.0" with KAI Scheduler "0.17.0" is taken for Dynamo 1.5 on KAI 0.17: tried on the lab cluster',
      },
    ]);
  });

  test('is refused all the same where it is known to hold no gang', () => {
    const stack = Stack.of({ dynamo: '1.5.0', kai: '0.13.4', assume: 'we know better' });
    expect(failure(fleetOn(stack))).toMatchObject([{ code: 'BAY2010' }]);
  });

  test.each([
    [{ dynamo: '1.4.2', grove: '0.1.0-alpha.12', kai: '0.16.3' }, 'stay gated'],
    [{ dynamo: '1.2.1', grove: '0.1.0-alpha.12', kai: '0.17.0' }, 'not admitted'],
    [{ dynamo: '1.3.0', grove: '0.1.0-alpha.11', kai: '0.17.0' }, 'not admitted'],
    [{ dynamo: '1.5.0', kai: '0.17.0', runai: '3.0' }, 'two schedulers'],
  ])('%j is refused, saying what goes wrong', (versions, effect) => {
    const [finding] = failure(fleetOn(Stack.of(versions)));
    expect(finding).toMatchObject({ code: 'BAY2010' });
    expect(finding?.notes.join()).toContain(effect);
  });
});
