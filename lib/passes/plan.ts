import { checkPlan } from '../checker/check';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { podGroupName, type GraphPins } from '../model/graph';
import type { ProblemDocument } from '../placement/document';
import type { Plan, UnplacedGang } from '../placement/plan';
import { readProblem } from '../placement/read';
import { refusal } from '../placement/refusal';
import { solve } from '../placement/solve';
import { placeOf, type ClusterModel, type FleetModel } from './collect';
import { lockedPlacements } from './lock';
import { pinsOf, placementProblem, pointerOf } from './problem';

/** A cluster with every graph in its place. */
export interface PlannedCluster {
  readonly cluster: ClusterModel;
  readonly problem: ProblemDocument;
  readonly plan: Plan;
  /** By construct path of the graph. */
  readonly pins: ReadonlyMap<string, GraphPins>;
}

/** Solves every cluster, and has every plan confirmed by a checker that shares no code with the solver. */
export function plan(fleet: FleetModel, rebalance = 0): Outcome<readonly PlannedCluster[]> {
  const outcomes = fleet.clusters.map((cluster) => planCluster(cluster, rebalance));
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const planned = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return planned.length === outcomes.length ? { ok: true, value: planned, diagnostics } : { ok: false, diagnostics };
}

function planCluster(cluster: ClusterModel, rebalance: number): Outcome<PlannedCluster> {
  const document = placementProblem(cluster, lockedPlacements(cluster));
  const where = placeOf(cluster.construct);
  const problem = readProblem(document);
  if (!problem.ok)
    return { ok: false, diagnostics: problem.diagnostics.map((d) => ({ ...d, where: { ...d.where, ...where } })) };
  const solved = solve(problem.value, { rebalance });
  const faults = checkPlan(document, solved);
  if (faults.length > 0) {
    const messages = faults.map(({ message }) => message);
    return { ok: false, diagnostics: [unsound(cluster, messages)] };
  }
  const unplaced = solved.gangs.filter((gang) => gang.status === 'unplaced');
  if (unplaced.length > 0) return { ok: false, diagnostics: unplaced.map((gang) => refusalOf(cluster, gang)) };
  return {
    ok: true,
    value: { cluster, problem: document, plan: solved, pins: allPins(cluster, solved) },
    diagnostics: [],
  };
}

function allPins(cluster: ClusterModel, solved: Plan): ReadonlyMap<string, GraphPins> {
  const hostnames = new Map(cluster.inventory.nodes.map((node) => [node.name, node.hostname]));
  const pins = new Map<string, GraphPins>();
  for (const graph of cluster.graphs) {
    const gang = solved.gangs.find(({ name }) => name === podGroupName(graph.spec));
    if (gang?.status === 'placed') pins.set(graph.node.path, pinsOf(graph.spec, gang, hostnames));
  }
  return pins;
}

/** One finding for each graph without a place, in the user's names: a gang's name is that of its PodGroup. */
function refusalOf(cluster: ClusterModel, gang: UnplacedGang): Diagnostic {
  const graph = cluster.graphs.find(({ spec }) => podGroupName(spec) === gang.name);
  const group = gang.reasons[0]?.group;
  return refusal(gang, {
    what: `graph "${graph?.spec.name ?? gang.name}" has no place on ${cluster.construct.name}`,
    where: {
      ...placeOf(graph ?? cluster.construct),
      ...(graph && group !== undefined ? { pointer: pointerOf(graph.spec, group) } : {}),
    },
    told: (text) => cluster.graphs.reduce((told, { spec }) => told.replaceAll(podGroupName(spec), spec.name), text),
  });
}

function unsound(cluster: ClusterModel, faults: readonly string[]): Diagnostic {
  return diagnostic('BAY3290', {
    message: `the plan of ${cluster.construct.name} does not hold: ${faults[0] ?? ''}`,
    where: placeOf(cluster.construct),
    notes: faults.slice(1),
    help: 'this is a fault of Bayplan: please report it with the output of `bayplan synth --format json`',
  });
}
