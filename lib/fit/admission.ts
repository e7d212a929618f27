import type { Toleration } from '../model/node';
import type { Workload } from '../workloads/workload';

/**
 * What the admission plugin ExtendedResourceToleration does, which some providers turn on: a pod tolerates every taint
 * whose key is a resource that it asks for (kubernetes plugin/pkg/admission/extendedresourcetoleration).
 */
export function withResourceTolerations(workloads: readonly Workload[]): readonly Workload[] {
  return workloads.map((workload) => ({
    ...workload,
    components: workload.components.map((component) => ({
      ...component,
      pods: component.pods.map((pod) => {
        const extended = Object.keys(pod.requests).filter((resource) => resource.includes('/'));
        const added = extended.sort().map((key): Toleration => ({ key, operator: 'Exists', effect: 'NoSchedule' }));
        return { ...pod, tolerations: [...pod.tolerations, ...added] };
      }),
    })),
  }));
}
