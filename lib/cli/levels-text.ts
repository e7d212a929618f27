import { topologyCode } from '../adopt/topology-code';
import type { DetectedLevel, DetectedTopology, Domain, DomainSize } from '../inventory/levels';
import { tellLeftOut, tellLevel } from '../inventory/told-levels';

/** How many domains are listed one by one. */
const LISTED = 40;

/**
 * The levels of a topology for people: what they are and why, the domains, and how large a gang they hold.
 *
 * @param withPods whether it is known what runs, so that free GPUs mean something
 */
export function levelsText({ levels, leftOut, cluster }: DetectedTopology, withPods: boolean): string {
  const room = (size: DomainSize): number => (withPods ? size.free : size.gpus);
  return [
    sizeText(cluster, withPods),
    section('Levels, broadest first', levelLines(levels)),
    section('Domains', domainLines(levels, withPods)),
    section('A gang finds room for', gangLines(levels, cluster, room)),
    section('No level', columns(leftOut.map((label) => [label.label, tellLeftOut(label)]))),
    `\n${topologyCode(levels.map(({ label }) => label))}\n`,
  ].join('');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function sizeText({ nodes, gpus, free }: DomainSize, withPods: boolean): string {
  const left = withPods ? `, ${free} of them free` : '';
  return `${plural(nodes, 'node')}, ${plural(gpus, 'GPU')} on those that take pods${left}\n`;
}

function levelLines(levels: readonly DetectedLevel[]): string[] {
  return levels.flatMap((level, depth) => {
    const { domains } = level;
    const nodes = range(domains.map((domain) => domain.nodes));
    const gpus = range(domains.map((domain) => domain.gpus));
    return [
      `${level.label}: ${plural(domains.length, 'domain')} of ${counted(nodes, 'node')}, ${counted(gpus, 'GPU')}`,
      ...tellLevel(level, levels[depth - 1]).map((line) => `  ${line}`),
    ];
  });
}

/** The tree of domains above the host, each with its size; nothing where it has no more than one level. */
function domainLines(levels: readonly DetectedLevel[], withPods: boolean): string[] {
  const above = levels.slice(0, -1);
  const [broadest] = above;
  if (broadest === undefined) return [];
  const tree = broadest.domains.flatMap((domain) => treeOf(domain, above, 0));
  const rows = tree
    .slice(0, LISTED)
    .map(({ domain, depth }) => [
      `${'  '.repeat(depth)}${domain.values.at(-1) ?? ''}`,
      plural(domain.nodes, 'node'),
      plural(domain.gpus, 'GPU'),
      ...(withPods ? [`${domain.free} free`] : []),
    ]);
  const more = tree.length - LISTED;
  return [...columns(rows), ...(more > 0 ? [`… and ${more} more, which -o json lists`] : [])];
}

/** A domain, and those within it. */
function treeOf(domain: Domain, levels: readonly DetectedLevel[], depth: number): { domain: Domain; depth: number }[] {
  const within = levels[depth + 1]?.domains.filter(({ values }) =>
    domain.values.every((value, i) => value === values[i]),
  );
  return [{ domain, depth }, ...(within ?? []).flatMap((inner) => treeOf(inner, levels, depth + 1))];
}

/** The largest room of one domain, for each level from the narrowest to the cluster. */
function gangLines(
  levels: readonly DetectedLevel[],
  cluster: DomainSize,
  room: (size: DomainSize) => number,
): string[] {
  const rooms = levels.map(({ name, domains }) => [plural(largest(domains.map(room)), 'GPU'), `in one ${name}`]);
  return columns([...rooms.reverse(), [plural(room(cluster), 'GPU'), 'in the cluster']]);
}

/** Cells in columns; numbers are not aligned to the right, since their units stand beside them. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A cluster may have more hosts than a call takes arguments. */
function largest(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** `8`, or `8 to 10`. */
function range(numbers: readonly number[]): string {
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const most = largest(numbers);
  return least >= most ? `${most}` : `${least} to ${most}`;
}

function counted(amounts: string, noun: string): string {
  return `${amounts} ${noun}${amounts === '1' ? '' : 's'}`;
}

function plural(amount: number, noun: string): string {
  return counted(`${amount}`, noun);
}
