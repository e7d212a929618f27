import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** From this value on KAI preempts nothing that does not say otherwise (KAI 0.17, pkg/common/podgroup). */
const NON_PREEMPTIBLE_FROM = 100;

/** Grove's PodGroups say nothing of preemption: there KAI goes by the priority class alone. */
export function checkPreemption({ construct, graphs }: ClusterModel): Diagnostic[] {
  return construct.stack.profile.gang === 'grove' ? graphs.flatMap(checkGraph) : [];
}

function checkGraph(graph: DynamoGraph): Diagnostic[] {
  const { name, preemptible, priorityClass } = graph.spec;
  const isEvicted = priorityClass.value < NON_PREEMPTIBLE_FROM;
  if (preemptible === isEvicted) return [];
  return [
    diagnostic('BAY2074', {
      message: `graph "${name}" says preemptible: ${preemptible}, and KAI ${isEvicted ? 'evicts' : 'never evicts'} graphs of priority class "${priorityClass.name}" (${priorityClass.value})`,
      where: { ...placeOf(graph), pointer: 'priorityClass' },
      notes: [`on Grove KAI goes by the class alone: below ${NON_PREEMPTIBLE_FROM} a graph may be evicted`],
      help: preemptible
        ? 'give it a class below 100, such as PriorityClass.train, or leave preemptible out'
        : 'say preemptible: true, or give it a class of 100 or more, such as PriorityClass.inference',
      data: { preemptible, priority: priorityClass.value },
    }),
  ];
}
