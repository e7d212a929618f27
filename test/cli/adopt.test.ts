import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-adopt-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A graph as it is written by hand, in one line of JSON. */
function graph(name: string, metadata: object = {}, worker: object = {}): string {
  const image = 'registry.example/dynamo/vllm:1.5.0';
  const containers = [{ name: 'main', image, envFrom: [{ configMapRef: { name: 'settings' } }] }];
  const component = { name: 'Worker', type: 'worker', replicas: 1, ...worker, podTemplate: { spec: { containers } } };
  return JSON.stringify({
    apiVersion: 'nvidia.com/v1beta1',
    kind: 'DynamoGraphDeployment',
    metadata: { name, ...metadata },
    spec: { components: [component] },
  });
}
const configMap = (metadata: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } });
const documents = (...texts: readonly string[]): string => `---\n${texts.join('\n---\n')}`;

/** Lines of a stack that begin a function, a construct or the metadata of an object. */
const outline = (stack: string): string[] =>
  stack.match(/(?:function .*(?=\()|new DynamoGraph\(.*(?=,)|(?<=metadata: ).*(?=,))/g) ?? [];

describe('bayplan adopt', () => {
  test('writes what was applied of a graph that runs, and not what the cluster added', async () => {
    const live = {
      namespace: 'prod',
      uid: '0-1',
      resourceVersion: '7',
      generation: 2,
      creationTimestamp: '2026-01-01T00:00:00Z',
      finalizers: ['nvidia.com/finalizer'],
      managedFields: [{ manager: 'kubectl' }],
      labels: { app: 'qwen', 'kustomize.toolkit.fluxcd.io/name': 'apps' },
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'nvidia.com/current-worker-hash-v2': 'abc',
        'nvidia.com/dynamo-operator-origin-version': '1.5.0',
        note: "it's ours",
      },
    };
    const item = { ...(JSON.parse(graph('qwen', live)) as object), status: { state: 'successful' } };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [item] });
    expect(await run(['adopt', '-f', '-'], { input: list })).toEqual({
      code: 0,
      out: `import { DynamoGraph, type Cluster, type Queue } from 'bayplan';

/** DynamoGraphDeployment prod/qwen, taken over as it was. */
export function qwen(cluster: Cluster, queue: Queue): DynamoGraph {
  return new DynamoGraph(cluster, 'qwen', {
    queue,
    manifests: [
      {
        apiVersion: 'nvidia.com/v1beta1',
        kind: 'DynamoGraphDeployment',
        metadata: {
          name: 'qwen',
          namespace: 'prod',
          labels: { app: 'qwen' },
          annotations: { note: "it's ours" },
        },
        spec: {
          components: [
            {
              name: 'Worker',
              type: 'worker',
              replicas: 1,
              podTemplate: {
                spec: {
                  containers: [
                    {
                      name: 'main',
                      image: 'registry.example/dynamo/vllm:1.5.0',
                      envFrom: [
                        {
                          configMapRef: { name: 'settings' },
                        },
                      ],
                    },
                  ],
                },
              },
            },
          ],
        },
      },
    ],
  });
}
`,
      err: `to compile it, add to main.ts:
  import { qwen } from './stacks/NAME';
  qwen(cluster, queue);
`,
    });
  });

  test('keeps an adapter that scales a component', async () => {
    const { out } = await run(['adopt', '-f', '-'], {
      input: graph('qwen', {}, { scalingAdapter: { enabled: true } }),
    });
    expect(out).toContain('scalingAdapter: { enabled: true },');
  });

  test('puts objects with the graph of their namespace that mentions them', async () => {
    const input = documents(
      configMap({ name: 'settings', namespace: 'b' }),
      configMap({ name: 'settings' }),
      graph('one', { namespace: 'a' }),
      graph('two', { namespace: 'b' }),
    );
    const { out, err } = await run(['adopt', '-f', '-'], { input });
    expect(err).not.toContain('warning');
    expect(outline(out)).toEqual([
      'function one',
      "new DynamoGraph(cluster, 'one'",
      "{ name: 'one', namespace: 'a' }",
      // one without a namespace lies where its graph does
      "{ name: 'settings', namespace: 'a' }",
      'function two',
      "new DynamoGraph(cluster, 'two'",
      "{ name: 'two', namespace: 'b' }",
      "{ name: 'settings', namespace: 'b' }",
    ]);
  });

  test('gives functions and constructs names of their own', async () => {
    const names = [['default'], ['4-b'], ['queue'], ['a-b'], ['a-b', 'other'], ['aB2'.toLowerCase()]];
    const input = documents(...names.map(([name = '', namespace]) => graph(name, { namespace })));
    const { out } = await run(['adopt', '-f', '-', '-n', 'prod'], { input });
    expect(outline(out).filter((line) => !line.startsWith('{'))).toEqual([
      'function defaultGraph',
      "new DynamoGraph(cluster, 'default'",
      'function graph4B',
      "new DynamoGraph(cluster, '4-b'",
      'function queueGraph',
      "new DynamoGraph(cluster, 'queue'",
      'function aB',
      "new DynamoGraph(cluster, 'prod-a-b'",
      'function aB2',
      "new DynamoGraph(cluster, 'other-a-b'",
      'function ab2',
      "new DynamoGraph(cluster, 'ab2'",
    ]);
  });

  test('names what it leaves out: Secrets, what makes pods, and what lies elsewhere', async () => {
    const secret = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' } });
    const knative = JSON.stringify({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'web' },
    });
    const namespace = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
    const elsewhere = configMap({ name: 'other', namespace: 'elsewhere' });
    const input = documents(graph('qwen'), namespace, secret, knative, elsewhere);
    const { code, out, err } = await run(['adopt', '-f', '-', '--format', 'json'], { input });
    // In this form nothing but findings goes to standard error.
    const { diagnostics } = JSON.parse(err) as { diagnostics: unknown[] };
    expect({ code, diagnostics }).toMatchObject({
      code: 0,
      diagnostics: [
        { code: 'BAY2103', message: 'not taken over: Secret/token, Service/web, ConfigMap/other', where: { line: 6 } },
      ],
    });
    expect(out).not.toContain('ConfigMap');
  });

  test('writes to a file in a folder that need not be there, and leaves the file as it was where anything is wrong', async () => {
    const file = join(folder, 'stacks', 'qwen.ts');
    const first = await run(['adopt', '-f', '-', '-o', file], { input: graph('qwen') });
    expect({ code: first.code, out: first.out }).toEqual({ code: 0, out: '' });
    expect(first.err).toContain(`import { qwen } from '${join(folder, 'stacks', 'qwen')}';`);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('export function qwen(');
    const broken = await run(['adopt', '-f', '-', '-o', file], { input: documents(graph('qwen'), 'a: [') });
    expect({ code: broken.code, text: readFileSync(file, 'utf8') }).toEqual({ code: 2, text });
    expect(readdirSync(join(folder, 'stacks'))).toEqual(['qwen.ts']);
  });

  test('makes no folder where the file cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    const { code, out, err } = await run(['adopt', '-f', '-', '-o', join(file, 'x', 'qwen.ts')], { input: graph('q') });
    expect({ code, out, err: err.match(/^error\[\w+\]/gm) }).toEqual({ code: 2, out: '', err: ['error[BAY5006]'] });
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  test.each([
    ['nothing', '', 'error[BAY2101]: there is no DynamoGraphDeployment in it'],
    ['no graph', configMap({ name: 'a' }), 'error[BAY2101]: there is no DynamoGraphDeployment among ConfigMap'],
    ['a blank', graph('q').replace('1.5.0', '${TAG}'), 'error[BAY2102]: graph q is a template: "registry.example/dynamo/vllm:${TAG}" is still to be filled in'], // prettier-ignore
    ['a name that is made later', graph('q').replace('"name":"q"', '"generateName":"q-"'), 'error[BAY2102]: graph q- has no name yet'], // prettier-ignore
    [
      'the same graph twice',
      documents(graph('q'), graph('q')),
      'error[BAY1104]: DynamoGraphDeployment q is declared twice',
    ],
  ])('refuses %s', async (_, input, message) => {
    const { code, out, err } = await run(['adopt', '-f', '-'], { input });
    expect({ code, out, found: err.match(/^error/gm)?.length }).toEqual({ code: 2, out: '', found: 1 });
    expect(err).toContain(message);
  });

  test('refuses an empty name of a file or namespace', async () => {
    for (const option of ['-o', '-n']) {
      const { code, err } = await run(['adopt', '-f', '-', option, ''], { input: graph('q') });
      expect(code).toBe(2);
      expect(err).toContain(option === '-o' ? '--output is empty' : '--namespace is empty');
    }
    expect(existsSync('')).toBe(false);
  });
});
