import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isMap, type JsonMap } from '../../lib/schemas/schema';

/** Everything that this project writes and commits, by cluster, and the CRDs of the versions each cluster runs. */

const root = join(__dirname, '../..');

/** Reference material beside the project; need not be there. */
export const shared = join(root, '../shared');
export const crdsFolder = join(shared, 'crds');

/**
 * Folders of CRDs by what a stack says. Dynamo 1.4 and 1.5 and Grove alpha.13 are snapshots of main shortly before the
 * release, Grove alpha.12 is its release candidate; KAI and Dynamo 0.5.1 are releases.
 */
const folders: Readonly<Record<string, string>> = {
  'Dynamo 0.5': 'dynamo/v0.5.1',
  'Dynamo 1.4': 'dynamo/approx-1.4.0-main-2026-07-30',
  'Dynamo 1.5': 'dynamo/main-2026-08-21',
  'Grove of Dynamo 1.4': 'grove/v0.1.0-alpha.12-rc1',
  'Grove of Dynamo 1.5': 'grove/main-2026-08-19',
  'KAI 0.16': 'kai/v0.16.8',
  'KAI 0.17': 'kai/v0.17.0',
  Flux: 'flux',
};

/** Parts of stacks that there are CRDs of, such as `KAI 0.17`. */
export const crdParts: readonly string[] = Object.keys(folders);

/** Not the kinds that this project never writes: they are large, and reading YAML takes its time. */
const unwritten = /_(?:dynamocomponentdeployments|dynamographdeploymentrequests|podcli.*|podgangs|configs)\.yaml$/;

/** Paths of the CRDs of a part of a stack; throws where there is no folder. */
export function crdFiles(part: string): string[] {
  const folder = join(crdsFolder, folders[part] ?? `no folder for ${part}`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !unwritten.test(name));
  return names.map((name) => join(folder, name));
}

export interface Manifest {
  readonly file: string;
  readonly object: JsonMap;
}

/** As in `kai.scheduler/v1alpha1 Topology`. */
export const kindOf = ({ apiVersion, kind }: JsonMap): string => `${String(apiVersion)} ${String(kind)}`;

/** Objects of all YAML files below a folder; documents that are no maps are left out. */
export function manifests(folder: string): Manifest[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ya?ml$/.test(path));
  const files = paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { logLevel: 'error' }).flatMap((document) => {
      const object: unknown = document.toJS();
      return isMap(object) ? [{ file, object }] : [];
    }),
  );
}

export interface CommittedCluster {
  /** Folder from the project's root and parts, as in `dist/lab: Flux, Dynamo 0.5, KAI 0.17`. */
  readonly name: string;
  readonly folder: string;
  readonly objects: readonly Manifest[];
  /** Of `crdParts`. */
  readonly parts: readonly string[];
}

/** Every cluster of dist and of the golden trees. */
export function committedClusters(): CommittedCluster[] {
  const trees = ['dist', 'test/golden'].flatMap((name) => clusterFolders(join(root, name)));
  return trees.map((folder) => {
    const objects = manifests(folder);
    const parts = partsOf(objects);
    return { name: `${folder.slice(root.length + 1)}: ${parts.join(', ')}`, folder, objects, parts };
  });
}

/** Folders with everything of one cluster. */
function clusterFolders(folder: string): string[] {
  if (existsSync(join(folder, 'controllers'))) return [folder];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? clusterFolders(join(folder, entry.name)) : [],
  );
}

/** The parts of a stack, by the versions in what Flux installs. */
function partsOf(objects: readonly Manifest[]): string[] {
  const text = (name: string): string => JSON.stringify(objects.filter(({ object }) => isNamed(object, name)));
  const [, dynamo] = /"version":"(\d+\.\d+)\.\d+/.exec(text('dynamo-platform')) ?? [];
  const [, kai] = /"tag":"v?(\d+\.\d+)\.\d+/.exec(text('kai-scheduler')) ?? [];
  const grove = objects.some(({ object }) => String(object['apiVersion']).startsWith('grove.io/'));
  return [
    'Flux',
    ...(dynamo === undefined ? [] : [`Dynamo ${dynamo}`, ...(grove ? [`Grove of Dynamo ${dynamo}`] : [])]),
    ...(kai === undefined ? [] : [`KAI ${kai}`]),
  ];
}

function isNamed({ kind, metadata }: JsonMap, name: string): boolean {
  const source = name === 'kai-scheduler' ? 'OCIRepository' : 'HelmRelease';
  return kind === source && isMap(metadata) && metadata['name'] === name;
}
