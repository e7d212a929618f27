import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import { DynamoGraph, Stack, type AdoptedGraphProps, type Fleet, type ManifestProps } from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { errorCodes, failure, nodes, testCluster } from '../support/fleet';

/** Graphs that are declared by their manifests: what is written is what was handed in, and what places it. */

const onKai: StackVersions = { dynamo: '1.5.0', kai: '0.17.0' };
const onGrove: StackVersions = { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' };
const onRunai: StackVersions = { dynamo: '1.5.0', runai: '3.0' };
const early: StackVersions = { dynamo: '0.5.1', kai: '0.17.0' };

const image = 'registry.example/dynamo/vllm:1.5.0';
const container = (gpus: number): object => ({
  name: 'main',
  image,
  args: ['--model', 'example/model'],
  ...(gpus > 0 ? { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } } : {}),
});

/** A frontend and two workers of eight GPUs, with a field that nobody here knows. */
const graph: ManifestProps = {
  apiVersion: 'nvidia.com/v1beta1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'qwen', namespace: 'runai-team-a', labels: { app: 'qwen' }, annotations: { note: 'kept' } },
  spec: {
    backendFramework: 'vllm',
    env: [{ name: 'A', value: 'b' }],
    components: [
      { name: 'Frontend', type: 'frontend', podTemplate: { spec: { containers: [container(0)] } } },
      {
        name: 'Worker',
        type: 'worker',
        replicas: 2,
        sharedMemorySize: '8Gi',
        topologyConstraint: { packDomain: 'rack' },
        podTemplate: {
          metadata: { labels: { tier: 'gpu' } },
          spec: { containers: [container(8)], affinity: { podAffinity: {} }, terminationGracePeriodSeconds: 5 },
        },
      },
    ],
    topologyConstraint: { clusterTopologyName: 'theirs', packDomain: 'zone' },
  },
};
const settings: ManifestProps = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'runai-team-a' },
  data: { a: 'b' },
};

//   r1
// n1 n2     8 GPUs each
function adopted(
  versions: StackVersions,
  manifests: readonly ManifestProps[] = [graph, settings],
  props: Partial<AdoptedGraphProps> = {},
): { fleet: Fleet; graph: DynamoGraph } {
  const { fleet, cluster, queue } = testCluster(nodes(['n1', 'n2']), [], { stack: Stack.of(versions) });
  return { fleet, graph: new DynamoGraph(cluster, 'qwen', { queue, manifests, ...props }) };
}

function written(fleet: Fleet, kind = 'dynamographdeployment'): unknown {
  const file = [...fleet.compile().files].find(([path]) => path.includes(`/graphs/qwen/${kind}-`));
  return file && parse(file[1]);
}

const pin = (...values: string[]): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }],
    },
  },
});

/** What is added to a pod template on a stack. */
interface Added {
  readonly annotations?: object;
  readonly labels?: (component: string) => object;
  readonly schedulerName?: string;
}

/** The graph above, with what a stack needs. */
function placed(annotations: object, spec: object, component: (replicas: number) => object, added: Added): object {
  const template = (name: string, labels: object): object => ({
    metadata: {
      annotations: { ...added.annotations },
      labels: { ...labels, ...added.labels?.(name) },
    },
  });
  const scheduler = added.schedulerName === undefined ? {} : { schedulerName: added.schedulerName };
  return {
    ...graph,
    metadata: { ...graph.metadata, annotations: { note: 'kept', ...annotations } },
    spec: {
      backendFramework: 'vllm',
      env: [{ name: 'A', value: 'b' }],
      ...spec,
      components: [
        {
          name: 'Frontend',
          type: 'frontend',
          ...component(1),
          podTemplate: {
            ...template('frontend', {}),
            spec: { containers: [container(0)], ...scheduler, affinity: pin('n1') },
          },
        },
        {
          name: 'Worker',
          type: 'worker',
          sharedMemorySize: '8Gi',
          ...component(2),
          podTemplate: {
            ...template('worker', { tier: 'gpu' }),
            spec: {
              containers: [container(8)],
              terminationGracePeriodSeconds: 5,
              ...scheduler,
              affinity: { podAffinity: {}, ...pin('n1', 'n2') },
            },
          },
        },
      ],
    },
  };
}

