/** When to make more of something, and when fewer: nothing happens in between. */
export interface PlannerThresholds {
  readonly up: number;
  readonly down: number;
}

/** What a planner scales by, in the words of every version of Dynamo; see PlannerSettings for what each means. */
export type PlannerGoal =
  | { readonly target: 'throughput' | 'latency'; readonly loadIntervalSeconds?: number }
  | {
      readonly target: 'load';
      readonly prefillQueueTokens?: PlannerThresholds;
      readonly decodeCachePercent?: PlannerThresholds;
      readonly loadIntervalSeconds?: number;
    }
  | {
      readonly target: 'sla';
      readonly ttftMs: number;
      readonly itlMs: number;
      readonly by?: 'throughput' | 'load' | 'both';
      readonly throughputIntervalSeconds?: number;
      readonly loadIntervalSeconds?: number;
      readonly sweep?: 'none' | 'rapid' | 'thorough';
    }
  | {
      readonly target: 'profile';
      readonly ttftMs: number;
      readonly itlMs: number;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly intervalSeconds?: number;
      readonly results: { readonly claim: string; readonly path: string };
    };

/** The planner of a graph; its pods are a component like others. */
export interface PlannerSpec {
  readonly image: string;
  readonly goal: PlannerGoal;
  /** GPUs of all workers that it scales, as declared. */
  readonly maxGpuBudget?: number;
  /** URL of the Prometheus that it asks, as declared. */
  readonly prometheus?: string;
}
