import { nodesByGroup, nodesOf, nodesOfAll, visitCopies, type GangPods } from './assigned';
import { lcm, ZERO, addFractions, type Fraction } from './fraction';
import type { Edge, Gang, Group, Instance, Rule } from './instance';
import type { Locks } from './locked';
import { movedPods } from './moved';
import type { Tree } from './tree';
import type { Layout, Value } from './value';

/** Where every gang of the instance is, by index; undefined where it is left out. */
export type Assignment = readonly (GangPods | undefined)[];

/** The terms of one placed gang, but fragmentation: it is no sum over gangs, since two may break the same node. */
export function evaluateGang(instance: Instance, layout: Layout, locks: Locks, gang: Gang, pods: GangPods): Value {
  const terms = noTerms(layout);
  addGang({ instance, layout, locks, terms }, gang, pods);
  return terms;
}

/** Computes every term of the objective, exactly. Pure: the same assignment, the same value. */
export function evaluate(instance: Instance, layout: Layout, locks: Locks, assignment: Assignment): Value {
  const terms = noTerms(layout);
  for (const gang of instance.gangs) {
    const pods = assignment[gang.index];
    if (pods) addGang({ instance, layout, locks, terms }, gang, pods);
    else bump(terms.head, layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1), 1);
  }
  addFragmentation(instance, layout, assignment, terms.tail);
  return terms;
}

/** A value while gangs are added to it. */
interface Terms {
  readonly head: number[];
  distance: Fraction;
  readonly tail: number[];
}

function noTerms(layout: Layout): Terms {
  return {
    head: new Array<number>(layout.headLength).fill(0),
    distance: ZERO,
    tail: new Array<number>(layout.tailLength).fill(0),
  };
}

interface Sum {
  readonly instance: Instance;
  readonly layout: Layout;
  readonly locks: Locks;
  readonly terms: Terms;
}

function addGang(sum: Sum, gang: Gang, pods: GangPods): void {
  const { instance, layout, locks, terms } = sum;
  const moved = movedPods(gang, locks.gangs[gang.index], pods);
  const moves = layout.movedLast ? terms.tail : terms.head;
  bump(moves, layout.movedGangs, moved > 0 ? 1 : 0);
  bump(moves, layout.movedPods, moved);
  bump(terms.head, layout.extras + gang.rank, extrasLeftOut(gang.roots, pods));
  addScopes(sum, gang, pods);
  terms.distance = addFractions(terms.distance, distanceOf(instance, gang, pods));
}

function bump(numbers: number[], at: number, by: number): void {
  numbers[at] = (numbers[at] ?? 0) + by;
}

/** Copies beyond the minimum that are left out: a group of groups counts with all that could be beneath it. */
export function extrasLeftOut(groups: readonly Group[], pods: GangPods): number {
  return groups.reduce((sum, group, i) => {
    const copies = pods[i] ?? [];
    const beneath = copies.reduce((inner, copy) => inner + extrasLeftOut(group.children, copy.groups), 0);
    return sum + (group.replicas - copies.length) * weightOf(group) + beneath;
  }, 0);
}

/** What one copy of a group counts for when it is left out. */
export function weightOf(group: Group): number {
  return 1 + extrasBeneath(group);
}

function extrasBeneath(group: Group): number {
  return group.children.reduce(
    (sum, child) => sum + (child.replicas - child.min) * weightOf(child) + child.min * extrasBeneath(child),
    0,
  );
}

function addScopes({ instance, layout, terms: { head, tail } }: Sum, gang: Gang, pods: GangPods): void {
  const byGroup = nodesByGroup(gang, pods);
  const count = (tree: number, nodes: readonly number[], which: number, rule: Rule | undefined): void => {
    const used = domainsUsed(instance.trees[tree], nodes);
    used.forEach((domains, depth) => {
      bump(tail, layout.spread + which * instance.depths + depth, domains);
      if (rule && rule.preferred >= depth) bump(head, layout.preferred + depth, domains - 1);
    });
  };
  count(gang.tree, nodesOfAll(pods), 0, gang.rule);
  gang.groups.forEach((group) => count(group.tree, byGroup[group.index] ?? [], 1, undefined));
  visitCopies(gang.roots, pods, (group, copy) => count(group.tree, nodesOf(copy), 2, group.rule));
}

