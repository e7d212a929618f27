import { Backend, Stack, type DynamoGraphProps } from '../../lib';
import { JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import { failure, node, nodes, testCluster, type TestCluster } from '../support/fleet';

const folder = 'test/graphs/g/smoke-test';
const jobFile = `${folder}/job-inference-g-smoke-test.yaml`;
const kustomizationFile = 'test/flux/kustomization-flux-system-graph-g-smoke-test.yaml';

/** Two nodes with GPUs, and one without. */
function tested(props: Partial<DynamoGraphProps> = {}): TestCluster & { graph1: ReturnType<TestCluster['graph']> } {
  const cluster = testCluster([...nodes(['n1', 'n2']), node('sys', { gpus: 0, labels: { role: 'system' } })]);
  const graph1 = cluster.graph('g', { worker: { gpus: 8, replicas: 2 }, smokeTest: true, ...props });
  return { ...cluster, graph1 };
}

function job({ fleet }: TestCluster): Record<string, Record<string, Record<string, unknown>>> {
  return parse(fleet.compile().files.get(jobFile) ?? '') as ReturnType<typeof job>;
}

/** What tells one tested graph from another. */
function digestOf(cluster: TestCluster): string {
  return JSON.stringify(job(cluster)['spec']?.['template']?.['metadata']);
}

test('a test is a Job in a folder and a Kustomization of its own, outside the gang and off the GPUs', () => {
  const frontend = { nodeSelector: { role: 'system' }, tolerations: [{ key: 'infra', operator: 'Exists' as const }] };
  const { fleet } = tested({ frontend, backend: Backend.vllm({ image: 'example.com/runtime:1.5.0' }) });
  const { files } = fleet.compile();
  expect([...files.keys()].filter((path) => path.startsWith(folder))).toEqual([
    jobFile,
    `${folder}/kustomization.yaml`,
  ]);
  expect(parse(files.get(jobFile) ?? '')).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'g-smoke-test',
      namespace: 'inference',
      annotations: { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' },
    },
    spec: {
      activeDeadlineSeconds: 1500,
      backoffLimit: 1,
      template: {
        metadata: {
          annotations: { 'bayplan.dev/tested-graph': expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string },
        },
        spec: {
          affinity: {
            nodeAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  preference: {
                    matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['sys'] }],
                  },
                  weight: 100,
                },
              ],
            },
          },
          automountServiceAccountToken: false,
          containers: [
            {
              args: [
                'http://g-frontend:8000/v1/chat/completions',
                '{"model":"example/model","messages":[{"role":"user","content":"What is the capital of France?"}],"max_tokens":16,"temperature":0}',
                '300',
              ],
              command: ['python3', '-c', expect.stringContaining('urlopen')],
              image: 'example.com/runtime:1.5.0',
              name: 'smoke-test',
              resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
            },
          ],
          nodeSelector: { role: 'system' },
          restartPolicy: 'Never',
          tolerations: [{ key: 'infra', operator: 'Exists' }],
        },
      },
    },
  });
  expect(parse(files.get(kustomizationFile) ?? '')).toMatchObject({
    metadata: { name: 'graph-g-smoke-test', namespace: 'flux-system' },
    spec: { dependsOn: [{ name: 'graph-g' }], path: './dist/test/graphs/g/smoke-test', wait: true },
  });
});

test('no test is written where none is asked for', () => {
  const paths = [undefined, false].flatMap((smokeTest) => [...tested({ smokeTest }).fleet.compile().files.keys()]);
  expect(paths.filter((path) => path.includes('smoke'))).toEqual([]);
});

describe('the test runs again', () => {
  const first = digestOf(tested());

  test('not where nothing changes', () => {
    expect(digestOf(tested())).toBe(first);
  });

  test.each<[string, () => TestCluster]>([
    ['the image changes', () => tested({ backend: Backend.vllm({ image: 'example.com/runtime:1.5.1' }) })],
    ['a pin changes', () => tested({ worker: { gpus: 8, nodeSelector: { 'kubernetes.io/hostname': 'n2' } } })],
    [
      'a patch changes the graph',
      () => {
        const cluster = tested();
        const patch = JsonPatch.add('/spec/components/1/podTemplate/spec/terminationGracePeriodSeconds', 120);
        cluster.graph1.deployment.addJsonPatch(patch);
        return cluster;
      },
    ],
  ])('where %s', (_, changed) => {
    expect(digestOf(changed())).not.toBe(first);
  });
});

test.each<[string, Partial<DynamoGraphProps>, RegExp]>([
  ['completions', { smokeTest: { endpoint: 'completions' } }, /\/v1\/completions.*"prompt":"What/s],
  ['another time', { smokeTest: { seconds: 10 } }, /"10"/],
  ['a name of its own', { worker: { gpus: 8, args: ['--served-model-name', 'qwen'] } }, /"model":"qwen"/],
  ['a name of its own in one word', { worker: { gpus: 8, args: ['--served-model-name=qwen'] } }, /"model":"qwen"/],
  ['a frontend pinned by replica', { frontend: { name: 'Front', pinning: 'replica' } }, /http:\/\/g-front-0:8000/],
])('it asks for %s', (_, props, text) => {
  expect(tested(props).fleet.compile().files.get(jobFile)?.replaceAll('\\"', '"')).toMatch(text);
});

test('early graphs have a Service of the same form', () => {
  const cluster = testCluster(nodes(['n1']), [], { stack: Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) });
  cluster.graph('g', { worker: { gpus: 1 }, frontend: { name: 'Frontend' }, smokeTest: true });
  expect(cluster.fleet.compile().files.get(jobFile)).toContain('http://g-frontend:8000/v1/chat/completions');
});

test.each([601, 0, -1, 0.5, Number.NaN])('a test for %d seconds is refused', (seconds) => {
  expect(failure(tested({ smokeTest: { seconds } }).fleet).map(({ code, message }) => [code, message])).toEqual([
    ['BAY2040', `smokeTest.seconds is ${seconds}, which is no whole number from 1 to 600`],
  ]);
});
