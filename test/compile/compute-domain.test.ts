import { parse } from 'yaml';
import { Backend, Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack, type WorkerProps } from '../../lib';
import { errorCodes, failure, graphDefaults, list, node, nodes, pod, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Graphs that share memory over multi-node NVLink. */

//   r1           r2              r1 and r2 are NVLink domains of 4-GPU trays; s has no GPUs
// t1 t2 t3     t4 t5 t6     s
const trays = [
  ...nodes(['t1', 't2', 't3'], { rack: 'r1', gpus: 4 }),
  ...nodes(['t4', 't5', 't6'], { rack: 'r2', gpus: 4 }),
  node('s', { rack: 'r3', gpus: 0 }),
];

function fleetWith(
  workers: { prefill: WorkerProps; decode: WorkerProps },
  stack = onKai,
  backend = Backend.vllm(),
  pods: readonly Record<string, unknown>[] = [],
): Fleet {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(trays), pods: list(pods) });
  const cluster = new Cluster(fleet, 'test', { stack, inventory, topology: topology() });
  const queue = new Queue(cluster, 'team-a');
  const computeDomain = { level: Level.rack() };
  new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), backend, computeDomain, ...workers });
  return fleet;
}

const onKai = Stack.of({ dynamo: '1.5.0', kai: '0.17.0' });
const small = { prefill: { gpus: 2 }, decode: { gpus: 2, replicas: 2 } };

function planned(fleet: Fleet): Record<string, readonly string[]> {
  const [gang] = fleet.compile().clusters[0]?.plan.gangs ?? [];
  return gang?.status === 'placed' ? gang.placements : {};
}

test('all GPU pods are in one domain, each on a node of its own though two would fit', () => {
  const placements = planned(fleetWith(small));
  const workers = Object.entries(placements).filter(([path]) => path.startsWith('compute-domain/'));
  const used = workers.flatMap(([, names]) => names).sort();
  expect([
    ['t1', 't2', 't3'],
    ['t4', 't5', 't6'],
  ]).toContainEqual(used);
});

test('what is not in the domain may be anywhere', () => {
  expect(planned(fleetWith(small))['frontend/0']).toBeDefined();
});

test('the domain has a node for each pod, and each pod claims a channel', () => {
  const { files } = fleetWith(small).compile();
  const domain = parse(files.get('test/graphs/g/computedomain-inference-g.yaml') ?? '') as object;
  expect(domain).toMatchObject({
    spec: { numNodes: 3, channel: { resourceClaimTemplate: { name: 'g-channel' } } },
  });
  const graph = files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
  expect(graph.match(/resourceClaimTemplateName: g-channel/g)).toHaveLength(2);
  expect(graph.match(/NCCL_MNNVL_ENABLE/g)).toHaveLength(2);
});

test('more GPU pods than a domain has nodes are refused', () => {
  const codes = errorCodes(fleetWith({ prefill: { gpus: 1, replicas: 2 }, decode: { gpus: 1, replicas: 2 } }));
  expect(codes).toHaveLength(1);
  expect(codes[0]).toMatch(/^BAY320[23]$/);
});

describe('what already runs in a domain', () => {
  const resourceClaims = [{ name: 'channel', resourceClaimTemplateName: 'g-channel' }];
  /** A pod of one GPU with a claim, which leaves room for others on its tray. */
  const claiming = (name: string, tray: string, metadata: object = {}): Record<string, unknown> => {
    const running = pod(
      name,
      tray,
      { 'nvidia.com/gpu': '1' },
      { labels: { 'kai.scheduler/queue': 'team-b' }, ...metadata },
    );
    return { ...running, spec: { ...(running.spec as object), resourceClaims } };
  };
  const own = { namespace: 'inference', labels: { 'nvidia.com/dynamo-graph-deployment-name': 'g' } };
  const used = (pods: readonly Record<string, unknown>[]): string[] => {
    const placements = Object.entries(planned(fleetWith(small, onKai, Backend.vllm(), pods)));
    return placements.flatMap(([path, names]) => (path.startsWith('compute-domain/') ? names : [])).sort();
  };

  test("another pod's channel is its node's only one", () => {
    expect(used([claiming('other', 't1')])).toEqual(['t4', 't5', 't6']);
    expect(used([claiming('other', 't4')])).toEqual(['t1', 't2', 't3']);
  });

  test('with too few trays left in every domain the graph is refused, for want of channels', () => {
    const [refusal] = failure(
      fleetWith(small, onKai, Backend.vllm(), [claiming('a', 't1'), claiming('b', 't4')]),
    ).filter(({ severity }) => severity === 'error');
    expect(refusal?.code).toMatch(/^BAY320[23]$/);
    expect(JSON.stringify(refusal)).toContain('compute-domain-channel');
  });

  test("the channels of its own pods, and the driver's daemons beside them, take nothing", () => {
    const daemon = claiming('computedomain-daemon-0b3c-x', 't1', {
      namespace: 'nvidia-dra-driver-gpu',
      labels: { 'resource.nvidia.com/computeDomain': '0b3c', 'kai.scheduler/queue': 'team-b' },
    });
    const pods = [claiming('g-0', 't1', own), daemon, claiming('other', 't5')];
    expect(used(pods)).toEqual(['t1', 't2', 't3']);
  });

  test('a graph without a domain may share the tray', () => {
    const fleet = testFleet();
    const inventory = Inventory.fromObjects({
      nodes: list([node('t1', { gpus: 4 })]),
      pods: list([claiming('a', 't1')]),
    });
    const cluster = new Cluster(fleet, 'test', { stack: onKai, inventory, topology: topology() });
    new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), worker: { gpus: 2 } });
    expect(fleet.compile().diagnostics.map(({ code }) => code)).toEqual(['BAY1020']);
  });
});

test('an operator that passes no claims on is refused', () => {
  expect(errorCodes(fleetWith(small, Stack.of({ dynamo: '0.5.1', kai: '0.17.0' })))).toEqual(['BAY2056']);
});

describe('engine options in a file', () => {
  const engineConfig = { max_batch_size: 32, kv_cache_config: { free_gpu_memory_fraction: 0.85 } };
  const workers = { prefill: { gpus: 2, engineConfig }, decode: { gpus: 2 } };

  test('are a ConfigMap, mounted and passed, and their hash is on the pods', () => {
    const { files } = fleetWith(workers, onKai, Backend.tensorrtLlm()).compile();
    const { data } = parse(files.get('test/graphs/g/configmap-inference-g-prefill-engine.yaml') ?? '') as {
      data: Record<string, string>;
    };
    expect(parse(data['engine.yaml'] ?? '')).toEqual(engineConfig);
    const graph = files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
    expect(graph).toMatch(/--extra-engine-args\n\s+- \/engine-config\/engine.yaml/);
    expect(graph).toMatch(/bayplan.dev\/engine-config: sha256:[0-9a-f]{64}/);
  });

  test('are refused for an engine that reads none', () => {
    expect(errorCodes(fleetWith(workers))).toEqual(['BAY2057']);
  });
});
