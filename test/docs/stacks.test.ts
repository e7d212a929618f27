import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphChange } from '../../lib/backends/changes/classify';
import type { StackProfile } from '../../lib/backends/stacks';
import { changeOn, profileNamed, type Edit } from '../support/changes';

/**
 * docs/stacks.md shows what a change does on each stack, from the rules themselves; UPDATE_GOLDEN=1 in the environment
 * writes the table anew.
 */

const page = join(__dirname, '..', '..', 'docs', 'stacks.md');

const columns = [
  ['Dynamo 0.5.1', 'Dynamo 0.5.1 on KAI 0.17'],
  ['1.4', 'Dynamo 1.4 on KAI 0.17'],
  ['1.5', 'Dynamo 1.5 on KAI 0.17'],
  ['1.4 with Grove', 'Dynamo 1.4 with Grove on KAI 0.17'],
  ['1.5 with Grove', 'Dynamo 1.5 with Grove on KAI 0.17'],
] as const;

type Edits = (profile: StackProfile) => readonly Edit[];

const onGrove = ({ gang }: StackProfile): boolean => gang === 'grove';
const isAlpha = ({ graphApi }: StackProfile): boolean => graphApi === 'v1alpha1';

/** As the compiler writes it: on Grove all replicas are the minimum, elsewhere the PodGroup knows them. */
const replicas: Edits = (profile) => [
  ['component prefill replicas', 3],
  onGrove(profile) ? ['component prefill minAvailable', 3] : ['podGroup spec subGroups prefill minMember', 3],
];

/** A component, and its subgroup where there is a PodGroup. */
const withSubgroup = (profile: StackProfile, name: string, value: unknown): readonly Edit[] => [
  [`component ${name}`, value],
  ...(onGrove(profile) ? [] : [[`podGroup spec subGroups ${name}`, value] as const]),
];

const rows: readonly (readonly [string, Edits])[] = [
  ['labels, or an annotation of your own, on the graph', () => [['metadata labels team', 'a']]],
  ['more or fewer replicas', replicas],
  [
    'another queue',
    (profile) =>
      onGrove(profile)
        ? [['metadata annotations nvidia.com/kai-scheduler-queue', 'b']]
        : [['podGroup spec queue', 'b']],
  ],
  ["the frontend's image, arguments, resources or nodes", () => [['component frontend main image', 'x:1.5.1']]],
  ["a worker's image, arguments, resources or nodes", () => [['component prefill main image', 'x:1.5.1']]],
  [
    'environment for all components',
    (profile) => [[isAlpha(profile) ? 'spec envs' : 'spec env', [{ name: 'A', value: 'b' }]]],
  ],
  ['a component more', (profile) => withSubgroup(profile, 'extra', { name: 'extra' })],
  ['a component less, or of another name', (profile) => withSubgroup(profile, 'prefill', undefined)],
  ['nodes of a replica', () => [['component prefill multinode nodeCount', 2]]],
  ['another engine', () => [['spec backendFramework', 'sglang']]],
  ['a KV transfer policy', () => [['spec experimental kvTransferPolicy domain', 'rack']]],
  ['with Grove, or without', () => [['metadata annotations nvidia.com/enable-grove', 'x']]],
];

function inDocs(change: GraphChange): string {
  if (change.kind === 'new-graph') return 'new graph';
  if (change.kind !== 'rolls') return change.kind.replace('-', ' ');
  const texts: Readonly<Record<string, string>> = {
    'decode frontend prefill': 'rolls all',
    'decode prefill': 'rolls all workers',
  };
  return texts[change.components.join(' ')] ?? 'rolls it alone';
}

/** A table as prettier sets it. */
function table(): string {
  const body = rows.map(([title, edits]) => [
    title,
    ...columns.map(([, name]) => inDocs(changeOn(profileNamed(name), edits(profileNamed(name))))),
  ]);
  const head = ['what changes', ...columns.map(([title]) => title)];
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('\n');
}

test('docs/stacks.md says what a change does, as the rules have it', () => {
  const text = readFileSync(page, 'utf8');
  const shown = /^\| what changes [^]*?(?=\n\n)/m;
  expect(text).toMatch(shown);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, text.replace(shown, table));
  expect(readFileSync(page, 'utf8')).toContain(`\n${table()}\n`);
});
