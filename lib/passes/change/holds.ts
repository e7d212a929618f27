import { groupBy } from '../../groups';
import { HOSTNAME_LABEL } from '../../model/node';
import { wholeUnits, type Amount } from '../../model/quantity';
import type { Resources } from '../../model/resources';
import { pinnedTo } from '../../replay/predicates';
import type { WorldNode } from '../../replay/world';
import type { ReplayedPod } from '../replay/workloads';
import type { ReplayedWorld } from '../replay/world';

/** What a component of a graph may hold: its pods are alike, and share one pin. */
export interface Hold {
  /** Namespace and name of the graph. */
  readonly owner: string;
  readonly component: string;
  /** Pods of all its replicas. */
  readonly pods: number;
  /** Of one pod, with the one that it is of `pods`. */
  readonly requests: Resources;
  /** Keeps its pods on a node each. */
  readonly isApart: boolean;
  /** The most pods that it could have on each node of its pin, by name; nodes that are gone are left out. */
  readonly most: ReadonlyMap<string, number>;
}

/** A component of a graph that is there before and after. */
export interface Staying {
  readonly key: string;
  readonly before?: Hold;
  readonly after?: Hold;
  /** How its pods are replaced; `kept` where they are not. */
  readonly kind: 'kept' | 'rolls' | 'recreates';
}

/** By `holdKey`. */
export type Holds = ReadonlyMap<string, Hold>;

/** A component's name among all of a cluster. */
export function holdKey({ owner, component }: Pick<ReplayedPod, 'owner' | 'component'>): string {
  return `${owner} ${component ?? ''}`;
}

/** What each pinned component of a graph may hold, in a world that its manifests make. */
export function holdsOf({ pods, nodes }: ReplayedWorld): Holds {
  const groups = groupBy(pods, (pod) => (pod.component === undefined ? undefined : holdKey(pod)));
  const byHost = groupBy(nodes, ({ labels }) => labels[HOSTNAME_LABEL]);
  return new Map([...groups].flatMap(([key, group]) => holdOf(group, byHost).map((hold) => [key, hold] as const)));
}

function holdOf(pods: readonly ReplayedPod[], byHost: ReadonlyMap<string, readonly WorldNode[]>): Hold[] {
  const [first] = pods;
  const pin = first && pinnedTo(first);
  if (!first || pin === undefined) return [];
  const requests = { ...first.requests, pods: wholeUnits(1) };
  const isApart = first.apart.some(({ topologyKey }) => topologyKey === HOSTNAME_LABEL);
  const nodes = pin.flatMap((host) => byHost.get(host) ?? []);
  const mostOn = (node: WorldNode): number => {
    if (pin.length === 1) return pods.length;
    return Math.min(isApart ? 1 : pods.length, podsAlone(node, requests));
  };
  const most = new Map(nodes.map((node) => [node.name, mostOn(node)] as const));
  return [{ owner: first.owner, component: first.component ?? '', pods: pods.length, requests, isApart, most }];
}

/** How many pods of one size a node could hold without any other pod of a graph. */
export function podsAlone(node: WorldNode, requests: Resources): number {
  const counts = Object.entries(requests).flatMap(([resource, amount]) => {
    const room = roomOf(node, resource);
    return amount > 0n && room !== undefined ? [Number(room / amount)] : [];
  });
  return Math.min(Number.MAX_SAFE_INTEGER, ...counts);
}

/** What a node has beside pods that no graph here made; undefined where it is not limited. */
export function roomOf({ allocatable, used }: WorldNode, resource: string): Amount | undefined {
  const all = allocatable[resource] ?? (resource === 'pods' ? undefined : 0n);
  if (all === undefined) return undefined;
  const room = all - (used[resource] ?? 0n);
  return room < 0n ? 0n : room;
}
