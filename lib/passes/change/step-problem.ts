import type { GraphSpec } from '../../model/graph';
import { podGroupName } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { formatAmount, type Resources } from '../../model/resources';
import type { GangDocument, GroupDocument, PodDocument, ProblemDocument } from '../../placement/document';
import type { PlannedCluster } from '../plan';
import type { ReplayedPod } from '../replay/workloads';
import type { ReplayedWorld } from '../replay/world';
import type { Allowed } from './candidates';
import { holdKey, holdsOf, type Hold, type Holds } from './holds';

/** A graph that may be moved, as it is declared now; its pods are those that run. */
export interface Movable {
  /** Namespace and name. */
  readonly owner: string;
  readonly spec: GraphSpec;
}

/**
 * The placement problem of what runs, with some of it elsewhere: graphs that may move are asked for as they are declared
 * now, with pods as large as those that run, and keep to the nodes that each component may have; all others stay where they
 * are. Nodes that none of those may have are left out.
 */
export function stepProblem(
  { problem }: PlannedCluster,
  [old, now]: readonly [ReplayedWorld, ReplayedWorld],
  movable: readonly Movable[],
  allowed: Allowed,
): ProblemDocument {
  const holds = holdsOf(old);
  const free = new Map(movable.map((each) => [each.owner, each]));
  const moving = movable.flatMap(({ owner, spec }) => {
    const gang = problem.gangs?.find(({ name }) => name === podGroupName(spec));
    return gang ? [movingGang(gang, { owner, spec }, [old.pods, now.pods], holds, allowed)] : [];
  });
  const usable = new Set(
    old.nodes.filter(({ ready, unschedulable }) => ready && !unschedulable).map(({ name }) => name),
  );
  const open = new Set(
    [...holds].flatMap(([key, { owner, most }]) =>
      free.has(owner) ? [...most.keys(), ...(allowed.get(key)?.nodes ?? [])] : [],
    ),
  );
  const besides = [...holds.values()].filter(
    ({ owner, most }) => !free.has(owner) && [...most.keys()].some((node) => open.has(node)),
  );
  const fixed = besides.flatMap((hold) => fixedGang(hold, usable));
  const known = new Set([...open, ...besides.flatMap(({ most }) => [...most.keys()])]);
  return {
    version: 1,
    topologies: problem.topologies,
    nodes: problem.nodes?.filter(({ name }) => known.has(name)),
    gangs: [...moving, ...fixed.map(({ gang }) => gang)],
    locked: {
      ...Object.fromEntries(moving.map(({ name }) => [name, problem.locked?.[name] ?? {}])),
      ...Object.fromEntries(fixed.map(({ gang, placements }) => [gang.name, placements])),
    },
  };
}

function movingGang(
  { name, constraint, groups, priority }: GangDocument,
  { owner, spec }: Movable,
  [running, coming]: readonly [readonly ReplayedPod[], readonly ReplayedPod[]],
  holds: Holds,
  allowed: Allowed,
): GangDocument {
  const nodesOf = (pod: ReplayedPod): ReadonlySet<string> =>
    allowed.get(holdKey(pod))?.nodes ?? new Set(holds.get(holdKey(pod))?.most.keys());
  const replaced = (group: GroupDocument, around: string | undefined): GroupDocument => {
    const component = spec.components.find((each) => each.name === group.name)?.name ?? around;
    const own = spec.components.find((each) => each.name === component);
    const ofGroup = (pod: ReplayedPod): boolean => pod.owner === owner && isOf(pod, own);
    const pods = running.filter(ofGroup);
    const nodes = [...new Set(pods.flatMap((pod) => [...nodesOf(pod)]))].sort();
    const [first] = pods;
    const isNew = first !== undefined && allowed.get(holdKey(first))?.as === 'after';
    const chosen = isNew ? coming.find(ofGroup) : first;
    return {
      ...group,
      ...(group.groups ? { groups: group.groups.map((inner) => replaced(inner, component)) } : {}),
      ...(group.pod && first && chosen
        ? { pod: podInBetween(group.pod, { ...chosen, requests: first.requests }, nodes) }
        : {}),
    };
  };
  return { name, constraint, priority, groups: groups.map((group) => replaced(group, undefined)) };
}

