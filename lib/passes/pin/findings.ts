import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Manifest } from '../../emit/manifest';
import { shownName } from '../../inventory/document';
import type { Wanted } from '../../pins/wanted';
import type { ClusterModel } from '../collect';
import { whereOf, type Use } from './uses';

/** So many are named; the others are counted. */
const MOST_NAMED = 3;

/** Nothing says which bytes these are. */
export function unpinned(wanted: Wanted, uses: readonly Use[], cluster: ClusterModel | undefined): Diagnostic {
  const { kind, name, where } = wanted;
  const lockFile = cluster?.construct.lockFile;
  const file = lockFile === undefined ? undefined : shownName(lockFile);
  const waiver = `new PinWaiver(cluster, 'id', { ${kind}: '${name}', reason: '…' })`;
  const way =
    file === undefined
      ? `write it with ${kind === 'model' ? 'its commit' : 'its digest'}, since there is no lock to keep it`
      : 'run bayplan lock, which looks it up and keeps it';
  return diagnostic(unpinnedCodes[kind], {
    message: `${kind} ${JSON.stringify(name)} has no ${kind === 'model' ? 'commit' : 'digest'}${file === undefined ? '' : ` in ${file}`}`,
    where,
    notes: named(uses),
    help: `${way}; where that cannot be done, say why: ${waiver}`,
    data: { kind, name },
  });
}

const unpinnedCodes = { image: 'BAY6022', chart: 'BAY6024', model: 'BAY6026' } as const;

/** An image that is another one tomorrow. */
export function floatingImage(name: string, uses: readonly Use[], waivable: boolean): Diagnostic {
  const tag = name.endsWith(':latest') ? 'the tag latest' : 'no tag';
  const waiver = `; where it names no image, say so: new PinWaiver(cluster, 'id', { image: '${name}', reason: '…' })`;
  return diagnostic('BAY6023', {
    message: `image ${JSON.stringify(name)} has ${tag} and no digest`,
    where: whereOf(uses),
    notes: named(uses),
    help: `name a version of it: ${name.replace(/:latest$/, '')}:1.2.3, or its digest${waivable ? waiver : ''}`,
    data: { kind: 'image', name },
  });
}

/** A chart that is another one tomorrow. */
export function floatingChart(name: string, why: string, uses: readonly Use[]): Diagnostic {
  return diagnostic('BAY6025', {
    message: `chart ${JSON.stringify(name)} has no one version: ${why}`,
    where: whereOf(uses),
    notes: named(uses),
    help: 'name one version of it, such as 1.2.3',
    data: { kind: 'chart', name },
  });
}

/** An image that a chart runs, without a value that takes its digest. */
export function unpinnableImage(name: string, why: string, uses: readonly Use[]): Diagnostic {
  const instead = uses.flatMap(({ byChart }) => byChart?.image.instead ?? [])[0];
  const waiver = `say why that is taken: new PinWaiver(cluster, 'id', { image: '${name}', reason: '…' })`;
  return diagnostic('BAY6027', {
    message: `image ${JSON.stringify(name)} cannot be pinned: ${why}`,
    where: whereOf(uses),
    notes: named(uses),
    help: instead === undefined ? waiver : `${instead}; or ${waiver}`,
    data: { kind: 'image', name },
  });
}

/** Who names it, and which charts run it as what. */
function named(uses: readonly Use[]): string[] {
  const objects = new Set<string>();
  const runs = new Map<string, string[]>();
  for (const { object, byChart } of uses) {
    const shown = shownObject(object.manifest);
    if (byChart) {
      const chart = `chart "${byChart.chart.chart}" ${byChart.chart.version} of ${shown}`;
      runs.set(chart, [...(runs.get(chart) ?? []), byChart.image.runs]);
    } else objects.add(shown);
  }
  return [
    ...(objects.size === 0 ? [] : [`named by ${some([...objects])}`]),
    ...[...runs].map(([chart, all]) => `${chart} runs it as ${some(all)}`),
  ];
}

function some(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `${names.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function shownObject({ kind, metadata: { name, namespace } }: Manifest): string {
  return `${kind} "${name}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}
