import type { Compilation } from './compile';
import { shownName } from './inventory/document';
import type { KaiSnapshot } from './passes/kai-snapshot';
import type { PlannedCluster } from './passes/plan';

/**
 * What a person wants to know of a compile that went well: a line for each cluster, and where the files are.
 *
 * @param verbose also what each graph asks for, and by what it is held
 */
export function summary(
  { clusters, files, guarantees, changes, firstSteps, waived, loose }: Compilation,
  folders: readonly string[],
  verbose: boolean,
): string {
  const lines = clusters.map(clusterLine);
  return [
    ...(verbose ? guaranteeLines(guarantees) : []),
    ...lines,
    ...changes.flatMap(changeLine),
    ...firstSteps.map(firstStepLine),
    ...(waived > 0 ? [`${count(waived, 'value')} that ${waived === 1 ? 'looks' : 'look'} like a secret, waived`] : []),
    ...unpinnableLine(loose.unpinnable),
    ...(loose.notKnown.length > 0 ? [`not known, and not pinned: ${loose.notKnown.join('; ')}`] : []),
    `${files.size} files in ${folders[0] ?? ''}${waivedPart(loose.waived)}`,
    '',
  ].join('\n');
}

/** That locks are current, in one line. */
export function currentLine(locks: number, { waived }: Compilation['loose']): string {
  return `${count(locks, 'lock')} current${waivedPart(waived)}\n`;
}

function waivedPart(waived: number): string {
  return waived > 0 ? `, ${count(waived, 'pin')} waived` : '';
}

function unpinnableLine(charts: readonly string[]): string[] {
  if (charts.length === 0) return [];
  return [`${count(charts.length, 'chart')} without a digest to pin: ${charts.join(', ')}`];
}

/** What becomes of a graph that runs; nothing where nothing does. */
function changeLine({ cluster, graph, change }: Compilation['changes'][number]): string[] {
  const name = `${cluster}: ${graph}`;
  switch (change.kind) {
    case 'unchanged':
      return [];
    case 'in-place':
      return [`${name} changes in place`];
    case 'rolls':
      return [`${name} rolls ${change.components.join(', ')}`];
    case 'needs-recreate':
      return [`${name} needs Recreate, as it says: all pods of ${change.components.join(', ')} stop first`];
    case 'new-graph':
      return [`${name} is deleted and made anew`];
    case 'new':
    case 'removed':
      return [`${name} is ${change.kind}`];
  }
}

/** What to commit, so that a compile of that commit comes to the same. */
function firstStepLine({ cluster, selectsAnew }: Compilation['firstSteps'][number]): string {
  const what = selectsAnew
    ? 'commit it with the node selectors and tolerations of what moves'
    : 'commit dist and lock without the change of the graphs';
  return `${cluster}: this is the first of two steps: ${what}, and when it has run through, compile again without --first-step`;
}

/** What a snapshot holds, in one line. @param file that it is in */
export function snapshotSummary({ nodes, podGroups, pods, running }: KaiSnapshot, file: string): string {
  const gangs = `${count(pods, 'pod')} to come in ${count(podGroups, 'PodGroup')}`;
  return `${file === '-' ? 'standard output' : shownName(file)}: ${count(nodes, 'node')}, ${gangs}, ${count(running, 'running pod')}\n`;
}

function clusterLine({ cluster, plan }: PlannedCluster): string {
  const placed = plan.gangs.flatMap((gang) => (gang.status === 'placed' ? [gang] : []));
  const nodes = placed.flatMap(({ placements }) => Object.values(placements).flat());
  const proof = plan.optimal ? 'proven optimal' : 'not proven optimal';
  return `${cluster.construct.name}: ${count(placed.length, 'graph')}, ${count(nodes.length, 'pod')} on ${count(new Set(nodes).size, 'node')}, ${proof}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** A line for each, with what is asked for in one column and what holds it in the other. */
function guaranteeLines(guarantees: Compilation['guarantees']): string[] {
  const rows = guarantees.map(({ graph, component, asked, heldBy }) => ({
    graph,
    what: component === undefined ? asked : `${component}: ${asked}`,
    held: heldBy.length > 0 ? heldBy.join(', ') : 'nothing',
  }));
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  return rows.flatMap(({ graph, what, held }, index) => [
    ...(graph === rows[index - 1]?.graph ? [] : [graph]),
    `  ${what.padEnd(width)}  held by ${held}`,
  ]);
}
