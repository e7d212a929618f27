import { withRole, type ComponentSpec, type GraphSpec } from '../../model/graph';
import type { StackProfile } from '../stacks';
import { plannerConfig, plannerFlags, type PlannerMode, type PlannerOrders } from './planner-settings';

/** Roles whose components a planner scales. */
const SCALED_ROLES = ['prefill', 'decode', 'worker'] as const;

/** The workers that a planner scales: those whose number of replicas is not Git's. */
export function plannedWorkers(graph: GraphSpec): readonly ComponentSpec[] {
  return SCALED_ROLES.flatMap((role) => withRole(graph, role)).filter(({ scaled }) => scaled);
}

/** GPUs that a planner may use by what is declared, and which of its workers could outgrow what is planned for it. */
export interface PlannerBudget {
  /** GPUs of all the workers that it scales, at their least and at their most. */
  readonly least: number;
  readonly planned: number;
  readonly budget: number;
  /** The largest budget with which no worker can outgrow its most. */
  readonly safe: number;
}

export function plannerBudget(graph: GraphSpec): PlannerBudget {
  const workers = plannedWorkers(graph);
  const gpus = (count: (worker: ComponentSpec) => number): number =>
    workers.reduce((sum, worker) => sum + count(worker) * gpusOf(worker), 0);
  const least = gpus(({ scaled }) => scaled?.min ?? 0);
  const planned = gpus(({ replicas }) => replicas);
  // one at its most and one replica more, all others at their least, is the first that is too many
  const outgrown = workers.map((worker) => least + (worker.replicas + 1 - (worker.scaled?.min ?? 0)) * gpusOf(worker));
  const safe = Math.min(planned, ...outgrown.map((first) => first - 1));
  return { least, planned, budget: graph.planner?.maxGpuBudget ?? planned, safe };
}

/** GPUs of a replica. */
function gpusOf({ gpus, nodes }: ComponentSpec): number {
  return gpus * nodes;
}

export function plannerMode(graph: GraphSpec): PlannerMode {
  const roles = new Set(plannedWorkers(graph).map(({ role }) => role));
  if (roles.has('worker')) return 'agg';
  if (roles.has('prefill') && roles.has('decode')) return 'disagg';
  return roles.has('prefill') ? 'prefill' : 'decode';
}

function ordersOf(graph: GraphSpec): PlannerOrders {
  const workers = plannedWorkers(graph);
  const gpus = (role: ComponentSpec['role']): number => {
    const worker = workers.find((each) => each.role === role);
    return worker ? gpusOf(worker) : 0;
  };
  return {
    backend: graph.framework,
    mode: plannerMode(graph),
    maxGpuBudget: plannerBudget(graph).budget,
    minEndpoint: Math.min(...workers.map(({ scaled }) => scaled?.min ?? 1)),
    gpus: { prefill: gpus('prefill'), decode: gpus('decode') },
    prometheus: graph.planner?.prometheus,
  };
}

/** What a container of a planner, or of its Prometheus, is besides what every container is. */
export interface ScalingContainer {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly volume?: object;
  readonly mount?: object;
}

const none = { args: [], env: {} } as const;

/** Undefined for components that serve. */
export function scalingContainer(
  graph: GraphSpec,
  { role }: ComponentSpec,
  { planner }: StackProfile,
): ScalingContainer | undefined {
  if (!graph.planner) return undefined;
  const { goal } = graph.planner;
  if (role === 'prometheus') return prometheus(graph);
  if (role !== 'planner') return undefined;
  if (planner.reads === 'flags') return flaggedPlanner(graph, goal);
  const config = plannerConfig(goal, ordersOf(graph), planner.unitKeys);
  return { ...none, command: ['python3', '-m', 'dynamo.planner'], args: ['--config', config] };
}

/** Where the planner of 0.5.1 lies in the runtime images (v0.5.1, components/backends/vllm/deploy/disagg_planner.yaml). */
const SOURCES = '/workspace/components/planner/src';

/** Port of a Service that the operator makes of a component of type frontend. */
const FRONTEND_PORT = '8000';

const RESULTS = { name: 'profiling-results', folder: '/profiling-results' } as const;

/** It looks for its Prometheus by the graph's name and a port from here. */
function flaggedPlanner(graph: GraphSpec, goal: NonNullable<GraphSpec['planner']>['goal']): ScalingContainer {
  if (goal.target !== 'profile') return { ...none, command: [] };
  const { claim, path } = goal.results;
  return {
    command: ['python3', '-m', 'planner_sla'],
    args: plannerFlags(goal, ordersOf(graph), `${RESULTS.folder}/${path}`),
    workingDir: `${SOURCES}/dynamo/planner`,
    env: { DYNAMO_NAMESPACE: graph.name, PROMETHEUS_PORT: FRONTEND_PORT },
    volume: { name: RESULTS.name, persistentVolumeClaim: { claimName: claim } },
    mount: { name: RESULTS.name, mountPath: RESULTS.folder, readOnly: true },
  };
}

/** Dynamo's own start of Prometheus, which reads what to scrape from its service's config. */
function prometheus(graph: GraphSpec): ScalingContainer {
  const targets = withRole(graph, 'frontend').map(({ name }) => `${graph.name}-${name.toLowerCase()}:${FRONTEND_PORT}`);
  const config = {
    Prometheus: {
      global: { scrape_interval: '5s' },
      scrape_configs: [{ job_name: 'frontend', static_configs: [{ targets }] }],
    },
  };
  return {
    command: ['python3', '-m', 'dynamo.planner.prometheus'],
    args: [],
    env: {
      DYNAMO_NAMESPACE: graph.name,
      DYNAMO_SERVICE_CONFIG: JSON.stringify(config),
      PROMETHEUS_PORT: FRONTEND_PORT,
      PYTHONPATH: SOURCES,
    },
  };
}
