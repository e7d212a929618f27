import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { diskFileSystem } from '../../lib/emit/file-system';
import { readFiles } from '../../lib/emit/tree';
import { gpus, list, node } from '../inventory/objects';
import { run } from './run';

const NODES = 'topologies/eu-west/nodes.json';
const PODS = 'topologies/eu-west/pods.json';
const INVENTORY = 'topologies/eu-west/inventory.yaml';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-init-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** Runs main.ts of a repository as `bayplan synth` does, with this library in the place of the package. */
function synth(repository: string): { status: number | null; stderr: string; graphs: string[] } {
  const library = resolve(__dirname, '../../lib');
  const own = join(repository, 'node_modules/bayplan');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), '{"name": "bayplan", "main": "index.js"}');
  writeFileSync(join(own, 'index.js'), `module.exports = require(${JSON.stringify(library)});\n`);
  const args = ['--import', require.resolve('tsx'), 'main.ts'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: 'utf8' });
  const graphs = [...written(repository).keys()].filter((path) => path.includes('dynamographdeployment'));
  return { status, stderr, graphs };
}

const written = (repository: string): ReadonlyMap<string, unknown> => {
  const dist = join(repository, 'dist');
  return existsSync(dist) ? readFiles(diskFileSystem, dist) : new Map();
};

