import type { PlannerGoal } from '../model/planner';

export interface ReactivePlannerOptions {
  /** Seconds between decisions, and between two looks at what the engines report. @default - Dynamo's, 5 */
  readonly loadIntervalSeconds?: number;
}

export interface LoadPlannerOptions extends ReactivePlannerOptions {
  /** Prompt tokens that wait for a prefill worker; for graphs whose prefill is scaled. */
  readonly prefillQueueTokens?: { readonly up: number; readonly down: number };
  /** Part of the KV cache in use, from 0 to 100; for graphs whose decode workers, or only workers, are scaled. */
  readonly decodeCachePercent?: { readonly up: number; readonly down: number };
}

export interface SlaPlannerOptions extends ReactivePlannerOptions {
  /** Time to the first token, in milliseconds. */
  readonly ttftMs: number;
  /** Time between tokens, in milliseconds. */
  readonly itlMs: number;
  /** By the traffic that is foreseen, by what engines report, or both. @default - Dynamo's, `throughput` */
  readonly by?: 'throughput' | 'load' | 'both';
  /** Seconds between decisions by traffic; longer than those by load. @default - Dynamo's, 180 */
  readonly throughputIntervalSeconds?: number;
  /** Where the first guess of an engine's speed comes from. @default - Dynamo's, `rapid` */
  readonly sweep?: 'none' | 'rapid' | 'thorough';
}

export interface ProfiledPlannerOptions {
  /** Time to the first token, in milliseconds. */
  readonly ttftMs: number;
  /** Time between tokens, in milliseconds. */
  readonly itlMs: number;
  /** Tokens of a prompt that the profile was made with. */
  readonly inputTokens: number;
  /** Tokens of an answer. */
  readonly outputTokens: number;
  /** Seconds between decisions. @default - Dynamo's, 180 */
  readonly intervalSeconds?: number;
  /** The claim that Dynamo's profiler wrote its results to, and the folder in it. It must exist. */
  readonly results: { readonly claim: string; readonly path: string };
}

/**
 * What Dynamo's planner scales by. Which there are depends on its version: `throughput`, `latency`, `load` and `sla` on
 * 1.4 and newer (docs, planner-configuration), `profiled` on 0.5.1 (components/planner).
 */
export class PlannerSettings {
  /** By queues and KV caches, with thresholds of Dynamo's own; tolerates some queueing. */
  public static throughput(options: ReactivePlannerOptions = {}): PlannerSettings {
    return new PlannerSettings({ target: 'throughput', ...options });
  }

  /** The same, with more workers sooner. */
  public static latency(options: ReactivePlannerOptions = {}): PlannerSettings {
    return new PlannerSettings({ target: 'latency', ...options });
  }

  /** By queues and KV caches, with thresholds of yours. */
  public static load(options: LoadPlannerOptions): PlannerSettings {
    return new PlannerSettings({ target: 'load', ...options });
  }

  /** As many workers as keep two times. */
  public static sla(options: SlaPlannerOptions): PlannerSettings {
    return new PlannerSettings({ target: 'sla', ...options });
  }

  /** As many as a profile of the engines says that two times take. Needs a Prometheus, which is written beside it. */
  public static profiled(options: ProfiledPlannerOptions): PlannerSettings {
    return new PlannerSettings({ target: 'profile', ...options });
  }

  private constructor(public readonly goal: PlannerGoal) {}
}
