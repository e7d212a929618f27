import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, node } from '../inventory/objects';
import { run } from './run';

const NODES = 'topologies/eu-west/nodes.json';
const PODS = 'topologies/eu-west/pods.json';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-inventory-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a document to a file, and gives the name of the file. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('bayplan inventory levels', () => {
  test('prints levels with the reason for each, domains, room for gangs, and the code to paste', async () => {
    const { code, out, err } = await run(['inventory', 'levels', '-i', NODES, '--pods', PODS]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`36 nodes, 239 GPUs on those that take pods, 210 of them free

Levels, broadest first
  topology.kubernetes.io/zone: 2 domains of 17 to 18 nodes, 112 to 119 GPUs
    a label of Kubernetes
  topology.kubernetes.io/rack: 4 domains of 8 to 10 nodes, 56 to 63 GPUs
    a label of Kubernetes
    below topology.kubernetes.io/zone, as its dialect has it
    node gpu-node-20 lacks it, and is in no domain of any level
  kubernetes.io/hostname: 35 domains of 1 node, 0 to 8 GPUs
    a label of Kubernetes, and the one that pins use

Domains
  eu-west-1a  18 nodes  112 GPUs  88 free
    rack-40   10 nodes  56 GPUs   32 free
    rack-41   8 nodes   56 GPUs   56 free
  eu-west-1b  17 nodes  119 GPUs  115 free
    rack-42   9 nodes   56 GPUs   52 free
    rack-43   8 nodes   63 GPUs   63 free

A gang finds room for
  8 GPUs    in one host
  63 GPUs   in one rack
  115 GPUs  in one zone
  210 GPUs  in the cluster

No level
  topology.kubernetes.io/region  every node has the value "eu-west-1"

new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()])
`);
  });

  test('gives the same as JSON', async () => {
    const { code, out } = await run(['inventory', 'levels', '-i', NODES, '-o', 'json']);
    expect(code).toBe(0);
    const answer: unknown = JSON.parse(out);
    expect(answer).toMatchObject({
      cluster: { nodes: 36, gpus: 239, free: 239 },
      levels: [
        { label: 'topology.kubernetes.io/zone', dialect: { id: 'kubernetes' }, missing: [] },
        { label: 'topology.kubernetes.io/rack', missing: ['gpu-node-20'] },
        { label: 'kubernetes.io/hostname', name: 'host' },
      ],
      leftOut: [{ label: 'topology.kubernetes.io/region', reason: { kind: 'one-value', value: 'eu-west-1' } }],
      topology: "new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()])",
    });
  });

  test('takes labels that no dialect has', async () => {
    const row = (name: string, value: string): unknown =>
      node(name, { labels: { 'kubernetes.io/hostname': name, 'example.com/row': value } });
    const nodes = file('nodes.json', list(row('n1', 'a'), row('n2', 'a'), row('n3', 'b')));
    const { out } = await run(['inventory', 'levels', '-i', nodes, '--label', 'example.com/row']);
    expect(out).toContain("[Level.of('example.com/row'), Level.host()]");
    expect((await run(['inventory', 'levels', '-i', nodes])).out).toContain('[Level.host()]');
  });

  test('a long list of domains is cut, and says so', async () => {
    const zones = Array.from({ length: 90 }, (_, i) =>
      node(`n${i}`, { labels: { 'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 45}` } }),
    );
    const { out } = await run(['inventory', 'levels', '-i', file('nodes.json', list(...zones))]);
    expect(out).toContain('  … and 5 more, which -o json lists\n');
  });

  test('a file that is not there, and a missing option, are findings', async () => {
    const absent = await run(['inventory', 'levels', '-i', 'no-such-file.json']);
    expect(absent).toMatchObject({ code: 2, out: '' });
    expect(absent.err).toContain('error[BAY1001]: cannot read no-such-file.json');
    const nothing = await run(['inventory', 'levels']);
    expect(nothing).toMatchObject({ code: 2, out: '' });
    expect(nothing.err).toContain('error[BAY5020]');
    expect((await run(['inventory', 'levels', '-i', ''])).err).toContain('the name of the inventory is empty');
  });
});

describe('bayplan inventory lint', () => {
  test('prints findings on standard output, and fails only where it is strict', async () => {
    const { code, out, err } = await run(['inventory', 'lint', '-i', NODES, '--pods', PODS], { isTTY: true });
    expect({ code, err }).toEqual({ code: 0, err: '36 nodes, 4 findings\n' });
    expect(out.match(/^warning.*/gm)).toEqual([
      'warning[BAY1017]: node gpu-node-20 without the label topology.kubernetes.io/rack',
      'warning[BAY1073]: node gpu-node-27 (7 of 8) gives fewer GPUs than its label nvidia.com/gpu.count says',
      'warning[BAY1082]: node gpu-node-05 is cordoned',
      'warning[BAY1083]: node gpu-node-12 (Ready is False) takes no pods',
    ]);
    expect((await run(['inventory', 'lint', '-i', NODES, '--strict'])).code).toBe(4);
    const sound = await run(['inventory', 'lint', '-i', 'topologies/lab/nodes.json', '--strict']);
    expect(sound).toEqual({ code: 0, out: '', err: '3 nodes, 0 findings\n' });
  });

  test('prints findings as JSON', async () => {
    const { out } = await run(['inventory', 'lint', '-i', NODES, '--format', 'json']);
    const found = JSON.parse(out) as { diagnostics: { code: string; data: { nodes: string[] } }[] };
    expect(found.diagnostics.map(({ code, data }) => [code, data.nodes])).toEqual([
      ['BAY1017', ['gpu-node-20']],
      ['BAY1073', ['gpu-node-27']],
      ['BAY1082', ['gpu-node-05']],
      ['BAY1083', ['gpu-node-12']],
    ]);
  });

  test('holds pools against queues, and refuses what is no list of them', async () => {
    const pooled = node('n1', { labels: { 'kubernetes.io/hostname': 'n1', 'kai.scheduler/node-pool': 'a' } });
    const nodes = file('nodes.json', list(pooled));
    const queue = (labels: object): object => ({
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name: 'q', labels },
    });
    const lint = async (queues: string): Promise<string> =>
      (await run(['inventory', 'lint', '-i', nodes, '--queues', queues])).out;
    expect(await lint(file('queues.json', list(queue({ 'kai.scheduler/node-pool': 'a' }))))).toBe('');
    const without = await lint(file('queues.json', list(queue({}))));
    expect(without).toContain('warning[BAY1078]: node n1 is in the pool a, and no queue is');
    expect(without).toContain('pools of the queues: none');
    const refused = await run(['inventory', 'lint', '-i', nodes, '--queues', nodes]);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain("error[BAY1084]: not a list of KAI's queues");
  });
});

describe('bayplan inventory diff', () => {
  test('exits with 5 where something changed, and with 0 where nothing did', async () => {
    const text = readFileSync(NODES, 'utf8').replaceAll('"rack-43"', '"rack-44"');
    const changed = file('new.json', text);
    const { code, out, err } = await run(['inventory', 'diff', NODES, changed]);
    expect({ code, err }).toEqual({ code: 5, err: '' });
    expect(out).toBe(
      '~ topology.kubernetes.io/rack "rack-43" → "rack-44": 8 nodes, gpu-node-25, gpu-node-26, gpu-node-27, … and 5 more\n',
    );
    const json = await run(['inventory', 'diff', NODES, changed, '-o', 'json']);
    expect(json.code).toBe(5);
    expect(JSON.parse(json.out)).toMatchObject({
      gone: [],
      added: [],
      changes: [{ kind: 'level', of: 'topology.kubernetes.io/rack', from: 'rack-43', to: 'rack-44' }],
    });
    expect(await run(['inventory', 'diff', NODES, NODES])).toEqual({
      code: 0,
      out: '',
      err: 'no difference between 36 nodes\n',
    });
  });

  test('says what is wrong with both files at once', async () => {
    const { code, out, err } = await run(['inventory', 'diff', 'one.json', 'other.json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('cannot read one.json');
    expect(err).toContain('cannot read other.json');
  });
});
