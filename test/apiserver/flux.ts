import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { isMap, type JsonMap } from '../../lib/schemas/schema';
import { kindOf, type CommittedCluster } from '../support/clusters';
import type { ApiServer } from './server';

/** What Flux does with a cluster's folder. */

interface Kustomization {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly path: string; readonly dependsOn?: readonly { readonly name: string }[] };
}

/**
 * Folders in the order in which Flux applies them: first its own, then those of its Kustomizations, each after what it
 * depends on. Throws where some wait for one another, or for what is not there.
 */
function fluxFolders({ folder, objects }: CommittedCluster): string[] {
  const folders = [join(folder, 'flux')];
  const done = new Set<string>();
  let waiting = objects.flatMap(({ object }) => (isKustomization(object) ? [object] : []));
  while (waiting.length > 0) {
    const ready = waiting.filter(({ spec }) => (spec.dependsOn ?? []).every(({ name }) => done.has(name)));
    if (ready.length === 0) throw new Error(`${waiting.map(({ metadata }) => metadata.name).join()} never get ready`);
    for (const { metadata, spec } of ready) {
      done.add(metadata.name);
      folders.push(fromRepository(spec.path, folder));
    }
    waiting = waiting.filter(({ metadata }) => !done.has(metadata.name));
  }
  return folders;
}

function isKustomization(object: JsonMap): object is JsonMap & Kustomization {
  return kindOf(object).startsWith('kustomize.toolkit.fluxcd.io/');
}

/** A path of the repository that Flux reads, such as `./dist/lab/platform`, in the folder of cluster `lab`. */
function fromRepository(path: string, folder: string): string {
  const cluster = `/${basename(folder)}/`;
  return join(folder, path.slice(path.indexOf(cluster) + cluster.length));
}

export interface Applied {
  /** What kubectl complains of, line by line; warnings of the server as well. */
  readonly complaints: readonly string[];
  /** The objects that the server has taken, as it has them now. */
  readonly kept: readonly JsonMap[];
}

/** Applies YAML documents as Flux does: server-side, and with unknown fields as errors. */
export async function apply({ kubectl }: ApiServer, text: string, ...options: readonly string[]): Promise<Applied> {
  const command = ['apply', '--server-side', '--field-manager=kustomize-controller', '--validate=strict'];
  const { stdout, stderr } = await kubectl([...command, ...options, '--output=json', '--filename=-'], text);
  const answer: unknown = stdout === '' ? {} : JSON.parse(stdout);
  const kept = isMap(answer) && Array.isArray(answer['items']) ? answer['items'] : [answer];
  return {
    complaints: stderr.split('\n').filter((line) => line !== ''),
    kept: kept.filter(isMap).filter((object) => 'kind' in object),
  };
}

/** Applies all folders of a cluster in turn, each as kustomize puts it together, but for objects that are left out. */
export async function applyFolders(
  server: ApiServer,
  cluster: CommittedCluster,
  isApplied: (object: JsonMap) => boolean,
): Promise<Applied> {
  const all: Applied[] = [];
  for (const folder of fluxFolders(cluster)) {
    const { stdout, stderr } = await server.kubectl(['kustomize', folder]);
    expect(stderr).toBe('');
    const documents = stdout.split(/^---\n/m).filter((text) => isApplied(parse(text) as JsonMap)); // kustomize writes maps
    all.push(await apply(server, documents.join('---\n')));
  }
  return { complaints: all.flatMap(({ complaints }) => complaints), kept: all.flatMap(({ kept }) => kept) };
}
