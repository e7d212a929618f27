import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  Backend,
  Cluster,
  DiagnosticError,
  DynamoGraph,
  Fleet,
  Inventory,
  Model,
  ModelCache,
  PinWaiver,
  Queue,
  Stack,
  type ClusterProps,
  type Diagnostic,
  type DynamoGraphProps,
  type PinWaiverProps,
} from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { emptyLock, lockText, type Lock } from '../../lib/pins/lock';
import { failure, graphDefaults, list, node, topology } from '../support/fleet';
import { chartImages } from '../support/pins';

/** What has no digest is refused, wherever it comes from; what has one in the lock is written with it. */

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-pins-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const commit = 'c'.repeat(40);
const runtime = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0';
const kai = 'oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler:v0.17.0';

/** What the charts of the fleet below run. */
const brought = chartImages({ 'kai-scheduler': '0.17.0', 'dynamo-platform': '1.5.0' }, other);

/** All that the fleet below wants. */
const complete: Partial<Lock> = {
  images: { ...brought, [runtime]: { digest, platforms: ['linux/amd64'] } },
  charts: { [kai]: { digest } },
};

interface World {
  readonly lock?: Partial<Lock>;
  readonly waivers?: readonly PinWaiverProps[];
  readonly cluster?: Partial<ClusterProps>;
  readonly graph?: Partial<DynamoGraphProps>;
  readonly stack?: StackVersions;
  /** Architecture of the nodes; n2 has another one where there are two. */
  readonly architectures?: readonly string[];
  readonly add?: (cluster: Cluster, graph: DynamoGraph) => void;
}

function fleetOf(world: World): Fleet {
  const { lock, waivers = [], stack = { dynamo: '1.5.0', kai: '0.17.0' }, architectures = ['amd64'] } = world;
  const lockFile = join(folder, 'test.lock.yaml');
  if (lock) writeFileSync(lockFile, lockText({ ...emptyLock, ...lock }));
  const fleet = new Fleet();
  const nodes = ['n1', 'n2'].map((name, i) =>
    node(name, { labels: { 'kubernetes.io/arch': architectures[i] ?? architectures[0] ?? '' } }),
  );
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of(stack),
    inventory: Inventory.fromObjects({ nodes: list(nodes) }),
    topology: topology(),
    lock: lockFile,
    ...world.cluster,
  });
  const namespace = stack.runai === undefined ? 'inference' : 'runai-team-a';
  const props = { ...graphDefaults(new Queue(cluster, 'team-a')), namespace, worker: { gpus: 1 } };
  const graph = new DynamoGraph(cluster, 'g', { ...props, ...world.graph });
  waivers.forEach((waiver, i) => new PinWaiver(fleet, `waiver-${i}`, waiver));
  world.add?.(cluster, graph);
  return fleet;
}

/** What a compile says of pins, without places. */
function findings(world: World): Pick<Diagnostic, 'code' | 'message'>[] {
  return failure(fleetOf(world)).map(({ code, message }) => ({ code, message }));
}

function file(fleet: Fleet, name: string): Record<string, unknown> {
  const found = [...fleet.compile().files].find(([path]) => path.endsWith(`/${name}`))?.[1] ?? '';
  return parse(found) as Record<string, unknown>; // what we write is a map
}

const deployment = (image: string) => (scope: Construct) => {
  new ApiObject(scope, 'app', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'inference' },
    spec: { template: { spec: { containers: [{ name: 'main', image }] } } },
  });
};

