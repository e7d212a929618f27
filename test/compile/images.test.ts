import { parse } from 'yaml';
import { Backend, Cluster, DynamoGraph, type Fleet, Inventory, Queue, Stack, type BackendOptions } from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { errorCodes, failure, graphDefaults, list, nodes, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Images, and what the operator has to know of them. */

const digest = `sha256:${'a'.repeat(64)}`;

function fleetWith(options: BackendOptions, versions: StackVersions = { dynamo: '1.5.0', kai: '0.17.0' }): Fleet {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2'])) });
  const cluster = new Cluster(fleet, 'test', { stack: Stack.of(versions), inventory, topology: topology() });
  const namespace = versions.runai === undefined ? 'inference' : 'runai-team-a';
  const defaults = { ...graphDefaults(new Queue(cluster, 'team-a')), namespace, backend: Backend.vllm(options) };
  new DynamoGraph(cluster, 'g', { ...defaults, worker: { gpus: 1 } });
  return fleet;
}

function components(fleet: Fleet, namespace = 'inference'): readonly Record<string, unknown>[] {
  const text = fleet.compile().files.get(`test/graphs/g/dynamographdeployment-${namespace}-g.yaml`) ?? '';
  return (parse(text) as { spec: { components: Record<string, unknown>[] } }).spec.components;
}

describe('an image whose tag says a version', () => {
  test.each([
    'vllm:1.5.0',
    'vllm:v1.5.0-cuda13',
    'vllm:1.5.0-rc.1',
    'localhost:5000/ai/vllm-runtime:1.5.0-efa',
    `registry.example/vllm-runtime:1.5.0@${digest}`,
  ])('%s is taken as it is', (image) => {
    const [frontend] = components(fleetWith({ image }));
    expect(frontend).not.toHaveProperty('runtimeVersionOverride');
    expect(JSON.stringify(frontend)).toContain(`"image":"${image}"`);
  });
});

describe('an image whose tag says none', () => {
  const images = [
    'vllm:latest',
    'vllm:1.5',
    'vllm:1.5.0_cuda13',
    'vllm:1.5.0-01',
    'vllm:01.5.0',
    'registry.example/vllm',
    'localhost:5000/vllm',
    `registry.example/vllm@${digest}`,
  ];

  test.each(images)('%s is refused', (image) => {
    expect(failure(fleetWith({ image }))).toMatchObject([
      { code: 'BAY2042', message: `image ${JSON.stringify(image)} has no tag that says a version` },
    ]);
  });

  const floating = (image: string): boolean => /:latest$|\/vllm$/.test(image);

  test.each(images.filter((image) => !floating(image)))(
    '%s is taken where the version is declared, and every component says it',
    (image) => {
      const written = components(fleetWith({ image, runtimeVersion: '1.5.0' }));
      expect(written.map(({ runtimeVersionOverride }) => runtimeVersionOverride)).toEqual(['1.5.0', '1.5.0']);
    },
  );

  test.each(images.filter(floating))('%s has nothing to be pinned by, whatever version is declared', (image) => {
    expect(failure(fleetWith({ image, runtimeVersion: '1.5.0' }))).toMatchObject([{ code: 'BAY6023' }]);
  });

  test.each([
    { dynamo: '1.4.2', kai: '0.17.0' },
    { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' },
    { dynamo: '1.5.0', runai: '3.0' },
  ])('also on %j', (versions) => {
    expect(errorCodes(fleetWith({ image: 'vllm:latest' }, versions))).toEqual(['BAY2042']);
    const namespace = 'runai' in versions ? 'runai-team-a' : 'inference';
    const [frontend] = components(fleetWith({ image: 'vllm:nightly', runtimeVersion: '1.5.1' }, versions), namespace);
    expect(frontend?.runtimeVersionOverride).toBe('1.5.1');
  });

  test('Dynamo 0.5.1 looks at no version, and has no field for one', () => {
    const early = { dynamo: '0.5.1', kai: '0.17.0' };
    expect(fleetWith({ image: 'vllm:nightly' }, early).compile().diagnostics).toEqual([]);
    expect(failure(fleetWith({ image: 'vllm:latest', runtimeVersion: '0.5.1' }, early))).toMatchObject([
      { code: 'BAY2044', where: { pointer: 'backend.runtimeVersion' }, help: 'leave runtimeVersion out' },
    ]);
  });
});

test.each(['1.5', 'v1.5.0', '1.5.0-efa', '1.5.00', '10000.0.0', ''])(
  'runtimeVersion %j is refused',
  (runtimeVersion) => {
    expect(errorCodes(fleetWith({ image: 'vllm:latest', runtimeVersion }))).toEqual(['BAY2044']);
  },
);

test.each(['', 'vllm runtime:1.5.0', 'vllm:1.5.0@sha256:abc', `vllm:1.5.0@${digest}@${digest}`])(
  '%j is no reference to an image',
  (image) => {
    const codes = (versions: StackVersions): string[] =>
      errorCodes(fleetWith({ image, runtimeVersion: undefined }, versions));
    expect(codes({ dynamo: '1.5.0', kai: '0.17.0' })).toEqual(['BAY2042']);
    expect(codes({ dynamo: '0.5.1', kai: '0.17.0' })).toEqual(['BAY2042']);
  },
);
