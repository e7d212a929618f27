import { HOSTNAME_LABEL, type NodeSelector } from '../model/node';
import { wholeUnits } from '../model/quantity';
import type { Resources } from '../model/resources';
import { sortedByName } from '../placement/natural';
import type { GangSpec, GroupSpec, NodeSpec, PodGroupSpec, Problem } from '../placement/problem';
import { solve } from '../placement/solve';
import type { WorkloadPod } from '../workloads/workload';
import type { Ground } from './ground';
import { keyOf, needsOf, type PlannedComponent, type PlannedGraph } from './planned';

/** Pods of a component that could stand elsewhere. */
export interface Move {
  readonly component: string;
  /** Nodes that they would leave, and those that they would take: one for each pod. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** What the engine finds for a gang that lost a place. */
export type Found = { readonly moves: readonly Move[] } | { readonly unplaced: string };

/**
 * Whether there is another place for each broken gang, with all others where they are as far as can be. It is one that
 * keeps to the manifests; the compile knows more, such as what should be near what, and may choose another. Of a
 * ComputeDomain manifests do not say the level, so such graphs are left out.
 */
export function movesOf(
  graphs: readonly PlannedGraph[],
  broken: readonly PlannedGraph[],
  ground: Ground,
): ReadonlyMap<PlannedGraph, Found> {
  const asked = broken.filter(({ components }) => !components.some((each) => needsOf(each)?.sharesMemory));
  if (asked.length === 0) return new Map();
  const plan = solve(problemOf(graphs, ground));
  return new Map(
    asked.flatMap((graph): [PlannedGraph, Found][] => {
      const gang = plan.gangs.find(({ name }) => name === keyOf(graph));
      if (gang?.status === 'unplaced') return [[graph, { unplaced: gang.reasons[0]?.message ?? '' }]];
      if (gang?.status !== 'placed') return [];
      return [[graph, { moves: graph.components.flatMap((each) => moved(each, gang.placements, ground)) }]];
    }),
  );
}

/** What a ComputeDomain gives one pod of a node. */
const CHANNEL = 'resource.nvidia.com/compute-domain-channel';

const TOPOLOGY = 'topology';

function problemOf(graphs: readonly PlannedGraph[], ground: Ground): Problem {
  const gangs = graphs.flatMap((graph) => gangOf(graph, ground));
  return {
    topologies: ground.levels.length > 0 ? [{ name: TOPOLOGY, levels: ground.levels }] : [],
    nodes: sortedByName(
      [...ground.nodes.values()].filter(({ labels }) => ground.sees(labels)).map((node) => withChannel(node, ground)),
    ),
    queues: [],
    gangs: gangs.map(({ gang }) => gang),
    locked: new Map(gangs.map(({ gang, locked }) => [gang.name, locked])),
  };
}

function withChannel(node: NodeSpec, { claimed }: Ground): NodeSpec {
  const used: Resources = claimed.has(node.name) ? { ...node.used, [CHANNEL]: wholeUnits(1) } : node.used;
  return { ...node, allocatable: { ...node.allocatable, [CHANNEL]: wholeUnits(1) }, used };
}

interface LockedGang {
  readonly gang: GangSpec;
  readonly locked: ReadonlyMap<string, readonly string[]>;
}

function gangOf(graph: PlannedGraph, ground: Ground): LockedGang[] {
  const parts = graph.components.flatMap((component) => partOf(graph, component, ground));
  if (parts.length === 0) return [];
  const required = sharedLevel(graph, ground);
  const gang: GangSpec = {
    name: keyOf(graph),
    priority: 0,
    preemptible: true,
    constraint: required === undefined ? undefined : { topology: TOPOLOGY, required },
    groups: parts.map(({ group }) => group),
    traffic: [],
  };
  return [{ gang, locked: new Map(parts.flatMap(({ locked }) => locked)) }];
}

/** What every component has to share, the graph was declared to share: KAI is told so for each by itself. */
function sharedLevel(graph: PlannedGraph, { required, levels }: Ground): string | undefined {
  const domains = required.get(graph) ?? [];
  const whole = domains.find(({ whose }) => whose === 'the graph');
  const own = graph.components.map(({ name }) => domains.find(({ whose }) => whose === name)?.level ?? '');
  const depths = own.map((level) => levels.indexOf(level));
  return whole?.level ?? (depths.every((depth) => depth >= 0) ? levels[Math.min(...depths)] : undefined);
}

interface Part {
  readonly group: GroupSpec;
  readonly locked: readonly (readonly [string, readonly string[]])[];
}

/** Name of the group that holds the pods, where all pods of a component share a domain. */
const REPLICA = 'replica';

function partOf(graph: PlannedGraph, planned: PlannedComponent, ground: Ground): Part[] {
  const needs = needsOf(planned);
  const copies = copiesOf(planned, ground);
  if (!needs || copies.length === 0) return [];
  const { name, component } = planned;
  const domains = ground.required.get(graph) ?? [];
  const own = domains.find(({ whose }) => whose === name)?.level;
  const each = domains.find(({ whose }) => whose.endsWith(` of ${name}`))?.level;
  const pods: PodGroupSpec = {
    name: own === undefined ? name : REPLICA,
    replicas: copies.length,
    minReplicas: copies.length,
    count: component.nodes,
    constraint: each === undefined ? undefined : { topology: TOPOLOGY, required: each },
    pod: podSpec(needs),
    pinned: 'set',
  };
  const around = own === undefined ? '' : `${name}/0/`;
  const group: GroupSpec =
    own === undefined
      ? pods
      : { name, replicas: 1, minReplicas: 1, constraint: { topology: TOPOLOGY, required: own }, groups: [pods] };
  return [{ group, locked: copies.map((nodes, index) => [`${around}${pods.name}/${index}`, nodes] as const) }];
}

/** Nodes of each replica; where no lock says them, a replica for each node of the pin. */
function copiesOf(planned: PlannedComponent, { placed }: Ground): readonly (readonly string[])[] {
  const own = placed.filter(({ component }) => component === planned);
  const nodes = own.flatMap(({ node, pods }) => Array.from({ length: pods }, () => node));
  const isLocked = nodes.join(' ') === planned.places.join(' ');
  if (isLocked) return planned.copies;
  return planned.component.nodes === 1 ? nodes.map((node) => [node]) : [];
}

function podSpec(needs: WorkloadPod): PodGroupSpec['pod'] {
  const { requests, nodeSelector, tolerations, nodeAffinity, apart, sharesMemory } = needs;
  return {
    requests: sharesMemory ? { ...requests, [CHANNEL]: wholeUnits(1) } : requests,
    nodeSelector,
    tolerations,
    nodeAffinity: nodeAffinity && withoutPin(nodeAffinity),
    exclusive: apart.find(({ topologyKey }) => topologyKey === HOSTNAME_LABEL)?.topologyKey,
  };
}

/** What is left of an affinity of which the pin may change. */
function withoutPin({ nodeSelectorTerms }: NodeSelector): NodeSelector | undefined {
  const terms = nodeSelectorTerms.map(({ matchExpressions = [], matchFields }) => {
    return { matchExpressions: matchExpressions.filter(({ key }) => key !== HOSTNAME_LABEL), matchFields };
  });
  const isFree = terms.some(
    ({ matchExpressions, matchFields = [] }) => matchExpressions.length + matchFields.length === 0,
  );
  return isFree ? undefined : { nodeSelectorTerms: terms };
}

function moved(
  planned: PlannedComponent,
  placements: Readonly<Record<string, readonly string[]>>,
  ground: Ground,
): Move[] {
  const { name } = planned;
  const isOwn = new RegExp(`^${name}/\\d+(/${REPLICA}/\\d+)?$`);
  const to = Object.entries(placements).flatMap(([path, nodes]) => (isOwn.test(path) ? nodes : []));
  const from = copiesOf(planned, ground).flat();
  const move = { component: name, from: without(from, to), to: without(to, from) };
  return move.to.length === 0 ? [] : [move];
}

/** A list without the entries of another, each taken away as often as it is there. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...list].sort();
  for (const entry of other) {
    const index = left.indexOf(entry);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}
