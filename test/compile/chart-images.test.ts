import { ApiObject } from 'cdk8s';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  Cluster,
  DynamoGraph,
  Fleet,
  Inventory,
  PinWaiver,
  Queue,
  Stack,
  type Diagnostic,
  type PinWaiverProps,
} from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { emptyLock, lockText, readLock, type Lock } from '../../lib/pins/lock';
import { summary } from '../../lib/summary';
import { failure, graphDefaults, list, nodes, topology } from '../support/fleet';
import { chartImages } from '../support/pins';

/** Images that nobody names, since charts bring them: they are held to the same as all others. */

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-charts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const kaiImage = (name: string): string => `ghcr.io/kai-scheduler/kai-scheduler/${name}:v0.17.0`;
const operator = 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.5.0';
const initc = 'ghcr.io/ai-dynamo/grove/grove-initc:v0.1.0-alpha.13';
const grove = { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' };
const runtime = 'nvcr.io/nvidia/ai-dynamo/vllm-runtime';

/** All that the charts of a stack with Grove run and that takes a digest. */
const { [initc]: _initc, ...brought } = chartImages(
  { 'kai-scheduler': '0.17.0', 'dynamo-platform': '1.5.0', 'grove-charts': '0.1.0-alpha.13' },
  digest,
);
const waived: PinWaiverProps = { image: initc, reason: 'the operator says\nwhich version it is' };

interface World {
  readonly images?: Lock['images'];
  readonly stack?: StackVersions;
  readonly waivers?: readonly PinWaiverProps[];
  readonly add?: (cluster: Cluster) => void;
}

/** Charts and the graph's own image are waived: this is about the others. */
function fleetOf({ images = brought, stack = grove, waivers = [waived], add }: World): Fleet {
  writeFileSync(lockFile(), lockText({ ...emptyLock, images }));
  return unlocked({ stack, waivers, add });
}

const lockFile = (): string => join(folder, 'test.lock.yaml');

function unlocked({ stack = grove, waivers = [waived], add }: World): Fleet {
  const fleet = new Fleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of(stack),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2'])) }),
    topology: topology(),
    lock: lockFile(),
  });
  new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), worker: { gpus: 1 } });
  new PinWaiver(fleet, 'rest', { chart: '*', image: `${runtime}:*`, reason: 'not what this is about' });
  waivers.forEach((waiver, i) => new PinWaiver(fleet, `waiver-${i}`, waiver));
  add?.(cluster);
  return fleet;
}

const told = (fleet: Fleet): string[] => failure(fleet).map(({ code, message }) => `${code} ${message}`);

/** The values of a release, as they are written. */
function values(fleet: Fleet, release: string): unknown {
  const text = fleet.compile().files.get(`test/controllers/helmrelease-flux-system-${release}.yaml`) ?? '';
  return (parse(text) as { spec: { values: unknown } }).spec.values; // a HelmRelease of ours
}

function release(name: string, chart: object, set: object = {}) {
  return (cluster: Cluster): void => {
    new ApiObject(cluster, `release-${name}`, {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name, namespace: 'apps' },
      spec: { ...chart, values: set },
    });
  };
}

const oci = (url: string, tag: string) => (cluster: Cluster) => {
  new ApiObject(cluster, 'source', {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'app', namespace: 'apps' },
    spec: { url, ref: { tag } },
  });
};

const chartRef = { chartRef: { kind: 'OCIRepository', name: 'app' } };

