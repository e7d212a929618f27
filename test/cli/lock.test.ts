import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describeWithRegistry, scratch, startRegistry, stopRegistries } from '../pins/registry/debian';
import { pushChart, pushImage, pushIndex, type Pushed } from '../pins/registry/push';
import { serve } from '../pins/registry/servers';
import { list, node } from '../support/fleet';
import { chartImages } from '../support/pins';
import { run } from './run';

/** `bayplan lock` from the command line, with the registry of Debian and a hub on this machine. */

const root = join(__dirname, '../..');
const before = process.cwd();
const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const reason = 'there is no network';
const commit = '0123456789abcdef0123456789abcdef01234567';

// Each command starts a program of its own, which takes its time on a busy machine.
jest.setTimeout(180_000);

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bayplan-lock-')));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const nodes = ['n1', 'n2'].map((name) => node(name, { labels: { 'kubernetes.io/arch': 'amd64' } }));
  writeFileSync(join(folder, 'nodes.json'), JSON.stringify(list(nodes)));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const lockFile = (): string => join(folder, 'test.lock.yaml');
const lockText = (): string => readFileSync(lockFile(), 'utf8');
const locked = (): unknown => parse(lockText());

interface Program {
  readonly image: string;
  readonly chart?: string;
  /** Repository of the operator's image, in place of the chart's own, which is waived. */
  readonly operator?: string;
  readonly more?: string;
}

/** A fleet of one cluster with one graph; `more` is code after it. */
function program({ image, chart, operator, more = '' }: Program): void {
  const waiver = `new PinWaiver(fleet, 'kai', { chart: 'oci://ghcr.io/*', image: 'ghcr.io/*', reason: '${reason}' });`;
  const ofOperator =
    operator === undefined
      ? `new PinWaiver(fleet, 'nvcr', { image: 'nvcr.io/*', reason: '${reason}' });`
      : `cluster.controllers.node.findChild('HelmRelease-dynamo-platform')
  .addJsonPatch(JsonPatch.add('/spec/values/dynamo-operator/controllerManager', { manager: { image: { repository: '${operator}' } } }));`;
  const text = `
import { JsonPatch } from 'cdk8s';
import { Backend, Cluster, DynamoGraph, Fleet, Inventory, Level, Model, PinWaiver, Queue, Stack, Topology } from '${root}/lib';
const fleet = new Fleet();
${waiver}
const cluster = new Cluster(fleet, 'test', {
  stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
  inventory: Inventory.fromKubectl('nodes.json'),
  topology: new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()]),
  flux: { charts: { ${chart === undefined ? '' : `dynamo: '${chart}'`} } },
});
new DynamoGraph(cluster, 'g', {
  namespace: 'inference',
  queue: new Queue(cluster, 'team-a'),
  backend: Backend.vllm({ image: '${image}' }),
  model: Model.huggingFace('example/model'),
  frontend: {},
  worker: { gpus: 1 },
});
${ofOperator}
${more}
fleet.synth();
`;
  writeFileSync('main.ts', text);
}

/** The hub knows one model, for those who have the token. */
async function hub(sha: () => string, token?: string): Promise<string> {
  const host = await serve(({ url = '', headers }, response) => {
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end('{"error": "Access to model example/model is restricted"}');
    } else if (url === '/api/models/example/model/revision/main') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sha: sha() }));
    } else {
      response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end('{}');
    }
  });
  return `http://${host}`;
}

/** What KAI's chart runs, which is waived in all of them. */
const ofKai = Object.keys(chartImages({ 'kai-scheduler': '0.17.0' }, '')).sort();

const app = ['--app', 'node --import tsx main.ts'];

async function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  isTTY = false,
): ReturnType<typeof run> {
  const PATH = process.env['PATH'];
  return run([...args, ...app], { isTTY, env: { PATH, DOCKER_CONFIG: '/nonexistent', NO_COLOR: '1', ...env } });
}

