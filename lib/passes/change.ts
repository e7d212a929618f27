import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { parseText } from '../inventory/document';
import { placeOf, targetOf } from './collect';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { pathOf, type Files } from './render';
import { isReplayed, manifestsOf, ownerOf } from './replay';
import { replayChange, type Hang, type Side } from './replay/change';
import { worldOf } from './replay/world';

/**
 * That what runs can become what is written now: each graph whose pods change is rolled as its controllers do it, with
 * KAI placing what comes. What would stay half done is an error.
 *
 * @param running text by path of the dist that runs; a cluster without files there is new
 */
export function change(
  planned: readonly PlannedCluster[],
  objects: readonly LoweredObject[],
  files: Files,
  running: Files,
): Outcome<void> {
  const diagnostics = planned.filter(isReplayed).flatMap((cluster) => changeCluster(cluster, objects, files, running));
  return { ok: true, value: undefined, diagnostics };
}

function changeCluster(
  planned: PlannedCluster,
  objects: readonly LoweredObject[],
  files: Files,
  running: Files,
): Diagnostic[] {
  const { cluster } = planned;
  const prefix = `${targetOf(cluster)}/`;
  const old = [...running].filter(([path]) => path.startsWith(prefix) && !isGenerated(path));
  if (old.every(([path, text]) => files.get(path) === text)) return [];
  const written = new Map(objects.map((object) => [pathOf(object), object.manifest]));
  const manifests: Manifest[] = [];
  for (const [path, text] of old) {
    const manifest = files.get(path) === text ? written.get(path) : readManifest(path, text);
    if (!manifest) return [unreadable(planned, path)];
    manifests.push(manifest);
  }
  const side = (all: readonly Manifest[]): Side => ({
    manifests: all,
    world: worldOf(all, cluster.inventory.nodes, cluster.use),
  });
  return replayChange(side(manifests), side(manifestsOf(planned, objects))).map((hang) => hangFinding(planned, hang));
}

/** Files that hold no object of the cluster. */
function isGenerated(path: string): boolean {
  return path.endsWith('/kustomization.yaml') || path.split('/')[1] === 'control-plane';
}

function readManifest(path: string, text: string): Manifest | undefined {
  const document = parseText(path, text);
  const value = document.ok ? document.value : undefined;
  const isObject = typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
  // what a compile wrote has both; anything else is read as far as it goes
  return isObject ? (value as Manifest) : undefined;
}

function unreadable({ cluster }: PlannedCluster, path: string): Diagnostic {
  return diagnostic('BAY4042', {
    message: `the change of ${cluster.construct.name} was not played through: ${path} of the dist that runs is no manifest`,
    where: { ...placeOf(cluster.construct), file: path },
    help: 'restore the dist that was applied last, as from Git, and compile again',
  });
}

function hangFinding({ cluster }: PlannedCluster, { owner, components, chain }: Hang): Diagnostic {
  const graph = cluster.graphs.find((each) => ownerOf(each) === owner);
  const isGrove = cluster.construct.stack.profile.gang === 'grove';
  return diagnostic('BAY4041', {
    message: `the change of graph "${graph?.spec.name ?? owner}" is feasible, but KAI would never finish it`,
    where: { ...placeOf(graph ?? cluster.construct), pointer: components.join(', ') },
    notes: [...chain, 'while some of its pods are missing, KAI places all that a gang lacks at once, or nothing'],
    help: isGrove
      ? 'change the graph in two steps, the first of which frees the node, or give the graph a new name'
      : "say rollout: 'recreate' on the graph for this change (an outage of it), change it in two steps, or give it a new name",
  });
}
