import type { Amount } from '../../model/quantity';
import { addResources, scaleResources, type Resources } from '../../model/resources';
import { compareText } from '../../order';
import type { WorldNode } from '../../replay/world';
import { isStaying, keyOf, rollingComponents, type Classes, type Side } from '../replay/change';
import { domainChanges, type DomainChange } from './domains';
import { holdKey, holdsOf, podsAlone, roomOf, type Hold, type Holds, type Staying } from './holds';

/**
 * Whether a change finishes whatever goes first. Seen with KAI 0.17: it does where every node that a component newly
 * gets, or may hold more of than before, has room for that while all old pods still run, and no subgroup's required
 * domain changes. Of 30 random changes that keep to it 30 finished. It is stricter than need be: others may finish, if
 * the right pod goes first.
 */

/** A node that has no room for what it gets beside what it has. */
export interface Wait {
  readonly kind: 'room';
  /** Name of the node. */
  readonly node: string;
  readonly resource: string;
  /** All that could be asked for at once. */
  readonly needed: Amount;
  /** What the node has, beside pods that no graph here made. */
  readonly room: Amount;
  /** Components that come to the node, or may hold more of it, or come back to it; in order. */
  readonly waiting: readonly string[];
  /** Components with old pods there that go or may become fewer; in order. */
  readonly holding: readonly string[];
  /** Components of new graphs that could be there first; in order. */
  readonly fresh: readonly string[];
}

export type Conflict = Wait | DomainChange;

/** How a change is looked at otherwise than its manifests say. */
export interface Supposed {
  /** Graphs that recreate their pods, by namespace and name; all others do not. @default - as the manifests say */
  readonly recreating?: ReadonlySet<string>;
}

/** What keeps a change from finishing for certain: nodes in their order, then domains; empty where nothing does. */
export function conflictsOf(before: Side, after: Side, classes: Classes, supposed: Supposed = {}): readonly Conflict[] {
  const [old, now] = [holdsOf(before.world), holdsOf(after.world)];
  const staying = stayingOf(old, now, after, classes, supposed);
  const fresh = [...now.values()].filter(({ owner }) => !isStaying(classes.get(owner)));
  const on = byNode(staying, fresh);
  const waits = after.world.nodes.flatMap((node) => {
    const here = on.get(node.name);
    return here ? waitsOn(node, here) : [];
  });
  return [...waits, ...domainChanges(after.world, staying)];
}

/** Namespace and name of the graphs that stop all pods of a component at once. */
export function recreatingGraphs({ manifests }: Pick<Side, 'manifests'>, classes: Classes): ReadonlySet<string> {
  const rolling = manifests.flatMap((manifest) => rollingComponents(manifest, classes.get(keyOf(manifest))));
  return new Set(rolling.filter(({ strategy }) => strategy.kind === 'recreate').map(({ owner }) => owner));
}

function stayingOf(old: Holds, now: Holds, after: Side, classes: Classes, { recreating }: Supposed): Staying[] {
  const recreates = recreating ?? recreatingGraphs(after, classes);
  const kindOf = ({ owner, component }: Hold): Staying['kind'] => {
    const change = classes.get(owner);
    if (change?.kind !== 'rolls' || !change.components.includes(component)) return 'kept';
    return recreates.has(owner) ? 'recreates' : 'rolls';
  };
  return [...new Set([...old.keys(), ...now.keys()])].sort(compareText).flatMap((key): Staying[] => {
    const [before, next] = [old.get(key), now.get(key)];
    const hold = next ?? before;
    if (!hold || !isStaying(classes.get(hold.owner))) return [];
    return [{ key, before, after: next, kind: kindOf(hold) }];
  });
}

/** What may be on a node before and after. */
interface OnNode {
  readonly staying: Staying[];
  /** Components of new graphs: nobody waits for their sake, but they may take what another needs. */
  readonly fresh: Hold[];
}

function byNode(staying: readonly Staying[], fresh: readonly Hold[]): ReadonlyMap<string, OnNode> {
  const found = new Map<string, OnNode>();
  const on = (node: string): OnNode => {
    const here = found.get(node) ?? { staying: [], fresh: [] };
    found.set(node, here);
    return here;
  };
  for (const each of staying) {
    const nodes = [...(each.before?.most.keys() ?? []), ...(each.after?.most.keys() ?? [])];
    for (const node of new Set(nodes)) on(node).staying.push(each);
  }
  for (const hold of fresh) for (const node of hold.most.keys()) on(node).fresh.push(hold);
  return found;
}

