import { checkPlan } from '../../checker/check';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Manifest } from '../../emit/manifest';
import { podGroupName } from '../../model/graph';
import type { Lock } from '../../pins/lock';
import type { PlacedGang, Plan } from '../../placement/plan';
import { readProblem } from '../../placement/read';
import { solve } from '../../placement/solve';
import { lockedPlacements, lockWith } from '../lock';
import type { PlannedCluster } from '../plan';
import { copiesOf, pinsOf } from '../problem';
import { ownerOf } from '../replay';
import { keyOf } from '../replay/change';
import type { ReplayedWorld } from '../replay/world';
import { candidates, type Allowed } from './candidates';
import { chainsOf } from './chain';
import { holdKey } from './holds';
import { selectingAs, withPins, type Pins } from './pins';
import { stepProblem, type Movable } from './step-problem';
import { transition, versionWorld, type Transition, type Version } from './transition';

/** A change to make first: what runs now, with some pods elsewhere, and nothing else changed. */
export interface FirstStep {
  readonly manifests: readonly Manifest[];
  /** From what runs now to it. */
  readonly transition: Transition;
  /** Namespace and name of the graphs that it changes, in order. */
  readonly graphs: readonly string[];
  /** Its pods select nodes as the graphs declare it now; else the graphs of before compile to it, with its lock. */
  readonly selectsAnew: boolean;
  /** The cluster's lock after it, where there is one. */
  readonly lock: Lock | undefined;
}

/**
 * Looks for a change that can be made first, so that the one that was asked for can be made after it: both finish
 * whatever goes first, by the rule and when they are played through. What is placed in between is a plan like any
 * other, confirmed by the checker. Undefined where none was found; there may be some that takes more than two steps.
 *
 * @param made the change that was asked for
 * @param rebalance as the plan was made with it
 */
export function firstStep(
  planned: PlannedCluster,
  before: Version,
  after: Version,
  made: Transition,
  rebalance = 0,
): FirstStep | undefined {
  const [old, now] = [versionWorld(planned, before.manifests), versionWorld(planned, after.manifests)];
  const conflicts = made.conflicts();
  const stuck = new Set(chainsOf(conflicts).flatMap(({ graphs }) => graphs));
  const movable = movableGraphs(planned, old, now, made).filter(({ owner }) => stuck.has(owner));
  for (const allowed of candidates(old, now, conflicts, new Set(movable.map(({ owner }) => owner)))) {
    const placed = place(planned, [old, now], movable, allowed);
    if (!placed) continue;
    const manifests = before.manifests.map((manifest) => inBetween(manifest, after.manifests, placed, allowed));
    const middle = { manifests, most: before.most };
    const first = transition(planned, before, middle);
    if (!isMoving(first) || first.conflicts().length > 0) continue;
    const lock = lockAfter(planned, placed);
    const second = transition(planned, middle, finalFrom(planned, after, lock, rebalance));
    if (second.conflicts().length > 0 || first.hangs().length + second.hangs().length > 0) continue;
    const selectsAnew = [...allowed.values()].some(({ as }) => as === 'after');
    return { manifests, transition: first, graphs: movingGraphs(first), selectsAnew, lock };
  }
  return undefined;
}

function isMoving(change: Transition): boolean {
  return movingGraphs(change).length > 0;
}

function movingGraphs({ classes }: Transition): string[] {
  return [...classes].flatMap(([graph, { kind }]) => (kind === 'unchanged' ? [] : [graph])).sort();
}

/** Graphs that roll, and whose pods are as many before as after. */
function movableGraphs(
  { cluster }: PlannedCluster,
  old: ReplayedWorld,
  now: ReplayedWorld,
  { classes }: Transition,
): readonly Movable[] {
  const shape = (world: ReplayedWorld, owner: string): string => {
    const own = world.pods.filter((pod) => pod.owner === owner);
    return own.map(({ component, replica }) => `${component ?? ''} ${replica}`).join('\n');
  };
  return cluster.graphs.flatMap((graph) => {
    const owner = ownerOf(graph);
    const isScaled = graph.spec.components.some(({ scaled }) => scaled);
    const moves = classes.get(owner)?.kind === 'rolls' && !isScaled && shape(old, owner) === shape(now, owner);
    return moves ? [{ owner, spec: graph.spec }] : [];
  });
}

