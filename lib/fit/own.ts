import type { RunningPod } from '../inventory/cluster';
import { podsOf } from '../inventory/usage';
import type { Workload } from '../workloads/workload';

/**
 * True for pods of these workloads: by their graph, by the PodGroup that their templates name, or, where Kubernetes
 * itself makes them, by the names that its controllers give.
 */
export function ownPods(workloads: readonly Workload[]): (pod: RunningPod) => boolean {
  const graphs = workloads.filter(({ kind }) => kind === 'DynamoGraphDeployment');
  const groups = workloads.flatMap(({ namespace, components }) =>
    components.flatMap(({ pods }) =>
      pods.flatMap(({ annotations }) => {
        const name = annotations['pod-group-name'];
        return name === undefined ? [] : [{ namespace, name }];
      }),
    ),
  );
  const ofGraph = podsOf(graphs, groups);
  const patterns = workloads.flatMap(({ kind, namespace, name }) => {
    const suffix = suffixes[kind];
    return suffix === undefined ? [] : [new RegExp(`^${escaped(`${namespace}/${name}`)}${suffix}$`)];
  });
  return (pod) => ofGraph(pod) || patterns.some((pattern) => pattern.test(`${pod.namespace}/${pod.name}`));
}

/** What controllers add to the name of a workload: letters and digits that spell nothing (apimachinery, util/rand). */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';

const suffixes: Readonly<Record<string, string>> = {
  Deployment: `-${RANDOM}{1,10}-${RANDOM}{5}`,
  ReplicaSet: `-${RANDOM}{5}`,
  StatefulSet: '-\\d+',
  Job: `(-\\d+)?-${RANDOM}{5}`,
  LeaderWorkerSet: '-\\d+(-\\d+)?',
  Pod: '',
};

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Namespaces in which a graph of a workload's name runs, other than its own. */
export function elsewhere({ kind, namespace, name }: Workload, pods: readonly RunningPod[]): readonly string[] {
  if (kind !== 'DynamoGraphDeployment') return [];
  const found = pods.flatMap(({ graph }) =>
    graph?.name === name && graph.namespace !== namespace ? [graph.namespace] : [],
  );
  return [...new Set(found)].sort();
}
