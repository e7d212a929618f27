import { plannedWorkers, plannerBudget, plannerMode } from '../../backends/dynamo/planner';
import { plannerGoalSchemas } from '../../backends/dynamo/planner-settings';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic, type Where } from '../../diagnostics/diagnostic';
import { withRole, writtenComponents, type ComponentSpec, type GraphSpec } from '../../model/graph';
import type { PlannerSpec } from '../../model/planner';
import { placeOf, type ClusterModel } from '../collect';

/** Planners that would scale nothing, end at their start, or wait for ever. */
export function checkPlanners({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => (graph.spec.planner ? checkPlanner(graph, graph.spec.planner) : []));
}

function checkPlanner(graph: DynamoGraph, planner: PlannerSpec): Diagnostic[] {
  const workers = plannedWorkers(graph.spec);
  const where = (pointer: string): Where => ({ ...placeOf(graph), pointer });
  if (workers.length === 0) {
    const message = `graph "${graph.spec.name}" has a planner, and no worker whose replicas are a range`;
    const help = 'write replicas: { min: 1, max: 4 } where it may scale, or leave the planner out';
    return [diagnostic('BAY2083', { message, where: where('planner'), help })];
  }
  const settings = checkSettings(graph, planner, where);
  const unknown = scalingFaults(graph, workers).map(([pointer, text, help]) =>
    diagnostic('BAY2085', { message: `${text} in graph "${graph.spec.name}"`, where: where(pointer), help }),
  );
  return [...settings, ...unknown, ...checkBudget(graph.spec, workers, where)];
}

/** Goals are of one version's planner or the other's; each has its own settings. */
function checkSettings(
  graph: DynamoGraph,
  { goal, prometheus }: PlannerSpec,
  where: (pointer: string) => Where,
): Diagnostic[] {
  const { profile, versions } = graph.cluster.stack;
  const { reads } = profile.planner;
  if ((goal.target === 'profile') !== (reads === 'flags')) {
    const message = `planner settings of goal "${goal.target}" are not those of Dynamo ${versions.dynamo}`;
    const others = 'PlannerSettings.sla, throughput, latency or load';
    const help = `use ${reads === 'flags' ? 'PlannerSettings.profiled' : others}`;
    return [diagnostic('BAY2084', { message, where: where('planner.settings'), help })];
  }
  if (reads === 'flags' && prometheus !== undefined) {
    const message = `planner.prometheus of graph "${graph.spec.name}" is not for Dynamo ${versions.dynamo}, whose planner has a Prometheus of its own`;
    return [diagnostic('BAY2084', { message, where: where('planner.prometheus'), help: 'leave it out' })];
  }
  const parsed = plannerGoalSchemas[reads].safeParse(goal);
  const issues = parsed.success ? [] : parsed.error.issues;
  const faults: [string, string][] = issues.map(({ path, message }) => [path.join('.'), message]);
  return [...faults, ...missingThresholds(graph.spec, goal)].map(([path, text]) =>
    diagnostic('BAY2086', {
      message: `planner.settings.${path} of graph "${graph.spec.name}" cannot be used: ${text}`,
      where: where(`planner.settings.${path}`),
      help: "say it as in the setting's documentation, with the unit in its name",
    }),
  );
}

/** Whoever scales by load says what load is, for each kind of worker that is scaled. */
function missingThresholds(graph: GraphSpec, goal: PlannerSpec['goal']): [string, string][] {
  if (goal.target !== 'load') return [];
  const mode = plannerMode(graph);
  const missing = 'it is needed for what the planner scales';
  return [
    ...(mode !== 'agg' && mode !== 'decode' && !goal.prefillQueueTokens ? ['prefillQueueTokens'] : []),
    ...(mode !== 'prefill' && !goal.decodeCachePercent ? ['decodeCachePercent'] : []),
  ].map((name) => [name, missing]);
}

/** Place, fault and way out. */
type Fault = readonly [pointer: string, text: string, help: string];

function scalingFaults(graph: DynamoGraph, workers: readonly ComponentSpec[]): Fault[] {
  const { planner } = graph.cluster.stack.profile;
  return [
    ...twinFaults(graph.spec, workers),
    ...leastFaults(workers),
    ...(planner.countsReplicas || planner.reads === 'flags' ? [] : nodeFaults(workers)),
    ...(planner.reads === 'flags' ? earlyFaults(graph.spec) : []),
  ];
}