/** Where a graph is in between: pins for its manifest, nodes for its lock. */
interface Middle {
  readonly graph: DynamoGraph;
  readonly gang: PlacedGang;
  readonly pins: Pins;
}

/** Of search for a place in between, which need not be the best there is. */
const STEPS = 2_000;

/** Places what runs on the nodes that each component may have; undefined where that does not go, or is no sound plan. */
function place(
  planned: PlannedCluster,
  worlds: readonly [ReplayedWorld, ReplayedWorld],
  movable: readonly Movable[],
  allowed: Allowed,
): ReadonlyMap<string, Middle> | undefined {
  const { cluster } = planned;
  const document = stepProblem(planned, worlds, movable, allowed);
  const problem = readProblem(document);
  if (!problem.ok) return undefined;
  const plan = solve(problem.value, { steps: STEPS });
  if (plan.status !== 'placed' || checkPlan(document, plan).length > 0) return undefined;
  if (!keepsFixed(document.locked, plan, movable)) return undefined;
  const hostnames = new Map(cluster.inventory.nodes.map((node) => [node.name, node.hostname]));
  const placed = cluster.graphs.flatMap((graph) => {
    const gang = plan.gangs.find(({ name }) => name === podGroupName(graph.spec));
    const isMovable = movable.some(({ owner }) => owner === ownerOf(graph));
    if (!isMovable || gang?.status !== 'placed') return [];
    return [[ownerOf(graph), { graph, gang, pins: pinsOf(graph.spec, gang, hostnames) }] as const];
  });
  return new Map(placed);
}

/** A manifest as it runs, with the pods that move selecting where they go. */
function inBetween(
  manifest: Manifest,
  after: readonly Manifest[],
  placed: ReadonlyMap<string, Middle>,
  allowed: Allowed,
): Manifest {
  const owner = keyOf(manifest);
  const pins = placed.get(owner)?.pins;
  if (manifest.kind !== 'DynamoGraphDeployment' || !pins) return manifest;
  const names = [...pins.keys()].filter((component) => allowed.get(holdKey({ owner, component }))?.as === 'after');
  const other = after.find((each) => each.kind === manifest.kind && keyOf(each) === owner);
  return withPins(selectingAs(manifest, other, new Set(names)), pins);
}

/** What is not to move has the nodes that it had. */
function keepsFixed(
  locked: ReturnType<typeof stepProblem>['locked'],
  { gangs }: Plan,
  movable: readonly Movable[],
): boolean {
  const free = new Set(movable.map(({ spec }) => podGroupName(spec)));
  const nodesOf = (placements: Readonly<Record<string, readonly string[]>>): string =>
    [...new Set(Object.values(placements).flat())].sort().join();
  return gangs.every((gang) => {
    if (free.has(gang.name)) return true;
    return gang.status === 'placed' && nodesOf(gang.placements) === nodesOf(locked?.[gang.name] ?? {});
  });
}

/** The lock as it is, with the graphs that move where they are in between. */
function lockAfter({ cluster }: PlannedCluster, placed: ReadonlyMap<string, Middle>): Lock | undefined {
  const copies = [...placed].map(([owner, { graph, gang }]) => [owner, copiesOf(graph.spec, gang)] as const);
  return lockWith(cluster, new Map(copies));
}

/** What the same compile will write once the first change is locked. */
function finalFrom(planned: PlannedCluster, after: Version, lock: Lock | undefined, rebalance: number): Version {
  const { cluster } = planned;
  if (!lock) return after;
  const problem = readProblem({ ...planned.problem, locked: lockedPlacements({ ...cluster, lock }) });
  if (!problem.ok) return after;
  const plan = solve(problem.value, { rebalance });
  const hostnames = new Map(cluster.inventory.nodes.map((node) => [node.name, node.hostname]));
  const pins = new Map(
    cluster.graphs.flatMap((graph) => {
      const gang = plan.gangs.find(({ name }) => name === podGroupName(graph.spec));
      return gang?.status === 'placed' ? [[ownerOf(graph), pinsOf(graph.spec, gang, hostnames)] as const] : [];
    }),
  );
  return { ...after, manifests: after.manifests.map((manifest) => withPins(manifest, pins.get(keyOf(manifest)))) };
}