const noSurge = {
  'nvidia.com/deployment-rolling-update-max-surge': '0',
  'nvidia.com/deployment-rolling-update-max-unavailable': '1',
};

describe('a graph that is declared by its manifests', () => {
  test('gets its gang, pins and rollout on the component path, and nothing else is changed', () => {
    const { fleet } = adopted(onKai);
    const expected = placed({ 'nvidia.com/enable-grove': 'false' }, {}, (replicas) => ({ replicas }), {
      annotations: { 'pod-group-name': 'runai-team-a.qwen', 'kai.scheduler/skip-podgrouper': 'true', ...noSurge },
      labels: (name) => ({ 'kai.scheduler/subgroup-name': name }),
      schedulerName: 'kai-scheduler',
    });
    expect(written(fleet)).toEqual(expected);
    expect(written(fleet, 'configmap')).toEqual(settings);
    expect(written(fleet, 'podgroup')).toMatchObject({
      spec: { subGroups: [{ name: 'frontend', minMember: 1 }, { name: 'worker', minMember: 2 }] }, // prettier-ignore
    });
  });

  test('gets its queue and the least of each component on Grove, which makes the gang', () => {
    const expected = placed(
      { 'nvidia.com/enable-grove': 'true', 'nvidia.com/kai-scheduler-queue': 'team-a' },
      { priorityClassName: 'inference' },
      (replicas) => ({ replicas, minAvailable: replicas }),
      {},
    );
    const { fleet } = adopted(onGrove);
    expect(written(fleet)).toEqual(expected);
    expect(written(fleet, 'podgroup')).toBeUndefined();
  });

  test('gets its scheduler and pins on Run:ai', () => {
    const { fleet } = adopted(onRunai);
    const annotations = {
      'nvidia.com/enable-grove': 'false',
      'kai.scheduler/topology': 'topology-1',
      // what the manifest asks Grove for
      'kai.scheduler/topology-required-placement': 'topology.kubernetes.io/zone',
    };
    expect(written(fleet)).toEqual(
      placed(annotations, {}, (replicas) => ({ replicas }), {
        annotations: noSurge,
        schedulerName: 'runai-scheduler',
      }),
    );
  });

  test('leaves the number of replicas to the adapter that scales them', () => {
    const [frontend, worker] = (graph['spec'] as { components: object[] }).components;
    const spec = { components: [frontend, { ...worker, scalingAdapter: {} }] };
    const { fleet } = adopted(onKai, [{ ...graph, spec }]);
    // what is written has a spec
    const { spec: given } = written(fleet) as { spec: { components: object[] } };
    expect(given.components.map((component) => 'replicas' in component)).toEqual([true, false]);
  });

  test('is deleted and made anew where that is asked for', () => {
    const { fleet } = adopted(onGrove, [graph], { recreate: true });
    expect(written(fleet)).toMatchObject({
      metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' } },
    });
  });

  test.each([
    ['on the component path', onKai],
    ['on Grove', onGrove],
    ['on Run:ai', onRunai],
  ])('is refused %s where a patch takes its pins away', (_, versions) => {
    const { fleet, graph: patched } = adopted(versions);
    patched.deployment.addJsonPatch(JsonPatch.remove('/spec/components/1/podTemplate/spec/affinity/nodeAffinity'));
    expect(errorCodes(fleet)).toEqual(['BAY4020']);
  });

  test('is written in the older API for an older Dynamo', () => {
    const services = {
      Frontend: { componentType: 'frontend', replicas: 1, extraPodSpec: { mainContainer: { image } } },
      Worker: {
        componentType: 'worker',
        replicas: 1,
        resources: { limits: { gpu: '8' } },
        extraPodSpec: { mainContainer: { image, args: ['--model=example/model'] } },
      },
    };
    const { fleet } = adopted(early, [{ ...graph, apiVersion: 'nvidia.com/v1alpha1', spec: { services } }]);
    expect(written(fleet)).toMatchObject({ apiVersion: 'nvidia.com/v1alpha1', spec: { services } });
  });

  test.each([
    ['no manifest of "test/qwen" is of kind DynamoGraphDeployment', [settings]],
    ['2 manifests of "test/qwen" are of kind DynamoGraphDeployment', [graph, graph]],
  ])('%s', (message, manifests) => {
    expect(failure(adopted(onKai, manifests).fleet)).toMatchObject([{ code: 'BAY2100', message }]);
  });
});
