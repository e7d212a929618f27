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
  const written = readFiles(diskFileSystem, join(repository, 'dist'));
  return { status, stderr, graphs: [...written.keys()].filter((path) => path.includes('dynamographdeployment')) };
}

describe('bayplan init', () => {
  test('makes a repository with a declared cluster, which compiles at once', async () => {
    const repository = join(folder, 'My Stack');
    const { code, out, err } = await run(['init', repository]);
    expect({ code, out, err }).toEqual({
      code: 0,
      out: '',
      err: `8 files in ${repository}\nnext: cd ${repository} && npm install && npx bayplan synth\n`,
    });
    expect(JSON.parse(read('My Stack/package.json'))).toMatchObject({
      name: 'my-stack',
      private: true,
      dependencies: { bayplan: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, cdk8s: '2.70.106' },
    });
    expect(synth(repository)).toEqual({
      status: 0,
      stderr: 'cluster-1: 1 graph, 3 pods on 2 nodes, proven optimal\n16 files in dist\n',
      graphs: ['cluster-1/graphs/qwen3/dynamographdeployment-inference-qwen3.yaml'],
    });
    // A lock beside the nodes, as for every cluster.
    expect(existsSync(join(repository, 'topologies/cluster-1/cluster-1.lock.yaml'))).toBe(true);
  });

  test('takes nodes and pods of a cluster, with the levels that its labels make', async () => {
    const repository = join(folder, 'stack');
    expect((await run(['init', repository, '-i', NODES, '--pods', PODS, '-c', 'eu-west'])).code).toBe(0);
    expect(read('stack/topologies/eu-west/nodes.json')).toBe(readFileSync(NODES, 'utf8'));
    expect(read('stack/topologies/eu-west/pods.json')).toBe(readFileSync(PODS, 'utf8'));
    expect(read('stack/topologies/eu-west/index.ts')).toBe(`import { join } from 'node:path';
import { Inventory, Level, Topology } from 'bayplan';

/** What \`kubectl get nodes -o json\` and \`kubectl get pods -A -o json\` said. */
export const inventory = Inventory.fromKubectl(join(__dirname, 'nodes.json'), { pods: join(__dirname, 'pods.json') });

/** As \`bayplan inventory levels\` chooses it. KAI lets nobody change the levels of a topology: other levels, other name. */
export const topology = new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()]);
`);
    const { status, stderr, graphs } = synth(repository);
    expect(stderr).toContain('eu-west: 1 graph, 3 pods');
    expect({ status, graphs }).toEqual({
      status: 0,
      graphs: ['eu-west/graphs/qwen3/dynamographdeployment-inference-qwen3.yaml'],
    });
  });

  test('tolerates what all nodes are tainted with, and pins no image of other processors', async () => {
    const taints = [
      { key: 'nvidia.com/gpu', effect: 'NoSchedule' },
      { key: 'dedicated', value: "team's", effect: 'NoExecute' },
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
    expect(read('stack/main.ts')).toContain(`  // Pin an image for your processors: Backend.vllm({ image: ... }).
  backend: Backend.vllm(),
  model: Model.huggingFace('Qwen/Qwen3-0.6B', { revision: 'c1899de289a04d12100db370d81485cdf75e47ca' }),
  tolerations: [
    { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'dedicated', operator: 'Equal', value: 'team\\'s', effect: 'NoExecute' },
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
    [['init', 'x', '-i', '-'], 'lists are copied, and so cannot come from standard input'],
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
