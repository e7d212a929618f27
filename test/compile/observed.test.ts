import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import {
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  Queue,
  Stack,
  type Compilation,
  type DynamoGraphProps,
} from '../../lib';
import { errorCodes, failure, graphDefaults, list, node, nodes, pins, testCluster, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Situations in which a real KAI never started a graph, and what the compiler does about each. */

interface Manifest {
  readonly spec: Record<string, unknown>;
}

function manifest(compilation: Compilation, path: string): Manifest {
  const text = compilation.files.get(path);
  if (text === undefined) throw new Error(`no file ${path} among ${[...compilation.files.keys()].join(', ')}`);
  return parse(text) as Manifest;
}

const podGroupFile = 'test/graphs/g/podgroup-inference-inference.g.yaml';
const graphFile = 'test/graphs/g/dynamographdeployment-inference-g.yaml';
const select = (host: string) => ({ nodeSelector: { 'kubernetes.io/hostname': host } });

describe('A: a required level, and all candidate nodes in one narrower domain', () => {
  // z1 ─ r1 ─ n1 n2
  test('each subgroup prefers the level that it requires, and the PodGroup itself is not constrained', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2']));
    graph('g', { placement: { required: Level.zone() }, worker: { gpus: 8, replicas: 1 } });
    const zone = 'topology.kubernetes.io/zone';
    const constraint = { topology: 'topology-1', requiredTopologyLevel: zone, preferredTopologyLevel: zone };
    const { spec } = manifest(fleet.compile(), podGroupFile);
    expect(spec).not.toHaveProperty('topologyConstraint');
    expect(spec.subGroups).toEqual([
      { name: 'frontend', minMember: 1, topologyConstraint: constraint },
      { name: 'worker', minMember: 1, topologyConstraint: constraint },
    ]);
  });
});

// n15 (8 GPUs): decode 4      n16 (8 GPUs): frontend 4      prefill 2 x 4: one on each would be a hole
const two = () => testCluster(nodes(['n15', 'n16']));

describe('P: a set pin with a hole in it', () => {
  test('both pods of a component are put on one node where that leaves the other whole', () => {
    const { fleet, graph } = two();
    graph('g', { prefill: { gpus: 4, replicas: 2 }, decode: { gpus: 4, replicas: 2 } });
    const { prefill = [], decode = [] } = pins(fleet.compile(), 'test/g');
    expect([prefill.length, decode.length]).toEqual([1, 1]);
    expect(prefill).not.toEqual(decode);
  });

  test('a plan with a hole is refused, naming who could take whose place and the way out', () => {
    const { fleet, graph } = two();
    graph('g', {
      frontend: { resources: { 'nvidia.com/gpu': 4 }, ...select('n16') },
      prefill: { gpus: 4, replicas: 2 },
      decode: { gpus: 4, replicas: 1, ...select('n15') },
    });
    const [refusal] = failure(fleet);
    expect(refusal?.code).toBe('BAY3204');
    expect(refusal?.message).toContain('prefill');
    expect(refusal?.message).toMatch(/n15|n16/);
    expect(refusal?.help).toContain("pinning: 'replica'");
  });

  test("with pinning: 'replica' the same graph has a plan, one component for each replica", () => {
    const { fleet, graph } = two();
    graph('g', {
      frontend: { resources: { 'nvidia.com/gpu': 4 }, ...select('n16') },
      prefill: { gpus: 4, replicas: 2, pinning: 'replica' },
      decode: { gpus: 4, replicas: 1, ...select('n15') },
    });
    const placed = pins(fleet.compile(), 'test/g');
    expect(Object.keys(placed)).toEqual(['decode', 'frontend', 'prefill-0', 'prefill-1']);
    expect([placed['prefill-0'], placed['prefill-1']].flat().sort()).toEqual(['n15', 'n16']);
  });
});

