import { formatAmount } from '../../lib/model/resources';
import { gpuCount, podCount, type Workload } from '../../lib/workloads/workload';
import { told, workloads } from './manifests';

function only(text: string, options?: Parameters<typeof workloads>[1]): Workload {
  const read = workloads(text, options);
  expect(told(read)).toEqual([]);
  const [workload, ...others] = read.workloads;
  expect(others).toEqual([]);
  if (!workload) throw new Error('nothing read');
  return workload;
}

/** A component in a few words: its size, and what each kind of pod asks for. */
function shape({ components }: Workload): unknown {
  return components.map(({ name, type, replicas, nodes, pods }) => ({
    is: `${name}${type === undefined ? '' : ` (${type})`} ${replicas} x ${nodes}`,
    pods: pods.map(({ role, count, requests }) => {
      const amounts = Object.entries(requests).map(([key, amount]) => `${key} ${formatAmount(key, amount)}`);
      return `${count} ${role}: ${amounts.sort().join(', ')}`;
    }),
  }));
}

const alpha = `apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: {name: g, namespace: team-a, annotations: {kai.scheduler/topology: t, kai.scheduler/topology-required-placement: zone}}
spec:
  services:
    Frontend:
      componentType: frontend
      extraPodSpec: {mainContainer: {image: "x:1"}}
    Decode:
      componentType: worker
      subComponentType: decode
      replicas: 2
      multinode: {nodeCount: 3}
      resources:
        limits: {gpu: "8", custom: {rdma/ib: "8"}}
        requests: {cpu: "4", custom: {ephemeral-storage: 2Gi}}
      extraPodMetadata: {labels: {kai.scheduler/queue: q}}
      extraPodSpec:
        schedulerName: kai-scheduler
        nodeSelector: {pool: gpu}
        tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
        mainContainer: {image: "x:1", resources: {limits: {cpu: "9", vpc.amazonaws.com/efa: "4"}}}
        containers: [{name: side, image: s, resources: {requests: {cpu: 500m}}}]
    Xpu:
      componentType: worker
      replicas: 0
      resources: {limits: {gpu: "1", gpuType: gpu.intel.com/xe}}
      extraPodSpec: {mainContainer: {image: "x:1"}}
`;

describe('a graph of v1alpha1', () => {
  test('has the pods that the operator makes: GPUs from limits, what a service says before what its container says', () => {
    expect(shape(only(alpha))).toEqual([
      { is: 'Frontend (frontend) 1 x 1', pods: ['1 only: '] },
      {
        is: 'Decode (decode) 2 x 3',
        pods: [
          '1 leader: cpu 4500m, ephemeral-storage 2Gi, nvidia.com/gpu 8, rdma/ib 8, vpc.amazonaws.com/efa 4',
          '2 worker: cpu 4500m, ephemeral-storage 2Gi, nvidia.com/gpu 8, rdma/ib 8, vpc.amazonaws.com/efa 4',
        ],
      },
      { is: 'Xpu (worker) 0 x 1', pods: ['1 only: gpu.intel.com/xe 1'] },
    ]);
    expect([podCount(only(alpha)), gpuCount(only(alpha))]).toEqual([7, 48]);
  });

  test('says where its pods may go, which queue they are of, and what its annotations ask for', () => {
    const { queue, namespace, topologies, components } = only(alpha);
    const pod = components[1]?.pods[0];
    expect({ queue, namespace, topologies }).toEqual({
      queue: 'q',
      namespace: 'team-a',
      topologies: [
        { by: 'kai', topology: 't', required: 'zone', preferred: undefined, pointer: 'metadata.annotations' },
      ],
    });
    expect(pod).toMatchObject({
      schedulerName: 'kai-scheduler',
      nodeSelector: { pool: 'gpu' },
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      labels: {
        'kai.scheduler/queue': 'q',
        'nvidia.com/dynamo-graph-deployment-name': 'g',
        'nvidia.com/dynamo-component': 'Decode',
        'nvidia.com/dynamo-component-type': 'worker',
        'nvidia.com/dynamo-sub-component-type': 'decode',
      },
    });
  });

  test('on Dynamo 0.5.1 frontends and planners get amounts that they do not say', () => {
    const text = alpha.replace('componentType: worker\n      replicas: 0', 'componentType: planner\n      replicas: 0');
    const [frontend, , planner] = shape(only(text, { operatorAddsAmounts: true })) as { pods: string[] }[];
    expect([frontend?.pods, planner?.pods]).toEqual([
      ['1 only: cpu 1, memory 2Gi'],
      ['1 only: cpu 2, gpu.intel.com/xe 1, memory 2Gi'],
    ]);
  });

  test('a wrong amount is placed where the service has it', () => {
    expect(told(workloads(alpha.replace('gpu: "8"', 'gpu: eight')))).toEqual([
      'BAY1007 | 15:23 | spec.services.Decode.resources.limits.gpu | spec.services.Decode.resources.limits.gpu of DynamoGraphDeployment team-a/g is not a quantity: "eight"',
    ]);
  });
});

