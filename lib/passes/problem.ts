import { isInDomain } from '../backends/dynamo/compute-domain';
import { isInPool } from '../backends/kai/node-pool';
import { CHANNEL, type InventoryNode } from '../inventory/cluster';
import { podGroupName, type ComponentSpec, type GraphPins, type GraphSpec, type PlacementSpec } from '../model/graph';
import { HOSTNAME_LABEL } from '../model/node';
import { QUEUE_RESOURCES, type QueueResource } from '../model/queue';
import { formatAmount, type Resources } from '../model/resources';
import type { ProblemDocument } from '../placement/document';
import type { PlacedGang } from '../placement/plan';
import { roomToBeAlone } from '../workloads/apart';
import type { ClusterModel } from './collect';

type Group = NonNullable<ProblemDocument['gangs']>[number]['groups'][number];
type Constraint = NonNullable<Group['constraint']>;
type NodeAffinity = NonNullable<Group['pod']>['nodeAffinity'];

/** Name of the group that holds the pods, where a component's own placement spans all its replicas. */
const REPLICA = 'replica';

/** The placement problem of a cluster, as a document of the file format: what `bayplan place` reads too. */
export function placementProblem(cluster: ClusterModel, locked?: ProblemDocument['locked']): ProblemDocument {
  const { topology } = cluster.construct;
  const { use } = cluster;
  const sharesMemory = cluster.graphs.some(({ spec }) => spec.computeDomain !== undefined || claimsChannel(spec));
  const alone = roomToBeAlone(cluster.graphs.flatMap(({ spec }) => spec.components.map(({ apart = {} }) => apart)));
  return {
    version: 1,
    topologies: [
      { name: topology.name, levels: topology.levels.map(({ label }) => label), bandwidth: topology.bandwidth },
    ],
    nodes: poolNodes(cluster).map((node) => ({
      name: node.name,
      labels: { ...node.labels },
      taints: [...node.taints],
      unschedulable: node.unschedulable,
      ready: node.ready,
      allocatable: { ...quantities(node.allocatable), ...(sharesMemory ? { [CHANNEL]: '1' } : {}), ...alone },
      used: {
        ...quantities(use.byNode.get(node.name) ?? {}),
        ...(sharesMemory && use.claimed.has(node.name) ? { [CHANNEL]: '1' } : {}),
      },
    })),
    queues: cluster.queues.map((queue) => problemQueue(queue.model(), use.byQueue.get(queue.name) ?? {})),
    gangs: cluster.graphs.map(({ spec }) => gang(spec, topology.name)),
    locked,
  };
}

function claimsChannel({ components }: GraphSpec): boolean {
  return components.some(({ claimed }) => claimed?.[CHANNEL] !== undefined);
}

/** Nodes that the cluster's scheduler sees: those of its pool. In Run:ai pools are the control plane's. */
export function poolNodes({
  construct,
  inventory,
}: Pick<ClusterModel, 'construct' | 'inventory'>): readonly InventoryNode[] {
  if (construct.stack.profile.gang === 'runai') return inventory.nodes;
  return inventory.nodes.filter(({ labels }) => isInPool(labels, construct.nodePool));
}

function quantities(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
}

function problemQueue(
  queue: ReturnType<ClusterModel['queues'][number]['model']>,
  used: Resources,
): NonNullable<ProblemDocument['queues']>[number] {
  const names = Object.keys(QUEUE_RESOURCES) as QueueResource[];
  const resources = names.map((name) => {
    const { quota, limit } = queue.bounds[name];
    return [QUEUE_RESOURCES[name], { quota, limit }] as const;
  });
  return { name: queue.name, parent: queue.parent, resources: Object.fromEntries(resources), used: quantities(used) };
}

function gang(graph: GraphSpec, topology: string): NonNullable<ProblemDocument['gangs']>[number] {
  const components = graph.components.filter(({ replicas }) => replicas > 0);
  const named = (role: ComponentSpec['role']): string[] =>
    components
      .filter((component) => component.role === role)
      .map((component) => (isInDomain(graph, component) ? `${DOMAIN}/${component.name}` : component.name));
  const edges = named('prefill').flatMap((prefill) =>
    named('decode').map((decode) => ({ between: [prefill, decode] as [string, string], weight: 1 })),
  );
  return {
    name: podGroupName(graph),
    queue: graph.queue,
    priority: graph.priorityClass.value,
    preemptible: graph.preemptible,
    constraint: constraint(topology, graph.placement),
    groups: groups(graph, components, topology),
    traffic: edges,
  };
}

