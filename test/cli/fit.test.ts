import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, node, pod } from '../inventory/objects';
import { run } from './run';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-fit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const ZONE = 'topology.kubernetes.io/zone';
const RACK = 'topology.kubernetes.io/rack';
const HOST = 'kubernetes.io/hostname';

function at(name: string, zone: string, rack: string): ReturnType<typeof node> {
  return node(name, { labels: { [ZONE]: zone, [RACK]: rack, [HOST]: name } });
}

/*
 * zone a               zone b
 * rack r1    rack r2   rack r3
 * n1 n2      n3        n4 n5        8 GPUs each
 */
const nodes = list(
  at('n1', 'a', 'r1'),
  at('n2', 'a', 'r1'),
  at('n3', 'a', 'r2'),
  at('n4', 'b', 'r3'),
  at('n5', 'b', 'r3'),
);

/** n1 and n2, in one rack of one zone. */
const oneRack = list(at('n1', 'a', 'r1'), at('n2', 'a', 'r1'));

interface Part {
  readonly name: string;
  readonly type?: string;
  readonly replicas: number;
  readonly gpus: number;
  readonly pin?: readonly string[];
  readonly nodes?: number;
  readonly annotations?: Record<string, string>;
  readonly packDomain?: string;
  readonly minAvailable?: number;
}

interface GraphShape {
  readonly annotations?: Record<string, string>;
  /** The four keys of a PodGroup of that name. */
  readonly member?: string;
  readonly scheduler?: string;
  readonly spec?: object;
}

/** A graph of v1beta1, as people write it. */
function graph(name: string, parts: readonly Part[], shape: GraphShape = {}): object {
  const { member, scheduler = member === undefined ? undefined : 'kai-scheduler' } = shape;
  const components = parts.map(({ name: component, type = 'decode', replicas, gpus, pin, annotations, ...rest }) => ({
    name: component,
    type,
    replicas,
    ...(rest.nodes === undefined ? {} : { multinode: { nodeCount: rest.nodes } }),
    ...(rest.packDomain === undefined ? {} : { topologyConstraint: { packDomain: rest.packDomain } }),
    ...(rest.minAvailable === undefined ? {} : { minAvailable: rest.minAvailable }),
    podTemplate: {
      metadata: {
        annotations: {
          ...annotations,
          ...(member === undefined ? {} : { 'pod-group-name': member, 'kai.scheduler/skip-podgrouper': 'true' }),
        },
        labels: member === undefined ? {} : { 'kai.scheduler/subgroup-name': component },
      },
      spec: {
        schedulerName: scheduler,
        affinity: pin && {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: pin }] }],
            },
          },
        },
        containers: [{ name: 'main', image: 'x:1.5.0', resources: { limits: { 'nvidia.com/gpu': gpus } } }],
      },
    },
  }));
  return {
    apiVersion: 'nvidia.com/v1beta1',
    kind: 'DynamoGraphDeployment',
    metadata: { name, namespace: 't', annotations: shape.annotations },
    spec: { ...shape.spec, components },
  };
}

function podGroup(name: string, minima: Record<string, number>, spec: object = {}): object {
  const subGroups = Object.entries(minima).map(([subGroup, minMember]) => ({ name: subGroup, minMember }));
  return {
    apiVersion: 'scheduling.run.ai/v2alpha2',
    kind: 'PodGroup',
    metadata: { name, namespace: 't' },
    spec: { queue: 'q', minSubGroup: subGroups.length, subGroups, ...spec },
  };
}

const noSurge = {
  'nvidia.com/deployment-rolling-update-max-surge': '0',
  'nvidia.com/deployment-rolling-update-max-unavailable': '1',
};

/** Codes of the findings, and the answer as data. */
async function ask(
  objects: readonly object[],
  inventory: object,
  ...options: string[]
): Promise<{ code: number; codes: string[]; help: string[]; answer: { workloads: Told[] } }> {
  const manifests = file('graph.json', list(...objects));
  const args = [
    'fit',
    '-f',
    manifests,
    '-i',
    file('nodes.json', inventory),
    '-o',
    'json',
    '--format',
    'json',
    ...options,
  ];
  const { code, out } = await run(args);
  // what the command prints with -o json
  const answer = JSON.parse(out) as { workloads: Told[]; findings: { code: string; help: string }[] };
  return {
    code,
    codes: answer.findings.map((each) => each.code),
    help: answer.findings.map((each) => each.help),
    answer,
  };
}