describe('what is locked', () => {
  test('stands in the values of each release where its chart reads it, beside what the release says itself', () => {
    const fleet = fleetOf({});
    expect(fleet.compile().diagnostics).toEqual([]);
    expect(values(fleet, 'grove')).toEqual({
      config: { topologyAwareScheduling: { enabled: true } },
      image: { tag: `v0.1.0-alpha.13@${digest}` },
      webhookServerSecret: { enabled: false },
    });
    expect(values(fleet, 'dynamo-platform')).toMatchObject({
      'dynamo-operator': { controllerManager: { manager: { image: { tag: `1.5.0@${digest}` } } }, upgradeCRD: true },
    });
    const tag = `v0.17.0@${digest}`;
    expect(values(fleet, 'kai-scheduler')).toMatchObject({
      binder: { image: { tag }, resourceReservationImage: { tag } },
      crdupgrader: { image: { tag } },
      defaultQueue: { createDefaultQueue: false },
      operator: { image: { tag } },
      scheduler: { args: { 'default-staleness-grace-period': '-1s' }, image: { tag } },
    });
  });

  test('is kept in the lock, with its platforms, and what is waived with its reason', () => {
    const [text = ''] = fleetOf({}).compile().locks.values();
    const lock = readLock('', text);
    expect(lock.ok && lock.value.images).toEqual({
      ...brought,
      [initc]: { waived: 'the operator says which version it is' },
      [`${runtime}:1.5.0`]: { waived: 'not what this is about' },
    });
  });

  test('goes to the place that a chart has for a digest', () => {
    const stack = { dynamo: '0.5.1', kai: '0.17.0' };
    const proxy = 'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0';
    const images = {
      ...chartImages({ 'dynamo-platform': '0.5.1', 'kai-scheduler': '0.17.0' }, digest),
      [proxy]: { digest: other, platforms: [] },
    };
    const { files, locks } = fleetOf({ stack, images, waivers: [] }).compile();
    const written = files.get('test/controllers/helmrelease-flux-system-dynamo-platform.yaml') ?? '';
    expect(parse(written)).toMatchObject({
      spec: {
        values: {
          'dynamo-operator': {
            controllerManager: {
              // the release names the repository alone, and it is one image with what the chart puts behind it
              kubeRbacProxy: {
                image: { repository: 'registry.k8s.io/kubebuilder/kube-rbac-proxy', tag: `v0.15.0@${other}` },
              },
            },
            dynamo: { internalImages: { debugger: `python:3.12-slim@${digest}` } },
          },
          etcd: { image: { digest } },
          nats: { container: { image: { digest } }, reloader: { image: { digest } } },
        },
      },
    });
    const names = Object.keys((parse([...locks.values()][0] ?? '') as Lock).images); // synth wrote it
    expect(names.filter((name) => name.includes('kube-rbac-proxy'))).toEqual([proxy]);
    expect(names.filter((name) => name.includes('bitnamisecure'))).toEqual([]); // its hook is off
  });
});

