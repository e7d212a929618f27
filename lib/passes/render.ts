import { kustomization, toYaml } from '../emit/manifest';
import type { Outcome } from '../diagnostics/diagnostic';
import { controlPlaneFiles } from '../backends/runai/control-plane';
import type { ClusterModel, FleetModel } from './collect';
import type { LoweredObject } from './lower';
import { compareKeys } from '../order';

/** Text by path below dist, with forward slashes. */
export type Files = ReadonlyMap<string, string>;

/** One file for each object, a kustomization.yaml in each folder, and what is for no cluster; in order of path. */
export function render(fleet: FleetModel, objects: readonly LoweredObject[]): Outcome<Files> {
  const folders = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const object of objects) {
    const { folder, manifest, file, text } = object;
    files.set(pathOf(object), text ?? toYaml(manifest));
    const names = folders.get(folder);
    if (names) names.push(file);
    else folders.set(folder, [file]);
  }
  for (const [folder, names] of folders) files.set(`${folder}/kustomization.yaml`, kustomization(names));
  for (const cluster of fleet.clusters) {
    for (const [name, text] of controlPlane(cluster))
      files.set(`${cluster.construct.name}/control-plane/${name}`, text);
  }
  const sorted = [...files].sort(compareKeys);
  return { ok: true, value: new Map(sorted), diagnostics: [] };
}

/** Path of an object's file below dist. */
export function pathOf({ folder, file }: LoweredObject): string {
  return `${folder}/${file}`;
}

/** What Run:ai has to be told by other means than Flux. */
function controlPlane({ construct, queues }: ClusterModel): ReadonlyMap<string, string> {
  if (construct.stack.profile.gang !== 'runai') return new Map();
  const projects = queues.map((queue) => {
    const { quota } = queue.model().bounds.gpu;
    return { name: queue.name, gpuQuota: quota === undefined ? undefined : String(quota) };
  });
  const { name, levels } = construct.topology;
  return controlPlaneFiles({ topology: { name, levels: levels.map(({ label }) => label) }, projects });
}