const beta = (component: string, rest = ''): string => `apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: g}
spec:
  components:
    - name: decode
      type: decode
      ${component}
      podTemplate: {spec: {containers: [{name: main, image: "x:1", resources: {limits: {nvidia.com/gpu: 4, cpu: 2}}}]}}
${rest}`;

describe('a graph of v1beta1', () => {
  test('has one replica where it says none, and two nodes where multinode says no number', () => {
    const [component] = only(beta('multinode: {}')).components;
    expect(component).toMatchObject({ replicas: 1, saysReplicas: false, nodes: 2, isScaled: false });
  });

  test('knows minima, scaling adapters and what Grove is asked for', () => {
    const graph = beta(
      'minAvailable: 2\n      replicas: 3\n      scalingAdapter: {}\n      topologyConstraint: {packDomain: rack}',
      '  topologyConstraint: {clusterTopologyName: t, packDomain: zone}\n',
    );
    const { topologies, components } = only(graph);
    expect(topologies).toEqual([{ by: 'grove', topology: 't', required: 'zone', pointer: 'spec.topologyConstraint' }]);
    expect(components).toMatchObject([
      {
        minAvailable: 2,
        replicas: 3,
        isScaled: true,
        topologies: [
          { by: 'grove', topology: 't', required: 'rack', pointer: 'spec.components[0].topologyConstraint' },
        ],
      },
    ]);
  });

  test('GPU memory service tolerates the taint of GPU nodes; failover has a second engine on the same GPUs', () => {
    const graph = only(beta('experimental: {gpuMemoryService: {}, failover: {}}'));
    expect(shape(graph)).toEqual([{ is: 'decode (decode) 1 x 1', pods: ['1 only: cpu 4, nvidia.com/gpu 4'] }]);
    expect(graph.components[0]?.pods[0]?.tolerations).toEqual([
      { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });

  test.each([
    [
      'replicas that are a text',
      beta('replicas: "2"'),
      'BAY1006 | 8:17 | spec.components[0].replicas | spec.components[0].replicas of DynamoGraphDeployment default/g is not a whole number from 0 to 2147483647: "2"',
    ],
    [
      'replicas below 0',
      beta('replicas: -1'),
      'BAY1006 | 8:17 | spec.components[0].replicas | spec.components[0].replicas of DynamoGraphDeployment default/g is not a whole number from 0 to 2147483647: -1',
    ],
    [
      'half a GPU',
      beta('').replace('gpu: 4', 'gpu: 0.5'),
      'BAY1009 | 9:105 | spec.components[0].podTemplate.spec.containers[0].resources.limits["nvidia.com/gpu"] | spec.components[0].podTemplate.spec.containers[0].resources.limits["nvidia.com/gpu"] of DynamoGraphDeployment default/g is not a whole number: 0.5',
    ],
    [
      'no image',
      beta('').replace('image: "x:1", ', ''),
      'BAY1106 | 9:7 | spec.components[0].podTemplate | spec.components[0].podTemplate of DynamoGraphDeployment g has no image for its main container',
    ],
    [
      'components of the other version',
      beta('').replace('components:', 'services:').replace('v1beta1', 'v1alpha1').replace('services:', 'components:'),
      'BAY1106 | 5:3 | spec.components | graph g says nvidia.com/v1alpha1 and has spec.components, which is the form of the other version',
    ],
    [
      'nothing at all',
      'apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: g}\n',
      'BAY1106 | 1 | graph g has no components',
    ],
    ['itself twice', `${beta('')}---\n${beta('')}`, 'BAY1104 | 11 | DynamoGraphDeployment g is declared twice'],
    [
      'a claim that no file declares',
      beta('').replace(
        'spec: {containers',
        'spec: {resourceClaims: [{name: n, resourceClaimTemplateName: nic}], containers',
      ),
      'BAY1107 | 1 | not counted for DynamoGraphDeployment g: claim nic, which no file declares',
    ],
    [
      'a selector to be filled in',
      beta('').replace('spec: {containers', 'spec: {nodeSelector: "${POOL}", containers'),
      'BAY1107 | 1 | not counted for DynamoGraphDeployment g: spec.components[0].podTemplate.spec.nodeSelector, to be filled in later',
    ],
  ])('%s is told', (_, text, finding) => {
    expect(told(workloads(text))).toEqual([finding]);
  });

  test('a patch of Kustomize is left out, and said to be one', () => {
    const patch =
      'apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: g}\nspec: {services: {Decode: {resources: {limits: {gpu: "1"}}}}}\n';
    const read = workloads(patch);
    expect(read.workloads).toEqual([]);
    expect(told(read)).toEqual([
      'BAY1105 | 1 | DynamoGraphDeployment g is a patch, and left out: none of its components says what it is',
    ]);
  });

  test('claims of GPUs count as GPUs, and a channel of a ComputeDomain as what shares memory', () => {
    const template = (name: string, type: string): string =>
      `---\napiVersion: resource.k8s.io/v1\nkind: ResourceClaimTemplate\nmetadata: {name: ${name}}\nspec: {spec: {devices: {requests: [{name: d, exactly: {deviceClassName: ${type}, count: 2}}]}}}\n`;
    const domain = `---\napiVersion: resource.nvidia.com/v1beta1\nkind: ComputeDomain\nmetadata: {name: d}\nspec: {channel: {resourceClaimTemplate: {name: channel}}}\n`;
    const claims = '[{name: a, resourceClaimTemplateName: gpus}, {name: b, resourceClaimTemplateName: channel}]';
    const text = beta('').replace('spec: {containers', `spec: {resourceClaims: ${claims}, containers`);
    const graph = only(text + template('gpus', 'gpu.nvidia.com') + domain);
    expect(gpuCount(graph)).toBe(6);
    expect(graph.components[0]?.pods[0]).toMatchObject({ sharesMemory: true, unknownClaims: [], devices: {} });
  });
});

describe('workloads of Kubernetes', () => {
  const template = 'template: {spec: {containers: [{name: c, image: x, resources: {limits: {nvidia.com/gpu: 1}}}]}}';
  const object = (apiVersion: string, kind: string, spec: string): string =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec: {${spec}}\n`;

  test.each([
    ['a Deployment', object('apps/v1', 'Deployment', `replicas: 3, ${template}`), 3, 3],
    ['a StatefulSet without replicas', object('apps/v1', 'StatefulSet', template), 1, 1],
    [
      'a Job that runs four at once, three in all',
      object('batch/v1', 'Job', `parallelism: 4, completions: 3, ${template}`),
      3,
      3,
    ],
    ['a Job', object('batch/v1', 'Job', template), 1, 1],
    ['one run of a CronJob', object('batch/v1', 'CronJob', `jobTemplate: {spec: {parallelism: 2, ${template}}}`), 2, 2],
    ['a Pod', object('v1', 'Pod', 'containers: [{name: c, image: x, resources: {limits: {nvidia.com/gpu: 2}}}]'), 1, 2],
  ])('%s', (_, text, pods, gpus) => {
    const workload = only(text);
    expect([podCount(workload), gpuCount(workload)]).toEqual([pods, gpus]);
  });

  test('a LeaderWorkerSet has a leader of its own, and as many workers less one as its size', () => {
    const leader = 'leaderTemplate: {spec: {containers: [{name: c, image: x, resources: {requests: {cpu: 1}}}]}}';
    const worker =
      'workerTemplate: {spec: {containers: [{name: c, image: x, resources: {limits: {nvidia.com/gpu: 8}}}]}}';
    const of = (templates: string): unknown =>
      shape(
        only(
          object(
            'leaderworkerset.x-k8s.io/v1',
            'LeaderWorkerSet',
            `replicas: 2, leaderWorkerTemplate: {size: 4, ${templates}}`,
          ),
        ),
      );
    expect(of(`${leader}, ${worker}`)).toEqual([
      { is: 'w 2 x 4', pods: ['1 leader: cpu 1', '3 worker: nvidia.com/gpu 8'] },
    ]);
    expect(of(worker)).toEqual([{ is: 'w 2 x 4', pods: ['1 leader: nvidia.com/gpu 8', '3 worker: nvidia.com/gpu 8'] }]);
  });

  test('what another object of the files makes is not counted twice', () => {
    const owned = object('apps/v1', 'ReplicaSet', `replicas: 3, ${template}`).replace(
      'metadata: {name: w}',
      'metadata: {name: w-1, ownerReferences: [{kind: Deployment, name: w}]}',
    );
    const { workloads: found } = workloads(object('apps/v1', 'Deployment', `replicas: 3, ${template}`) + owned);
    expect(found.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(workloads(owned).workloads.map(({ kind }) => kind)).toEqual(['ReplicaSet']);
  });

  test('other kinds are counted, and a kind of another group is another kind', () => {
    const text =
      object('v1', 'Service', '') +
      object('example.com/v1', 'Deployment', '') +
      object('v1', 'Service', '').replace('w', 'v');
    expect(workloads(text)).toMatchObject({
      workloads: [],
      others: [
        { name: 'Deployment', count: 1 },
        { name: 'Service', count: 2 },
      ],
      diagnostics: [],
    });
  });

  test('affinity is read with all its operators', () => {
    const affinity = `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: ["1"]}, {key: b, operator: DoesNotExist}], matchFields: [{key: metadata.name, operator: In, values: [n]}]}]}}, podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {x: y}}}]}}`;
    const pod = only(object('v1', 'Pod', `${affinity}, containers: [{name: c, image: x}]`)).components[0]?.pods[0];
    expect(pod).toMatchObject({
      nodeAffinity: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: 'a', operator: 'Gt', values: ['1'] },
              { key: 'b', operator: 'DoesNotExist' },
            ],
            matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }],
          },
        ],
      },
      apart: [{ topologyKey: 'kubernetes.io/hostname', matchLabels: { x: 'y' }, matchExpressions: [] }],
    });
    const wrong = object('v1', 'Pod', `${affinity.replace('Gt', 'Above')}, containers: [{name: c, image: x}]`);
    expect(told(workloads(wrong))).toEqual([
      expect.stringMatching(/^BAY1006 .* is not one of In, NotIn, Exists, DoesNotExist, Gt, Lt: "Above"$/),
    ]);
  });
});
