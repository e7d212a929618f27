import type { Gang, Group, Instance, Leaf } from '../instance';
import type { LockedGang } from '../locked';
import { podsOfLeaves, type RatedShape } from '../shape';
import { HOSTNAME_LABEL } from '../../model/node';
import { spaceOf, type Space } from './table';
import { noTerms, termsOf, type Terms } from './terms';
import { dimsAt, itemsOf, type Item } from './units';

/** A gang of one shape in the words of tables. */
export interface Expressed {
  readonly items: readonly Item[];
  readonly terms: Terms;
  /** By depth + 1. */
  readonly spaces: readonly Space[];
  /** By leaf: the broadest depth at which a domain takes one pod of it; Infinity without. */
  readonly exclusiveFrom: readonly number[];
  /** By node: pods of each leaf that are locked to it. */
  readonly locked: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** Vectors of one depth beyond which no tables are kept. */
const MOST_VECTORS = 30_000;
/** Leaves whose nodes are told apart by bits. */
const MOST_LEAVES = 16;

/**
 * The gang in the words of tables, or undefined where they cannot tell its placements apart exactly: several
 * topologies, copies of different contents, locks on copies of several pods, `exclusive` by a label that is no level,
 * or too many vectors of units. With `anyPlace` all placements cost the same.
 */
export function express(
  instance: Instance,
  gang: Gang,
  rated: RatedShape,
  lock: LockedGang | undefined,
  anyPlace = false,
): Expressed | undefined {
  const tree = instance.trees[gang.tree];
  if (!tree || gang.leaves.length > MOST_LEAVES || !hasOneTopology(gang) || !levelsAreDomains(instance, gang))
    return undefined;
  const exclusiveFrom = gang.leaves.map((leaf) => exclusiveDepth(instance, gang, leaf));
  const locked = lockedPods(gang, lock);
  const items = itemsOf(gang.roots, rated.shape, gang.rule.required);
  if (exclusiveFrom.includes(-1) || !locked || !items) return undefined;
  const keepable = [...locked.values()].reduce(
    (sum, byLeaf) => sum + [...byLeaf.values()].reduce((a, b) => a + b, 0),
    0,
  );
  const terms = anyPlace ? noTerms(instance, gang) : termsOf(instance, gang, rated, keepable);
  const spaces = terms && spacesOf(gang, rated, items, tree.depths);
  return spaces && { items, terms, spaces, exclusiveFrom, locked };
}

function hasOneTopology(gang: Gang): boolean {
  const rules = [gang.rule, ...gang.groups.map((group) => group.rule)];
  return (
    gang.groups.every((group) => group.tree === gang.tree) &&
    rules.every((rule) => rule.tree < 0 || rule.tree === gang.tree)
  );
}

/** Nodes that share a hostname label are one domain of that level, and yet two nodes. */
function levelsAreDomains(instance: Instance, gang: Gang): boolean {
  const tree = instance.trees[gang.tree];
  const last = (tree?.depths ?? 0) - 1;
  const atNodes = [gang.rule, ...gang.groups.map((group) => group.rule)].some((rule) => rule.required === last);
  const division = atNodes ? tree?.divisions[last] : undefined;
  return division?.domainOf.every((domain, n) => domain < 0 || division.exampleOf(domain) === n) ?? true;
}

/** Infinity without `exclusive`; -1 where the label divides the nodes as no level does. */
function exclusiveDepth(instance: Instance, gang: Gang, leaf: Leaf): number {
  if (!leaf.exclusive) return Infinity;
  const depths = instance.trees[gang.tree]?.domainOf ?? [];
  return depths.findIndex((domainOf) => divideAlike(leaf, domainOf));
}

function divideAlike({ alone, exclusive }: Leaf, domainOf: Int32Array): boolean {
  const domains = new Map<number, number>();
  const values = new Map<number, number>();
  return alone.every((pods, n) => {
    if (pods === 0) return true;
    const value = exclusive?.[n] ?? -1;
    const domain = domainOf[n] ?? 0;
    if (!domains.has(value)) domains.set(value, domain);
    if (!values.has(domain)) values.set(domain, value);
    return domains.get(value) === domain && values.get(domain) === value;
  });
}

/** What is locked by node; undefined where it is more than single pods of groups that want as many copies. */
function lockedPods(gang: Gang, lock: LockedGang | undefined): Map<number, Map<number, number>> | undefined {
  const byNode = new Map<number, Map<number, number>>();
  for (const [i, group] of gang.roots.entries()) {
    const copies = lock?.[i] ?? [];
    if (copies.length === 0) continue;
    if (group.leaf?.count !== 1 || copies.length > group.replicas || copies.some((copy) => copy.fit.length > 1))
      return undefined;
    for (const n of copies.flatMap((copy) => copy.fit)) {
      const here = byNode.get(n) ?? new Map<number, number>();
      byNode.set(n, here.set(group.leaf.index, (here.get(group.leaf.index) ?? 0) + 1));
    }
  }
  return byNode;
}

function spacesOf(gang: Gang, rated: RatedShape, items: readonly Item[], depths: number): Space[] | undefined {
  const largest = gang.leaves.map((leaf) => leaf.alone.reduce((most, pods) => Math.max(most, pods), 0));
  const spaces: Space[] = [];
  for (let depth = -1; depth < depths; depth++) {
    const dims = dimsAt(items, depth, gang.leaves.length, depth === depths - 1 ? largest : undefined);
    const space = spaceOf(dims, MOST_VECTORS);
    if (!space) return undefined;
    spaces.push(space);
  }
  return spaces;
}

/**
 * Gangs with equal texts have equal tables; undefined where a lock makes the gang unlike any other. `numberOf` names
 * an array.
 */
export function likeness(gang: Gang, rated: RatedShape, numberOf: (array: Int32Array) => number): string {
  const groupText = (group: Group): unknown => [
    group.replicas,
    group.min,
    group.tree,
    group.rule.required,
    group.rule.preferred,
    group.leaf ? leafText(group.leaf, numberOf) : group.children.map(groupText),
  ];
  const edges = gang.edges.map(({ a, b, within, weight }) => [a, b, within, String(weight)]);
  return JSON.stringify([
    gang.tree,
    gang.rule,
    gang.roots.map(groupText),
    edges,
    rated.shape,
    podsOfLeaves(gang, rated.shape),
  ]);
}

function leafText(leaf: Leaf, numberOf: (array: Int32Array) => number): unknown {
  const exclusive = leaf.exclusive ? [leaf.spec.pod.exclusive === HOSTNAME_LABEL, leaf.spec.pod.exclusive] : [];
  return [leaf.count, leaf.pods, leaf.demand, leaf.pinned, leaf.accelerated, exclusive, numberOf(leaf.alone)];
}