function waitsOn(node: WorldNode, { staying, fresh }: OnNode): Wait[] {
  const waiting = staying.filter((each) => isComing(each, node.name) || (fresh.length > 0 && isBack(each, node.name)));
  if (waiting.length === 0) return [];
  const needs = staying.map((each) => ({ each, need: needOf(each, node) }));
  const asked = [...needs.map(({ need }) => need), ...fresh.map((hold) => demandOf(hold, node.name))];
  const sum = asked.reduce<Resources>((total, need) => addResources(total, need), {});
  for (const [resource, needed] of Object.entries(sum).sort(([a], [b]) => compareText(a, b))) {
    const room = roomOf(node, resource);
    const short = waiting.filter(({ after }) => (after?.requests[resource] ?? 0n) > 0n);
    if (room === undefined || needed <= room || short.length === 0) continue;
    const holding = needs.filter(({ each, need }) => {
      return (need[resource] ?? 0n) > (demandOf(each.after, node.name)[resource] ?? 0n) && each.kind !== 'kept';
    });
    return [
      {
        kind: 'room',
        node: node.name,
        resource,
        needed,
        room,
        waiting: short.map(({ key }) => key),
        holding: holding.map(({ each }) => each.key),
        fresh: fresh
          .filter(({ requests }) => (requests[resource] ?? 0n) > 0n)
          .map(holdKey)
          .sort(),
      },
    ];
  }
  return [];
}

/** Its new pods come back to the node, some time after the old ones went. */
function isBack({ after, kind }: Staying, node: string): boolean {
  return kind === 'rolls' && (after?.most.get(node) ?? 0) > 0;
}

/** The component newly gets the node, or may ask for more of it than before. */
function isComing({ before, after }: Staying, node: string): boolean {
  const [old, now] = [demandOf(before, node), demandOf(after, node)];
  return Object.entries(now).some(([resource, amount]) => amount > (old[resource] ?? 0n));
}

function demandOf(hold: Hold | undefined, node: string): Resources {
  return hold ? scaleResources(hold.requests, hold.most.get(node) ?? 0) : {};
}

/** The most that old and new pods of a component together could ask a node for at any moment of the change. */
function needOf({ before, after, kind }: Staying, node: WorldNode): Resources {
  const [old, now] = [before?.most.get(node.name) ?? 0, after?.most.get(node.name) ?? 0];
  // Recreated, all old pods are gone before a new one comes. Where pods are not replaced, those too many go at once.
  if (!before || kind !== 'rolls') return demandOf(after, node.name);
  if (!after || now === 0) return demandOf(before, node.name);
  if (old === 0) return demandOf(after, node.name);
  return mixOf(before, after, node, [old, now]);
}

/** Old and new pods of a component side by side: equal ones are no more than the most of either. */
function mixOf(before: Hold, after: Hold, node: WorldNode, [old, now]: readonly [number, number]): Resources {
  const names = [...new Set([...Object.keys(before.requests), ...Object.keys(after.requests)])];
  const of = (hold: Hold, resource: string): Amount => hold.requests[resource] ?? 0n;
  const lesser = names.map((name) => [name, least(of(before, name), of(after, name))] as const);
  const isEqual = names.every((name) => of(before, name) === of(after, name));
  const alone = Math.min(Math.max(before.pods, after.pods), podsAlone(node, Object.fromEntries(lesser)));
  const most = BigInt(isEqual ? Math.max(old, now) : Math.max(alone, old, now));
  const kept = BigInt(Math.min(old, now - 1));
  return Object.fromEntries(
    names.map((name) => {
      const larger = greatest(of(before, name), of(after, name));
      // no more than the node has of it can be there; and a new pod has to find room while the old ones that may be left are
      const there = least(most * larger, roomOf(node, name) ?? most * larger);
      const beside = kept * of(before, name) + (BigInt(now) - kept) * of(after, name);
      return [name, greatest(there, beside)];
    }),
  );
}

function least(a: Amount, b: Amount): Amount {
  return a < b ? a : b;
}

function greatest(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}
