import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { ComponentSpec, Role } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';

/** Graphs whose components make no working whole. */
export function checkComponents({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => [...checkRoles(graph), ...checkHalves(graph)]);
}

function find(graph: DynamoGraph, role: Role): ComponentSpec | undefined {
  return graph.spec.components.find((component) => component.role === role);
}

/** Workers are disaggregated or aggregated; a graph without any serves nothing. */
function checkRoles(graph: DynamoGraph): Diagnostic[] {
  const split = find(graph, 'prefill') ?? find(graph, 'decode');
  const worker = find(graph, 'worker');
  if (split && worker) {
    return [
      diagnostic('BAY2050', {
        message: `graph "${graph.spec.name}" has both "worker" and "${split.role}"`,
        where: placeOf(graph),
        notes: ['a worker does prefill and decode in one; the two kinds do not share requests'],
        help: 'declare either worker, or prefill and decode',
      }),
    ];
  }
  if (split ?? worker) return [];
  return [
    diagnostic('BAY2051', {
      message: `graph "${graph.spec.name}" has no workers`,
      where: placeOf(graph),
      help: 'declare worker, or prefill and decode',
    }),
  ];
}

/** One half of a disaggregated graph answers no request without the other. */
function checkHalves(graph: DynamoGraph): Diagnostic[] {
  const replicas = (role: Role): number => find(graph, role)?.replicas ?? 0;
  const [prefill, decode] = [replicas('prefill'), replicas('decode')];
  if (find(graph, 'worker') || prefill > 0 === decode > 0) return [];
  const [missing, other] = prefill > 0 ? (['decode', 'prefill'] as const) : (['prefill', 'decode'] as const);
  return [
    diagnostic('BAY2052', {
      message: `graph "${graph.spec.name}" has ${replicas(other)} ${other} and no ${missing} replicas`,
      where: { ...placeOf(graph), pointer: `${missing}.replicas` },
      notes: ['a request that finds only one half of a disaggregated graph is never answered'],
      help: `give ${missing} at least one replica, or set both to 0`,
      data: { prefill, decode },
    }),
  ];
}
