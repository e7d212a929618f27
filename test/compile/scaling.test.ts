import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import {
  Backend,
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  ModelCache,
  PlannerSettings,
  Queue,
  Stack,
  type DynamoGraphProps,
} from '../../lib';
import { plannerBudget } from '../../lib/backends/dynamo/planner';
import type { StackVersions } from '../../lib/backends/stacks';
import type { ComponentSpec, GraphSpec } from '../../lib/model/graph';
import { errorCodes, failure, graphDefaults, list, nodes, pins, topology } from '../support/fleet';
import { expectGolden } from '../support/golden';
import { testFleet } from '../support/pins';

/** Replicas that Git leaves to the cluster: as a range, with Dynamo's planner or an autoscaler of the user's. */

const onKai: StackVersions = { dynamo: '1.5.0', kai: '0.17.0' };
const before: StackVersions = { dynamo: '1.4.2', kai: '0.17.0' };
const early: StackVersions = { dynamo: '0.5.1', kai: '0.17.0' };
const onGrove: StackVersions = { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' };
const onRunai: StackVersions = { dynamo: '1.5.0', runai: '3.0' };

//     r1             r2
// n1 n2 n3       n4 n5 n6      8 GPUs each
const racks = [...nodes(['n1', 'n2', 'n3'], { rack: 'r1' }), ...nodes(['n4', 'n5', 'n6'], { rack: 'r2' })];

function fleetOn(versions: StackVersions, props: Partial<DynamoGraphProps>, quota?: number): Fleet {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(racks) });
  const cluster = new Cluster(fleet, 'test', { stack: Stack.of(versions), inventory, topology: topology() });
  const isRunai = versions.runai !== undefined;
  const queue = new Queue(cluster, 'team-a', quota === undefined ? {} : { gpu: { quota } });
  const namespace = isRunai ? 'runai-team-a' : 'inference';
  new DynamoGraph(cluster, 'g', { ...graphDefaults(queue), namespace, ...props });
  return fleet;
}

function graphOf(fleet: Fleet): DynamoGraph {
  const graph = fleet.node.findAll().find((construct) => DynamoGraph.isGraph(construct));
  if (!graph) throw new Error('no graph');
  return graph;
}

const sla = PlannerSettings.sla({ ttftMs: 500, itlMs: 50, by: 'both', throughputIntervalSeconds: 60, sweep: 'none' });
const profiled = PlannerSettings.profiled({
  ttftMs: 500,
  itlMs: 50,
  inputTokens: 3000,
  outputTokens: 150,
  intervalSeconds: 60,
  results: { claim: 'profiles', path: 'h100' },
});

const range = { min: 1, max: 3 };
const halves = { prefill: { gpus: 4, replicas: range }, decode: { gpus: 8, replicas: range } };
/** Names that the planner of 0.5.1 knows workers by. */
const named = {
  prefill: { ...halves.prefill, name: 'VllmPrefillWorker' },
  decode: { ...halves.decode, name: 'VllmDecodeWorker' },
};
const planner = { settings: sla, maxGpuBudget: 36, cpu: 2, memory: '4Gi' };
const aside = { placement: { required: Level.zone() }, modelCache: ModelCache.existing('weights') };

interface Component extends Record<string, unknown> {
  readonly name: string;
  readonly podTemplate: {
    readonly spec: { readonly containers: readonly { readonly args: string[]; readonly image: string }[] };
  };
}

function components(fleet: Fleet, namespace = 'inference'): Record<string, Component> {
  const text = fleet.compile().files.get(`test/graphs/g/dynamographdeployment-${namespace}-g.yaml`) ?? '';
  const { spec } = parse(text) as { spec: { components: Component[] } };
  return Object.fromEntries(spec.components.map((component) => [component.name, component]));
}

function configOf(fleet: Fleet): Record<string, unknown> {
  const [container] = components(fleet).planner?.podTemplate.spec.containers ?? [];
  expect(container?.args[0]).toBe('--config');
  return JSON.parse(container?.args[1] ?? '') as Record<string, unknown>;
}