describe('bayplan init', () => {
  test('makes a repository with a declared cluster, which compiles at once', async () => {
    const repository = join(folder, 'My Stack');
    const { code, out, err } = await run(['init', repository]);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: `7 files in ${repository}\nnext: cd ${repository} && npm install && npx bayplan synth\n`,
    });
    expect(JSON.parse(read('My Stack/package.json'))).toMatchObject({
      name: 'my-stack',
      private: true,
      dependencies: { bayplan: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, cdk8s: '2.70.106' },
    });
    const first = synth(repository);
    expect(first).toEqual({
      status: 0,
      stderr: `cluster-1: 1 graph, 3 pods on 2 nodes, proven optimal
16 files in dist, 14 pins waived
`,
      graphs: ['cluster-1/graphs/qwen3/dynamographdeployment-inference-qwen3.yaml'],
    });
    // A lock beside the nodes, as for every cluster; the second compile finds all as it is.
    const lock = read('My Stack/topologies/cluster-1/cluster-1.lock.yaml');
    const dist = written(repository);
    expect(synth(repository)).toEqual(first);
    expect(written(repository)).toEqual(dist);
    expect(read('My Stack/topologies/cluster-1/cluster-1.lock.yaml')).toBe(lock);
  });

  test('declares a cluster that can be read and changed', async () => {
    expect((await run(['init', join(folder, 'stack')])).code).toBe(0);
    const declared = read('stack/topologies/cluster-1/inventory.yaml');
    const levels = await run(['inventory', 'levels', '-i', '-'], {
      input: declared.replace('gpu-[1-8]\n', 'gpu-[1-16]\n'),
    });
    expect(levels.out).toContain('128 GPUs');
    const lint = await run(['inventory', 'lint', '--strict', '-i', '-'], { input: declared });
    expect({ code: lint.code, out: lint.out, err: lint.err }).toEqual({
      code: 0,
      out: '',
      err: '10 nodes, 0 findings\n',
    });
  });

  test('waives what is not pinned yet in main.ts, and nowhere else', async () => {
    const repository = join(folder, 'stack');
    await run(['init', repository]);
    const main = read('stack/main.ts');
    const waiver = `// Images, charts and models have no digests yet. Delete this, then run: npx bayplan lock
new PinWaiver(fleet, 'not-looked-up-yet', {
  image: '*',
  chart: '*',
  model: '*',
  reason: 'delete this waiver, then run npx bayplan lock',
});
`;
    expect(main).toContain(waiver);
    expect(read('stack/README.md')).toContain('npx bayplan lock        # writes digests and commits to the lock');
    writeFileSync(join(repository, 'main.ts'), main.replace(waiver, ''));
    const { status, stderr } = synth(repository);
    const found = stderr.match(/BAY\d+(?=\]: \w+ "\S+" has no)/g) ?? [];
    // the chart, the model, and images: of the graph and of what charts run
    expect({ status, codes: [...new Set(found)].sort() }).toEqual({
      status: 4,
      codes: ['BAY6022', 'BAY6024', 'BAY6026'],
    });
  });

  test('writes nodes and pods of a cluster as one inventory file, with the levels that its labels make', async () => {
    const repository = join(folder, 'stack');
    expect((await run(['init', repository, '-i', NODES, '--pods', PODS, '-c', 'eu-west'])).code).toBe(0);
    const imported = await run(['inventory', 'import', '--nodes', NODES, '--pods', PODS]);
    expect(read(`stack/${INVENTORY}`)).toBe(imported.out);
    expect(read('stack/main.ts')).toContain(`  inventory: Inventory.fromFile('${INVENTORY}'),
  // As \`bayplan inventory levels\` chooses it. KAI lets nobody change the levels of a topology: other levels, other name.
  topology: new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()]),
`);
    const { status, stderr, graphs } = synth(repository);
    expect(stderr).toContain('eu-west: 1 graph, 3 pods');
    expect({ status, graphs }).toEqual({
      status: 0,
      graphs: ['eu-west/graphs/qwen3/dynamographdeployment-inference-qwen3.yaml'],
    });
  });

  test('takes the nodes from standard input, and an inventory file in place of lists', async () => {
    const nodes = readFileSync(NODES);
    expect((await run(['init', join(folder, 'piped'), '-i', '-', '-c', 'eu-west'], { input: nodes })).code).toBe(0);
    const again = ['init', join(folder, 'again'), '-i', join(folder, 'piped', INVENTORY), '-c', 'eu-west'];
    expect((await run(again)).code).toBe(0);
    expect(read(`again/${INVENTORY}`)).toBe(read(`piped/${INVENTORY}`));
    expect(read('again/main.ts')).toBe(read('piped/main.ts'));
  });

  test('tolerates what all nodes are tainted with, whatever their processors', async () => {
    const taints = [
      { key: 'nvidia.com/gpu', effect: 'NoSchedule' },
      { key: 'dedicated', value: 'team-a', effect: 'NoExecute' },
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ];
    const tainted = ['n1', 'n2'].map((name) =>
      node(name, { labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/arch': 'arm64' }, spec: { taints } }),
    );
    writeFileSync(join(folder, 'nodes.json'), JSON.stringify(list(...tainted)));
    const outcome = await run(['init', join(folder, 'stack'), '-i', join(folder, 'nodes.json')]);
    // The state of a node is nothing to tolerate: such nodes take no pods.
    expect(outcome.err).toContain('node.kubernetes.io/not-ready');
    expect(outcome.code).toBe(3);

    const open = tainted.map((item) => ({ ...item, spec: { taints: taints.slice(0, 2) } }));
    writeFileSync(join(folder, 'nodes.json'), JSON.stringify(list(...open)));
    expect((await run(['init', join(folder, 'stack'), '-i', join(folder, 'nodes.json')])).code).toBe(0);
    expect(read('stack/main.ts')).toContain(`  model: Model.huggingFace('Qwen/Qwen3-0.6B'),
  tolerations: [
    { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'dedicated', operator: 'Equal', value: 'team-a', effect: 'NoExecute' },
  ],
  frontend: { replicas: 1 },
`);
  });

  test('says why a graph does not fit, and writes nothing', async () => {
    const nodes = join(folder, 'nodes.json');
    writeFileSync(nodes, JSON.stringify(list(node('n1', { allocatable: gpus(1) }))));
    const { code, out, err } = await run(['init', join(folder, 'stack'), '-i', nodes]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error\[BAY2072\]: queue "inference" has a gpu quota of 1, and its graphs need 2\n/);
    expect(existsSync(join(folder, 'stack'))).toBe(false);
  });

  test('fills an empty folder, and no other', async () => {
    const stack = join(folder, 'stack');
    mkdirSync(join(stack, '.git'), { recursive: true });
    expect((await run(['init', stack])).code).toBe(0);
    const again = await run(['init', stack]);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain(`error[BAY1085]: ${stack} is not empty: .gitignore, README.md, cdk8s.yaml, …`);
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    expect((await run(['init', file])).err).toContain(`error[BAY1085]: ${file} is no folder`);
    expect(read('file')).toBe('kept');
  });

  test.each([
    [['init', ''], 'the name of the folder is empty'],
    [['init', 'x', '-i', ''], 'the name of the inventory is empty'],
    [['init', 'x', '-i', '-', '--pods', '-'], 'standard input is named 2 times'],
    [['init', 'x', '-i', '-'], 'standard input'],
    [['init', 'x', '--pods', 'pods.json'], '--pods is given without --inventory'],
    [['init', 'x', '-c', '../y'], '"../y" cannot be the name of a cluster'],
    [['init', 'x', '-c', ''], '"" cannot be the name of a cluster'],
    [['init', 'x', '-i', 'no-such-file.json'], 'cannot read no-such-file.json'],
  ])('%j is refused', async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out, found: err.match(/^error/gm)?.length }).toEqual({ code: 2, out: '', found: 1 });
    expect(err).toContain(message);
    expect(existsSync('x')).toBe(false);
  });
});

const GB200 = '../shared/data/inventories/gb200-nvl72.nodes.json';

// Its nodes without GPUs lack the domain, so the graph is on those with GPUs alone.
(existsSync(GB200) ? describe : describe.skip)('bayplan init on GB200', () => {
  test('tolerates GPUs where only nodes with GPUs have all levels', async () => {
    expect((await run(['init', join(folder, 'stack'), '-i', GB200])).code).toBe(0);
    expect(read('stack/main.ts')).toContain(`  placement: { preferred: Level.of('accelerator.topograph.run/domain') },
  tolerations: [
    { key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' },
  ],
`);
  });
});
