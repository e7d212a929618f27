import { membership } from '../backends/kai/pod-group';
import type { WorkloadPod } from '../workloads/workload';

export const SUBGROUP_LABEL = membership.subgroupLabel;

/** The PodGroup that a pod says it is a member of, with all that it takes for KAI to believe it. */
export function podGroupOf({ annotations, labels, schedulerName }: WorkloadPod): string | undefined {
  const isMember =
    schedulerName === membership.schedulerName &&
    annotations[membership.skipAnnotation] === 'true' &&
    labels[SUBGROUP_LABEL] !== undefined;
  return isMember ? annotations[membership.podGroupAnnotation] : undefined;
}
