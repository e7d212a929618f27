import type { Plan } from '../../placement/plan';
import type { Workload } from '../../workloads/workload';
import type { ManifestObject } from '../../workloads/objects';
import type { Asked, FitCluster } from '../problem';
import type { FitStack } from '../stack';

/** What notes are made from. */
export interface Noted {
  readonly asked: readonly Asked[];
  readonly cluster: FitCluster;
  /** On any nodes. */
  readonly plan: Plan;
  readonly stack: FitStack;
  readonly objects: readonly ManifestObject[];
}

/** Who makes the pods of a workload, and what groups them. */
export type Path =
  /** Deployments of Dynamo's, and KAI's podgrouper or a PodGroup beside the graph */
  | 'components'
  | 'grove'
  | 'runai'
  /** no graph */
  | 'kubernetes';

/** The way that a workload takes on a stack. */
export function pathOf({ kind, annotations }: Workload, { profile }: FitStack): Path {
  if (!kind.startsWith('Dynamo')) return 'kubernetes';
  if (profile.gang === 'runai') return 'runai';
  const isGrove = profile.gang === 'grove' && kind === 'DynamoGraphDeployment';
  return isGrove && annotations['nvidia.com/enable-grove'] !== 'false' ? 'grove' : 'components';
}

/** `graph vllm`, or `Deployment router`. */
export function called({ workload, gang }: Asked): string {
  return `${workload.kind === 'DynamoGraphDeployment' ? 'graph' : workload.kind} ${gang}`;
}
