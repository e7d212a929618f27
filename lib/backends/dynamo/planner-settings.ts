import { z } from 'zod';
import type { PlannerGoal } from '../../model/planner';

const seconds = z.int().positive();
const ms = z.number().positive();

function thresholds(most: number) {
  const amount = z.number().min(0).max(most);
  return z.strictObject({ up: amount, down: amount }).refine(({ up, down }) => up > down, {
    message: 'more workers are made at `up`, fewer at `down`, which has to be less',
  });
}

const reactive = z.strictObject({
  target: z.enum(['throughput', 'latency']),
  loadIntervalSeconds: seconds.optional(),
});

const load = z.strictObject({
  target: z.literal('load'),
  prefillQueueTokens: thresholds(Infinity).optional(),
  decodeCachePercent: thresholds(100).optional(),
  loadIntervalSeconds: seconds.optional(),
});

/** What Dynamo takes where nothing is said (components/src/dynamo/planner/config/defaults.py). */
const DEFAULT_SECONDS = { throughput: 180, load: 5 } as const;

const sla = z
  .strictObject({
    target: z.literal('sla'),
    ttftMs: ms,
    itlMs: ms,
    by: z.enum(['throughput', 'load', 'both']).optional(),
    throughputIntervalSeconds: seconds.optional(),
    loadIntervalSeconds: seconds.optional(),
    sweep: z.enum(['none', 'rapid', 'thorough']).optional(),
  })
  .refine(
    ({ by, throughputIntervalSeconds: long, loadIntervalSeconds: short }) =>
      by !== 'both' || (short ?? DEFAULT_SECONDS.load) < (long ?? DEFAULT_SECONDS.throughput),
    { path: ['loadIntervalSeconds'], message: 'has to be less than throughputIntervalSeconds' },
  );

const profile = z.strictObject({
  target: z.literal('profile'),
  ttftMs: ms,
  itlMs: ms,
  inputTokens: z.int().positive(),
  outputTokens: z.int().positive(),
  intervalSeconds: seconds.optional(),
  results: z.strictObject({ claim: z.string().min(1), path: z.string().min(1) }),
});

/** What each version's planner takes, in the words of a graph's props. */
export const plannerGoalSchemas = {
  flags: z.discriminatedUnion('target', [profile]),
  config: z.discriminatedUnion('target', [reactive, load, sla]),
} as const;

/** How a planner divides its work: which workers it scales. */
export type PlannerMode = 'disagg' | 'prefill' | 'decode' | 'agg';

/** Everything beside the goal that a planner is told. */
export interface PlannerOrders {
  readonly backend: string;
  readonly mode: PlannerMode;
  readonly maxGpuBudget: number;
  readonly minEndpoint: number;
  /** GPUs of a replica. */
  readonly gpus: { readonly prefill: number; readonly decode: number };
  readonly prometheus?: string;
}

/**
 * The config of a planner since 1.x, in JSON (docs, planner-configuration). What is left out is left to Dynamo.
 *
 * @param unitKeys keys with their units, which planners know since 1.5
 */
export function plannerConfig(goal: PlannerGoal, orders: PlannerOrders, unitKeys: boolean): string {
  const { backend, mode, maxGpuBudget, minEndpoint, prometheus } = orders;
  const common = {
    environment: 'kubernetes',
    backend,
    mode,
    optimization_target: goal.target,
    max_gpu_budget: maxGpuBudget,
    min_endpoint: minEndpoint,
    metric_pulling_prometheus_endpoint: prometheus,
  };
  const entries = Object.entries({ ...common, ...goalConfig(goal) });
  return JSON.stringify(Object.fromEntries(entries.map(([key, value]) => [unitKeys ? key : bare(key), value])));
}

/** The key without its unit, as 1.4 has it. */
function bare(key: string): string {
  return key.replace(/^(ttft|itl)_ms$/, '$1').replace(/(_adjustment_interval)_seconds$/, '$1');
}

function goalConfig(goal: PlannerGoal): Readonly<Record<string, unknown>> {
  const interval = 'loadIntervalSeconds' in goal ? { load_adjustment_interval_seconds: goal.loadIntervalSeconds } : {};
  if (goal.target === 'load') {
    return {
      ...interval,
      prefill_scale_up_queue_tokens: goal.prefillQueueTokens?.up,
      prefill_scale_down_queue_tokens: goal.prefillQueueTokens?.down,
      decode_scale_up_kv_rate: goal.decodeCachePercent?.up,
      decode_scale_down_kv_rate: goal.decodeCachePercent?.down,
    };
  }
  if (goal.target !== 'sla') return interval;
  const { ttftMs, itlMs, by, throughputIntervalSeconds, sweep } = goal;
  return {
    ttft_ms: ttftMs,
    itl_ms: itlMs,
    ...(by ? { enable_throughput_scaling: by !== 'load', enable_load_scaling: by !== 'throughput' } : {}),
    throughput_adjustment_interval_seconds: throughputIntervalSeconds,
    ...interval,
    pre_deployment_sweeping_mode: sweep,
  };
}

/** The flags of the planner of 0.5.1, whose times are in seconds (v0.5.1, components/planner; milliseconds since #3673). */
export function plannerFlags(goal: PlannerGoal, orders: PlannerOrders, resultsFolder: string): string[] {
  if (goal.target !== 'profile') return [];
  const { ttftMs, itlMs, inputTokens, outputTokens, intervalSeconds } = goal;
  const flags = {
    environment: 'kubernetes',
    backend: orders.backend,
    'adjustment-interval': intervalSeconds,
    'max-gpu-budget': orders.maxGpuBudget,
    'min-endpoint': orders.minEndpoint,
    'prefill-engine-num-gpu': orders.gpus.prefill,
    'decode-engine-num-gpu': orders.gpus.decode,
    'profile-results-dir': resultsFolder,
    isl: inputTokens,
    osl: outputTokens,
    ttft: ttftMs / 1000,
    itl: itlMs / 1000,
  };
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}=${value}`]));
}
