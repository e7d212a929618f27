import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { Inventory } from '../../lib/inventory/inventory';
import { findings, list, node, pod } from './objects';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-inventory-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Findings about a node file, with its folder left out. */
function of(name: string, content: string | Uint8Array): string[] {
  return shorten(findings(Inventory.fromKubectl(file(name, content)).load()));
}

function shorten(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(`${folder}/`, ''));
}

const nodes = list(node('n1'));
const json = JSON.stringify(nodes, null, 2);

describe('a node list in a file', () => {
  test.each([
    ['JSON', 'nodes.json', json],
    ['JSON on one line', 'line.json', JSON.stringify(nodes)],
    ['JSON by another name', 'nodes.txt', `\n\n  ${json}\n`],
    ['JSON with a byte order mark', 'bom.json', `\uFEFF${json}`],
    ['JSON in UTF-16, as PowerShell writes it', 'utf16.json', Uint8Array.from(Buffer.from(`\uFEFF${json}`, 'utf16le'))],
    [
      'JSON in UTF-16 of the other byte order',
      'utf16be.json',
      Uint8Array.from(Buffer.from(`\uFEFF${json}`, 'utf16le').swap16()),
    ],
    ['YAML', 'nodes.yaml', stringify(nodes)],
    ['YAML with a byte order mark and a document start', 'bom.yaml', `\uFEFF---\n${stringify(nodes)}`],
    [
      'YAML that begins with a brace',
      'flow.yaml',
      `{apiVersion: v1, kind: List, items: ${JSON.stringify(nodes.items)}}`,
    ],
    ['YAML in JSON clothes', 'json.yml', json],
  ])('is read from %s', (_, name, content) => {
    const outcome = Inventory.fromKubectl(file(name, content)).load();
    expect(findings(outcome)).toEqual([]);
    expect(outcome.ok && outcome.value.nodes.map((n) => [n.name, n.allocatable.pods])).toEqual([
      ['n1', 110_000_000_000n],
    ]);
  });

  test('numbers in YAML are as good as texts', () => {
    const allocatable = 'allocatable: {cpu: 0.5, memory: 2178607329280, nvidia.com/gpu: 8}';
    const text = `
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {kubernetes.io/hostname: n1}}, status: {${allocatable}}}
`;
    const outcome = Inventory.fromKubectl(file('numbers.yaml', text)).load();
    expect(outcome.ok && outcome.value.nodes[0]?.allocatable).toEqual({
      cpu: 500_000_000n,
      memory: 2_178_607_329_280_000_000_000n,
      'nvidia.com/gpu': 8_000_000_000n,
    });
  });

  test('is not touched before it is loaded, and read anew each time', () => {
    const late = join(folder, 'late.json');
    const inventory = Inventory.fromKubectl(late);
    expect(inventory.load().ok).toBe(false);
    writeFileSync(late, json);
    expect(inventory.load().ok).toBe(true);
  });

  test('is named from the working folder where it lies inside it', () => {
    const outcome = Inventory.fromKubectl(resolve('topologies/eu-west/nodes.json')).load();
    expect(outcome.ok && outcome.value.files).toEqual({ nodes: 'topologies/eu-west/nodes.json', pods: undefined });
  });
});