describe('the whole tree', () => {
  test('of a planner on a PodGroup of ours', () => {
    expectGolden('scaling/dynamo-1.5', fleetOn(onKai, { ...aside, ...halves, planner }).compile().files);
  });

  test('of a planner on Dynamo 0.5.1, which brings its Prometheus and patches the graph itself', () => {
    const props = { ...named, planner: { settings: profiled, maxGpuBudget: 36, cpu: 2, memory: '4Gi' } };
    expectGolden('scaling/dynamo-0.5.1', fleetOn(early, props).compile().files);
  });

  test('of a planner on Grove, with replicas of two nodes', () => {
    const decode = { gpus: 8, replicas: { min: 1, max: 2 }, multinode: { nodes: 2, required: Level.rack() } };
    const props = { prefill: { gpus: 4 }, decode, planner: { settings: PlannerSettings.latency(), cpu: 1 } };
    expectGolden('scaling/grove', fleetOn(onGrove, props).compile().files);
  });
});

describe('a range', () => {
  test('leaves replicas out and sets the scaling adapter; everything else states its replicas', () => {
    const { frontend, prefill, decode } = components(fleetOn(onKai, { ...halves, planner }));
    for (const scaled of [prefill, decode]) {
      expect(scaled).not.toHaveProperty('replicas');
      expect(scaled).toHaveProperty('scalingAdapter', {});
    }
    expect(frontend).toHaveProperty('replicas', 1);
    expect(frontend).not.toHaveProperty('scalingAdapter');
  });

  test('has the gang wait for what the operator makes at first, whatever the least', () => {
    const wide = { min: 2, max: 3 };
    const fleet = fleetOn(onKai, { prefill: { gpus: 4 }, decode: { gpus: 8, replicas: wide } });
    const group = parse(fleet.compile().files.get('test/graphs/g/podgroup-inference-inference.g.yaml') ?? '') as {
      spec: { subGroups: { name: string; minMember: number }[] };
    };
    expect(group.spec.subGroups.map(({ name, minMember }) => [name, minMember])).toEqual([
      ['frontend', 1],
      ['prefill', 1],
      ['decode', 1],
    ]);
  });

  test('is planned and pinned at its most, and refused where that has no room', () => {
    const worker = (max: number) => ({ worker: { gpus: 8, replicas: { min: 1, max } } });
    expect(pins(fleetOn(onKai, worker(6)).compile(), 'test/g').worker).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
    expect(errorCodes(fleetOn(onKai, worker(7)))[0]).toMatch(/^BAY32/);
  });

  test('counts in the queue at its most', () => {
    const worker = { gpus: 8, replicas: { min: 1, max: 3 } };
    expect(failure(fleetOn(onKai, { worker }, 16))).toMatchObject([
      { code: 'BAY2072', message: 'queue "team-a" has a gpu quota of 16, and its graphs need 24' },
    ]);
  });

  test('needs no planner: an autoscaler of the user scales frontends as well', () => {
    const { frontend } = components(fleetOn(onKai, { frontend: { replicas: range }, worker: { gpus: 1 } }));
    expect(frontend).toMatchObject({ scalingAdapter: {} });
    expect(JSON.stringify(frontend?.podTemplate)).toContain('podAntiAffinity');
  });

  test('on Grove has a minimum of one from the first day, for pods and for replicas of several', () => {
    const decode = { gpus: 8, replicas: { min: 1, max: 2 }, multinode: { nodes: 2 } };
    const { prefill, decode: large } = components(
      fleetOn(onGrove, { prefill: { gpus: 4, replicas: { min: 2, max: 2 } }, decode }),
    );
    expect([prefill?.minAvailable, large?.minAvailable]).toEqual([1, 1]);
  });

  test('on Run:ai leaves replicas out as well', () => {
    const { worker } = components(fleetOn(onRunai, { worker: { gpus: 1, replicas: range } }), 'runai-team-a');
    expect(worker).not.toHaveProperty('replicas');
    expect(worker).toHaveProperty('scalingAdapter');
  });

  test('is told by what holds it', () => {
    const held = (props: Partial<DynamoGraphProps>) =>
      fleetOn(onKai, { ...halves, ...props })
        .compile()
        .guarantees.map(({ component, asked, heldBy }) => [[component, asked].join(' ').trim(), heldBy]);
    expect(held({ planner: { ...planner, maxGpuBudget: 15 } })).toEqual([
      ['all pods or none, of what is scaled the first replica', ['PodGroup minima']],
      ['never evicted', ['PodGroup preemptibility', 'priority class']],
      ['prefill at most 3 replicas', ['planner budget']],
      ['prefill replicas beyond the first where planned', ['pins']],
      ['decode at most 3 replicas', ['planner budget']],
      ['decode replicas beyond the first where planned', ['pins']],
    ]);
    expect(held({ planner })).toContainEqual(['decode at most 3 replicas', []]);
    expect(held({})).toContainEqual(['decode at most 3 replicas', []]);
  });
});