test('without a lock each image and chart is refused once, with the objects that name it and the command to run', () => {
  const found = failure(fleetOf({}));
  const [chart, image, ...rest] = found.filter(({ message }) => !Object.keys(brought).some((name) => message.includes(name))); // prettier-ignore
  expect(rest).toEqual([]);
  expect(found.length - 2).toBe(Object.keys(brought).length);
  expect(chart).toMatchObject({ code: 'BAY6024', where: { construct: 'test/flux/OCIRepository-kai-scheduler' } });
  expect(image).toMatchObject({
    code: 'BAY6022',
    message: expect.stringMatching(`^image "${runtime}" has no digest in .*test.lock.yaml$`) as string,
    where: { construct: 'test/g/Resource', pointer: 'spec.components[0].podTemplate.spec.containers[0].image' },
    notes: ['named by DynamoGraphDeployment "g" in namespace "inference"'],
    help: `run bayplan lock, which looks it up and keeps it; where that cannot be done, say why: new PinWaiver(cluster, 'id', { image: '${runtime}', reason: '…' })`,
  });
});

test('what is locked is written behind the tag, and in the source of the chart beside it', () => {
  const fleet = fleetOf({ lock: complete });
  expect(fleet.compile().diagnostics).toEqual([]);
  const text = JSON.stringify(file(fleet, 'dynamographdeployment-inference-g.yaml'));
  expect(text.match(/"image":"[^"]*"/g)).toEqual(Array(2).fill(`"image":"${runtime}@${digest}"`));
  expect(file(fleet, 'ocirepository-flux-system-kai-scheduler.yaml')).toMatchObject({
    spec: { ref: { tag: 'v0.17.0', digest } },
  });
  expect(fleet.compile().loose).toEqual({
    waived: 0,
    unpinnable: ['https://helm.ngc.nvidia.com/nvidia/ai-dynamo dynamo-platform 1.5.0'],
    notKnown: [],
  });
});

test("a user's own objects and patches are held to the same", () => {
  const patched = (cluster: Cluster, graph: DynamoGraph): void => {
    deployment('registry.example/app:2.0.0')(cluster);
    const path = '/spec/components/1/podTemplate/spec/containers/0/image';
    graph.deployment.addJsonPatch(JsonPatch.replace(path, 'registry.example/patched:1.5.0'));
  };
  expect(findings({ lock: complete, add: patched }).map(({ message }) => message.split('"')[1])).toEqual([
    'registry.example/patched:1.5.0',
    'registry.example/app:2.0.0',
  ].sort()); // prettier-ignore
});

test.each([
  ['registry.example/app:latest', 'image "registry.example/app:latest" has the tag latest and no digest'],
  ['registry.example/app', 'image "registry.example/app" has no tag and no digest'],
  ['nginx', 'image "nginx" has no tag and no digest'],
])('%s in a container is refused, and no waiver helps', (image, message) => {
  const found = findings({ lock: complete, add: deployment(image), waivers: [{ image, reason: 'why not' }] });
  expect(found.map(({ code }) => code)).toEqual(['BAY6023', 'BAY6029']);
  expect(found[0]?.message).toBe(message);
});

test('no reference at all is refused too', () => {
  expect(findings({ lock: complete, add: deployment('Registry.example/App:1 0') })).toMatchObject([
    { code: 'BAY6001' },
  ]);
});

test('latest with a digest is that digest', () => {
  const fleet = fleetOf({ lock: complete, add: deployment(`registry.example/app:latest@${digest}`) });
  expect(fleet.compile().diagnostics).toEqual([]);
  const [text = ''] = fleet.compile().locks.values();
  expect(parse(text)).toMatchObject({
    images: { [`registry.example/app:latest@${digest}`]: { digest, platforms: 'unknown' } },
  });
});

describe('charts of users', () => {
  const release = (scope: Construct, spec: object): void => {
    const metadata = { name: 'app', namespace: 'apps' };
    new ApiObject(scope, 'release', { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata, spec });
  };
  const source = (scope: Construct, kind: string, spec: object): void => {
    const metadata = { name: 'app', namespace: 'apps' };
    new ApiObject(scope, 'source', { apiVersion: 'source.toolkit.fluxcd.io/v1', kind, metadata, spec });
  };
  const fromOci = (ref: object) => (scope: Construct) => {
    release(scope, { chartRef: { kind: 'OCIRepository', name: 'app' }, values: {} });
    source(scope, 'OCIRepository', { url: 'oci://registry.example/charts/app', ref });
  };
  const fromRepository = (version: string | undefined, url: string) => (scope: Construct) => {
    release(scope, { chart: { spec: { chart: 'app', version, sourceRef: { kind: 'HelmRepository', name: 'app' } } } });
    source(scope, 'HelmRepository', { url });
  };

  test('from an OCI registry they want a digest, whatever says that they are charts', () => {
    expect(findings({ lock: complete, add: fromOci({ tag: '1.2.3' }) })).toMatchObject([
      { code: 'BAY6024', message: expect.stringContaining('"oci://registry.example/charts/app:1.2.3"') as string },
    ]);
  });

  test.each([
    [{ semver: '^1.2' }, 'it is taken in any version of "^1.2"'],
    [{ tag: 'latest' }, 'it is taken as whatever is latest'],
    [{}, 'it is taken as whatever is latest'],
  ])('ref %j is no one version', (ref, why) => {
    const found = findings({ lock: complete, add: fromOci(ref) });
    expect(found).toMatchObject([{ code: 'BAY6025', message: expect.stringContaining(why) as string }]);
  });

  test('a digest of their own is enough', () => {
    const fleet = fleetOf({ lock: complete, add: fromOci({ digest: other }) });
    expect(fleet.compile().diagnostics).toEqual([]);
    expect(parse([...fleet.compile().locks.values()][0] ?? '')).toMatchObject({
      charts: { [`oci://registry.example/charts/app@${other}`]: { digest: other } },
    });
  });

  test.each([
    ['>=1.2', 'it is taken in any version of ">=1.2"'],
    [undefined, 'it is taken as whatever is latest'],
  ])('from a plain repository, version %s is no one version', (version, why) => {
    const found = findings({ lock: complete, add: fromRepository(version, 'https://charts.example') });
    expect(found).toMatchObject([{ code: 'BAY6025', message: expect.stringContaining(why) as string }]);
  });

  test('from a plain repository one version is recorded, and told as not pinned', () => {
    const { loose } = fleetOf({ lock: complete, add: fromRepository('1.2.3', 'https://charts.example/') }).compile();
    expect(loose.unpinnable).toContain('https://charts.example app 1.2.3');
  });
});

describe("charts of Dynamo from one's own registry", () => {
  const cluster = { flux: { charts: { dynamo: 'oci://registry.example/charts' } } };
  const charts = { [kai]: { digest }, 'oci://registry.example/charts/dynamo-platform:1.5.0': { digest: other } };

  test('are pinned like the others', () => {
    const fleet = fleetOf({ cluster, lock: { ...complete, charts } });
    expect(fleet.compile().loose).toEqual({ waived: 0, unpinnable: [], notKnown: [] });
    expect(fleet.compile({ frozen: false }).diagnostics).toEqual([]);
    expect(file(fleet, 'ocirepository-flux-system-dynamo-platform.yaml')).toMatchObject({
      spec: { url: 'oci://registry.example/charts/dynamo-platform', ref: { tag: '1.5.0', digest: other } },
    });
    expect(file(fleet, 'helmrelease-flux-system-dynamo-platform.yaml')).toMatchObject({
      spec: { chartRef: { kind: 'OCIRepository', name: 'dynamo-platform' } },
    });
    expect([...fleet.compile().files.keys()].filter((path) => path.includes('helmrepository'))).toEqual([]);
  });

  test('there are two before 1.0', () => {
    const found = findings({ cluster, stack: { dynamo: '0.5.1', kai: '0.17.0' }, lock: complete });
    const charts = found.filter(({ code }) => code === 'BAY6024');
    expect(charts.map(({ message }) => message.split('"')[1])).toEqual([
      'oci://registry.example/charts/dynamo-crds:0.5.1',
      'oci://registry.example/charts/dynamo-platform:0.5.1',
    ]);
  });

  test('an address that is none is refused', () => {
    const wrong = { flux: { charts: { dynamo: 'https://registry.example/charts' } } };
    expect(failure(fleetOf({ cluster: wrong }))).toMatchObject([
      { code: 'BAY6001', where: { pointer: 'flux.charts.dynamo' } },
    ]);
  });
});

describe('models', () => {
  const graph = { model: Model.huggingFace('example/model'), modelCache: ModelCache.volume({ size: '1Gi' }) };
  const branch = { ...graph, model: Model.huggingFace('example/model', { revision: 'v1' }) };

  test.each([
    [graph, 'example/model'],
    [branch, 'example/model@v1'],
  ])('without a whole commit they have to be locked: %#', (props, name) => {
    expect(findings({ lock: complete, graph: props })).toMatchObject([
      { code: 'BAY6026', message: expect.stringContaining(`model "${name}" has no commit`) as string },
    ]);
    const fleet = fleetOf({ lock: { ...complete, models: { [name]: { revision: commit } } }, graph: props });
    const { files, diagnostics } = fleet.compile();
    expect(diagnostics).toEqual([]);
    const job = [...files].find(([path]) => path.includes('job-inference-g-model-cccccccccccc'))?.[1] ?? '';
    expect(job).toContain(`--revision\n            - ${commit}`);
    const worker = files.get('test/graphs/g/dynamographdeployment-inference-g.yaml');
    expect(worker).toContain(`models--example--model/snapshots/${commit}`);
  });

  test('a lock entry moves no pod and no content of a placement', () => {
    const models = { 'example/model': { revision: commit } };
    const placements = (lock: Partial<Lock>, waivers: readonly PinWaiverProps[] = []): unknown => {
      const [text = ''] = fleetOf({ lock, graph, waivers }).compile().locks.values();
      return (parse(text) as Lock).placements; // synth wrote it
    };
    const waived = placements(complete, [{ model: 'example/model', reason: 'any will do' }]);
    expect(placements({ ...complete, models })).toEqual(waived);
  });

  test('a waiver wins over the lock, so that the next compile says the same', () => {
    const models = { 'example/model': { revision: commit } };
    const waivers = [{ model: 'example/*', reason: 'any will do' }];
    const fleet = fleetOf({ lock: { ...complete, models }, graph, waivers });
    expect([...fleet.compile().files.values()].join('')).not.toContain(commit);
    expect(parse([...fleet.compile().locks.values()][0] ?? '')).toMatchObject({
      models: { 'example/model': { waived: 'any will do' } },
    });
  });
});

describe('waivers', () => {
  const missing = { ...complete, images: brought };

  test('let an image stay a tag, are kept in the lock with their reason, and are counted', () => {
    const fleet = fleetOf({ lock: missing, waivers: [{ image: runtime, reason: 'no registry\n  is reached' }] });
    const { loose, diagnostics, locks } = fleet.compile();
    expect({ diagnostics, waived: loose.waived }).toEqual({ diagnostics: [], waived: 1 });
    expect(parse([...locks.values()][0] ?? '')).toMatchObject({
      images: { [runtime]: { waived: 'no registry is reached' } },
    });
    expect(JSON.stringify(file(fleet, 'dynamographdeployment-inference-g.yaml'))).toContain(`"image":"${runtime}"`);
  });

  test('hold for what lies below where they are declared', () => {
    const add = (cluster: Cluster, graph: DynamoGraph): void => {
      new PinWaiver(graph, 'here', { image: runtime, reason: 'only this graph' });
      deployment(runtime)(cluster);
    };
    expect(findings({ lock: missing, add }).map(({ code }) => code)).toEqual(['BAY6022', 'BAY6029']);
  });

  test.each<[string, PinWaiverProps, string, string]>([
    [
      'that nothing needs',
      { image: 'gone:1.0.0', reason: 'x' },
      'BAY6029',
      'nothing that is written needs the pin waiver of image "gone:1.0.0"',
    ],
    [
      'without a reason',
      { image: runtime, reason: ' ' },
      'BAY6030',
      `the pin waiver of image "${runtime}" gives no reason`,
    ],
    ['about nothing', { reason: 'x' }, 'BAY6030', 'the pin waiver "waiver-0" names no image, chart or model'],
  ])('%s', (_, waiver, code, message) => {
    const lock = complete;
    const found = code === 'BAY6029' ? fleetOf({ lock, waivers: [waiver] }).compile().diagnostics : findings({ lock, waivers: [waiver] }); // prettier-ignore
    expect(found).toMatchObject([{ code, message }]);
  });

  test('a field that may be no image can be waived where it has no tag', () => {
    const add = (scope: Construct): void => {
      const metadata = { name: 'x', namespace: 'inference' };
      new ApiObject(scope, 'machine', { apiVersion: 'x/v1', kind: 'Machine', metadata, spec: { image: 'ami-0123' } });
    };
    expect(findings({ lock: complete, add })).toMatchObject([{ code: 'BAY6023' }]);
    const waivers = [{ image: 'ami-0123', reason: 'a machine image, by its id' }];
    expect(fleetOf({ lock: complete, add, waivers }).compile().loose.waived).toBe(1);
  });
});

describe('platforms', () => {
  const only = (platforms: readonly string[]): Partial<Lock> => ({ ...complete, images: { ...brought, [runtime]: { digest, platforms } } }); // prettier-ignore

  test('an image that is not made for its nodes is refused, with nodes, architectures and the ways out', () => {
    expect(failure(fleetOf({ lock: only(['linux/amd64', 'windows/arm64']), architectures: ['arm64'] }))).toEqual([
      expect.objectContaining({
        code: 'BAY6028',
        message: `image "${runtime}" is not made for arm64, where 1 of its nodes are`,
        notes: ['its digest is for linux/amd64, windows/arm64', 'arm64: n1'],
      }),
    ]);
  });

  test.each([
    ['for several', ['linux/amd64', 'linux/arm64/v8'], ['arm64', 'amd64']],
    ['for nobody knows which', [], ['arm64']],
  ])('one %s is taken', (_, platforms, architectures) => {
    expect(fleetOf({ lock: only(platforms), architectures }).compile().diagnostics).toEqual([]);
  });
});

describe('frozen', () => {
  /** Compiles, keeps the lock, and compiles again. */
  const frozen = (world: World, how: true | 'strict'): string[] => {
    for (const [path, text] of fleetOf(world).compile().locks) writeFileSync(path, text);
    try {
      fleetOf({ ...world, lock: undefined }).compile({ frozen: how });
      return [];
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      return error.diagnostics.map(({ code, message }) => `${code} ${message}`);
    }
  };
  const waivers = [{ image: '*', chart: '*', reason: 'x' }];

  test('takes waivers, and charts of plain repositories; strict takes neither', () => {
    expect(frozen({ lock: complete }, true)).toEqual([]);
    expect(frozen({ waivers }, true)).toEqual([]);
    expect(frozen({ lock: complete }, 'strict')).toEqual([
      'BAY6031 chart "https://helm.ngc.nvidia.com/nvidia/ai-dynamo dynamo-platform 1.5.0" is not pinned: comes from a plain HTTP repository',
    ]);
    expect(frozen({ waivers }, 'strict').map((line) => line.slice(0, 7))).toEqual(
      Array(Object.keys(brought).length + 3).fill('BAY6031'),
    );
  });
});

test('a graph on Run:ai wants the same', () => {
  const stack = { dynamo: '1.5.0', runai: '3.0' };
  const lock = { images: brought };
  expect(findings({ stack, lock })).toMatchObject([{ code: 'BAY6022' }]);
  const backend = Backend.vllm({ image: `registry.example/vllm-runtime:1.5.0@${digest}` });
  expect(fleetOf({ stack, lock, graph: { backend } }).compile().diagnostics).toEqual([]);
});
