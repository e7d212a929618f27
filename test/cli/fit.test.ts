import { join } from 'node:path';
import { ask, file, folder, graph, HOST, nodes, noSurge, RACK, ZONE } from '../fit/graphs';
import { list, node, pod } from '../inventory/objects';
import { run } from './run';

describe('bayplan fit', () => {
  const disagg = graph('g', [
    { name: 'prefill', type: 'prefill', replicas: 2, gpus: 4, annotations: noSurge },
    { name: 'decode', replicas: 2, gpus: 8, annotations: noSurge },
  ]);

  test('says for people where every pod goes, how near they are, and whether pins are safe there', async () => {
    const { code, out } = await run([
      'fit',
      '-f',
      file('g.json', disagg),
      '-i',
      file('nodes.json', nodes),
      '--require',
      'zone',
      '--prefer',
      'rack',
    ]);
    expect(code).toBe(0);
    expect(out.replaceAll(`${folder}/`, '')).toBe(
      `DynamoGraphDeployment t/g fits: 4 pods, 24 GPUs  (g.json:1)
  asked for one topology.kubernetes.io/zone, preferably one topology.kubernetes.io/rack, for all pods
  prefill  2 pods, 4 GPUs each  2 x n1
  decode   2 pods, 8 GPUs each  n2, n3
  in 1 zone (a), 2 racks (r1, r2), 3 hosts
  prefill to decode: 2 pairs in one rack, 2 pairs in one zone
  these nodes are safe as pins

levels zone, rack, host (by the labels of the nodes)
stack Dynamo 1.5 on KAI 0.17 (assumed; --stack says another)
`,
    );
  });

  test('says as data the same', async () => {
    const { code, answer } = await ask([disagg], nodes, '--require', 'rack');
    expect(code).toBe(3);
    expect(answer).toMatchObject({
      version: 1,
      fits: false,
      stack: { name: 'Dynamo 1.5 on KAI 0.17', assumed: true, caveats: [] },
      levels: {
        from: 'labels',
        levels: [
          { label: ZONE, name: 'zone' },
          { label: RACK, name: 'rack' },
          { label: HOST, name: 'host' },
        ],
      },
      workloads: [
        {
          kind: 'DynamoGraphDeployment',
          namespace: 't',
          name: 'g',
          line: 1,
          fits: false,
          pods: 4,
          gpus: 24,
          required: RACK,
          components: [
            {
              name: 'prefill',
              type: 'prefill',
              replicas: 2,
              nodes: 1,
              gpusPerReplica: 4,
              requests: { 'nvidia.com/gpu': '4' },
              copies: [],
            },
            {
              name: 'decode',
              type: 'decode',
              replicas: 2,
              nodes: 1,
              gpusPerReplica: 8,
              requests: { 'nvidia.com/gpu': '8' },
              copies: [],
            },
          ],
        },
      ],
      findings: [{ code: 'BAY1120' }, { code: 'BAY3202', help: expect.stringContaining('zone') as string }],
    });
  });

  test('leaves the pods of the graphs that are asked about out of the use', async () => {
    const running = (name: string, graphName: string, host: string): object =>
      pod(name, {
        node: host,
        requests: { 'nvidia.com/gpu': '8' },
        metadata: { namespace: 't', labels: { 'nvidia.com/dynamo-graph-deployment-name': graphName } },
      });
    const full = (graphName: string): string =>
      file(
        `${graphName}.json`,
        list(...['n1', 'n2', 'n3', 'n4', 'n5'].map((host) => running(`p-${host}`, graphName, host))),
      );
    const own = await ask([disagg], nodes, '--pods', full('g'));
    const others = await ask([disagg], nodes, '--pods', full('h'));
    expect([own.code, others.code]).toEqual([0, 3]);
  });

  test('reads a pipe, and takes other kinds beside workloads', async () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
    const { code, out } = await run(['fit', '-f', '-', '-i', file('nodes.json', nodes)], {
      input: JSON.stringify(list(disagg, config)),
    });
    expect(code).toBe(0);
    expect(out).toContain('(standard input:1)');
    expect(out).toContain('not looked at: 1 ConfigMap\n');
  });

  test('places several workloads at once, of different kinds', async () => {
    const template = {
      spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { 'nvidia.com/gpu': 8 } } }] },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'g', namespace: 't' },
      spec: { replicas: 2, strategy: { type: 'Recreate' }, template },
    };
    const set = {
      apiVersion: 'leaderworkerset.x-k8s.io/v1',
      kind: 'LeaderWorkerSet',
      metadata: { name: 'l', namespace: 't' },
      spec: {
        replicas: 1,
        leaderWorkerTemplate: {
          size: 2,
          leaderTemplate: {
            spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { 'nvidia.com/gpu': 1 } } }] },
          },
          workerTemplate: template,
        },
      },
    };
    const fits = await ask([deployment, set], nodes);
    expect([fits.code, fits.codes]).toEqual([0, []]);
    expect(fits.answer.workloads[1]?.components[0]?.copies[0]).toHaveLength(2);
    const tight = await ask([disagg, deployment, set], nodes);
    expect([tight.code, tight.answer.workloads.filter((each) => each.fits).length]).toEqual([3, 2]);
  });

  test('keeps apart what wants to be, within a component and between them', async () => {
    const apart = (labels: object): object => ({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST, labelSelector: { matchLabels: labels } }],
      },
    });
    const small = graph('g', [
      { name: 'a', replicas: 2, gpus: 1, annotations: noSurge },
      { name: 'b', replicas: 1, gpus: 1, annotations: noSurge },
    ]) as { spec: { components: { podTemplate: { spec: { affinity?: object } } }[] } };
    const [a] = small.spec.components;
    if (a) a.podTemplate.spec.affinity = apart({ 'nvidia.com/dynamo-graph-deployment-name': 'g' });
    const { answer } = await ask([small], nodes);
    const used = answer.workloads[0]?.components.flatMap(({ copies }) => copies.flat()) ?? [];
    expect(new Set(used).size).toBe(3);
  });

  test('plugins of the API server that tolerate GPU nodes are said by an option', async () => {
    const tainted = list(
      node('n1', { spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] } }),
    );
    const one = graph('g', [{ name: 'a', replicas: 1, gpus: 1, annotations: noSurge }]);
    expect([
      (await ask([one], tainted)).code,
      (await ask([one], tainted, '--extended-resource-toleration')).code,
    ]).toEqual([3, 0]);
  });
});