describe('what is not', () => {
  test('is one finding, with the chart, what runs it as what, and the place in the values', () => {
    const { [operator]: _operator, ...images } = brought;
    expect(failure(fleetOf({ images }))).toEqual([
      {
        code: 'BAY6022',
        severity: 'error',
        message: expect.stringMatching(`^image "${operator}" has no digest in .*test.lock.yaml$`) as string,
        where: {
          construct: 'test/controllers/HelmRelease-dynamo-platform',
          pointer: 'spec.values.dynamo-operator.controllerManager.manager.image.tag',
        },
        notes: [
          'chart "dynamo-platform" 1.5.0 of HelmRelease "dynamo-platform" in namespace "flux-system" runs it as the operator',
        ],
        help: expect.stringMatching(/^run bayplan lock, .*new PinWaiver\(/) as string,
        data: { kind: 'image', name: operator },
      },
    ]);
  });

  test('of an image that several hooks run, is one as well', () => {
    const name = kaiImage('crd-upgrader');
    const { [name]: _gone, ...images } = brought;
    expect(failure(fleetOf({ images })).map(({ notes }) => notes)).toEqual([
      [
        `chart "kai-scheduler" v0.17.0 of HelmRelease "kai-scheduler" in namespace "flux-system" runs it as a hook that applies the CRDs, a hook that copies Kueue's Topologies, a hook that cleans up`,
      ],
    ]);
  });

  test('and takes no digest is told why, and let go by a waiver alone', () => {
    const [found, ...more] = failure(
      fleetOf({ images: { ...brought, [initc]: { digest, platforms: [] } }, waivers: [] }),
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject<Partial<Diagnostic>>({
      code: 'BAY6027',
      message: `image "${initc}" cannot be pinned: the operator writes its own version behind the name, and a digest has no place there`,
      where: {
        construct: 'test/controllers/HelmRelease-grove',
        pointer: 'spec.values.deployment.env.GROVE_INIT_CONTAINER_IMAGE',
      },
      help: `say why that is taken: new PinWaiver(cluster, 'id', { image: '${initc}', reason: '…' })`,
    });
  });

  test('strict refuses what is waived, and says where no lock would help', () => {
    const [text = ''] = fleetOf({}).compile().locks.values();
    writeFileSync(lockFile(), text);
    unlocked({}).compile({ frozen: true });
    const strict = failure(unlocked({}), { frozen: 'strict' });
    expect(strict.filter(({ message }) => message.includes(initc))).toMatchObject([
      {
        code: 'BAY6031',
        message: `image "${initc}" is not pinned: waived, the operator says which version it is`,
        notes: [
          'the chart that runs it does not let it be pinned: the operator writes its own version behind the name, and a digest has no place there',
        ],
      },
    ]);
  });
});

test('each entry that is deleted from a lock is one finding that names it', () => {
  const [text = ''] = fleetOf({}).compile().locks.values();
  const lock = readLock('', text);
  if (!lock.ok) throw new Error('not read');
  const { images } = lock.value;
  expect(Object.keys(images)).toHaveLength(Object.keys(brought).length + 2);
  for (const name of Object.keys(images)) {
    const { [name]: gone, ...rest } = images;
    writeFileSync(lockFile(), lockText({ ...lock.value, images: rest }));
    const found = failure(unlocked({}), { frozen: true });
    const code = gone && 'digest' in gone ? 'BAY6022' : 'BAY6021';
    expect(found.map((each) => [each.code, each.message.includes(name)])).toEqual([[code, true]]);
  }
});

describe("users' own releases", () => {
  test('of a chart that is known are held to the same, with the values that they have', () => {
    const add = (cluster: Cluster): void => {
      release('kai', chartRef, { global: { registry: 'registry.example/kai' }, scheduler: { enabled: false } })(
        cluster,
      );
      oci('oci://registry.example/charts/kai-scheduler', 'v0.17.0')(cluster);
    };
    const found = told(fleetOf({ add }));
    expect(found.every((line) => /^BAY6022 image "registry\.example\/kai\/[\w-]+:v0\.17\.0"/.test(line))).toBe(true);
    expect(found.filter((line) => line.includes('/scheduler:'))).toEqual([]);
    expect(found.filter((line) => line.includes('/binder:'))).toHaveLength(1);
  });

  test('of a chart that is not are listed, and images in their values are pinned as before', () => {
    const image = 'registry.example/app:1.2.3';
    const add = (cluster: Cluster): void => {
      release('app', chartRef, { image: { repository: 'registry.example/app', tag: '1.2.3' } })(cluster);
      oci('oci://registry.example/charts/app', '1.2.3')(cluster);
      release('lost', { chartRef: { kind: 'OCIRepository', name: 'nowhere' } })(cluster);
    };
    expect(told(fleetOf({ add }))).toEqual([expect.stringContaining(`BAY6022 image "${image}" has no digest`)]);
    const fleet = fleetOf({ add, images: { ...brought, [image]: { digest: other, platforms: [] } } });
    const compilation = fleet.compile();
    expect(compilation.loose.notKnown).toEqual([
      'HelmRelease "app": the images of chart "app" 1.2.3',
      'HelmRelease "lost": the images of its chart, which is not among the objects',
    ]);
    expect(summary(compilation, ['dist'], false)).toContain(
      '\nnot known, and not pinned: HelmRelease "app": the images of chart "app" 1.2.3; HelmRelease "lost": the images of its chart, which is not among the objects\n',
    );
    expect([...compilation.files.values()].join('')).toContain(`tag: "1.2.3@${other}"`);
  });
});