describe('P3: the same hole after restarts', () => {
  test('names that would let it start once are no way out: the plan is refused whatever they are', () => {
    const { fleet, graph } = two();
    graph('g', {
      frontend: { name: 'a', resources: { 'nvidia.com/gpu': 4 }, ...select('n16') },
      prefill: { name: 'z', gpus: 4, replicas: 2 },
      decode: { name: 'b', gpus: 4, replicas: 1, ...select('n15') },
    });
    expect(errorCodes(fleet)).toEqual(['BAY3204']);
  });
});

describe('P2: the same hole across two graphs', () => {
  test('a plan in which a pod of one graph could take the place of another graph is refused', () => {
    const { fleet, graph } = testCluster(nodes(['n15', 'n16']));
    graph('older', { worker: { gpus: 4, replicas: 2 } });
    graph('left', { worker: { gpus: 4, replicas: 1, ...select('n15') } });
    graph('right', { worker: { gpus: 4, replicas: 1, ...select('n16') } });
    expect(errorCodes(fleet)).toEqual(['BAY3204']);
  });
});

describe('W: a pin set that is wider than it needs to be', () => {
  test('a patch that takes the anti-affinity away is refused', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2', 'n3']));
    const { deployment } = graph('g', { frontend: { replicas: 2 }, worker: { gpus: 8 } });
    deployment.addJsonPatch(JsonPatch.remove('/spec/components/0/podTemplate/spec/affinity/podAntiAffinity'));
    expect(errorCodes(fleet)).toEqual(['BAY4020']);
  });

  test('two frontends are on two hosts, held there by required anti-affinity', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2', 'n3']));
    graph('g', { frontend: { replicas: 2 }, worker: { gpus: 8 } });
    const compilation = fleet.compile();
    expect(pins(compilation, 'test/g').frontend).toHaveLength(2);
    const frontend = (manifest(compilation, graphFile).spec.components as { podTemplate: { spec: object } }[])[0];
    expect(frontend?.podTemplate.spec).toMatchObject({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: {
                matchLabels: {
                  'kai.scheduler/subgroup-name': 'frontend',
                  'nvidia.com/dynamo-graph-deployment-name': 'g',
                },
              },
            },
          ],
        },
      },
    });
  });
});

describe('on Grove, where a required level is all one can say', () => {
  const onGrove = (items: readonly Record<string, unknown>[]) => {
    const fleet = testFleet();
    const cluster = new Cluster(fleet, 'test', {
      stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
      inventory: Inventory.fromObjects({ nodes: list(items) }),
      topology: topology(),
    });
    const queue = new Queue(cluster, 'team-a');
    const graph = (props: Partial<DynamoGraphProps>) =>
      new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), ...props });
    return { fleet, graph };
  };

  test('A-Grove: the constraint is left out, and the pins hold it', () => {
    const { fleet, graph } = onGrove([...nodes(['n1', 'n2']), node('n3', { zone: 'z2' })]);
    graph({ placement: { required: Level.zone() }, worker: { gpus: 8, replicas: 2 } });
    const compilation = fleet.compile();
    expect(compilation.files.get(graphFile)).not.toContain('topologyConstraint');
    expect(pins(compilation, 'test/g').worker).toEqual(['n1', 'n2']);
  });

  test('A-packDomain: a replica of several nodes is packed at the last level above the host, and refused at others', () => {
    const compiled = (required: Level): Fleet => {
      const { fleet, graph } = onGrove([...nodes(['n1', 'n2', 'n3', 'n4']), node('n5', { rack: 'r2' })]);
      graph({ worker: { gpus: 8, replicas: 2, multinode: { nodes: 2, required } } });
      return fleet;
    };
    expect(compiled(Level.rack()).compile().files.get(graphFile)).toContain('packDomain: rack');
    expect(errorCodes(compiled(Level.zone()))).toEqual(['BAY2055']);
  });

  test('A-packDomain: a patch that packs wider is refused', () => {
    const { fleet, graph } = onGrove(nodes(['n1', 'n2', 'n3', 'n4']));
    const worker = { gpus: 8, replicas: 2, multinode: { nodes: 2, required: Level.rack() } };
    const zone = JsonPatch.replace('/spec/components/1/topologyConstraint/packDomain', 'zone');
    graph({ worker }).deployment.addJsonPatch(zone);
    expect(errorCodes(fleet)).toEqual(['BAY4040']);
  });
});

