import { unzipSync } from 'fflate';
import { JsonPatch } from 'cdk8s';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack } from '../../lib';
import { graphDefaults, list, node, nodes, pod, topology } from '../support/fleet';
import { run } from './run';
import { testFleet } from '../support/pins';

/* A working folder of its own. */
const before = process.cwd();
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bayplan-')));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

interface Variant {
  readonly reverse?: boolean;
  readonly gpus?: number;
  readonly patch?: (graph: DynamoGraph) => void;
}

/**
 * Three nodes in two racks, a batch pod on n1 and a pod of the graph itself on n3; beside it a cluster on Run:ai.
 */
function fleet({ reverse = false, gpus = 4, patch = () => undefined }: Variant = {}): Fleet {
  const turned = <T>(items: readonly T[]): T[] => (reverse ? [...items].reverse() : [...items]);
  const made = testFleet();
  const machines = [...nodes(['n1', 'n2']), node('n3', { rack: 'r2' })];
  const own = { namespace: 'inference', labels: { 'nvidia.com/dynamo-graph-deployment-name': 'g' } };
  const running = [
    pod('batch-0', 'n1', { 'nvidia.com/gpu': '6', cpu: '2' }, { labels: { 'kai.scheduler/queue': 'team-a' } }),
    pod('batch-1', 'n2', { cpu: '1' }, { labels: { 'kai.scheduler/queue': 'elsewhere' } }),
    pod('g-0-worker-abc', 'n3', { 'nvidia.com/gpu': '4' }, own),
  ];
  const cluster = new Cluster(made, 'here', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: list(turned(machines)), pods: list(turned(running)) }),
    topology: topology(),
  });
  const queue = new Queue(cluster, 'team-a', { gpu: { quota: 24 } });
  for (const id of turned(['g', 'h'])) {
    const worker = id === 'g' ? { gpus, replicas: 2 } : { gpus: 1 };
    const placement = { required: Level.rack() };
    const graph = new DynamoGraph(cluster, id, { ...graphDefaults(queue), placement, worker });
    if (id === 'g') patch(graph);
  }
  new Cluster(made, 'there', {
    stack: Stack.of({ dynamo: '1.5.0', runai: '3.0' }),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['m1'])) }),
    topology: topology(),
  });
  return made;
}

interface Exported {
  readonly code: unknown;
  /** What it printed on standard output, in hexadecimal. */
  readonly out: string;
  /** What the fleet printed on standard error. */
  readonly err: string;
}

/** Has a fleet do in this process what `bayplan export kai-snapshot` asks of it. */
function exported(of: Fleet, cluster: string, file: string, more: Readonly<Record<string, string>> = {}): Exported {
  const err = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const out = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const env = { ...process.env };
  Object.assign(process.env, {
    BAYPLAN_KAI_SNAPSHOT: cluster,
    BAYPLAN_KAI_SNAPSHOT_FILE: file,
    NO_COLOR: '1',
    ...more,
  });
  try {
    of.synth();
    return {
      code: process.exitCode ?? 0,
      out: out.mock.calls.map(([bytes]) => Buffer.from(bytes).toString('hex')).join(''),
      err: err.mock.calls.map(([text]) => String(text)).join(''),
    };
  } finally {
    process.exitCode = undefined;
    process.env = env;
    err.mockRestore();
    out.mockRestore();
  }
}

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly nodeName?: string; readonly queue?: string };
}

type Lists = 'nodes' | 'queues' | 'topologies' | 'priorityClasses' | 'podGroups' | 'pods';

interface Snapshot {
  readonly schedulerParams: Readonly<Record<string, unknown>>;
  readonly rawObjects: Readonly<Record<Lists, readonly Named[]>>;
}

function snapshotIn(file: string): Snapshot {
  const files = unzipSync(Uint8Array.from(readFileSync(file)));
  expect(Object.keys(files)).toEqual(['snapshot.json']);
  return JSON.parse(new TextDecoder().decode(files['snapshot.json'])) as Snapshot;
}

const names = (objects: readonly Named[]): string[] => objects.map(({ metadata }) => metadata.name);

const file = 'here.kai-snapshot.zip';