describe('what is wrong with a command line', () => {
  const manifests = (): string => file('g.json', graph('g', [{ name: 'a', replicas: 1, gpus: 1 }]));
  test.each([
    ['a level that is none', ['--require', 'rak'], 'BAY1111', 'did you mean rack?'],
    ['a label that is no level', ['--prefer', 'nvidia.com/none'], 'BAY1111', '--level'],
    ['levels that no node has', ['--level', 'example.com/row'], 'BAY1018', 'example.com/row'],
    ['a stack that is none', ['--stack', 'dynamo-1.5.0'], 'BAY1112', 'dynamo=1.5.0,kai=0.17.0'],
    ['a stack without Dynamo', ['--stack', 'kai=0.17.0'], 'BAY1112', 'dynamo=VERSION'],
  ])('%s', async (_, options, code, words) => {
    const ran = await run(['fit', '-f', manifests(), '-i', file('nodes.json', nodes), ...options]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(code);
    expect(ran.err).toContain(words);
  });

  test('files with nothing to place, and files that cannot be read, all at once', async () => {
    const none = await run([
      'fit',
      '-f',
      file('c.json', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }),
      '-i',
      file('nodes.json', nodes),
    ]);
    expect([none.code, /BAY\d+/.exec(none.err)?.[0]]).toEqual([2, 'BAY1110']);
    const broken = await run([
      'fit',
      '-f',
      file('t.yaml', 'a: {{ .Values.x }}\n'),
      '-f',
      join(folder, 'none.yaml'),
      '-i',
      join(folder, 'none.json'),
    ]);
    expect([broken.code, broken.out]).toEqual([2, '']);
    expect([...broken.err.matchAll(/\[(BAY\d+)\]/g)].map(([, code]) => code).sort()).toEqual([
      'BAY1001',
      'BAY1001',
      'BAY1102',
    ]);
  });
});
