import { nodesByGroup, nodesOf, visitCopies, type GangPods } from './assigned';
import { lcm, ZERO, addFractions, type Fraction } from './fraction';
import type { Edge, Gang, Group, Instance, Rule } from './instance';
import type { Locks } from './locked';
import { movedPods } from './moved';
import type { Tree } from './tree';
import type { Layout, Value } from './value';
import { wholeness } from './wholeness';

/** Where every gang of the instance is, by index; undefined where it is left out. */
export type Assignment = readonly (GangPods | undefined)[];

/** The terms of one gang, as if there were no others. */
export function evaluateGang(instance: Instance, layout: Layout, locks: Locks, gang: Gang, pods: GangPods): Value {
  const only: (GangPods | undefined)[] = [];
  only[gang.index] = pods;
  return evaluate({ ...instance, gangs: [gang] }, layout, locks, only);
}

/** Computes every term of the objective, exactly. Pure: the same assignment, the same value. */
export function evaluate(instance: Instance, layout: Layout, locks: Locks, assignment: Assignment): Value {
  const head = new Array<number>(layout.headLength).fill(0);
  const tail = new Array<number>(layout.tailLength).fill(0);
  let distance = ZERO;
  for (const gang of instance.gangs) {
    const pods = assignment[gang.index];
    if (!pods) {
      bump(head, layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1), 1);
      continue;
    }
    const moved = movedPods(gang, locks.gangs[gang.index], pods);
    bump(layout.movedLast ? tail : head, layout.movedGangs, moved > 0 ? 1 : 0);
    bump(layout.movedLast ? tail : head, layout.movedPods, moved);
    bump(head, layout.extras + gang.rank, extrasLeftOut(gang.roots, pods));
    addScopes(instance, layout, gang, pods, head, tail);
    distance = addFractions(distance, distanceOf(instance, gang, pods));
  }
  addFragmentation(instance, layout, assignment, tail);
  return { head, distance, tail };
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

function addScopes(
  instance: Instance,
  layout: Layout,
  gang: Gang,
  pods: GangPods,
  head: number[],
  tail: number[],
): void {
  const byGroup = nodesByGroup(gang, pods);
  const all = gang.leaves.flatMap((leaf) => byGroup[groupOfLeaf(gang, leaf.index)] ?? []);
  const count = (tree: number, nodes: readonly number[], which: number, rule: Rule | undefined): void => {
    const used = domainsUsed(instance.trees[tree], nodes);
    used.forEach((domains, depth) => {
      bump(tail, layout.spread + which * instance.depths + depth, domains);
      if (rule && rule.preferred >= depth) bump(head, layout.preferred + depth, domains - 1);
    });
  };
  count(gang.tree, all, 0, gang.rule);
  gang.groups.forEach((group) => count(group.tree, byGroup[group.index] ?? [], 1, undefined));
  visitCopies(gang.roots, pods, (group, copy) => count(group.tree, nodesOf(copy), 2, group.rule));
}

function groupOfLeaf(gang: Gang, leaf: number): number {
  return gang.groups.findIndex((group) => group.leaf?.index === leaf);
}

function domainsUsed(tree: Tree | undefined, nodes: readonly number[]): number[] {
  return (tree?.domainOf ?? []).map((domainOf) => new Set(nodes.map((n) => domainOf[n])).size);
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
  const whole = wholeness(instance);
  const broken = new Set<number>();
  for (const gang of instance.gangs) {
    const pods = assignment[gang.index];
    if (!pods) continue;
    visitCopies(gang.roots, pods, (group, copy) => {
      if (group.leaf?.accelerated) copy.nodes.filter((n) => whole.node[n] === 1).forEach((n) => broken.add(n));
    });
  }
  bump(tail, layout.fragmentation, broken.size);
  layout.brokenDomains.forEach((levels, t) => {
    levels.forEach((at, level) => {
      if (at < 0) return;
      const domainOf = instance.trees[t]?.divisions[level]?.domainOf;
      const domains = new Set(
        [...broken].map((n) => domainOf?.[n] ?? -1).filter((d) => whole.domain[t]?.[level]?.[d] === 1),
      );
      bump(tail, at, domains.size);
    });
  });
}
