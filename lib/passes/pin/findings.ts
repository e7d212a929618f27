import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { shownName } from '../../inventory/document';
import type { Wanted } from '../../pins/wanted';
import type { ClusterModel } from '../collect';
import { whereOf, type Use } from './uses';

/** So many objects are named; the others are counted. */
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

/** An image that a chart names by itself, without values that could hold a digest. */
export function unnameable(name: string, uses: readonly Use[]): Diagnostic {
  return diagnostic('BAY6027', {
    message: `image ${JSON.stringify(name)} is named by a chart that has no value for its digest`,
    where: whereOf(uses),
    notes: named(uses),
    help: `say why that is taken: new PinWaiver(cluster, 'id', { image: '${name}', reason: '…' })`,
    data: { kind: 'image', name },
  });
}

function named(uses: readonly Use[]): string[] {
  const objects = [...new Set(uses.map(({ object: { manifest } }) => manifest))].map(({ kind, metadata }) => {
    const { name, namespace } = metadata;
    return `${kind} "${name}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
  });
  const more = objects.length > MOST_NAMED ? ` and ${objects.length - MOST_NAMED} more` : '';
  return objects.length === 0 ? [] : [`named by ${objects.slice(0, MOST_NAMED).join(', ')}${more}`];
}