/** The planner finds a component by its type, and ends where it finds two (dgd_services.py). */
function twinFaults(graph: GraphSpec, workers: readonly ComponentSpec[]): Fault[] {
  return [...new Set(workers.map(({ role }) => role))].flatMap((role): Fault[] => {
    const written = writtenComponents(graph).filter(({ spec }) => spec.role === role);
    const [, second] = written;
    if (!second) return [];
    const help = `declare one ${role} component, without pinning: 'replica'`;
    const text = `${written.length} components have the role ${role}, and the planner scales one of each`;
    return [[second.spec.pointer, text, help]];
  });
}

function leastFaults(workers: readonly ComponentSpec[]): Fault[] {
  const [first, ...others] = workers;
  const other = others.find(({ scaled }) => scaled?.min !== first?.scaled?.min);
  if (!first || !other) return [];
  const [a, b] = [first.scaled?.min ?? 1, other.scaled?.min ?? 1];
  const text = `${first.pointer} has at least ${a} replicas and ${other.pointer} ${b}, and the planner knows one least for all`;
  return [[`${other.pointer}.replicas`, text, `give both min: ${Math.min(a, b)}`]];
}

function nodeFaults(workers: readonly ComponentSpec[]): Fault[] {
  return workers
    .filter(({ nodes }) => nodes > 1)
    .map(({ pointer, nodes }) => [
      `${pointer}.multinode`,
      `${pointer} has replicas of ${nodes} nodes, and the planner counts the GPUs of one`,
      'use Dynamo 1.5 or newer, or a fixed number of replicas',
    ]);
}

/** Names that the planner of 0.5.1 has of workers (v0.5.1, components/planner, and the examples of each backend). */
const earlyNames: Readonly<Record<GraphSpec['framework'], { readonly prefill: string; readonly decode: string }>> = {
  vllm: { prefill: 'VllmPrefillWorker', decode: 'VllmDecodeWorker' },
  sglang: { prefill: 'prefill', decode: 'decode' },
  trtllm: { prefill: 'TRTLLMPrefillWorker', decode: 'TRTLLMDecodeWorker' },
};

function earlyFaults(graph: GraphSpec): Fault[] {
  return (['prefill', 'decode'] as const).flatMap((role): Fault[] => {
    const [component] = withRole(graph, role);
    const name = earlyNames[graph.framework][role];
    if (!component?.scaled) {
      const text = `the planner of Dynamo 0.5.1 scales prefill and decode, and ${role} is not scaled`;
      return [[role, text, `write ${role}: { replicas: { min: 1, max: 4 }, … }`]];
    }
    if (component.name === name) return [];
    const text = `the planner of Dynamo 0.5.1 knows ${role} workers by the name ${name}, and these are named "${component.name}"`;
    return [[`${component.pointer}.name`, text, `write name: '${name}'`]];
  });
}

function checkBudget(
  graph: GraphSpec,
  workers: readonly ComponentSpec[],
  where: (pointer: string) => Where,
): Diagnostic[] {
  const { least, planned, budget, safe } = plannerBudget(graph);
  const data = { least, planned, safe };
  const isCounted = [least, planned].every((gpus) => Number.isSafeInteger(gpus) && gpus >= 0);
  if (!isCounted) return [];
  if (!Number.isSafeInteger(budget) || budget < least || budget > planned) {
    const message = `planner.maxGpuBudget of graph "${graph.name}" is ${String(budget)}, and what it scales has from ${least} to ${planned} GPUs`;
    const help = 'leave it out for all that were planned';
    return [diagnostic('BAY2086', { message, where: where('planner.maxGpuBudget'), help, data })];
  }
  if (graph.planner?.maxGpuBudget !== undefined || budget <= safe) return [];
  return [
    diagnostic('BAY2087', {
      message: `the planner of graph "${graph.name}" has ${budget} GPUs for ${workers.map(({ pointer }) => pointer).join(' and ')}, and may give one what was planned for another`,
      where: where('planner.maxGpuBudget'),
      notes: ['pods beyond what was planned have no room in their pin, and the planner waits for them'],
      help: `say maxGpuBudget: ${safe}, with which none outgrows its plan, or ${planned} to accept it`,
      data,
    }),
  ];
}