interface Told {
  readonly fits: boolean;
  readonly pins?: string;
  readonly components: { name: string; copies: string[][] }[];
}

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

describe('notes on what would go wrong', () => {
  const three: Part = { name: 'decode', replicas: 3, gpus: 8 };
  const kai = { 'kai.scheduler/topology': 'topology-1', 'kai.scheduler/topology-required-placement': ZONE };

  test('annotations alone hold no gang on KAI, and do on Run:ai', async () => {
    const annotated = graph('g', [{ ...three, annotations: noSurge }], {
      annotations: kai,
      scheduler: 'kai-scheduler',
    });
    const onKai = await ask([annotated], nodes);
    expect(onKai.codes).toEqual(['BAY1120']);
    expect((await ask([annotated], nodes, '--stack', 'dynamo=1.5.0,runai=3.0')).codes).toEqual([]);
  });

  test('a PodGroup with the keys of membership on every pod holds it; one that is not handed on does not', async () => {
    const member = graph('g', [{ ...three, annotations: noSurge }], { member: 'pg' });
    expect((await ask([member, podGroup('pg', { decode: 3 })], nodes)).codes).toEqual([]);
    const without = await ask([member], nodes);
    expect([without.codes, without.help]).toEqual([['BAY1120'], [expect.stringContaining('hand it on')]]);
  });

  test('with Grove a gang is as large as minAvailable, and annotations have no effect', async () => {
    const grove = ['--stack', 'dynamo=1.5.0,kai=0.17.0,grove=0.1.0-alpha.13'];
    expect((await ask([graph('g', [three])], nodes, ...grove)).codes).toEqual(['BAY1120']);
    expect((await ask([graph('g', [{ ...three, minAvailable: 3 }])], nodes, ...grove)).codes).toEqual([]);
    const annotated = graph('g', [{ ...three, minAvailable: 3 }], {
      annotations: { ...kai, 'kai.scheduler/topology-preferred-placement': ZONE },
    });
    expect((await ask([annotated], nodes, ...grove)).codes).toEqual(['BAY1120']);
  });

  test('a default rollout cannot finish on full nodes: one pod more, none missing, and no room', async () => {
    const group = podGroup('pg', { decode: 2 });
    const two = { ...three, replicas: 2 };
    const full = await ask([graph('g', [two], { member: 'pg' }), group], oneRack);
    expect(full.codes).toEqual(['BAY1121']);
    expect(full.help[0]).toContain('nvidia.com/deployment-rolling-update-max-surge: "0"');
    expect(
      (await ask([graph('g', [{ ...two, annotations: noSurge }], { member: 'pg' }), group], oneRack)).codes,
    ).toEqual([]);
    expect((await ask([graph('g', [two], { member: 'pg' }), group], nodes)).codes).toEqual([]);
  });

  test('nor where pins leave no node with room, though others have it', async () => {
    const pinned = graph('g', [{ ...three, replicas: 2, pin: ['n1', 'n2'] }], { member: 'pg' });
    expect((await ask([pinned, podGroup('pg', { decode: 2 })], nodes)).codes).toEqual(['BAY1121']);
  });

  test('four replicas may have one missing, so that theirs finishes', async () => {
    const four = graph('g', [{ ...three, replicas: 4, gpus: 4 }], { member: 'pg' });
    expect((await ask([four, podGroup('pg', { decode: 4 })], oneRack)).codes).toEqual([]);
  });

  test('a Deployment is told in its own words', async () => {
    const template = {
      spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { 'nvidia.com/gpu': 8 } } }] },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { replicas: 2, template },
    };
    const { codes, help } = await ask([deployment], oneRack);
    expect([codes, help]).toEqual([['BAY1121'], [expect.stringContaining('spec.strategy.rollingUpdate')]]);
  });

  const a = (part: Partial<Part> = {}): Part => ({
    name: 'a',
    replicas: 2,
    gpus: 8,
    pin: ['n1', 'n2'],
    annotations: noSurge,
    ...part,
  });
  const required = { topologyConstraint: { topology: 't', requiredTopologyLevel: ZONE } };

  test('A: a required level without a preferred one, all nodes in one rack', async () => {
    const member = graph('g', [a()], { member: 'pg' });
    const never = await ask([member, podGroup('pg', { a: 2 }, required)], oneRack, '--level', ZONE, '--level', RACK);
    expect([never.codes, never.help]).toEqual([
      ['BAY1122'],
      [expect.stringContaining('preferred level beside the required')],
    ]);
    const both = { topologyConstraint: { ...required.topologyConstraint, preferredTopologyLevel: ZONE } };
    expect(
      (await ask([member, podGroup('pg', { a: 2 }, both)], oneRack, '--level', ZONE, '--level', RACK)).codes,
    ).toEqual([]);
  });

  test('A-Grove: the same with packDomain, where no preferred level can be said', async () => {
    const grove = ['--stack', 'dynamo=1.5.0,kai=0.17.0,grove=0.1.0-alpha.13', '--level', ZONE, '--level', RACK];
    const spec = { topologyConstraint: { clusterTopologyName: 't', packDomain: 'zone' } };
    const binding = {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'ClusterTopologyBinding',
      metadata: { name: 't' },
      spec: {
        levels: [
          { domain: 'zone', key: ZONE },
          { domain: 'rack', key: RACK },
        ],
      },
    };
    const never = await ask([graph('g', [a({ minAvailable: 2 })], { spec }), binding], oneRack, ...grove);
    expect([never.codes, never.help]).toEqual([
      ['BAY1122'],
      [expect.stringContaining('leave the topologyConstraint out')],
    ]);
    expect((await ask([graph('g', [a({ minAvailable: 2 })]), binding], oneRack, ...grove)).codes).toEqual([]);
  });

  test('P: a set pin with a hole in it', async () => {
    const parts = [
      a({ gpus: 4 }),
      a({ name: 'c', replicas: 1, gpus: 4, pin: ['n1'] }),
      a({ name: 'd', replicas: 1, gpus: 4, pin: ['n2'] }),
    ];
    const { codes, help, answer } = await ask(
      [graph('g', parts, { member: 'pg' }), podGroup('pg', { a: 2, c: 1, d: 1 })],
      nodes,
    );
    expect(codes).toEqual(['BAY1122', 'BAY1124', 'BAY1124']);
    expect(help[0]).toContain('order of its own');
    expect(answer.workloads[0]?.pins).toBe('none');
  });

  test('P2: the same between two graphs', async () => {
    const one = graph('one', [a({ gpus: 4 })], { member: 'pg1' });
    const two = graph(
      'two',
      [a({ name: 'c', replicas: 1, gpus: 4, pin: ['n1'] }), a({ name: 'd', replicas: 1, gpus: 4, pin: ['n2'] })],
      { member: 'pg2' },
    );
    const { codes } = await ask([one, two, podGroup('pg1', { a: 2 }), podGroup('pg2', { c: 1, d: 1 })], nodes);
    expect(codes).toContain('BAY1124');
  });

  test('N: a pin to a node that is not ready, cordoned or gone', async () => {
    const notReady = node('n2', { conditions: [{ type: 'Ready', status: 'False' }] });
    const one = graph('g', [a({ replicas: 1, pin: ['n1', 'n2', 'n9'] })], { member: 'pg' });
    const { codes } = await ask([one, podGroup('pg', { a: 1 })], list(node('n1'), notReady));
    expect(codes).toEqual(['BAY1123']);
  });

  test('M: a minimum that nothing ever makes', async () => {
    const { codes, help } = await ask([graph('g', [a()], { member: 'pg' }), podGroup('pg', { a: 4 })], nodes);
    expect([codes, help]).toEqual([['BAY1122'], [expect.stringContaining('minMember')]]);
  });
});
