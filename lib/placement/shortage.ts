import type { Amount } from '../model/quantity';
import { addResources, type Resources } from '../model/resources';
import { amountOf } from './amounts';
import { demandOf, exclusions, freeOn, shown } from './exclusions';
import type { Case } from './explain';
import { indicesBelow } from './grouped';
import type { Gang, Group, Instance, Leaf, Rule } from './instance';
import { helpWith, ladder } from './ladder';
import type { Reason } from './plan';
import type { Ground } from './search';
import { minimumShape, podsOfLeaves } from './shape';
import { valuesOf } from './tree';

/** A copy that must be in one domain, or the whole gang. */
export interface Scope {
  readonly gang: Gang;
  /** Undefined for the gang. */
  readonly group: string | undefined;
  readonly level: string | undefined;
  readonly rule: Rule;
  /** By leaf: pods in it. */
  readonly pods: readonly number[];
}

/** The domain that comes closest to holding a scope. */
interface Closest {
  readonly scope: Scope;
  /** Label values; undefined for the whole cluster. */
  readonly domain: string | undefined;
  readonly needed: Resources;
  readonly available: Resources;
  /** Resources of which there is too little in total. */
  readonly missing: readonly string[];
  /** By leaf of the scope: pods that have no slot, each leaf counted on its own. */
  readonly lacking: readonly { readonly leaf: Leaf; readonly pods: number }[];
  readonly members: Int32Array;
}

/** Names the first scope, innermost first, that no domain holds, with the domain that comes closest. */
export function shortage(the: Case, ground: Ground, when: 'alone' | 'beside'): Reason {
  const { gang, site } = the;
  const inner = [...gang.groups].reverse().map((group) => scopeOf(gang, group));
  const blamed = firstShort(site.instance, ground, inner) ?? closestDomain(site.instance, ground, gangScope(gang));
  const { scope, domain } = blamed;
  const worst = worstLeaf(blamed);
  const place = { ...blamed, level: scope.level, leaf: worst, lacking: lackingOf(blamed, worst) };
  const remedies = ladder(the, { place });
  return {
    code: when === 'beside' ? 'taken' : blamed.missing.length > 0 ? 'capacity' : 'fragmented',
    ...(scope.group !== undefined && { group: scope.group }),
    message: messageFor(blamed, when),
    ...(scope.level !== undefined && { level: scope.level }),
    ...(domain !== undefined && { domain }),
    needed: shown(blamed.needed),
    available: shown(blamed.available),
    excluded: exclusions(site.instance, gang, worst),
    ...helpWith(remedies, 'add nodes, or ask for less: no single change that was tried is enough'),
  };
}

function messageFor({ scope, domain, missing }: Closest, when: 'alone' | 'beside'): string {
  const what = scope.group === undefined ? scope.gang.spec.name : `one copy of ${scope.group}`;
  const place = domain === undefined ? 'the cluster' : `${scope.level} ${domain}`;
  const beside = when === 'beside' ? ' beside the other gangs' : '';
  const where = scope.level === undefined ? `does not fit${beside}` : `fits in no ${scope.level}${beside}`;
  const closest = domain === undefined ? place : `${place} comes closest and`;
  return missing.length > 0
    ? `${what} ${where}: ${closest} has too little ${missing.join(', ')}`
    : `${what} ${where}: ${closest} has enough in total, but in pieces that do not hold the pods`;
}

function firstShort(instance: Instance, ground: Ground, scopes: readonly Scope[]): Closest | undefined {
  for (const scope of scopes) {
    const closest = closestDomain(instance, ground, scope);
    if (isShort(closest)) return closest;
  }
  return undefined;
}

function isShort({ missing, lacking }: Closest): boolean {
  return missing.length > 0 || lacking.some(({ pods }) => pods > 0);
}

function lackingOf({ lacking }: Closest, leaf: Leaf): number {
  return lacking.find((entry) => entry.leaf === leaf)?.pods ?? 0;
}

function worstLeaf({ lacking, scope }: Closest): Leaf {
  const [first] = [...lacking].sort((a, b) => b.pods - a.pods);
  const leaf = first?.leaf ?? scope.gang.leaves[0];
  if (!leaf) throw new Error(`${scope.gang.spec.name} has no pods`);
  return leaf;
}

/** The minimum of a gang. */
export function gangScope(gang: Gang): Scope {
  const pods = podsOfLeaves(gang, minimumShape(gang).shape);
  return { gang, group: undefined, level: gang.spec.constraint?.required, rule: gang.rule, pods };
}

/** The minimum of one copy of a group. */
export function scopeOf(gang: Gang, group: Group): Scope {
  const pods = new Array<number>(gang.leaves.length).fill(0);
  const add = (inner: Group, copies: number): void => {
    if (inner.leaf) pods[inner.leaf.index] = copies * inner.leaf.count;
    inner.children.forEach((child) => add(child, copies * child.min));
  };
  add(group, 1);
  return { gang, group: group.path, level: group.spec.constraint?.required, rule: group.rule, pods };
}