describe('N: a node that is not ready, cordoned or tainted', () => {
  test('is never pinned, however much room it has', () => {
    const tainted = node('n4', { taints: [{ key: 'maintenance', value: 'yes', effect: 'NoExecute' }] });
    const { fleet, graph } = testCluster([
      node('n1', { ready: false }),
      node('n2', { unschedulable: true }),
      node('n3', { gpus: 4 }),
      tainted,
    ]);
    graph('g', { worker: { gpus: 4 } });
    expect(pins(fleet.compile(), 'test/g')).toEqual({ frontend: ['n3'], worker: ['n3'] });
  });
});

describe('M: a minimum that is not what is made', () => {
  test('minMember is the number of replicas of each component', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2', 'n3', 'n4']));
    graph('g', { prefill: { gpus: 8, replicas: 1 }, decode: { gpus: 8, replicas: 3 } });
    const { spec } = manifest(fleet.compile(), podGroupFile);
    expect(spec).toMatchObject({ minSubGroup: 3, stalenessGracePeriod: '-1s' });
    expect(spec.subGroups).toEqual([
      { name: 'frontend', minMember: 1 },
      { name: 'prefill', minMember: 1 },
      { name: 'decode', minMember: 3 },
    ]);
  });

  test('a patch that makes it more is refused', () => {
    const { fleet, graph } = testCluster(nodes(['n1']));
    graph('g', { worker: { gpus: 1 } }).podGroup?.addJsonPatch(JsonPatch.replace('/spec/subGroups/1/minMember', 4));
    expect(errorCodes(fleet)).toEqual(['BAY4011']);
  });
});

describe('rollouts on full nodes', () => {
  test('every component rolls without a surge pod', () => {
    const { fleet, graph } = testCluster(nodes(['n1']));
    graph('g', { worker: { gpus: 8 } });
    const { components } = manifest(fleet.compile(), graphFile).spec as {
      components: { podTemplate: { metadata: { annotations: Record<string, string> } } }[];
    };
    for (const { podTemplate } of components) {
      expect(podTemplate.metadata.annotations).toEqual({
        'kai.scheduler/skip-podgrouper': 'true',
        'nvidia.com/deployment-rolling-update-max-surge': '0',
        'nvidia.com/deployment-rolling-update-max-unavailable': '1',
        'pod-group-name': 'inference.g',
      });
    }
  });

  test('a patch that brings the surge pod back is refused', () => {
    const { fleet, graph } = testCluster(nodes(['n1']));
    const surge = 'podTemplate/metadata/annotations/nvidia.com~1deployment-rolling-update-max-surge';
    graph('g', { worker: { gpus: 8 } }).deployment.addJsonPatch(
      JsonPatch.replace(`/spec/components/1/${surge}`, '25%'),
    );
    expect(errorCodes(fleet)).toEqual(['BAY4020']);
  });

  test('a patch that lets KAI evict a gang which lost a pod is refused', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2']));
    const { podGroup } = graph('g', { worker: { gpus: 8, replicas: 2 } });
    podGroup?.addJsonPatch(JsonPatch.replace('/spec/stalenessGracePeriod', '60s'));
    const [finding] = failure(fleet);
    expect(finding).toMatchObject({ code: 'BAY4040', data: { kind: 'evicted' } });
  });

  test("with rollout: 'recreate' every component is recreated", () => {
    const { fleet, graph } = testCluster(nodes(['n1']));
    graph('g', { rollout: 'recreate', worker: { gpus: 8 } });
    expect(
      fleet
        .compile()
        .files.get(graphFile)
        ?.match(/nvidia.com\/deployment-strategy: Recreate/g),
    ).toHaveLength(2);
  });
});
