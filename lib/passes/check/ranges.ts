import { isInDomain } from '../../backends/dynamo/compute-domain';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { ComponentSpec } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';

/** Components whose number of replicas is not Git's, and cannot be anybody else's. */
export function checkRanges({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) =>
    graph.spec.components
      .filter(({ scaled }) => scaled)
      .flatMap((component) => [
        ...checkRange(graph, component),
        ...checkPinning(graph, component),
        ...checkDomain(graph, component),
      ]),
  );
}

function checkRange(graph: DynamoGraph, { pointer, replicas: max, scaled }: ComponentSpec): Diagnostic[] {
  const min = scaled?.min ?? 0;
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  if (isCount(min) && isCount(max) && min <= max) return [];
  const isReversed = isCount(min) && isCount(max);
  return [
    diagnostic('BAY2080', {
      message: `${pointer}.replicas is from ${String(min)} to ${String(max)}, which is no range of whole numbers of 1 or more`,
      where: { ...placeOf(graph), pointer: `${pointer}.replicas` },
      notes: min === 0 ? ['the gang waits for one pod of each component, and would not start again without it'] : [],
      help: isReversed ? `write { min: ${max}, max: ${min} }` : 'write { min: 1, max: 4 }, with numbers of yours',
      data: { min: String(min), max: String(max) },
    }),
  ];
}

function checkPinning(graph: DynamoGraph, { pointer, pinning }: ComponentSpec): Diagnostic[] {
  if (pinning === 'set') return [];
  return [
    diagnostic('BAY2081', {
      message: `${pointer} of graph "${graph.spec.name}" is pinned by replica, and its number of replicas may change`,
      where: { ...placeOf(graph), pointer: `${pointer}.pinning` },
      notes: ['each replica would be a component, and Dynamo lets nobody add or remove one'],
      help: "use pinning: 'set', or a fixed number of replicas",
    }),
  ];
}

function checkDomain(graph: DynamoGraph, component: ComponentSpec): Diagnostic[] {
  if (!isInDomain(graph.spec, component)) return [];
  return [
    diagnostic('BAY2082', {
      message: `${component.pointer} of graph "${graph.spec.name}" shares a ComputeDomain, and its number of replicas may change`,
      where: { ...placeOf(graph), pointer: `${component.pointer}.replicas` },
      notes: ['pods of a ComputeDomain wait until all nodes that it says have one'],
      help: `write a number, such as replicas: ${component.replicas}`,
    }),
  ];
}
