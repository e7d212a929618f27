import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onNode, operatorPods, pending, podGroup, podList } from '../drift/operator-pods';
import { run, type Ran } from './run';

const root = join(__dirname, '../..');
let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-verify-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const dist = ['--dist', join(root, 'dist')];
const planned = podList(operatorPods('eu-west'));
const drifted = podList(operatorPods('eu-west').map((pod, i) => (i === 0 ? onNode(pod, 'gpu-node-20') : pod)));

function verify(...args: string[]): Promise<Ran> {
  return run(['verify', '-c', 'eu-west', ...dist, ...args]);
}

test('a cluster that is as planned ends with 0, from a file or from standard input', async () => {
  const out = `eu-west: all 2 graphs as planned
runai-project-a/llama-70b: as planned, 9 pods on 6 nodes
runai-project-a/vllm-disagg: as planned, 3 pods on 2 nodes
`;
  expect(await verify('--pods', file('pods.json', planned))).toEqual({ code: 0, out, err: '' });
  const piped = await run(['verify', '-c', 'eu-west', ...dist, '--pods', '-'], { input: planned });
  expect(piped).toEqual({ code: 0, out, err: '' });
});

test('drift ends with 5, as text and as data', async () => {
  const pods = file('drifted.json', drifted);
  const text = await verify('--pods', pods);
  expect({ code: text.code, err: text.err }).toEqual({ code: 5, err: '' });
  expect(text.out).toContain('elsewhere  llama-70b-decode-6f9c7d5b8-0axyz (decode) on gpu-node-20');
  const data = await verify('--pods', pods, '-o', 'json');
  expect(data.code).toBe(5);
  expect(JSON.parse(data.out)).toMatchObject({ version: 1, cluster: 'eu-west', status: 'drift' });
});

test('PodGroups and nodes say more', async () => {
  const pods = podList(operatorPods('eu-west').map((pod, i) => (i === 0 ? pending(pod) : pod)));
  const groups = podList([podGroup('runai-project-a', 'runai-project-a.llama-70b', 'the rack is full')]);
  const nodes = join(root, 'topologies/eu-west/nodes.json');
  const { code, out } = await verify(
    ...['--pods', file('pending.json', pods), '--podgroups', file('groups.json', groups), '--nodes', nodes],
  );
  expect(code).toBe(5);
  expect(out).toContain('PARTIAL GANG, 8 of 9 pods on nodes');
  expect(out).toContain('KAI: the rack is full');
  expect(out).not.toContain('give today');
});

describe('bad input ends with 2 and prints no comparison', () => {
  test.each<[string, string[], RegExp]>([
    ['no such cluster', ['-c', 'eu-wset', '--pods', 'P'], /BAY4061.*has no cluster "eu-wset"[\s\S]*--cluster eu-west/],
    ['no such dist', ['--dist', '/nowhere', '--pods', 'P'], /BAY4061.*there is no folder \/nowhere/],
    ['no such lock', ['--lock', '/nowhere.yaml', '--pods', 'P'], /BAY1001/],
    ['nodes for pods', ['--pods', 'N'], /BAY1003.*not a list of Pods but a list of Nodes/],
    ['pods for PodGroups', ['--pods', 'P', '--podgroups', 'P'], /BAY1003.*not a list of PodGroups but a list of Pods/],
    ['pods for nodes', ['--pods', 'P', '--nodes', 'P'], /BAY1003.*not a list of Nodes but a list of Pods/],
    ['a pod twice', ['--pods', 'TWICE'], /BAY1013/],
    ['a pod whose labels are a list', ['--pods', 'LABELS'], /BAY1006.*metadata.labels/],
    ['two readers of standard input', ['--pods', 'P', '--nodes', '-'], /BAY5020.*--nodes does not read standard input/],
    ['no pods', [], /BAY5020.*pods/],
    ['an empty name', ['--pods', ''], /BAY5020.*--pods is empty/],
  ])('%s', async (_, args, message) => {
    const [first] = operatorPods('eu-west');
    const files: Readonly<Record<string, string>> = {
      P: file('p.json', planned),
      N: join(root, 'topologies/eu-west/nodes.json'),
      TWICE: file('twice.json', podList([first, first])),
      LABELS: file('labels.json', podList([{ ...first, metadata: { ...first?.metadata, labels: ['a'] } }])),
    };
    const given = args.map((arg) => files[arg] ?? arg);
    const own = [...(args.includes('-c') ? [] : ['-c', 'eu-west']), ...(args.includes('--dist') ? [] : dist)];
    const { code, out, err } = await run(['verify', ...own, ...given]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.replace(/\]: /g, ' ')).toMatch(message);
  });
});
