import type { GraphChange } from '../backends/changes/classify';
import type { DynamoGraph } from '../constructs/dynamo-graph';
import { diagnostic, hasErrors, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { parseText } from '../inventory/document';
import { chainsOf, type Chain } from './change/chain';
import { chainFinding, hangFinding, type WaysOut } from './change/findings';
import { firstStep, type FirstStep } from './change/step';
import { transition, type Transition, type Version } from './change/transition';
import { placeOf, targetOf } from './collect';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { pathOf, type Files } from './render';
import { isReplayed, manifestsOf, ownerOf } from './replay';
import { keyOf, type Hang } from './replay/change';
import { mostDeclared, mostLocked } from './replay/growth';

/** What a compile does to a graph, beside the dist that runs. */
export interface ClusterChange {
  /** Name of the cluster. */
  readonly cluster: string;
  /** `namespace/name`. */
  readonly graph: string;
  readonly change: GraphChange | NeedsRecreate | { readonly kind: 'new' } | { readonly kind: 'removed' };
}

/** Pods are replaced, and only where all of them stop first is it certain that this ends: the graph says so. */
export interface NeedsRecreate extends Omit<Extract<GraphChange, { readonly kind: 'rolls' }>, 'kind'> {
  readonly kind: 'needs-recreate';
}

/** What the change pass makes of a compile. */
export interface Changes {
  readonly changes: readonly ClusterChange[];
  /** Clusters for which the first of two changes is written in place of the one that was asked for; by target. */
  readonly firstSteps: ReadonlyMap<string, FirstStep>;
}

export interface ChangeOptions {
  /** Text by path of the dist that runs; a cluster without files there is new. */
  readonly running: Files;
  /** Where a change takes two commits, write the first. @default false */
  readonly firstStep?: boolean;
  /** As the plan was made with it. @default 0 */
  readonly rebalance?: number;
}

/**
 * That what runs can become what is written now: each graph whose pods change has room for what comes beside what still
 * runs, and when it is rolled as its controllers do it, with KAI placing what comes, it comes to an end. What would not,
 * or not for certain, is an error, and so is what the cluster would refuse.
 */
export function change(
  planned: readonly PlannedCluster[],
  objects: readonly LoweredObject[],
  files: Files,
  options: ChangeOptions,
): Outcome<Changes> {
  const outcomes = planned.map((cluster) => changeCluster(cluster, objects, files, options));
  const steps = outcomes.flatMap(({ step }, i) => {
    const cluster = planned[i]?.cluster;
    return step && cluster ? [[targetOf(cluster), step] as const] : [];
  });
  const unneeded = options.firstStep && steps.length === 0 && !outcomes.some(({ isStuck }) => isStuck);
  return {
    ok: true,
    value: { changes: outcomes.flatMap(({ changes }) => changes), firstSteps: new Map(steps) },
    diagnostics: [...outcomes.flatMap(({ diagnostics }) => diagnostics), ...(unneeded ? [noStepNeeded(planned)] : [])],
  };
}

interface Changed {
  readonly changes: readonly ClusterChange[];
  readonly diagnostics: readonly Diagnostic[];
  readonly step?: FirstStep;
  /** The change cannot be made for certain. */
  readonly isStuck?: boolean;
}

const NOTHING: Changed = { changes: [], diagnostics: [] };

function changeCluster(
  planned: PlannedCluster,
  objects: readonly LoweredObject[],
  files: Files,
  options: ChangeOptions,
): Changed {
  const { cluster } = planned;
  const prefix = `${targetOf(cluster)}/`;
  const old = [...options.running].filter(([path]) => path.startsWith(prefix) && !isGenerated(path));
  if (old.length === 0) return NOTHING;
  const written = new Map(objects.map((object) => [pathOf(object), object.manifest]));
  const manifests: Manifest[] = [];
  for (const [path, text] of old) {
    const manifest = files.get(path) === text ? written.get(path) : readManifest(path, text);
    if (!manifest) return { ...NOTHING, diagnostics: [unreadable(planned, path)] };
    manifests.push(manifest);
  }
  const before = { manifests, most: mostLocked(cluster.lock) };
  const after = { manifests: manifestsOf(planned, objects), most: mostDeclared(cluster.graphs) };
  return compared(planned, before, after, options);
}

function compared(planned: PlannedCluster, before: Version, after: Version, options: ChangeOptions): Changed {
  const { graphs } = planned.cluster;
  const made = transition(planned, before, after);
  const remade = graphs.flatMap((graph) => remadeFindings(graph, made.classes.get(ownerOf(graph))));
  const chains = chainsOf(made.conflicts());
  const hangs = made.hangs();
  const step = chains.length > 0 ? firstStep(planned, before, after, made, options.rebalance) : undefined;
  if (step && options.firstStep && !hasErrors(remade)) {
    const changes = changesOf(planned, before, step.transition, step.manifests);
    return { changes, diagnostics: [], step };
  }
  const told = new Set(chains.flatMap((chain) => chain.graphs));
  const found = chains.map((chain) =>
    chainFinding(planned, chain, {
      recreate: recreatable(planned, made, chain),
      firstStep: step !== undefined,
      played: playedOf(planned, chain, hangs),
    }),
  );
  const others = hangs.filter(({ owner }) => !told.has(owner)).map((hang) => hangFinding(planned, hang));
  return {
    changes: changesOf(planned, before, made, after.manifests),
    diagnostics: [...remade, ...found, ...others],
    isStuck: found.length + others.length > 0,
  };
}

function playedOf(planned: PlannedCluster, { graphs }: Chain, hangs: readonly Hang[]): WaysOut['played'] {
  if (!isReplayed(planned)) return 'not played';
  return hangs.some(({ owner }) => graphs.includes(owner)) ? 'hung' : 'ended';
}

/** Graphs of a chain that have to stop all their pods first, and no more than that; empty where it does not help. */
function recreatable(planned: PlannedCluster, made: Transition, chain: Chain): readonly string[] {
  if (planned.cluster.construct.stack.profile.rollout === undefined) return [];
  const helps = (graphs: readonly string[]): boolean => {
    const left = made.conflicts({ recreating: new Set([...made.recreating, ...graphs]) });
    return !chainsOf(left).some((each) => each.graphs.some((graph) => chain.graphs.includes(graph)));
  };
  const rolling = chain.graphs.filter((graph) => made.classes.get(graph)?.kind === 'rolls');
  if (!helps(rolling)) return [];
  return rolling.reduce((needed, graph) => {
    const fewer = needed.filter((each) => each !== graph);
    return helps(fewer) ? fewer : needed;
  }, rolling);
}

/** What becomes of each graph. @param manifests that are written */
function changesOf(
  { cluster }: PlannedCluster,
  before: Version,
  made: Transition,
  manifests: readonly Manifest[],
): readonly ClusterChange[] {
  const graphsIn = (all: readonly Manifest[]): string[] =>
    all.filter(({ kind }) => kind === 'DynamoGraphDeployment').map(keyOf);
  const known = new Set(graphsIn(manifests));
  const entry = (graph: string, kind: ClusterChange['change']): ClusterChange => ({
    cluster: cluster.construct.name,
    graph,
    change: kind,
  });
  return [
    ...[...known].sort().map((graph) => entry(graph, classOf(graph, made) ?? { kind: 'new' })),
    ...graphsIn(before.manifests)
      .filter((graph) => !known.has(graph))
      .map((graph) => entry(graph, { kind: 'removed' })),
  ];
}

/** A graph that recreates its pods needs to where it would wait, or be waited for, if it rolled. */
function classOf(graph: string, { classes, recreating, conflicts }: Transition): ClusterChange['change'] | undefined {
  const found = classes.get(graph);
  if (found?.kind !== 'rolls' || !recreating.has(graph)) return found;
  const others = new Set([...recreating].filter((each) => each !== graph));
  const isNeeded = chainsOf(conflicts({ recreating: others })).some((chain) => chain.graphs.includes(graph));
  return isNeeded ? { ...found, kind: 'needs-recreate' } : found;
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

function noStepNeeded(planned: readonly PlannedCluster[]): Diagnostic {
  const names = planned.map(({ cluster }) => cluster.construct.name).join(', ');
  return diagnostic('BAY4047', {
    message: `no change of ${names} has to be made in two commits`,
    where: { pointer: 'bayplan synth --first-step' },
    help: 'leave --first-step out; all of the change was compiled',
  });
}