describe('a range that makes no sense', () => {
  test.each([
    [{ min: 3, max: 1 }, 'write { min: 1, max: 3 }'],
    [{ min: 0, max: 2 }, 'write { min: 1, max: 4 }, with numbers of yours'],
    [{ min: -1, max: 2 }, 'write { min: 1, max: 4 }, with numbers of yours'],
    [{ min: 1, max: 2.5 }, 'write { min: 1, max: 4 }, with numbers of yours'],
    [{ min: 1, max: Infinity }, 'write { min: 1, max: 4 }, with numbers of yours'],
  ])('%j is refused', (replicas, help) => {
    expect(failure(fleetOn(onKai, { worker: { gpus: 1, replicas } }))).toMatchObject([{ code: 'BAY2080', help }]);
  });

  test('pins by replica, and ComputeDomains, are of a fixed number', () => {
    const pinned = { worker: { gpus: 1, replicas: range, pinning: 'replica' as const } };
    expect(errorCodes(fleetOn(onKai, pinned))).toEqual(['BAY2081']);
    const computeDomain = { level: Level.rack() };
    expect(errorCodes(fleetOn(onKai, { worker: { gpus: 1, replicas: range }, computeDomain }))).toEqual(['BAY2082']);
  });

  test('decode workers that may all be in another domain than prefill, where transfers stay within one', () => {
    const props = {
      kvTransfer: { level: Level.rack() },
      prefill: { gpus: 4, replicas: 2, placement: { required: Level.rack() } },
      decode: { gpus: 8, replicas: { min: 1, max: 4 } },
    };
    expect(failure(fleetOn(onKai, props))).toMatchObject([
      {
        code: 'BAY4031',
        notes: ['decode workers are in r1, r2', 'with fewer replicas than their most, they may all be in another'],
      },
    ]);
    const together = { ...props, decode: { gpus: 8, replicas: { min: 1, max: 2 } } };
    const placement = { required: Level.rack() };
    expect(fleetOn(onKai, { ...together, placement }).compile().diagnostics).toEqual([]);
  });

  test.each([
    ['replicas beside the adapter', JsonPatch.add('/spec/components/1/replicas', 1), ['BAY4020']],
    ['no adapter', JsonPatch.remove('/spec/components/1/scalingAdapter'), ['BAY4020']],
    ['an adapter on fixed replicas', JsonPatch.add('/spec/components/0/scalingAdapter', {}), ['BAY4020']],
    ['no replicas where they are fixed', JsonPatch.remove('/spec/components/0/replicas'), ['BAY4020']],
  ])('a patch: %s is refused', (_, patch, codes) => {
    const fleet = fleetOn(onKai, { worker: { gpus: 1, replicas: range } });
    graphOf(fleet).deployment.addJsonPatch(patch);
    expect(errorCodes(fleet)).toEqual(codes);
  });

  test('a patch: a gang that waits for more than is made at first is refused', () => {
    const fleet = fleetOn(onKai, { worker: { gpus: 1, replicas: range } });
    graphOf(fleet).podGroup?.addJsonPatch(JsonPatch.replace('/spec/subGroups/1/minMember', 3));
    expect(failure(fleet)).toMatchObject([
      { code: 'BAY4011', notes: ['the whole gang would never start'], data: { minMember: 3, pods: 1 } },
    ]);
  });
});