/** A pod of a component; with `pinning: 'replica'` of any of those that it is written as. */
function isOf({ component = '' }: ReplayedPod, own: GraphSpec['components'][number] | undefined): boolean {
  if (!own) return false;
  if (own.pinning === 'set' || component === own.name) return component === own.name;
  return Array.from({ length: own.replicas }, (_, i) => `${own.name}-${i}`).includes(component);
}

/** What is asked for beside the pod's own requests, such as the channel of a ComputeDomain, stays. */
function podInBetween(template: PodDocument, pod: ReplayedPod, nodes: readonly string[]): PodDocument {
  const claimed = Object.entries(template.requests ?? {}).filter(([name]) => name.startsWith('resource.nvidia.com/'));
  return { ...podDocument(pod, nodes), requests: { ...Object.fromEntries(claimed), ...quantities(pod.requests) } };
}

function podDocument(
  pod: Pick<ReplayedPod, 'requests' | 'nodeSelector' | 'tolerations' | 'apart'>,
  nodes: readonly string[],
): PodDocument {
  const isApart = pod.apart.some(({ topologyKey }) => topologyKey === HOSTNAME_LABEL);
  return {
    requests: quantities(pod.requests),
    nodeSelector: { ...pod.nodeSelector },
    nodeAffinity: onlyOn(nodes),
    tolerations: [...pod.tolerations],
    ...(isApart ? { exclusive: HOSTNAME_LABEL } : {}),
  };
}

/** Kubernetes takes one name in each term. */
function onlyOn(nodes: readonly string[]): PodDocument['nodeAffinity'] {
  const terms = nodes.map((name) => ({
    matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [name] }],
  }));
  return { nodeSelectorTerms: terms };
}

function quantities(resources: Resources): Record<string, string> {
  const entries = Object.entries(resources).filter(([name]) => name !== 'pods');
  return Object.fromEntries(entries.map(([name, amount]) => [name, formatAmount(name, amount)]));
}

/**
 * A component that stays: nothing but the nodes of its pin is asked about it, since its pods run there. Nodes that take
 * no pod any more are left out, and with them what is there.
 */
function fixedGang(
  { owner, component, pods, requests, isApart, most }: Hold,
  usable: ReadonlySet<string>,
): FixedGang[] {
  const nodes = [...most.keys()].filter((name) => usable.has(name)).sort();
  if (nodes.length === 0) return [];
  const placements = spreadOver(nodes, most, pods);
  const pod = {
    requests: quantities(requests),
    nodeAffinity: onlyOn(nodes),
    tolerations: [{ operator: 'Exists' as const }],
    ...(isApart ? { exclusive: HOSTNAME_LABEL } : {}),
  };
  const minReplicas = Object.keys(placements).length;
  const group: GroupDocument = { name: 'pods', replicas: pods, minReplicas, pod, pinned: 'set' };
  return [{ gang: { name: `${owner} ${component}`, groups: [group] }, placements }];
}

interface FixedGang {
  readonly gang: GangDocument;
  /** By path of the copy, as a lock has it. */
  readonly placements: Readonly<Record<string, string[]>>;
}

/** A node for each pod: each node of the pin has one at least, and none more than it could have. */
function spreadOver(
  nodes: readonly string[],
  most: ReadonlyMap<string, number>,
  pods: number,
): Record<string, string[]> {
  const places = [...nodes];
  for (const node of nodes) {
    for (let n = 1; n < (most.get(node) ?? 0) && places.length < pods; n++) places.push(node);
  }
  return Object.fromEntries(places.slice(0, pods).map((node, i) => [`pods/${i}`, [node]]));
}
