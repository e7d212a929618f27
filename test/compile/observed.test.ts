import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import type { Compilation } from '../../lib';
import { Level } from '../../lib';
import { errorCodes, failure, node, nodes, pins, testCluster } from '../support/fleet';

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

describe('P: a set pin with a hole in it', () => {
  // n15 (8 GPUs): decode 4      n16 (8 GPUs): frontend 4      prefill 2 x 4: one on each would be a hole
  const two = () => testCluster(nodes(['n15', 'n16']));

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