function groupOfLeaf(gang: Gang, leaf: number): number {
  return gang.groups.findIndex((group) => group.leaf?.index === leaf);
}

function domainsUsed(tree: Tree | undefined, nodes: readonly number[]): number[] {
  const depths = tree?.domainOf ?? [];
  return nodes.length === 1 ? depths.map(() => 1) : depths.map((ids) => new Set(nodes.map((n) => ids[n])).size);
}

/** Weighted mean cost of the pairs of each traffic edge, summed. */
export function distanceOf(instance: Instance, gang: Gang, pods: GangPods): Fraction {
  const byGroup = nodesByGroup(gang, pods);
  const nodes = gang.leaves.map((leaf) => byGroup[groupOfLeaf(gang, leaf.index)] ?? []);
  const tree = instance.trees[gang.tree];
  return gang.edges.reduce((sum, edge) => addFractions(sum, edgeDistance(tree, edge, nodes)), ZERO);
}

function edgeDistance(tree: Tree | undefined, edge: Edge, nodes: readonly (readonly number[])[]): Fraction {
  if (!tree) return ZERO;
  const a = edge.a.flatMap((leaf) => nodes[leaf] ?? []);
  const b = edge.within ? a : edge.b.flatMap((leaf) => nodes[leaf] ?? []);
  const pairs = pairsOf(edge, a.length, b.length);
  if (pairs === 0) return ZERO;
  let sum = (tree.pairCost[0] ?? 0) * pairs;
  tree.domainOf.forEach((domainOf, depth) => {
    sum += pairsTogether(edge, domainOf, a, b) * ((tree.pairCost[depth + 1] ?? 0) - (tree.pairCost[depth] ?? 0));
  });
  return { num: edge.weight * BigInt(sum), den: BigInt(pairs) };
}

/** How many pairs an edge has between so many pods. */
export function pairsOf(edge: Edge, a: number, b: number): number {
  return edge.within ? (a * (a - 1)) / 2 : a * b;
}

function pairsTogether(edge: Edge, domainOf: Int32Array, a: readonly number[], b: readonly number[]): number {
  const inB = new Map<number, number>();
  for (const n of b) inB.set(domainOf[n] ?? -1, (inB.get(domainOf[n] ?? -1) ?? 0) + 1);
  const ordered = a.reduce((sum, n) => sum + (inB.get(domainOf[n] ?? -1) ?? 0), 0);
  return edge.within ? (ordered - a.length) / 2 : ordered;
}

/** Least common denominator of fractions over so many pairs. */
export function commonPairs(pairs: readonly number[]): bigint {
  return pairs.reduce((all, n) => (n > 0 ? lcm(all, BigInt(n)) : all), 1n);
}

function addFragmentation(instance: Instance, layout: Layout, assignment: Assignment, tail: number[]): void {
  const { whole } = instance;
  const broken = new Set<number>();
  for (const gang of instance.gangs) {
    const pods = assignment[gang.index];
    if (!pods) continue;
    visitCopies(gang.roots, pods, (group, copy) => {
      if (group.leaf?.accelerated) copy.nodes.filter((n) => whole.isWhole(n)).forEach((n) => broken.add(n));
    });
  }
  bump(tail, layout.fragmentation, broken.size);
  layout.brokenDomains.forEach((levels, t) => {
    levels.forEach((at, level) => {
      if (at < 0) return;
      const domainOf = instance.trees[t]?.divisions[level]?.domainOf;
      const domains = new Set(
        [...broken].map((n) => domainOf?.[n] ?? -1).filter((d) => whole.isWholeDomain(t, level, d)),
      );
      bump(tail, at, domains.size);
    });
  });
}
