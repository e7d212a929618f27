import { fileName, kustomization, toYaml } from '../emit/manifest';
import type { Outcome } from '../diagnostics/diagnostic';
import type { LoweredObject } from './lower';

/** Text by path below dist, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

/** One file for each object, and a kustomization.yaml in each folder, in order of path. */
export function render(objects: readonly LoweredObject[]): Outcome<Files> {
  const folders = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const { folder, manifest } of objects) {
    const name = fileName(manifest);
    files.set(`${folder}/${name}`, toYaml(manifest));
    folders.set(folder, [...(folders.get(folder) ?? []), name]);
  }
  for (const [folder, names] of folders) files.set(`${folder}/kustomization.yaml`, kustomization(names));
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ok: true, value: new Map(sorted), diagnostics: [] };
}