/** Components that share a ComputeDomain are a group of their own, in one domain of its level. */
function groups(graph: GraphSpec, components: readonly ComponentSpec[], topology: string): Group[] {
  const inside = components.filter((component) => isInDomain(graph, component));
  const outside = components.filter((component) => !isInDomain(graph, component));
  const required = graph.computeDomain?.level;
  if (inside.length === 0 || required === undefined) return components.map((component) => group(component, topology));
  const sharing = inside.map((component) => withChannel(group(component, topology)));
  const domain = { name: DOMAIN, constraint: constraint(topology, { required }), groups: sharing };
  return [...outside.map((component) => group(component, topology)), domain];
}

/** Name of that group. */
const DOMAIN = 'compute-domain';

function withChannel(group: Group): Group {
  const { pod: template, groups: inner } = group;
  return {
    ...group,
    pod: template && { ...template, requests: { ...template.requests, [CHANNEL]: 1 } },
    groups: inner?.map(withChannel),
  };
}

/** A component's own placement is for all its pods together, so it stands on a group around the replicas. */
function group(component: ComponentSpec, topology: string): Group {
  const { name, replicas, nodes, pinning, placement, replicaLevel } = component;
  const each = constraint(topology, { required: replicaLevel });
  const pods = { replicas, count: nodes, constraint: each, pod: pod(component), pinned: pinning };
  const own = constraint(topology, placement);
  return own ? { name, constraint: own, groups: [{ name: REPLICA, ...pods }] } : { name, ...pods };
}

function pod(component: ComponentSpec): NonNullable<Group['pod']> {
  return {
    requests: { ...component.requests, ...quantities(component.claimed ?? {}), ...component.apart },
    nodeSelector: { ...component.nodeSelector },
    // plain data, copied since the document's lists are not read-only
    nodeAffinity: component.nodeAffinity && (structuredClone(component.nodeAffinity) as NodeAffinity),
    tolerations: [...component.tolerations],
    exclusive: component.exclusive ? HOSTNAME_LABEL : undefined,
  };
}

function constraint(topology: string, { required, preferred }: PlacementSpec): Constraint | undefined {
  return (required ?? preferred) ? { topology, required, preferred } : undefined;
}

/** Where a group of the problem stands in the graph's props, by the group's path. */
export function pointerOf(graph: GraphSpec, group: string): string {
  const steps = group.split('/');
  const name = steps[steps[0] === DOMAIN ? 1 : 0];
  if (name === undefined) return 'computeDomain';
  return graph.components.find((component) => component.name === name)?.pointer ?? group;
}

/** Path of a copy of a component in the problem. */
export function copyPath(graph: GraphSpec, component: ComponentSpec, index: number): string {
  const { name, placement } = component;
  const inside = isInDomain(graph, component) && graph.computeDomain ? `${DOMAIN}/0/` : '';
  return constraint('', placement) ? `${inside}${name}/0/${REPLICA}/${index}` : `${inside}${name}/${index}`;
}

/** Names of the nodes of each copy, by component. */
export function copiesOf(graph: GraphSpec, placed: PlacedGang): ReadonlyMap<string, readonly (readonly string[])[]> {
  const copies = graph.components.map((component) => {
    const paths = Array.from({ length: component.replicas }, (_, index) => copyPath(graph, component, index));
    return [
      component.name,
      paths.flatMap((path) => (placed.placements[path] ? [placed.placements[path]] : [])),
    ] as const;
  });
  return new Map(copies);
}

/** The nodes of each written component, as the values of the label that pins use. */
export function pinsOf(graph: GraphSpec, placed: PlacedGang, hostnames: ReadonlyMap<string, string>): GraphPins {
  const copies = copiesOf(graph, placed);
  const hosts = (nodes: readonly string[]): string[] =>
    [...new Set(nodes.map((node) => hostnames.get(node) ?? node))].sort();
  const pins = graph.components.flatMap(({ name, pinning }) => {
    const own = copies.get(name) ?? [];
    if (pinning === 'replica') return own.map((nodes, index) => [`${name}-${index}`, hosts(nodes)] as const);
    return own.length > 0 ? [[name, hosts(own.flat())] as const] : [];
  });
  return new Map(pins);
}
