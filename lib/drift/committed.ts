import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { diagnostic, hasErrors, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { nearest } from '../diagnostics/nearest';
import { diskFileSystem } from '../emit/file-system';
import { readTree } from '../emit/tree';
import { readText, shownName } from '../inventory/document';
import { listNames } from '../inventory/names';
import { readLock, type Lock } from '../pins/lock';
import { readManifests, type ManifestObject } from '../workloads/objects';

/** What a repository says of a cluster: its manifests and its lock. */
export interface Committed {
  readonly cluster: string;
  /** Everything but Flux objects and Helm releases, in order of path. */
  readonly objects: readonly ManifestObject[];
  /** Absent where the cluster has none. */
  readonly lock?: Lock;
  /** The file of the lock. */
  readonly lockFile?: string;
}

/** Where it is, as the user names it. */
export interface Places {
  readonly cluster: string;
  readonly dist: string;
  /** @default - looked for in the folder `topologies` beside dist */
  readonly lock?: string;
}

/** Reads what was committed for a cluster; nothing of it is compiled. */
export function readCommitted(places: Places): Outcome<Committed> {
  const { cluster, dist } = places;
  const folder = join(dist, cluster);
  const missing = missingFolder(dist, cluster);
  if (missing) return { ok: false, diagnostics: [missing] };
  const objects = readObjects(folder);
  const lock = readLockOf(places);
  const diagnostics = [...objects.diagnostics, ...lock.diagnostics];
  if (!objects.ok || !lock.ok) return { ok: false, diagnostics };
  return { ok: true, value: { cluster, objects: objects.value, ...lock.value }, diagnostics };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function missingFolder(dist: string, cluster: string): Diagnostic | undefined {
  const file = shownName(dist);
  if (!isFolder(dist)) {
    const help = 'run it where the repository is checked out, or name the folder with --dist';
    return diagnostic('BAY4061', { message: `there is no folder ${file}`, where: { file }, help });
  }
  const names = readdirSync(dist, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const clusters = names.map(({ name }) => name).sort();
  if (clusters.includes(cluster)) return undefined;
  const near = nearest(cluster, clusters);
  return diagnostic('BAY4061', {
    message: `${file} has no cluster ${JSON.stringify(cluster)}`,
    where: { file },
    notes: [clusters.length === 0 ? 'it has none at all' : `it has ${listNames(clusters)}`],
    help: near === undefined ? 'name one of its folders with --cluster' : `did you mean --cluster ${near}?`,
  });
}

/** Folders with what is applied for graphs. */
const folders = ['graphs', 'platform'];

function readObjects(folder: string): Outcome<readonly ManifestObject[]> {
  const files = folders
    .map((name) => join(folder, name))
    .filter(isFolder)
    .flatMap((name) => readTree(diskFileSystem, name).files.map((file) => join(name, file)));
  const { objects, diagnostics } = readManifests(files);
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: objects, diagnostics };
}

function readLockOf({ cluster, dist, lock }: Places): Outcome<Pick<Committed, 'lock' | 'lockFile'>> {
  const folder = join(dirname(resolve(dist)), 'topologies');
  const found = lock === undefined ? locksBelow(folder, `${cluster}.lock.yaml`) : [lock];
  const [file, ...others] = found;
  if (file === undefined) return { ok: true, value: {}, diagnostics: [noLock(cluster, folder)] };
  if (others.length > 0) return { ok: false, diagnostics: [manyLocks(cluster, found.map(shownName))] };
  const text = readText(file);
  const read = text.ok ? readLock(shownName(file), text.value) : text;
  if (!read.ok) return read;
  if (read.value.cluster === cluster) return { ...read, value: { lock: read.value, lockFile: file } };
  return { ok: false, diagnostics: [otherLock(cluster, shownName(file), read.value.cluster ?? '')] };
}

function locksBelow(folder: string, name: string): string[] {
  if (!existsSync(folder)) return [];
  const { files } = readTree(diskFileSystem, folder);
  return files.filter((file) => file === name || file.endsWith(`/${name}`)).map((file) => join(folder, file));
}

function noLock(cluster: string, folder: string): Diagnostic {
  const file = shownName(folder);
  return diagnostic('BAY4063', {
    message: `there is no ${cluster}.lock.yaml below ${file}`,
    where: { file },
    notes: ['the nodes of each pod are taken from the pins in dist, which do not say how many pods each node has'],
    help: 'name the lock with --lock, or compile the fleet to get one',
  });
}

function manyLocks(cluster: string, files: readonly string[]): Diagnostic {
  return diagnostic('BAY4064', {
    message: `cluster ${JSON.stringify(cluster)} has ${files.length} locks: ${listNames(files)}`,
    where: { file: files[0] ?? '' },
    help: 'say with --lock which of them dist was compiled with',
  });
}

function otherLock(cluster: string, file: string, named: string): Diagnostic {
  return diagnostic('BAY4064', {
    message: `${file} is the lock of cluster ${JSON.stringify(named)}, not of ${JSON.stringify(cluster)}`,
    where: { file, pointer: 'cluster' },
    help: `name the lock of ${cluster} with --lock`,
  });
}
