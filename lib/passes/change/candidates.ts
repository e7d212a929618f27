import { addResources, scaleResources, type Resources } from '../../model/resources';
import type { WorldNode } from '../../replay/world';
import type { ReplayedWorld } from '../replay/world';
import { ownerOfKey } from './chain';
import { holdKey, holdsOf, podsAlone, roomOf, type Hold, type Holds } from './holds';
import type { Conflict } from './rule';

/** Where a component may be in between. */
export interface Offer {
  /** Names of nodes. */
  readonly nodes: ReadonlySet<string>;
  /** Whose node selector, tolerations and anti-affinity its pods have; all else of them is as it runs. */
  readonly as: 'before' | 'after';
}

/** By key of the component; those that are left out stay where they are, as they are. */
export type Allowed = ReadonlyMap<string, Offer>;

/**
 * Ways to make room first, from the one that moves least. Whoever could go, goes where it is to end; or whoever holds
 * what others wait for goes where there is room now, all of them or one.
 *
 * @param movable graphs, by namespace and name
 */
export function candidates(
  old: ReplayedWorld,
  now: ReplayedWorld,
  conflicts: readonly Conflict[],
  movable: ReadonlySet<string>,
): readonly Allowed[] {
  const [before, after] = [holdsOf(old), holdsOf(now)];
  const keys = [...before.keys()].filter((key) => movable.has(ownerOfKey(key))).sort();
  const waits = conflicts.filter((each) => each.kind === 'room');
  const waiting = new Set(conflicts.flatMap((each) => each.waiting));
  const holding = keys.filter((key) => waits.some((wait) => wait.holding.includes(key)));
  const contested = new Set(waits.map(({ node }) => node));
  const roomy = roomyNodes(old, before);
  const away = (key: string): ReadonlySet<string> => {
    const kept = [...(before.get(key)?.most.keys() ?? [])].filter((node) => !contested.has(node));
    return new Set([...kept, ...roomy(before.get(key))]);
  };
  const apart = (some: readonly string[], as: Offer['as']): Allowed =>
    new Map(some.map((key) => [key, { nodes: away(key), as }]));
  const free = keys.filter((key) => !waiting.has(key));
  const ways = (as: Offer['as']): Allowed[] => {
    const ahead = new Map(free.map((key) => [key, { nodes: new Set(after.get(key)?.most.keys()), as }]));
    return [
      ahead,
      apart(holding, as),
      ...holding.map((key) => apart([key], as)),
      new Map([...ahead, ...apart(holding, as)]),
      apart(keys, as),
    ];
  };
  // what the graphs of before can be compiled to comes first: such a step is a commit without a change of the source
  const isAnew = selectingAnew(old, now);
  const anew = ways('after').filter((way) => [...way.keys()].some(isAnew));
  return [...ways('before'), ...anew].filter((way) => way.size > 0);
}

/** True for components that select nodes otherwise than before, apart from their pins. */
function selectingAnew(old: ReplayedWorld, now: ReplayedWorld): (key: string) => boolean {
  const selections = ({ pods }: ReplayedWorld): ReadonlyMap<string, string> =>
    new Map(pods.map((pod) => [holdKey(pod), JSON.stringify([pod.nodeSelector, pod.tolerations, pod.apart])] as const));
  const [before, after] = [selections(old), selections(now)];
  return (key) => before.get(key) !== after.get(key);
}

/** Nodes that a component is offered, of those with room: a place in between need not be the best there is. */
const MOST_NODES = 32;

/** Nodes that have room for a component beside all that runs. */
function roomyNodes({ nodes }: ReplayedWorld, before: Holds): (hold: Hold | undefined) => string[] {
  const held = new Map(nodes.map((node) => [node.name, heldOn(node, before)]));
  return (hold) => {
    if (!hold) return [];
    const fits = (node: WorldNode): boolean => {
      const most = Math.min(hold.isApart ? 1 : hold.pods, podsAlone(node, hold.requests));
      const sum = addResources(held.get(node.name) ?? {}, scaleResources(hold.requests, Math.max(1, most)));
      return Object.entries(sum).every(([resource, amount]) => amount <= (roomOf(node, resource) ?? amount));
    };
    const found: string[] = [];
    for (const node of nodes) {
      if (found.length >= MOST_NODES) break;
      if (node.ready && !node.unschedulable && !hold.most.has(node.name) && fits(node)) found.push(node.name);
    }
    return found;
  };
}

function heldOn({ name }: WorldNode, before: Holds): Resources {
  return [...before.values()].reduce<Resources>((sum, { requests, most }) => {
    return addResources(sum, scaleResources(requests, most.get(name) ?? 0));
  }, {});
}
