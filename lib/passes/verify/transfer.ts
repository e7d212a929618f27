import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { writtenComponents, type GraphPins, type Role } from '../../model/graph';
import { placeOf } from '../collect';
import type { PlannedCluster } from '../plan';
import type { Verified } from '../verify';

/** Whether KV caches can be sent between the nodes that were planned. */
export function verifyTransfer({ planned }: Verified): Diagnostic[] {
  return planned.cluster.graphs.flatMap((graph) => {
    const pins: GraphPins = planned.pins.get(graph.node.path) ?? new Map();
    return [...verifyDomains(graph, planned, pins), ...verifyEfa(graph, pins)];
  });
}

/**
 * A request that is prefilled in a domain without decode workers fails, where transfers may not leave the domain. Fewer
 * decode workers than are planned may be in any of their domains.
 */
function verifyDomains(graph: DynamoGraph, { cluster }: PlannedCluster, pins: GraphPins): Diagnostic[] {
  const { kvTransfer, name } = graph.spec;
  if (kvTransfer?.enforcement !== 'required') return [];
  const labels = new Map(cluster.inventory.nodes.map((node) => [node.hostname, node.labels]));
  const domainsOf = (hosts: readonly string[]): Set<string> =>
    new Set(hosts.flatMap((host) => labels.get(host)?.[kvTransfer.level] ?? []));
  const decode = domainsOf(hostsOf(graph, 'decode', pins));
  const always = alwaysIn(graph, pins, domainsOf);
  const prefill = [...domainsOf(hostsOf(graph, 'prefill', pins))].sort();
  const lonely = prefill.filter((domain) => !always.has(domain));
  if (lonely.length === 0) return [];
  const may = lonely.every((domain) => decode.has(domain)) ? 'may have' : 'has';
  return [
    diagnostic('BAY4031', {
      message: `graph "${name}" ${may} prefill workers in ${lonely.join(', ')} of "${kvTransfer.level}", and no decode workers there`,
      where: { ...placeOf(graph), pointer: 'kvTransfer' },
      notes: [
        `decode workers are in ${[...decode].sort().join(', ') || 'none'}`,
        ...(may === 'has' ? [] : ['with fewer replicas than their most, they may all be in another']),
      ],
      help: "require the level for the whole graph, place more decode workers, or use enforcement: 'preferred'",
      data: { level: kvTransfer.level, without: lonely },
    }),
  ];
}

/**
 * EFA sends between nodes only: a transfer within one is tried again for ever (Dynamo 1.5, disagg-communication.md,
 * "Pod Anti-Affinity").
 */
function verifyEfa(graph: DynamoGraph, pins: GraphPins): Diagnostic[] {
  const onEfa = graph.spec.components.some(({ role, rdma }) => role === 'prefill' && rdma?.fabric === 'efa');
  if (!onEfa) return [];
  const prefill = new Set(hostsOf(graph, 'prefill', pins));
  const shared = [...new Set(hostsOf(graph, 'decode', pins))].filter((host) => prefill.has(host)).sort();
  if (shared.length === 0) return [];
  return [
    diagnostic('BAY4032', {
      message: `graph "${graph.spec.name}" has prefill and decode workers together on ${shared.join(', ')}, and EFA sends between nodes only`,
      where: { ...placeOf(graph), pointer: 'decode' },
      notes: ['a request whose two workers share a node is never answered'],
      help: 'give each a nodeSelector of its own, or so many EFA devices (rdma.count) that a node has enough for one kind only',
      data: { nodes: shared },
    }),
  ];
}

/** Domains that have a decode worker however few there are. */
function alwaysIn(
  graph: DynamoGraph,
  pins: GraphPins,
  domainsOf: (hosts: readonly string[]) => ReadonlySet<string>,
): ReadonlySet<string> {
  const components = writtenComponents(graph.spec).filter(({ spec }) => spec.role === 'decode');
  const sure = components.flatMap(({ name, spec }) => {
    const domains = [...domainsOf(pins.get(name) ?? [])];
    return spec.scaled && domains.length > 1 ? [] : domains;
  });
  return new Set(sure);
}

function hostsOf(graph: DynamoGraph, role: Role, pins: GraphPins): string[] {
  const components = writtenComponents(graph.spec).filter(({ spec }) => spec.role === role);
  return components.flatMap(({ name }) => pins.get(name) ?? []);
}