describe('the planner', () => {
  test('is a component of its own type and image, in the gang and pinned', () => {
    const compiled = fleetOn(onKai, { ...halves, planner });
    const { planner: component } = components(compiled);
    expect(component).toMatchObject({ type: 'planner', replicas: 1 });
    expect(component?.podTemplate.spec.containers[0]?.image).toBe('nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.5.0');
    expect(pins(compiled.compile(), 'test/g').planner).toHaveLength(1);
  });

  test('is told its times with their units, and what it scales', () => {
    expect(configOf(fleetOn(onKai, { ...halves, planner: { settings: sla, maxGpuBudget: 15 } }))).toEqual({
      environment: 'kubernetes',
      backend: 'vllm',
      mode: 'disagg',
      optimization_target: 'sla',
      max_gpu_budget: 15,
      min_endpoint: 1,
      ttft_ms: 500,
      itl_ms: 50,
      enable_throughput_scaling: true,
      enable_load_scaling: true,
      throughput_adjustment_interval_seconds: 60,
      pre_deployment_sweeping_mode: 'none',
    });
  });

  test('of Dynamo 1.4 has the keys without units', () => {
    const keys = Object.keys(configOf(fleetOn(before, { ...halves, planner })));
    expect(keys).toEqual(expect.arrayContaining(['ttft', 'itl', 'throughput_adjustment_interval']));
    expect(keys.filter((key) => /_(ms|seconds)$/.test(key))).toEqual([]);
  });

  test.each([
    ['only decode', { prefill: { gpus: 4 }, decode: { gpus: 8, replicas: { min: 2, max: 4 } } }, 'decode', 32, 2],
    ['only prefill', { prefill: { gpus: 4, replicas: { min: 1, max: 2 } }, decode: { gpus: 8 } }, 'prefill', 8, 1],
    ['workers that do both', { worker: { gpus: 2, replicas: { min: 1, max: 8 } } }, 'agg', 16, 1],
  ])('scales %s with the GPUs of their most', (_, workers, mode, budget, least) => {
    const fleet = fleetOn(onKai, { ...workers, planner: { settings: PlannerSettings.throughput() } });
    expect(configOf(fleet)).toMatchObject({ mode, max_gpu_budget: budget, min_endpoint: least });
    expect(fleet.compile().diagnostics).toEqual([]);
  });

  test('finds workers that do both as decode workers, and every worker by the name of its model', () => {
    const props = { backend: Backend.sglang(), worker: { gpus: 1, replicas: range } };
    const { worker } = components(fleetOn(onKai, { ...props, planner: { settings: PlannerSettings.throughput() } }));
    expect(worker?.type).toBe('decode');
    expect(worker?.podTemplate.spec.containers[0]?.args.join(' ')).toContain('--served-model-name example/model');
  });

  test('scales by thresholds of the user, for each kind of worker that it scales', () => {
    const settings = PlannerSettings.load({
      prefillQueueTokens: { up: 8000, down: 1000 },
      decodeCachePercent: { up: 80, down: 40 },
    });
    expect(configOf(fleetOn(onKai, { ...halves, planner: { settings, maxGpuBudget: 15 } }))).toMatchObject({
      prefill_scale_up_queue_tokens: 8000,
      prefill_scale_down_queue_tokens: 1000,
      decode_scale_up_kv_rate: 80,
      decode_scale_down_kv_rate: 40,
    });
  });

  test('of 0.5.1 is told its times in seconds, and where its profile is', () => {
    const files = fleetOn(early, { ...named, planner: { settings: profiled, maxGpuBudget: 36 } }).compile().files;
    const text = files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
    for (const flag of ['--ttft=0.5', '--itl=0.05', '--max-gpu-budget=36', '--prefill-engine-num-gpu=4']) {
      expect(text).toContain(flag);
    }
    expect(text).toContain('--profile-results-dir=/profiling-results/h100');
    expect(text).toContain('g-frontend:8000');
    expect(text).not.toMatch(/scalingAdapter/);
  });

  test('warns of a budget with which one worker may have what was planned for another, until one is said', () => {
    const codes = (maxGpuBudget?: number) =>
      fleetOn(onKai, { ...halves, planner: { settings: sla, maxGpuBudget } })
        .compile()
        .diagnostics.map(({ code, help }) => [code, help]);
    expect(codes()).toEqual([
      ['BAY2087', 'say maxGpuBudget: 23, with which none outgrows its plan, or 36 to accept it'],
    ]);
    expect(codes(23)).toEqual([]);
    expect(codes(36)).toEqual([]);
  });

  test('with the safe budget gives no worker more than was planned, and with one GPU more it could', () => {
    const part = (role: 'prefill' | 'decode', gpus: number, min: number, max: number) =>
      ({ role, gpus, nodes: 1, replicas: max, scaled: { min } }) as Partial<ComponentSpec>;
    for (const [a, b] of [
      [part('prefill', 4, 1, 3), part('decode', 8, 1, 3)],
      [part('prefill', 1, 2, 5), part('decode', 3, 2, 2)],
      [part('prefill', 2, 1, 1), part('decode', 2, 1, 6)],
    ] as const) {
      // only what a budget is made of
      const { safe, planned } = plannerBudget({ components: [a, b], planner: {} } as unknown as GraphSpec);
      const most = (budget: number, self: Partial<ComponentSpec>, other: Partial<ComponentSpec>): number =>
        Math.floor((budget - (other.scaled?.min ?? 0) * (other.gpus ?? 0)) / (self.gpus ?? 1));
      const outgrows = (budget: number): boolean =>
        most(budget, a, b) > (a.replicas ?? 0) || most(budget, b, a) > (b.replicas ?? 0);
      expect(outgrows(safe)).toBe(false);
      expect(safe === planned || outgrows(safe + 1)).toBe(true);
    }
  });
});

