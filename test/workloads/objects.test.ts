import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifests } from '../../lib/workloads/objects';
import { manifests, told } from './manifests';

const pod = (name: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

/** Name and line of each object. */
function found(text: string, file?: string): string[] {
  const { objects, diagnostics } = manifests(text, file);
  expect(diagnostics).toEqual([]);
  return objects.map(({ name, where }) => `${name}:${where.line}`);
}

describe('a file of manifests', () => {
  test('holds documents between markers, each with the line where it begins', () => {
    expect(found(`# a comment\n---\n${pod('a')}---\n\n# nothing\n---\n${pod('b')}...\n`)).toEqual(['a:3', 'b:10']);
  });

  test('ends documents by `...` too, and takes directives', () => {
    expect(found(`%YAML 1.2\n---\n${pod('a')}...\n${pod('b')}`)).toEqual(['a:3', 'b:7']);
  });

  test('a marker within a text of several lines begins a document, as YAML has it', () => {
    expect(told(manifests(`${pod('a')}spec: "\n---\n${pod('b')}`))[0]).toMatch(/^BAY1002 \| 5:1/);
  });

  test('with line ends of Windows is read the same', () => {
    expect(found(`---\n${pod('a')}---\n${pod('b')}`.replaceAll('\n', '\r\n'))).toEqual(['a:2', 'b:6']);
  });

  test('lists are opened, within each other too', () => {
    const inner = `{apiVersion: v1, kind: PodList, items: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]}`;
    expect(
      found(`apiVersion: v1\nkind: List\nitems:\n  - ${inner}\n  - {apiVersion: v1, kind: Pod, metadata: {name: b}}\n`),
    ).toEqual(['a:4', 'b:5']);
  });

  test('JSON is one document', () => {
    const items = [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }];
    expect(found(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), 'dump.json')).toEqual(['a:1']);
  });

  test('merge keys are resolved, as kubectl does', () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: &m {name: a}\nspec: {<<: *m, x: 1}\n`;
    expect(manifests(text).objects[0]?.document.spec).toEqual({ name: 'a', x: 1 });
  });

  test('files of Kustomize need no name', () => {
    expect(found('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n')).toEqual([':1']);
  });
});

describe('what is no manifest', () => {
  const bomb = 'bcdef'.split('').reduce((text, name, i) => {
    const before = 'abcde'.charAt(i);
    return `${text}${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]\n`;
  }, 'a: &a [x, x, x, x, x, x, x, x, x]\n');

  test.each([
    ['a key used twice', `${pod('a')}kind: Pod\n`, 'BAY1002 | 4:1 | the key "kind" is used twice in one map'],
    [
      'anchors that explode',
      bomb,
      'BAY1002 | 1:1 | not YAML: excessive alias count indicates a resource exhaustion attack',
    ],
    ['a bare list', '- - kind: Pod\n', 'BAY1101 | 1 | not a Kubernetes object but a bare list without kind'],
    [
      'values of a chart',
      '\nimage: x\nreplicas: 2\n',
      'BAY1101 | 2 | not a Kubernetes object but a map without kind, with image, replicas',
    ],
    ['plain text', 'hello\n', 'BAY1101 | 1 | not a Kubernetes object but plain text'],
    [
      'a name that is a number',
      pod('12'),
      'BAY1101 | 1 | not a Kubernetes object but one without metadata.name that is a text',
    ],
    [
      'metadata that is a list',
      'apiVersion: v1\nkind: Pod\nmetadata: [a]\n',
      'BAY1101 | 1 | not a Kubernetes object but one without metadata.name that is a text',
    ],
    [
      'half a file',
      'apiVersion: v1\nkind: Pod\nmeta',
      'BAY1002 | 3:1 | not YAML: implicit map keys need to be followed by map values',
    ],
    ['a tag that nobody knows', 'apiVersion: v1\nkind: !pod Pod\n', 'BAY1002 | 2:7 | not YAML: unresolved tag: !pod'],
    [
      'lists within lists without end',
      '- '.repeat(2000),
      'BAY1103 | 1:1 | more than 300 maps and lists within each other',
    ],
    [
      'keys within keys without end',
      '? '.repeat(2000),
      'BAY1103 | 1:1 | more than 300 maps and lists within each other',
    ],
    [
      'brackets without end',
      `a:\n  - ${'['.repeat(400)}`,
      'BAY1103 | 2:305 | more than 300 maps and lists within each other',
    ],
    [
      'an action of a template',
      `{{- if .Values.on }}\n${pod('a')}{{- end }}\n`,
      'BAY1102 | 1:1 | a template, not a manifest: it says {{- if .Values.on }}',
    ],
    [
      'a value of a template',
      `${pod('a')}spec: {{ .Values.spec }}\n`,
      'BAY1102 | 4:7 | a template, not a manifest: it says {{ .Values.spec }}',
    ],
  ])('%s', (_, text, finding) => {
    expect(told(manifests(text))).toEqual([finding]);
  });

  test.each([
    ['a key used twice', '{"kind": "Pod",\n "kind": "Pod"}', 'BAY1002 | 2:2 | the key "kind" is used twice in one map'],
    [
      'half a file',
      '{"apiVersion": "v1", "items": [',
      'BAY1002 | 1:32 | not JSON: the file ends where a closing bracket should follow',
    ],
    [
      'brackets without end',
      '['.repeat(5000) + ']'.repeat(5000),
      'BAY1103 | 1:301 | more than 300 maps and lists within each other',
    ],
  ])('in JSON: %s', (_, text, finding) => {
    expect(told(manifests(text, 'dump.json'))).toEqual([finding]);
  });

  test('maps that go down line by line without end', () => {
    const text = Array.from({ length: 400 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
    expect(told(manifests(text))).toEqual(['BAY1103 | 301:301 | more than 300 maps and lists within each other']);
  });

  test('bytes that are no UTF-8', () => {
    const latin = Buffer.from(`${pod('a')}# caf\xe9`, 'latin1');
    expect(told(manifests(latin))).toEqual(['BAY1051 | 4:6 | not UTF-8: a byte that begins no character']);
  });

  test('one document that is too large for its parser', () => {
    const text = `${pod('a')}data: |\n${`  ${'x'.repeat(998)}\n`.repeat(33_000)}`;
    expect(told(manifests(text))).toEqual([
      'BAY1103 | 1:1 | one YAML document of 34 million signs; at most 32 million are read',
    ]);
  });

  test('many documents are as large together as they like', () => {
    const text = Array.from({ length: 3 }, (_, i) => `---\n${pod(`p${i}`)}data: |\n  ${'x'.repeat(12_000_000)}\n`).join(
      '',
    );
    expect(manifests(text).objects.map(({ name }) => name)).toEqual(['p0', 'p1', 'p2']);
  });

  test('a document that is broken leaves those before and after it', () => {
    const { objects, diagnostics } = manifests(`${pod('a')}---\nkind: [\n---\n${pod('b')}`);
    expect(objects.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(diagnostics.map(({ code, where }) => `${code} ${where.line}`)).toEqual(['BAY1002 6']);
  });

  test('texts that look like templates in a script are left alone', () => {
    expect(found(`${pod('a')}data:\n  script: |\n    echo "{{ user }}"\n    {{ more }}\n`)).toEqual(['a:1']);
  });
});

describe('a folder', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bayplan-manifests-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is read file by file in order of name, and nothing but YAML and JSON', () => {
    writeFileSync(join(folder, 'b.yml'), pod('b'));
    writeFileSync(join(folder, 'a.yaml'), pod('a'));
    writeFileSync(join(folder, 'c.json'), '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}}');
    writeFileSync(join(folder, 'README.md'), '# hello');
    const { objects, diagnostics } = readManifests([folder]);
    expect(diagnostics).toEqual([]);
    expect(objects.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('a file that is not there is told, and the others are read', () => {
    const { objects, diagnostics } = readManifests([join(folder, 'none.yaml'), join(folder, 'a.yaml')]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['BAY1001']);
    expect(objects.map(({ name }) => name)).toEqual(['a']);
  });
});