describe('a file that is no node list', () => {
  test('a file that is not there', () => {
    expect(Inventory.fromKubectl('topologies/eu-west/node.json').load()).toEqual({
      ok: false,
      diagnostics: [
        {
          code: 'BAY1001',
          severity: 'error',
          message: 'cannot read topologies/eu-west/node.json: there is no such file',
          where: { file: 'topologies/eu-west/node.json' },
          notes: [],
          help: 'check the name; relative names start from the working folder',
        },
      ],
    });
  });

  test('a folder', () => {
    mkdirSync(join(folder, 'sub'));
    expect(shorten(findings(Inventory.fromKubectl(join(folder, 'sub')).load()))).toEqual([
      'BAY1001 sub: cannot read sub: it is a folder',
    ]);
  });

  test.each<[string, string, string | Uint8Array, string]>([
    [
      'JSON that was cut short',
      'a.json',
      '{"kind": "List",\n "items": [',
      'BAY1002 a.json 2:12: not JSON: the file ends where a closing bracket should follow',
    ],
    [
      'JSON with a trailing comma',
      'a.json',
      '{"kind": "List",\n}',
      'BAY1002 a.json 2:1: not JSON: found "}" where a key in double quotes should be',
    ],
    [
      'two commands in one file',
      'a.json',
      '{}\n{}',
      'BAY1002 a.json 2:1: not JSON: found "{" where nothing more should be',
    ],
    [
      'JSON in Latin-1',
      'a.json',
      latin1('{"kind": "List",\n "items": ["\u00fc"]}'),
      'BAY1051 a.json 2:13: not UTF-8: a byte that begins no character',
    ],
    [
      'JSON of lists without end',
      'a.json',
      '['.repeat(100_000),
      'BAY1002 a.json: maps and lists stand too deep within each other',
    ],
    [
      'YAML of lists without end',
      'a.yaml',
      `items: ${'['.repeat(100_000)}`,
      'BAY1002 a.yaml 1:308: maps and lists stand too deep within each other',
    ],
    [
      'YAML of keys that are maps without end',
      'a.yaml',
      `${'? '.repeat(4000)}x`,
      'BAY1002 a.yaml 1:1: maps and lists stand too deep within each other',
    ],
    ['YAML of 16 MB', 'a.yaml', `kind: List # ${'.'.repeat(16_000_000)}`, 'BAY1050 a.yaml: YAML of more than 16 MB'],
    [
      'a list of lists',
      'a.json',
      '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "NodeList", "items": []}]}',
      'BAY1003 a.json: not a list of Nodes but a list of NodeLists',
    ],
    [
      'YAML with a tab',
      'a.yaml',
      'kind: List\nitems:\n\t- a: 1\n',
      'BAY1002 a.yaml 3:1: not YAML: tabs are not allowed as indentation',
    ],
    [
      'YAML with a key twice',
      'a.yaml',
      'kind: List\nkind: List\n',
      'BAY1002 a.yaml 2:1: the key "kind" is used twice in one map',
    ],
    [
      'JSON with a key twice',
      'a.json',
      '{"kind": "List",\n "items": [{"kind": {"a:b": 1, "kind": 2}, "a\\"b": "\\\\", "k\\u0069nd": 3}]}',
      'BAY1002 a.json 2:58: the key "kind" is used twice in one map',
    ],
    [
      'YAML with a tag of its own',
      'a.yaml',
      'kind: !secret List\n',
      'BAY1002 a.yaml 1:7: not YAML: unresolved tag: !secret',
    ],
    [
      'several YAML documents',
      'a.yaml',
      'kind: List\n---\nkind: List\n',
      'BAY1002 a.yaml 2:1: more than one YAML document in one file',
    ],
    [
      'an unknown alias',
      'a.yaml',
      'kind: *list\n',
      'BAY1002 a.yaml: not YAML: unresolved alias (the anchor must be set before the alias): list',
    ],
    [
      'aliases without end',
      'a.yaml',
      bomb(),
      'BAY1002 a.yaml: not YAML: excessive alias count indicates a resource exhaustion attack',
    ],
    ['an empty file', 'a.json', '', 'BAY1003 a.json: not a list of Nodes but empty'],
    ['null', 'a.json', 'null', 'BAY1003 a.json: not a list of Nodes but empty'],
    [
      'a table of nodes',
      'a.txt',
      'NAME      STATUS   ROLES    AGE   VERSION\nnode-01   Ready    <none>   5d    v1.34.2\n',
      'BAY1003 a.txt: not a list of Nodes but the table that kubectl prints without -o json',
    ],
    [
      'a table of pods',
      'a.txt',
      'NAMESPACE   NAME   READY\nteam: a b\n',
      'BAY1003 a.txt: not a list of Nodes but the table that kubectl prints without -o json',
    ],
    [
      "kubectl's complaint",
      'a.txt',
      'The connection to the server was refused',
      'BAY1003 a.txt: not a list of Nodes but plain text',
    ],
    ['a number', 'a.yaml', '42', 'BAY1003 a.yaml: not a list of Nodes but the value 42'],
    [
      'a list of Pods',
      'a.json',
      JSON.stringify(list(pod('a'), pod('b'))),
      'BAY1003 a.json: not a list of Nodes but a list of Pods',
    ],
    [
      'Nodes and Pods',
      'a.json',
      JSON.stringify(list(node('n1'), pod('a'), pod('b'))),
      'BAY1003 a.json: not a list of Nodes but a list of 1 x Node, 2 x Pod',
    ],
    ['one Node', 'a.json', JSON.stringify(node('n1')), 'BAY1003 a.json: not a list of Nodes but one Node, n1'],
    [
      'Nodes of another API',
      'a.json',
      JSON.stringify(list({ ...node('n1'), apiVersion: 'management.cattle.io/v3' })),
      'BAY1003 a.json: not a list of Nodes but a list of management.cattle.io/v3 Nodes',
    ],
    [
      'a PodList',
      'a.json',
      '{"apiVersion": "v1", "kind": "PodList", "items": []}',
      'BAY1003 a.json: not a list of Nodes but a PodList',
    ],
    [
      'a Table of the API',
      'a.json',
      '{"apiVersion": "meta.k8s.io/v1", "kind": "Table", "rows": []}',
      'BAY1003 a.json: not a list of Nodes but one meta.k8s.io/v1 Table',
    ],
    [
      'items without kind',
      'a.json',
      '{"apiVersion": "v1", "kind": "List", "items": [{"metadata": {"name": "n1"}}, 7]}',
      'BAY1003 a.json: not a list of Nodes but a list of items without kind',
    ],
    ['a bare list', 'a.json', '[]', 'BAY1003 a.json: not a list of Nodes but a bare list without kind'],
    [
      'a placement problem',
      'a.yaml',
      'version: 1\nnodes: []\ngangs: []\n',
      'BAY1003 a.yaml: not a list of Nodes but a map without kind, with gangs, nodes, version',
    ],
    [
      'no nodes at all',
      'a.json',
      '{"apiVersion": "v1", "kind": "List", "items": []}',
      'BAY1004 a.json 1:38 items: the list of Nodes is empty',
    ],
    [
      'one page of several',
      'a.json',
      JSON.stringify({ ...nodes, metadata: { continue: 'abc' } }),
      'BAY1005 a.json 1:57 metadata.continue: the list of Nodes is cut off after 1',
    ],
  ])('%s', (_, name, content, finding) => {
    expect(of(name, content)).toEqual([finding]);
  });

  test('what is wrong with the pods is told along with it', () => {
    const path = file('both.json', JSON.stringify(node('n1')));
    expect(shorten(findings(Inventory.fromKubectl(path, { pods: path }).load()))).toEqual([
      'BAY1003 both.json: not a list of Nodes but one Node, n1',
      'BAY1003 both.json: not a list of Pods but one Node, n1',
    ]);
  });

  test('the help says which command writes the right one', () => {
    const path = file('help.json', '[]');
    const { diagnostics } = Inventory.fromKubectl(path, { pods: path }).load();
    expect(diagnostics.map(({ help }) => help)).toEqual([
      'export it with `kubectl get nodes -o json`',
      'export it with `kubectl get pods -A -o json`',
    ]);
  });
});

function latin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** A YAML text of few lines that would grow to millions of items. */
function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i <= 8; i += 1) {
    lines.push(`a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}
