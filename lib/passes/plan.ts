import { checkPlan } from '../checker/check';
import type { DynamoGraph } from '../constructs/dynamo-graph';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { DiagnosticCode } from '../diagnostics/registry';
import { podGroupName, type GraphPins } from '../model/graph';
import { parseQuantity } from '../model/quantity';
import type { ProblemDocument } from '../placement/document';
import type { Plan, Reason, ReasonCode, UnplacedGang } from '../placement/plan';
import { readProblem } from '../placement/read';
import { solve } from '../placement/solve';
import { placeOf, type ClusterModel, type FleetModel } from './collect';
import { pinsOf, placementProblem } from './problem';

/** A cluster with every graph in its place. */
export interface PlannedCluster {
  readonly cluster: ClusterModel;
  readonly problem: ProblemDocument;
  readonly plan: Plan;
  /** By construct path of the graph. */
  readonly pins: ReadonlyMap<string, GraphPins>;
}

/** Solves every cluster, and has every plan confirmed by a checker that shares no code with the solver. */
export function plan(fleet: FleetModel): Outcome<readonly PlannedCluster[]> {
  const outcomes = fleet.clusters.map(planCluster);
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  const planned = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  return planned.length === outcomes.length ? { ok: true, value: planned, diagnostics } : { ok: false, diagnostics };
}

function planCluster(cluster: ClusterModel): Outcome<PlannedCluster> {
  const document = placementProblem(cluster);
  const where = placeOf(cluster.construct);
  const problem = readProblem(document);
  if (!problem.ok)
    return { ok: false, diagnostics: problem.diagnostics.map((d) => ({ ...d, where: { ...d.where, ...where } })) };
  const solved = solve(problem.value);
  const faults = checkPlan(document, solved);
  if (faults.length > 0) {
    const messages = faults.map(({ message }) => message);
    return { ok: false, diagnostics: [unsound(cluster, messages)] };
  }
  const unplaced = solved.gangs.filter((gang) => gang.status === 'unplaced');
  if (unplaced.length > 0) return { ok: false, diagnostics: unplaced.map((gang) => refusal(cluster, gang)) };
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

const codes: Readonly<Record<ReasonCode, DiagnosticCode>> = {
  'no-eligible-node': 'BAY3201',
  capacity: 'BAY3202',
  fragmented: 'BAY3203',
  'pin-safety': 'BAY3204',
  quota: 'BAY3205',
  limit: 'BAY3205',
  taken: 'BAY3206',
  budget: 'BAY3207',
};

/** One finding for each graph without a place: the binding reason, and the others as notes. */
function refusal(cluster: ClusterModel, gang: UnplacedGang): Diagnostic {
  const graph = cluster.graphs.find(({ spec }) => podGroupName(spec) === gang.name);
  const name = graph?.spec.name ?? gang.name;
  const told = (text: string): string =>
    cluster.graphs.reduce((told, { spec }) => told.replaceAll(podGroupName(spec), spec.name), text);
  const [binding, ...others] = gang.reasons;
  const what = `graph "${name}" has no place on ${cluster.construct.name}`;
  return diagnostic(codes[binding?.code ?? 'budget'], {
    message: binding ? `${what}: ${told(binding.message)}` : what,
    where: graph ? wherePlaced(graph, binding) : placeOf(cluster.construct),
    notes: [...shortfall(binding), ...excluded(binding), ...others.map(({ message }) => told(message))],
    help: binding?.help === undefined ? undefined : told(binding.help),
    data: { gang: gang.name, reasons: gang.reasons.map((reason) => ({ ...reason })) },
  });
}

/** What is needed beside what is there, of each resource that is short. */
function shortfall(reason: Reason | undefined): string[] {
  const { needed = {}, available = {} } = reason ?? {};
  const amounts = Object.keys(needed).map((name) => ({ name, need: needed[name] ?? '0', has: available[name] ?? '0' }));
  const short = amounts.filter(({ need, has }) => (parseQuantity(need) ?? 0n) > (parseQuantity(has) ?? 0n));
  const place = reason?.domain === undefined ? 'there are' : `${reason.domain} has`;
  return short
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, need, has }) => `${name}: needs ${need}, ${place} ${has}`);
}

function wherePlaced(graph: DynamoGraph, reason: Reason | undefined): Diagnostic['where'] {
  return { ...placeOf(graph), ...(reason?.group === undefined ? {} : { pointer: reason.group }) };
}

function excluded(reason: Reason | undefined): string[] {
  const entries = Object.entries(reason?.excluded ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return entries.length === 0
    ? []
    : [`nodes left out: ${entries.map(([cause, count]) => `${cause}: ${count}`).join(', ')}`];
}

function unsound(cluster: ClusterModel, faults: readonly string[]): Diagnostic {
  return diagnostic('BAY3290', {
    message: `the plan of ${cluster.construct.name} does not hold: ${faults[0] ?? ''}`,
    where: placeOf(cluster.construct),
    notes: faults.slice(1),
    help: 'this is a fault of Bayplan: please report it with the output of `bayplan synth --format json`',
  });
}
