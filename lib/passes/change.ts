import type { GraphChange } from '../backends/changes/classify';
import type { DynamoGraph } from '../constructs/dynamo-graph';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { parseText } from '../inventory/document';
import { placeOf, targetOf } from './collect';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { pathOf, type Files } from './render';
import { isReplayed, manifestsOf, ownerOf } from './replay';
import { classesOf, keyOf, replayChange, type Hang, type Side } from './replay/change';
import { worldOf } from './replay/world';

/** What a compile does to a graph, beside the dist that runs. */
export interface ClusterChange {
  /** Name of the cluster. */
  readonly cluster: string;
  /** `namespace/name`. */
  readonly graph: string;
  readonly change: GraphChange | { readonly kind: 'new' } | { readonly kind: 'removed' };
}

/**
 * That what runs can become what is written now: each graph whose pods change is rolled as its controllers do it, with
 * KAI placing what comes. What would stay half done is an error, and so is what the cluster would refuse.
 *
 * @param running text by path of the dist that runs; a cluster without files there is new
 */
export function change(
  planned: readonly PlannedCluster[],
  objects: readonly LoweredObject[],
  files: Files,
  running: Files,
): Outcome<readonly ClusterChange[]> {
  const outcomes = planned.map((cluster) => changeCluster(cluster, objects, files, running));
  return {
    ok: true,
    value: outcomes.flatMap(({ changes }) => changes),
    diagnostics: outcomes.flatMap(({ diagnostics }) => diagnostics),
  };
}

interface Changed {
  readonly changes: readonly ClusterChange[];
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: Changed = { changes: [], diagnostics: [] };

function changeCluster(
  planned: PlannedCluster,
  objects: readonly LoweredObject[],
  files: Files,
  running: Files,
): Changed {
  const { cluster } = planned;
  const prefix = `${targetOf(cluster)}/`;
  const old = [...running].filter(([path]) => path.startsWith(prefix) && !isGenerated(path));
  if (old.length === 0) return NOTHING;
  const written = new Map(objects.map((object) => [pathOf(object), object.manifest]));
  const manifests: Manifest[] = [];
  for (const [path, text] of old) {
    const manifest = files.get(path) === text ? written.get(path) : readManifest(path, text);
    if (!manifest) return { ...NOTHING, diagnostics: [unreadable(planned, path)] };
    manifests.push(manifest);
  }
  return compared(planned, manifests, manifestsOf(planned, objects));
}

function compared(planned: PlannedCluster, before: readonly Manifest[], after: readonly Manifest[]): Changed {
  const { cluster } = planned;
  const classes = classesOf(before, after, cluster.construct.stack.profile);
  const side = (manifests: readonly Manifest[]): Side => ({
    manifests,
    world: worldOf(manifests, cluster.inventory.nodes, cluster.use),
  });
  const isRolling = [...classes.values()].some(({ kind }) => kind === 'rolls');
  const hangs = isRolling && isReplayed(planned) ? replayChange(side(before), side(after), classes) : [];
  const remade = cluster.graphs.flatMap((graph) => remadeFindings(graph, classes.get(ownerOf(graph))));
  const known = new Set(cluster.graphs.map(ownerOf));
  const gone = before.filter(({ kind }) => kind === 'DynamoGraphDeployment').map(keyOf);
  const entry = (graph: string, kind: ClusterChange['change']): ClusterChange => ({
    cluster: cluster.construct.name,
    graph,
    change: kind,
  });
  return {
    changes: [
      ...[...known].sort().map((graph) => entry(graph, classes.get(graph) ?? { kind: 'new' })),
      ...gone.filter((graph) => !known.has(graph)).map((graph) => entry(graph, { kind: 'removed' })),
    ],
    diagnostics: [...remade, ...hangs.map((hang) => hangFinding(planned, hang))],
  };
}

/** A change that the cluster refuses stops the graph's Kustomization; made anew, it is an outage that was asked for. */
function remadeFindings(graph: DynamoGraph, change: GraphChange | undefined): Diagnostic[] {
  const { name } = graph.spec;
  const where = placeOf(graph);
  if (change?.kind === 'new-graph' && !graph.recreate) {
    const [first, ...others] = change.changes.filter(({ effect }) => effect === 'new-graph');
    const message = `graph "${name}" would have to be made anew: ${first ? `${first.path}: ${first.why}` : ''}`;
    const notes = others.slice(0, 3).map(({ path, why }) => `${path}: ${why}`);
    const help =
      'give the graph a new name, or say recreate: true for this change: Flux then deletes it first, an outage';
    return [diagnostic('BAY4043', { message, where, notes, help })];
  }
  if (!graph.recreate || change === undefined || change.kind === 'new-graph') return [];
  const message = `graph "${name}" says recreate: true, and the change needs none`;
  const help = 'leave it out: while it is there, Flux deletes the graph for any change that the cluster refuses';
  return [diagnostic('BAY4044', { message, where: { ...where, pointer: 'recreate' }, help })];
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
