import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { writtenComponents, type GraphPins, type Role } from '../../model/graph';
import { placeOf } from '../collect';
import type { Verified } from '../verify';

/** A request that is prefilled in a domain without decode workers fails, where transfers may not leave the domain. */
export function verifyTransfer({ planned }: Verified): Diagnostic[] {
  const labels = new Map(planned.cluster.inventory.nodes.map((node) => [node.hostname, node.labels]));
  return planned.cluster.graphs.flatMap((graph) => {
    const { kvTransfer, name } = graph.spec;
    if (kvTransfer?.enforcement !== 'required') return [];
    const pins: GraphPins = planned.pins.get(graph.node.path) ?? new Map();
    const domains = (role: Role): Set<string> =>
      new Set(hostsOf(graph, role, pins).flatMap((host) => labels.get(host)?.[kvTransfer.level] ?? []));
    const decode = domains('decode');
    const lonely = [...domains('prefill')].filter((domain) => !decode.has(domain)).sort();
    if (lonely.length === 0) return [];
    return [
      diagnostic('BAY4031', {
        message: `graph "${name}" has prefill workers in ${lonely.join(', ')} of "${kvTransfer.level}", and no decode workers there`,
        where: { ...placeOf(graph), pointer: 'kvTransfer' },
        notes: [`decode workers are in ${[...decode].sort().join(', ') || 'none'}`],
        help: "require the level for the whole graph, place more decode workers, or use enforcement: 'preferred'",
        data: { level: kvTransfer.level, without: lonely },
      }),
    ];
  });
}

function hostsOf(graph: DynamoGraph, role: Role, pins: GraphPins): string[] {
  const components = writtenComponents(graph.spec).filter(({ spec }) => spec.role === role);
  return components.flatMap(({ name }) => pins.get(name) ?? []);
}