describe('a planner that cannot work', () => {
  const reject = (versions: StackVersions, props: Partial<DynamoGraphProps>): string[] =>
    errorCodes(fleetOn(versions, props));
  const simple = { settings: PlannerSettings.throughput(), maxGpuBudget: 15 };

  test('without anything to scale', () => {
    expect(reject(onKai, { worker: { gpus: 1 }, planner: simple })).toEqual(['BAY2083']);
  });

  test('with settings of another version', () => {
    expect(reject(onKai, { ...halves, planner: { ...simple, settings: profiled } })).toEqual(['BAY2084']);
    expect(reject(early, { ...named, planner: simple })).toEqual(['BAY2084']);
    const asking = { settings: profiled, maxGpuBudget: 36, prometheus: 'http://prometheus.monitoring:9090' };
    expect(reject(early, { ...named, planner: asking })).toEqual(['BAY2084']);
  });

  test.each([
    ['a time of 0', PlannerSettings.sla({ ttftMs: 0, itlMs: 50 }), 'ttftMs'],
    ['an interval of half a second', PlannerSettings.throughput({ loadIntervalSeconds: 0.5 }), 'loadIntervalSeconds'],
    [
      'decisions by load less often than by traffic',
      PlannerSettings.sla({ ttftMs: 1, itlMs: 1, by: 'both', throughputIntervalSeconds: 5 }),
      'loadIntervalSeconds',
    ],
    [
      'thresholds that cross',
      PlannerSettings.load({ prefillQueueTokens: { up: 1, down: 2 }, decodeCachePercent: { up: 2, down: 1 } }),
      'prefillQueueTokens',
    ],
    ['no threshold', PlannerSettings.load({ prefillQueueTokens: { up: 2, down: 1 } }), 'decodeCachePercent'],
  ])('with %s', (_, settings, name) => {
    expect(failure(fleetOn(onKai, { ...halves, planner: { ...simple, settings } }))).toMatchObject([
      { code: 'BAY2086', where: { pointer: `planner.settings.${name}` } },
    ]);
  });

  test.each([37, 11, 12.5])('with a budget of %d GPUs, where its workers have from 12 to 36', (maxGpuBudget) => {
    expect(reject(onKai, { ...halves, planner: { ...simple, maxGpuBudget } })).toEqual(['BAY2086']);
  });

  test('with two components of one type, or replicas that are components', () => {
    const decode = ['a', 'b'].map((name) => ({ name, gpus: 4, replicas: { min: 1, max: 2 } }));
    expect(reject(onKai, { prefill: { gpus: 4 }, decode, planner: simple })).toEqual(['BAY2085']);
    const fixed = { gpus: 2, replicas: 2, pinning: 'replica' as const };
    const both = { prefill: fixed, decode: { gpus: 4, replicas: range }, planner: { settings: simple.settings } };
    expect(fleetOn(onKai, both).compile().diagnostics).toEqual([]);
  });

  test('with two leasts', () => {
    const decode = { gpus: 8, replicas: { min: 2, max: 3 } };
    expect(failure(fleetOn(onKai, { ...halves, decode, planner: { ...simple, maxGpuBudget: 36 } }))).toMatchObject([
      { code: 'BAY2085', help: 'give both min: 1' },
    ]);
  });

  test('with replicas of several nodes, whose GPUs that of 1.4 does not count', () => {
    const stack = { dynamo: '1.4.2', grove: '0.1.0-alpha.12', kai: '0.17.0' };
    const decode = { gpus: 8, replicas: { min: 1, max: 2 }, multinode: { nodes: 2 } };
    const props = { prefill: { gpus: 4 }, decode, planner: { settings: PlannerSettings.throughput() } };
    expect(reject(stack, props)).toEqual(['BAY2085']);
  });

  test('on 0.5.1 with names that it does not know, or with half of what it scales', () => {
    const own = { settings: profiled, maxGpuBudget: 36 };
    expect(reject(early, { ...halves, planner: own })).toEqual(['BAY2085', 'BAY2085']);
    const prefill = { gpus: 4, name: 'VllmPrefillWorker' };
    expect(reject(early, { ...named, prefill, planner: { settings: profiled } })).toEqual(['BAY2085']);
  });

  test('with an image that says no version', () => {
    expect(reject(onKai, { ...halves, planner: { ...simple, image: 'registry.example/planner:latest' } })).toEqual([
      'BAY2042',
    ]);
  });
});
