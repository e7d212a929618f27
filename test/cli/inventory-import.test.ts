import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInventory } from '../../lib/cli/read-inventory';
import { Inventory } from '../../lib/inventory/inventory';
import { list, node, pod } from '../inventory/objects';
import { fakeIo, run } from './run';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: object | string): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
}

const nodes = list(node('n1'), node('n2'));
const written = `# Written by bayplan inventory import; docs/inventory.md describes the format.
format: 1
classes:
  cpu-64: { allocatable: { cpu: "64", memory: 512Gi, nvidia.com/gpu: "8", pods: "110" } }
nodes:
  - { names: "n[1-2]", class: cpu-64 }
`;

describe('bayplan inventory import', () => {
  test('prints the inventory of what kubectl pipes into it', async () => {
    expect(await run(['inventory', 'import', '--nodes', '-'], { input: JSON.stringify(nodes) })).toEqual({
      code: 0,
      out: written,
      err: '2 nodes, 16 GPUs, 1 class, 0 pods\n',
    });
  });

  test('writes a file that Inventory.fromFile reads as the lists are read', async () => {
    const output = join(folder, 'inventory.yaml');
    const lists = ['topologies/eu-west/nodes.json', 'topologies/eu-west/pods.json'] as const;
    const ran = await run(['inventory', 'import', '--nodes', lists[0], '--pods', lists[1], '-o', output]);
    expect(ran).toEqual({ code: 0, out: '', err: '36 nodes, 255 GPUs, 2 classes, 76 pods\n' });
    const inventory = Inventory.fromFile(output);
    const [again, before] = [inventory.load(), Inventory.fromKubectl(lists[0], { pods: lists[1] }).load()];
    expect(again.ok && again.value.nodes).toEqual(before.ok && before.value.nodes);
    expect(again.diagnostics).toEqual([]);
    expect(inventory.sources).toEqual([output]);
  });

  test('tells of what it drops, and of warnings', async () => {
    const labelled = ['a', 'b'].map((name, i) =>
      node(name, { labels: { 'kubernetes.io/hostname': name, 'cloud.example/id': `i-0123456789abcde${i}` } }),
    );
    const pods = file('stray.json', list(pod('p', { node: 'gone' })));
    const { code, err } = await run(['inventory', 'import', '--nodes', '-', '--pods', pods], {
      input: JSON.stringify(list(...labelled)),
    });
    expect(code).toBe(0);
    expect(err).toContain('warning[BAY1014]: pod team/p on node gone that the node list does not have');
    expect(err).toContain('dropped labels that are another identifier on every node: cloud.example/id\n');
  });

  test('leaves a file as it was where a list is bad', async () => {
    const output = file('kept.yaml', 'before');
    const { code, out, err } = await run([
      'inventory',
      'import',
      '--nodes',
      file('half.json', '{"kind": "List", "items": [{'),
      '-o',
      output,
    ]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('error[BAY1002]: not JSON: the file ends where');
    expect(readFileSync(output, 'utf8')).toBe('before');
  });

  test.each([
    [['--nodes', '-', '--pods', '-'], 'standard input is named 2 times'],
    [['--nodes', ''], '--nodes is empty'],
    [[], 'nodes'],
    [['--nodes', 'n.json', '--pod', 'p.json'], 'pod'],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await run(['inventory', 'import', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(`error[BAY5020]`);
    expect(err).toContain(message);
  });
});

describe('an inventory that a command names', () => {
  test('may be an inventory file, a list, or either of them on standard input', async () => {
    const names = [file('inventory.yaml', written), file('nodes.json', nodes)];
    const loaded = [
      ...names.map((name) => readInventory(fakeIo({}).io, name)),
      ...[written, JSON.stringify(nodes)].map((input) => readInventory(fakeIo({ input }).io, '/dev/stdin')),
    ];
    for (const outcome of await Promise.all(loaded)) {
      expect(outcome.ok && outcome.value.nodes.map(({ name }) => name)).toEqual(['n1', 'n2']);
    }
  });

  test('is no inventory file together with a list of pods', async () => {
    await expect(readInventory(fakeIo({}).io, file('inventory.yaml', written), 'pods.json')).rejects.toThrow(
      /is an inventory file, which says itself what runs on its nodes/,
    );
  });
});

test('bayplan schema inventory prints the schema of the file', async () => {
  const { code, out } = await run(['schema', 'inventory']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ required: ['format', 'classes', 'nodes'], additionalProperties: false });
});
