import { groupBy } from '../../groups';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Manifest } from '../../emit/manifest';
import type { LoweredObject } from '../lower';

/** Two objects of one name would fight in the cluster; two in one file would overwrite each other before that. */
export function verifyIdentity(objects: readonly LoweredObject[]): Diagnostic[] {
  const identities = groupBy(objects, ({ target, manifest }) => [target, identity(manifest)].join(' '));
  const files = groupBy(objects, ({ folder, file }) => `${folder}/${file}`);
  const duplicates = [...identities.values()].filter((group) => group.length > 1);
  const collisions = [...files].filter(
    ([, group]) => new Set(group.map(({ manifest }) => identity(manifest))).size > 1,
  );
  return [...duplicates.map(duplicate), ...collisions.map(([file, group]) => collision(file, group))];
}

/** The version is no part of an object's identity: the API server converts between versions. */
function identity({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return [group, kind, metadata.namespace ?? '', metadata.name].join('|');
}

function describe({ kind, metadata }: Manifest): string {
  return `${kind} "${metadata.name}"${metadata.namespace === undefined ? '' : ` in namespace "${metadata.namespace}"`}`;
}

function duplicate(group: readonly LoweredObject[]): Diagnostic {
  const [first, ...others] = group.map(({ object }) => object.node.path);
  const manifest = group[0]?.manifest;
  return diagnostic('BAY4001', {
    message: `${group.length} constructs make one object: ${manifest ? describe(manifest) : ''}`,
    where: { construct: first ?? '' },
    notes: others.map((path) => `also made by ${path}`),
    help: 'rename one of them, or keep only one and patch it with addJsonPatch',
    data: { constructs: group.map(({ object }) => object.node.path) },
  });
}

function collision(file: string, group: readonly LoweredObject[]): Diagnostic {
  return diagnostic('BAY4002', {
    message: `two objects would be written to ${file}: ${group.map(({ manifest }) => describe(manifest)).join(', ')}`,
    where: { construct: group[0]?.object.node.path ?? '' },
    notes: group.slice(1).map(({ object }) => `also written by ${object.node.path}`),
    help: 'rename one of them: a file is named after kind, namespace and name',
    data: { file },
  });
}
