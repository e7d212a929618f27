import { parse } from 'yaml';
import { Cluster, DynamoGraph, Fleet, Inventory, Model, ModelCache, Queue, Router, SecretRef, Stack } from '../../lib';
import { profiles, type StackVersions } from '../../lib/backends/stacks';
import { failure, graphDefaults, list, nodes, topology } from '../support/fleet';
import { expectGolden } from '../support/golden';

/** The same graph on every supported stack. */

function compiled(versions: StackVersions): ReadonlyMap<string, string> {
  const fleet = new Fleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of(versions),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2', 'n3'], { resources: { 'rdma/ib': '8' } })) }),
    topology: topology(),
  });
  const queue = new Queue(cluster, 'team-a', { gpu: { quota: 24 } });
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(queue),
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

test("below KAI 0.17 a gang is kept from going stale by the scheduler's argument", () => {
  const files = compiled({ dynamo: '1.4.2', kai: '0.16.8' });
  expect(files.get('test/graphs/g/podgroup-inference-inference.g.yaml')).not.toContain('stalenessGracePeriod');
  expect(files.get('test/controllers/helmrelease-flux-system-kai-scheduler.yaml')).toContain(
    'default-staleness-grace-period: "-1s"',
  );
});

describe('a combination that is not known to work', () => {
  const fleetOn = (stack: Stack): Fleet => {
    const fleet = new Fleet();
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
});
