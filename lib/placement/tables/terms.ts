import { gcd } from '../fraction';
import type { Gang, Group, Instance } from '../instance';
import { commonPairs, pairsOf } from '../objective';
import { podsOfLeaves, type RatedShape } from '../shape';

/** Where a term stands: in which word, and what one of it adds to that word; 0 where the term does not vary. */
export interface Place {
  readonly word: number;
  readonly by: number;
}

/**
 * The varying terms of one gang's objective, packed into a few exact integers that compare word by word as the
 * terms do one by one: before the distance, the distance, after it. Every term but the first of a word is never
 * negative and never reaches what one of the term before it is worth.
 */
export interface Terms {
  readonly words: number;
  /** Pods that stay where they were locked: counted below zero. */
  readonly kept: Place;
  /** By depth. */
  readonly preferred: readonly Place[];
  /** Over gangs, groups, copies; by depth. */
  readonly spread: readonly (readonly Place[])[];
  readonly brokenNodes: Place;
  /** By level. */
  readonly brokenDomains: readonly Place[];
  /** -1 where no pairs matter. */
  readonly distanceWord: number;
  /** By depth and edge: what each pair that shares this depth adds to the distance. */
  readonly together: readonly (readonly number[])[];
}

/** What one word may reach. */
const MOST = 2 ** 52;
const NOWHERE: Place = { word: 0, by: 0 };

interface Wanted {
  readonly most: number;
  place: Place;
}

/** Where placements need not be told apart: nothing costs anything. */
export function noTerms(instance: Instance, gang: Gang): Terms {
  const depths = instance.trees[gang.tree]?.depths ?? 0;
  const none = new Array<Place>(depths).fill(NOWHERE);
  return {
    words: 1,
    kept: NOWHERE,
    preferred: none,
    spread: [none, none, none],
    brokenNodes: NOWHERE,
    brokenDomains: none,
    distanceWord: -1,
    together: none.map(() => []),
  };
}

/** Packs the terms; undefined where exact integers are too small for them. */
export function termsOf(instance: Instance, gang: Gang, rated: RatedShape, keepable: number): Terms | undefined {
  const tree = instance.trees[gang.tree];
  if (!tree) return undefined;
  const pods = podsOfLeaves(gang, rated.shape);
  const total = pods.reduce((a, b) => a + b, 0);
  const depths = Array.from({ length: tree.depths }, (_, depth) => depth);
  const varies = (depth: number, most: number): Wanted => ({
    most: depth > gang.rule.required ? most : 0,
    place: NOWHERE,
  });
  const scopes = [gang.rule.preferred, ...gang.groups.map((group) => group.rule.preferred)];
  const deepest = Math.max(...scopes);
  const kept: Wanted = { most: keepable, place: NOWHERE };
  const around = 1 + depthOf(gang.roots);
  const preferred = depths.map((depth) => varies(depth, depth <= deepest ? total * around : 0));
  const spread = [total, total * around, total * around].map((most) => depths.map((depth) => varies(depth, most)));
  const accelerated = gang.leaves.some((leaf) => leaf.accelerated);
  const broken: Wanted = { most: accelerated ? total : 0, place: NOWHERE };
  const domains = tree.levels.map((_, level): Wanted => ({
    most: accelerated && level < tree.depths - 1 ? total : 0,
    place: NOWHERE,
  }));
  const head = pack([kept, ...preferred], 0);
  const distance = distanceTerms(gang, pods, tree.pairCost);
  if (head === undefined || distance === undefined) return undefined;
  const distanceWord = distance.length > 0 ? head : -1;
  const words = pack([...spread.flat(), broken, ...[...domains].reverse()], head + (distanceWord < 0 ? 0 : 1));
  if (words === undefined) return undefined;
  const placed = (wanted: readonly Wanted[]): Place[] => wanted.map(({ place }) => place);
  return {
    words: Math.max(1, words),
    kept: kept.place,
    preferred: placed(preferred),
    spread: spread.map(placed),
    brokenNodes: broken.place,
    brokenDomains: placed(domains),
    distanceWord,
    together: depths.map((depth) => (depth > gang.rule.required ? distance.map((byDepth) => byDepth[depth] ?? 0) : [])),
  };
}

function depthOf(groups: readonly Group[]): number {
  return groups.reduce((most, group) => Math.max(most, 1 + depthOf(group.children)), 0);
}

/** Gives each term its place, from word `first` on; returns the next free word. */
function pack(terms: readonly Wanted[], first: number): number | undefined {
  let word = first;
  let by = 1;
  const waiting: Wanted[] = [];
  const close = (): void => {
    let factor = 1;
    for (const term of waiting.splice(0).reverse()) {
      term.place = { word, by: factor };
      factor *= term.most + 1;
    }
  };
  for (const term of terms) {
    if (term.most === 0) continue;
    if (term.most >= MOST) return undefined;
    if (by * (term.most + 1) > MOST) {
      close();
      word++;
      by = 1;
    }
    waiting.push(term);
    by *= term.most + 1;
  }
  const used = waiting.length > 0;
  close();
  return used ? word + 1 : word;
}

/** By edge and depth: what a pair sharing that depth adds, all edges over one denominator. */
function distanceTerms(gang: Gang, pods: readonly number[], costs: readonly number[]): number[][] | undefined {
  const podsOf = (leaves: readonly number[]): number => leaves.reduce((sum, leaf) => sum + (pods[leaf] ?? 0), 0);
  const pairs = gang.edges.map((edge) => pairsOf(edge, podsOf(edge.a), podsOf(edge.b)));
  const denominator = commonPairs(pairs);
  const factors = gang.edges.map((edge, e) =>
    (pairs[e] ?? 0) > 0 ? edge.weight * (denominator / BigInt(pairs[e] ?? 1)) : 0n,
  );
  const divisor = factors.reduce((a, b) => gcd(a, b), 0n);
  if (divisor === 0n) return [];
  const small = factors.map((factor) => factor / divisor);
  const most = small.reduce((sum, factor, e) => sum + factor * BigInt(pairs[e] ?? 0), 0n) * BigInt(Math.max(...costs));
  if (most * BigInt(costs.length) >= BigInt(MOST)) return undefined;
  return small.map((factor) => costs.slice(1).map((cost, depth) => Number(factor) * (cost - (costs[depth] ?? 0))));
}
