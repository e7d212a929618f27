import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Ran } from './run';

const root = join(__dirname, '../..');
const nodes = join(root, 'topologies/eu-west/nodes.json');
const pods = join(root, 'topologies/eu-west/pods.json');
let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-check-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function check(...args: string[]): Promise<Ran> {
  return run(['inventory', 'check', '-c', 'eu-west', '--dist', join(root, 'dist'), ...args]);
}

/** The committed inventory, without the node that decode was planned on first. */
function withoutNode(): string {
  const list = JSON.parse(readFileSync(nodes, 'utf8')) as { items: { metadata: { name: string } }[] };
  const file = join(folder, 'nodes.json');
  const items = list.items.filter(({ metadata }) => metadata.name !== 'gpu-node-06');
  writeFileSync(file, JSON.stringify({ ...list, items }));
  return file;
}

test('a placement that holds ends with 0', async () => {
  expect(await check('--nodes', nodes, '--pods', pods)).toEqual({
    code: 0,
    out: `eu-west: the placement of 2 graphs holds
runai-project-a/llama-70b: holds, 9 pods
runai-project-a/vllm-disagg: holds, 3 pods
`,
    err: '',
  });
});

test('a broken one ends with 5, as text and as data', async () => {
  const { code, out } = await check('--nodes', withoutNode(), '--pods', pods);
  expect(code).toBe(5);
  expect(out).toContain(`
runai-project-a/llama-70b: BROKEN, 1 of 9 pods cannot stand where they were planned
  gone       gpu-node-06: not among today's nodes; planned there: 1 pod of decode
`);
  const data = await check('--nodes', withoutNode(), '-o', 'json');
  expect(data.code).toBe(5);
  expect(JSON.parse(data.out)).toMatchObject({ version: 1, status: 'broken', knowsPods: false });
});

test.each<[string, string[], RegExp]>([
  ['pods for nodes', ['--nodes', pods], /BAY1003.*not a list of Nodes/],
  ['no nodes', [], /BAY5020.*nodes/],
  ['another lock', ['--nodes', nodes, '--lock', join(root, 'topologies/lab/lab.lock.yaml')], /BAY4064.*"lab"/],
])('%s ends with 2', async (_, args, message) => {
  const { code, out, err } = await check(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.replace(/\]: /g, ' ')).toMatch(message);
});

test('the word alone says what there is', async () => {
  const { code, err } = await run(['inventory']);
  expect(code).toBe(2);
  expect(err).toContain('BAY5020');
});