function closestDomain(instance: Instance, ground: Ground, scope: Scope): Closest {
  const { tree: t, required } = scope.rule;
  const tree = instance.trees[t];
  const rated = (tree?.divisions[required]?.all ?? []).map((members, d) =>
    rate(instance, ground, scope, members, tree && valuesOf(tree, instance.nodes, required, d).join('/')),
  );
  const [best] = rated.sort(byDeficit);
  const closest = best ?? rate(instance, ground, scope, indicesBelow(instance.nodes.length), undefined);
  const eligible = eligibleIn(scope, closest.members);
  return { ...closest, available: availableOn(instance, ground, eligible, Object.keys(closest.needed)) };
}

/** Orders domains: pods without a slot, resources that are short, then what there is of those. */
function byDeficit(a: Closest, b: Closest): number {
  const without = ({ lacking }: Closest): number => lacking.reduce((sum, { pods }) => sum + pods, 0);
  const more = a.missing.map((resource) => (b.available[resource] ?? 0n) - (a.available[resource] ?? 0n));
  const most = more.find((difference) => difference !== 0n) ?? 0n;
  return without(a) - without(b) || a.missing.length - b.missing.length || (most > 0n ? 1 : most < 0n ? -1 : 0);
}

/** As domains are compared: of resources that there is plenty of, nothing is said. */
function rate(
  instance: Instance,
  ground: Ground,
  scope: Scope,
  members: Int32Array,
  domain: string | undefined,
): Closest {
  const leaves = scope.gang.leaves.filter((leaf) => (scope.pods[leaf.index] ?? 0) > 0);
  const demands = leaves.map((leaf) => demandOf(instance, leaf, scope.pods[leaf.index] ?? 0));
  const needed = demands.reduce(addResources, {});
  const eligible = eligibleIn(scope, members);
  const scarce = Object.keys(needed).filter((resource) => !isPlenty(instance, ground, eligible, resource, demands));
  const available = availableOn(instance, ground, eligible, scarce);
  const missing = Object.keys(needed).filter(
    (resource) => (needed[resource] ?? 0n) > (available[resource] ?? needed[resource] ?? 0n),
  );
  const lacking = leaves.map((leaf) => {
    const slots = slotsIn(instance, ground, leaf, members);
    return { leaf, pods: Math.max(0, (scope.pods[leaf.index] ?? 0) - slots) };
  });
  return { scope, domain, members, needed, available, missing: missing.sort(), lacking };
}

/** The nodes that could hold some pod of the scope beside nothing but `used`. */
export function eligibleIn({ gang, pods }: Scope, members: Int32Array): number[] {
  const alone = gang.leaves.filter((leaf) => (pods[leaf.index] ?? 0) > 0).map((leaf) => leaf.alone);
  const eligible: number[] = [];
  for (const n of members) if (alone.some((slots) => (slots[n] ?? 0) > 0)) eligible.push(n);
  return eligible;
}

/** True where the room that was counted in units is enough; what nodes have beyond whole units only adds to it. */
export function isPlenty(
  instance: Instance,
  { occupancy }: Ground,
  nodes: readonly number[],
  resource: string,
  demands: readonly Resources[],
): boolean {
  const { scale } = instance;
  const r = scale.index.get(resource) ?? 0;
  const units = nodes.reduce((sum, n) => sum + Math.max(0, occupancy.room[n * scale.resources.length + r] ?? 0), 0);
  return amountOf(scale, r, units) >= demands.reduce((sum, demand) => sum + (demand[resource] ?? 0n), 0n);
}

/** Exactly what nodes have left together; without a resource of which some node has no limit. */
export function availableOn(
  instance: Instance,
  ground: Ground,
  nodes: readonly number[],
  names: readonly string[],
): Resources {
  const entries = names.flatMap((resource): [string, Amount][] => {
    const left = leftOn(instance, ground, nodes, resource);
    return left === undefined ? [] : [[resource, left]];
  });
  return Object.fromEntries(entries);
}

function leftOn(
  { nodes: specs, scale, room }: Instance,
  { occupancy }: Ground,
  nodes: readonly number[],
  resource: string,
): Amount | undefined {
  const r = scale.index.get(resource) ?? 0;
  let left = 0n;
  let taken = 0;
  for (const n of nodes) {
    const free = freeOn(specs[n], resource);
    if (free === undefined) return undefined;
    left += free;
    taken += room.on(n, r) - (occupancy.room[n * scale.resources.length + r] ?? 0);
  }
  return left - amountOf(scale, r, taken);
}

/** Pods of a leaf that nodes have room for, each leaf counted on its own. */
function slotsIn({ scale }: Instance, ground: Ground, leaf: Leaf, nodes: Int32Array): number {
  const width = scale.resources.length;
  const { room } = ground.occupancy;
  const { alone, demand } = leaf;
  let slots = 0;
  for (const n of nodes) {
    let pods = alone[n] ?? 0;
    if (pods === 0) continue;
    for (const [r, units] of demand) pods = Math.min(pods, Math.floor((room[n * width + r] ?? 0) / units));
    slots += Math.max(0, leaf.exclusive ? Math.min(1, pods) : pods);
  }
  return slots;
}