describe('the snapshot', () => {
  test('is what KAI would see of a cluster, without the pods that are placed anew', () => {
    expect(exported(fleet(), 'here', file)).toEqual({
      code: 0,
      out: '',
      err: `${file}: 3 nodes, 5 pods to come in 2 PodGroups, 2 running pods\n`,
    });
    expect(readdirSync('.')).toEqual([file]);
    const { rawObjects } = snapshotIn(file);
    expect(names(rawObjects.nodes)).toEqual(['n1', 'n2', 'n3']);
    expect(names(rawObjects.queues)).toEqual(['team-a']);
    expect(names(rawObjects.topologies)).toEqual(['topology-1']);
    expect(names(rawObjects.priorityClasses)).toEqual(['build', 'build-preemptible', 'inference', 'train']);
    expect(names(rawObjects.podGroups)).toEqual(['inference.g', 'inference.h', 'in-use-team-a']);
    expect(rawObjects.pods.map(({ metadata, spec }) => [metadata.name, spec.nodeName])).toEqual([
      ['g-frontend-0', undefined],
      ['g-worker-0', undefined],
      ['g-worker-1', undefined],
      ['h-frontend-0', undefined],
      ['h-worker-0', undefined],
      ['batch-0', 'n1'],
      ['batch-1', 'n2'],
    ]);
  });

  test('has the same bytes for the same input, in whatever order, time zone and locale', () => {
    exported(fleet(), 'here', 'one.zip');
    const one = readFileSync('one.zip', 'hex');
    const elsewhere = { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8' };
    exported(fleet({ reverse: true }), 'here', 'two.zip', elsewhere);
    expect(readFileSync('two.zip', 'hex')).toBe(one);
    expect(exported(fleet(), 'here', '-').out).toBe(one);
  });

  test('is written even where a check of the manifests fails, with its findings', () => {
    const constraint = { requiredTopologyLevel: 'kubernetes.io/hostname', topology: 'topology-1' };
    const patch = ({ podGroup }: DynamoGraph): void =>
      podGroup?.addJsonPatch(JsonPatch.add('/spec/topologyConstraint', constraint));
    const { code, err } = exported(fleet({ patch }), 'here', file);
    expect(code).toBe(4);
    expect(err).toContain(`${file}: 3 nodes`);
    expect(err).toMatch(/error\[BAY40\d\d\]/);
    expect(JSON.stringify(snapshotIn(file).rawObjects.podGroups)).toContain(
      `"topologyConstraint":${JSON.stringify(constraint)}}`,
    );
  });

  test('says what it holds to people only', () => {
    expect(exported(fleet(), 'here', file, { BAYPLAN_FORMAT: 'json' }).err).not.toContain('pods to come');
  });
});

describe('what was there before stays', () => {
  beforeEach(() => {
    writeFileSync(file, 'of yesterday');
  });
  const expectKept = (): void => {
    expect(readdirSync('.')).toEqual([file]);
    expect(readFileSync(file, 'utf8')).toBe('of yesterday');
  };

  test('where the fleet has no place', () => {
    const { code, err } = exported(fleet({ gpus: 8 }), 'here', file);
    expect(code).toBe(3);
    expect(err).toContain('graph "g" has no place on here');
    expectKept();
  });

  test.each([
    ['heer', 'there is no cluster "heer"', 'did you mean "here"?'],
    ['elsewhere', 'there is no cluster "elsewhere"', 'name one of those that KAI schedules on'],
    ['there', 'cluster "there" is on Run:ai, not on KAI', 'name one of those that KAI schedules on'],
  ])('where %s is no cluster that KAI schedules on', (name, message, help) => {
    const { code, err } = exported(fleet(), name, file);
    expect(code).toBe(2);
    expect(err).toContain(`error[BAY5022]: ${message}\n  --> bayplan export kai-snapshot --cluster ${name}\n`);
    expect(err).toContain('  = note: KAI schedules on here\n');
    expect(err).toContain(`  = help: ${help}\n`);
    expectKept();
  });

  test('where the file cannot be written', () => {
    const { code, err } = exported(fleet(), 'here', `${file}/inside.zip`);
    expect(code).toBe(2);
    expect(err).toContain(`error[BAY5006]: cannot write ${file}/inside.zip: ENOTDIR\n`);
    expectKept();
  });
});

test('bayplan export kai-snapshot has the app of cdk8s.yaml write it', async () => {
  const root = resolve(__dirname, '..', '..');
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  writeFileSync(
    'main.ts',
    `import { nodes, testCluster } from '${root}/test/support/fleet';
     const { fleet, graph } = testCluster(nodes(['n1']));
     graph('g', { worker: { gpus: 1 } });
     fleet.synth();`,
  );
  writeFileSync('cdk8s.yaml', `app: ${process.execPath} --import ${tsx} main.ts 2> err.txt\n`);
  const { code } = await run(['export', 'kai-snapshot', '--cluster', 'test'], { env: { PATH: process.env['PATH'] } });
  expect({ code, err: readFileSync('err.txt', 'utf8') }).toEqual({
    code: 0,
    err: 'test.kai-snapshot.zip: 1 node, 2 pods to come in 1 PodGroup, 0 running pods\n',
  });
  expect(names(snapshotIn('test.kai-snapshot.zip').rawObjects.nodes)).toEqual(['n1']);
}, 60_000);

describe('how the app is asked', () => {
  const asked = async (args: readonly string[]): Promise<string> => {
    const app = 'echo "$BAYPLAN_KAI_SNAPSHOT|$BAYPLAN_KAI_SNAPSHOT_FILE" > seen';
    const { code } = await run(['export', 'kai-snapshot', ...args, '--app', app], {
      env: { PATH: process.env['PATH'] },
    });
    expect(code).toBe(0);
    return readFileSync('seen', 'utf8').trim();
  };

  test('for a file named after the cluster, unless another is named', async () => {
    expect(await asked(['--cluster', 'eu'])).toBe(`eu|${join(folder, 'eu.kai-snapshot.zip')}`);
    expect(await asked(['-c', 'eu', '-o', 'out/s.zip'])).toBe(`eu|${join(folder, 'out/s.zip')}`);
    expect(await asked(['--cluster=eu', '--output', '-'])).toBe('eu|-');
  });

  test.each<[string, string[], string]>([
    ['no document', ['export'], 'an argument is missing: 0 given, 1 needed'],
    ['another document', ['export', 'kai', '-c', 'x'], 'document is "kai", not one of "kai-snapshot"'],
    ['no cluster', ['export', 'kai-snapshot'], 'missing required argument: cluster'],
    ['an empty cluster', ['export', 'kai-snapshot', '--cluster', ''], 'the name of the cluster is empty'],
    ['two clusters', ['export', 'kai-snapshot', '-c', 'a', '-c', 'b'], '--cluster is given 2 times'],
    ['an empty file', ['export', 'kai-snapshot', '-c', 'a', '-o', ''], 'the name of the file is empty'],
  ])('%s is wrong usage', async (_what, line, message) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error[BAY5020]');
    expect(err).toContain(message);
  });
});