describeWithRegistry('bayplan lock', () => {
  const store = scratch();
  let host = '';
  let index: Pushed;
  let chart: Pushed;
  let operator: Pushed;

  beforeAll(async () => {
    ({ host } = await startRegistry({ folder: store }));
    const images = [
      [await pushImage(host, 'ai/server', 'amd64', amd64), amd64],
      [await pushImage(host, 'ai/server', 'arm64', arm64), arm64],
    ] as const;
    index = await pushIndex(host, 'ai/server', '1.5.0', images);
    chart = await pushChart(host, 'charts/dynamo-platform', '1.5.0');
    operator = await pushImage(host, 'ai/operator', '1.5.0', amd64);
  }, 20_000);
  afterAll(stopRegistries);

  test('looks up images, charts and models, and synth writes what it found', async () => {
    program({ image: `${host}/ai/server:1.5.0`, chart: `oci://${host}/charts`, operator: `${host}/ai/operator` });
    const HF_ENDPOINT = await hub(() => commit, 'the token');
    const ours = { HF_ENDPOINT, HF_TOKEN: 'the token' };
    expect((await command(['synth'], ours)).code).toBe(4);
    expect(existsSync(lockFile())).toBe(false);

    const { code, out, err } = await command(['lock'], ours);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toBe(
      [
        'test.lock.yaml',
        `  + image ${host}/ai/operator:1.5.0  ${operator.digest} linux/amd64`,
        `  + image ${host}/ai/server:1.5.0  ${index.digest} linux/amd64 linux/arm64`,
        ...ofKai.map((name) => `  + image ${name}  waived: ${reason}`),
        `  + chart oci://${host}/charts/dynamo-platform:1.5.0  ${chart.digest}`,
        '  + chart oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler:v0.17.0  waived: there is no network',
        `  + model example/model  ${commit}`,
        `${5 + ofKai.length} added, 0 changed, 0 removed, ${1 + ofKai.length} pins waived`,
        '',
      ].join('\n'),
    );
    expect(locked()).toEqual({
      format: 2,
      cluster: 'test',
      inputs: {},
      placements: {},
      images: {
        [`${host}/ai/operator:1.5.0`]: { digest: operator.digest, platforms: 'linux/amd64' },
        [`${host}/ai/server:1.5.0`]: { digest: index.digest, platforms: 'linux/amd64 linux/arm64' },
        ...Object.fromEntries(ofKai.map((name) => [name, { waived: reason }])),
      },
      charts: {
        [`oci://${host}/charts/dynamo-platform:1.5.0`]: { digest: chart.digest },
        'oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler:v0.17.0': { waived: reason },
      },
      models: { 'example/model': { revision: commit } },
    });

    expect((await command(['lock', '--check'])).code).toBe(4); // synth has not placed anything yet
    expect((await command(['synth'])).code).toBe(0);
    expect((await command(['synth', '--frozen'])).code).toBe(0);
    expect((await command(['lock', '--check'])).code).toBe(0);
    const text = lockText();
    expect((await command(['lock'], { HF_ENDPOINT: 'http://127.0.0.1:1' })).err).toBe(
      `nothing changed in 1 lock, ${1 + ofKai.length} pins waived\n`,
    );
    expect(lockText()).toBe(text);
    const graph = readFileSync('dist/test/graphs/g/dynamographdeployment-inference-g.yaml', 'utf8');
    expect(graph).toContain(`image: "${host}/ai/server:1.5.0@${index.digest}"\n`);
    expect(graph).toContain(commit);
    const release = readFileSync('dist/test/controllers/helmrelease-flux-system-dynamo-platform.yaml', 'utf8');
    const image = { repository: `${host}/ai/operator`, tag: `1.5.0@${operator.digest}` };
    expect(parse(release)).toMatchObject({
      spec: { values: { 'dynamo-operator': { controllerManager: { manager: { image } } } } },
    });
    const source = readFileSync('dist/test/flux/ocirepository-flux-system-dynamo-platform.yaml', 'utf8');
    expect(parse(source)).toMatchObject({ spec: { ref: { tag: '1.5.0', digest: chart.digest } } });
  });

  test('a tag and a branch that move are followed with --update alone, and both states are shown', async () => {
    const first = await pushImage(host, 'ai/moving', '1.5.0', amd64, 'before');
    let sha = commit;
    const HF_ENDPOINT = await hub(() => sha);
    program({ image: `${host}/ai/moving:1.5.0` });
    expect((await command(['lock'], { HF_ENDPOINT })).code).toBe(0);
    const second = await pushImage(host, 'ai/moving', '1.5.0', amd64, 'after');
    sha = 'f'.repeat(40);
    expect((await command(['lock'], { HF_ENDPOINT })).err).toBe(
      `nothing changed in 1 lock, ${2 + ofKai.length} pins waived\n`,
    );
    expect((await command(['lock', '--update', 'moving'], { HF_ENDPOINT })).err).toBe(
      [
        'test.lock.yaml',
        `  ~ image ${host}/ai/moving:1.5.0  ${first.digest} linux/amd64 -> ${second.digest} linux/amd64`,
        `0 added, 1 changed, 0 removed, ${2 + ofKai.length} pins waived`,
        '',
      ].join('\n'),
    );
    const all = await command(['lock', '--update'], { HF_ENDPOINT }, true);
    expect(all.err).toMatch(/^\r\u001b\[K1 of 2 {2}.*\r\u001b\[K2 of 2 {2}.*\r\u001b\[Ktest\.lock\.yaml\n/);
    expect(all.err).toContain(`  ~ model example/model  ${commit} -> ${sha}\n`);
    const unknown = await command(['lock', '--update', 'moveing'], { HF_ENDPOINT });
    expect({ code: unknown.code, err: unknown.err }).toMatchObject({ code: 2 });
    expect(unknown.err).toContain('the fleet wants nothing called "moveing"');
  });

  test('what is not there keeps everything from being written, and each of it is told', async () => {
    program({ image: `${host}/ai/server:1.5.1` });
    const { code, err } = await command(['lock'], { HF_ENDPOINT: await hub(() => commit, 'another token') });
    expect(code).toBe(2);
    expect(err).toContain(`error[BAY6002]: "${host}/ai/server:1.5.1" is not there`);
    expect(err).toContain('did you mean "1.5.0"?');
    expect(err).toContain('error[BAY6041]: model "example/model" could not be looked up');
    expect(err).toContain('set HF_TOKEN');
    expect(err).toContain(`new PinWaiver(cluster, 'id', { model: 'example/model', reason: '…' })`);
    expect(existsSync(lockFile())).toBe(false);
  });

  test('a mirror is asked first, an image that carries its digest gets its platforms, and what is gone leaves', async () => {
    const HF_ENDPOINT = await hub(() => commit);
    const image = `registry.example/server:1.5.0@${index.digest}`;
    writeFileSync(lockFile(), 'format: 2\nimages: {old:1.0.0: {digest: sha256:' + 'a'.repeat(64) + ', platforms: unknown}}\n'); // prettier-ignore
    program({ image });
    const { err } = await command(['lock', '--mirror', `registry.example=${host}/ai`], { HF_ENDPOINT });
    expect(err).toContain(`  + image ${image}  ${index.digest} linux/amd64 linux/arm64\n`);
    expect(err).toContain(`  - image old:1.0.0  sha256:${'a'.repeat(64)}\n`);
  });
});

describe('bayplan lock without asking anybody', () => {
  test.each([
    [['--mirror', 'nvcr.io'], '--mirror is "nvcr.io"'],
    [['--timeout', 'soon'], '--timeout is "soon"'],
    [['--timeout', '0'], '--timeout is "0"'],
    [['--check', '--update'], '--check and --update exclude each other'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, err } = await command(['lock', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(`error[BAY5020]: ${message}`);
  });

  test('an app that makes no fleet is told apart', async () => {
    writeFileSync('main.ts', 'export {};');
    const { code, err } = await command(['lock']);
    expect(code).toBe(2);
    expect(err).toContain('error[BAY6042]: the app ended without saying what it wants pinned');
  });

  test('a cluster without a lock is told what it cannot keep', async () => {
    program({ image: 'registry.example/server:1.5.0' });
    const text = readFileSync('main.ts', 'utf8').replace('flux: {', 'lock: false, flux: {');
    writeFileSync('main.ts', text);
    const { code, err } = await command(['lock']);
    expect(code).toBe(2);
    expect(err.match(/error\[\w+\]: .*/g)).toEqual([
      'error[BAY6043]: image "registry.example/server:1.5.0" cannot be locked: cluster "test" keeps no lock',
      'error[BAY6043]: model "example/model" cannot be locked: cluster "test" keeps no lock',
    ]);
  });

  test('a registry that nobody reaches, and a lock that cannot be read: one finding each, and nothing is written', async () => {
    program({ image: '127.0.0.1:1/server:1.5.0' });
    const lost = await command(['lock', '--timeout', '1'], { HF_ENDPOINT: 'http://127.0.0.1:1' });
    expect(lost.code).toBe(2);
    expect(lost.err.match(/error\[\w+\]/g)).toEqual(['error[BAY6004]', 'error[BAY6004]']);
    expect(existsSync(lockFile())).toBe(false);
    writeFileSync(lockFile(), '<<<<<<< HEAD\n');
    for (const name of ['lock', 'synth']) {
      expect((await command([name])).code).toBe(2);
      expect(lockText()).toBe('<<<<<<< HEAD\n');
    }
  });
});
