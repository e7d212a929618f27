import { clusterOf, placedGangs, type Cluster, type PlacedGang } from '../../lib/checker/cluster';
import { wanted } from '../../lib/checker/copies';
import { parseFraction } from '../../lib/checker/fraction';
import { fragmentationOf } from '../../lib/checker/fragmentation';
import { checkRequired } from '../../lib/checker/levels';
import { checkCapacity, checkEligibility, checkExclusive } from '../../lib/checker/nodes';
import { objectiveOf } from '../../lib/checker/objective';
import { checkPins } from '../../lib/checker/pins';
import { checkQueues } from '../../lib/checker/queues';
import type { GangDocument, GroupDocument, ProblemDocument } from '../../lib/placement/document';
import type { Objective, Plan } from '../../lib/placement/plan';

/**
 * Brute force for small problems: every way to place every gang, judged by the checks of the plan checker, and the
 * best of them term by term. Says nothing of how to find it; that is the solver's task.
 *
 * 1. Ways: for each gang, all placements up to the exchange of equal copies and of pods of one copy.
 * 2. Each way is judged alone: what is invalid alone is invalid beside others.
 * 3. Sets of gangs to place, best `unplaced` term first; for each, all combinations of ways, cut where the terms
 *    summed so far are worse than the best known. The first sets for which there is a combination win.
 */
export interface Best {
  readonly objective: Objective;
  readonly placed: readonly string[];
  /** By gang: a way that reaches the objective. */
  readonly placements: Readonly<Record<string, Placements>>;
}

export type Placements = Readonly<Record<string, readonly string[]>>;

export interface OracleOptions {
  /** As of the solver. Default 0. */
  readonly rebalance?: number;
  /** Gives up, with undefined, on problems with more ways for a gang. Default 20,000. */
  readonly ways?: number;
}

interface Way {
  readonly placements: Placements;
  readonly placed: PlacedGang;
  readonly objective: Objective;
}

/** The best plan there is; undefined where there are too many ways to look at. */
export function bestPlan(
  document: ProblemDocument,
  { rebalance = 0, ways: most = 20_000 }: OracleOptions = {},
): Best | undefined {
  const cluster = clusterOf(document);
  const gangs = document.gangs ?? [];
  if (gangs.some((gang) => countWays(gang.groups, (document.nodes ?? []).length) > most)) return undefined;
  const ways = gangs.map((gang) => waysOf(cluster, gang));
  const strict = bestOf(cluster, ways, Infinity);
  if (strict === undefined || rebalance === 0) return strict;
  return bestOf(cluster, ways, strict.objective.moved[0] + rebalance, true);
}

/** Every way to place one gang beside nothing but what is used. */
export function waysOf(cluster: Cluster, gang: GangDocument): Way[] {
  return placementsOf(cluster, gang.groups, '').flatMap((entries) => {
    const placements = Object.fromEntries(entries);
    const placed = placedGangs(cluster, planOf(gang.name, placements))[0];
    if (placed === undefined || !isValid(cluster, [placed])) return [];
    return [{ placements, placed, objective: objectiveOf(cluster, [placed]) }];
  });
}

/** What a plan that places nothing costs. */
export const emptyObjective: Objective = {
  unplaced: [],
  moved: [0, 0],
  extras: [],
  preferred: [],
  distance: '0/1',
  spread: [[], [], []],
  fragmentation: [],
};

/** Only the part of a plan that says where pods are. */
function planOf(name: string, placements: Placements): Plan {
  const gang = { name, status: 'placed', placements, domains: {}, moved: [] } as const;
  const cost = { objective: emptyObjective, bound: emptyObjective };
  return { version: 1, status: 'placed', gangs: [gang], ...cost, certificate: {}, optimal: false };
}

function isValid(cluster: Cluster, placed: readonly PlacedGang[]): boolean {
  const checks = [checkCapacity, checkEligibility, checkRequired, checkExclusive, checkPins, checkQueues];
  return checks.every((check) => check(cluster, placed).length === 0);
}

type Entries = readonly (readonly [path: string, nodes: readonly string[]])[];

/** All placements of groups side by side: each group's choices with each other's. */
function placementsOf(cluster: Cluster, groups: readonly GroupDocument[], above: string): Entries[] {
  return groups.reduce<Entries[]>(
    (choices, group) => {
      const more = placementsOfGroup(cluster, group, above);
      return choices.flatMap((choice) => more.map((entries) => [...choice, ...entries]));
    },
    [[]],
  );
}

function placementsOfGroup(cluster: Cluster, group: GroupDocument, above: string): Entries[] {
  const { most, least } = wanted(group);
  const copy = group.groups
    ? placementsOf(cluster, group.groups, '')
    : multisets(nodesFor(cluster, group), group.count ?? 1).map((nodes): Entries => [['', nodes]]);
  const numbers = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return numbers.flatMap((count) => {
    return multisets(copy, count).map((copies) =>
      copies.flatMap((entries, index) => beneath(`${above}${group.name}/${index}`, entries)),
    );
  });
}

function beneath(path: string, entries: Entries): Entries {
  return entries.map(([inner, nodes]) => [inner === '' ? path : `${path}/${inner}`, nodes] as const);
}

/** Nodes that could take a pod of the group alone; others would only make more ways that are invalid. */
function nodesFor(cluster: Cluster, group: GroupDocument): string[] {
  const document: ProblemDocument = {
    ...cluster.document,
    queues: [],
    gangs: [{ name: 'g', groups: [{ name: 'p', pod: group.pod ?? {} }] }],
  };
  const alone = clusterOf(document);
  return [...cluster.nodes.keys()].filter((node) => {
    const placed = placedGangs(alone, planOf('g', { 'p/0': [node] }));
    return checkCapacity(alone, placed).length + checkEligibility(alone, placed).length === 0;
  });
}

/** All choices of `count` items, with repetition, without order. */
function multisets<T>(items: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return items.flatMap((item, i) => multisets(items.slice(i), count - 1).map((rest) => [item, ...rest]));
}

/** At most so many ways, by the formula for multisets. */
function countWays(groups: readonly GroupDocument[], nodes: number): number {
  return groups.reduce((product, group) => {
    const copy = group.groups ? countWays(group.groups, nodes) : choose(nodes, group.count ?? 1);
    const { most, least } = wanted(group);
    let sum = 0;
    for (let count = least; count <= most; count++) sum += choose(copy, count);
    return product * sum;
  }, 1);
}

function choose(items: number, count: number): number {
  let ways = 1;
  for (let i = 1; i <= count; i++) ways = (ways * (items + i - 1)) / i;
  return ways;
}

/** The best over all sets of gangs, none of which moves more gangs than `mostMoved`. */
function bestOf(
  cluster: Cluster,
  ways: readonly (readonly Way[])[],
  mostMoved: number,
  podsLast = false,
): Best | undefined {
  const sets = subsets(ways.length).map((set) => ({
    set,
    unplaced: objectiveOf(
      cluster,
      set.flatMap((i) => ways[i]?.[0]?.placed ?? []),
    ).unplaced,
  }));
  const able = sets.filter(({ set }) => set.every((i) => (ways[i] ?? []).length > 0));
  able.sort((a, b) => compareNumbers(a.unplaced.flat(), b.unplaced.flat()));
  let best: Combination | undefined;
  for (const { set, unplaced } of able) {
    if (best && compareNumbers(unplaced.flat(), best.unplaced.flat()) > 0) break;
    const found = new Search(
      cluster,
      set.map((i) => ways[i] ?? []),
      mostMoved,
      podsLast,
      best,
    ).run();
    best = found ? { ...found, unplaced } : best;
  }
  return best && finish(cluster, best);
}

interface Combination {
  readonly ways: readonly Way[];
  readonly terms: readonly bigint[];
  readonly unplaced: Objective['unplaced'];
}

function finish(cluster: Cluster, best: Combination): Best {
  return {
    objective: objectiveOf(
      cluster,
      best.ways.map(({ placed }) => placed),
    ),
    placed: best.ways.map(({ placed }) => placed.gang.name),
    placements: Object.fromEntries(best.ways.map(({ placed, placements }) => [placed.gang.name, placements])),
  };
}

/** Combinations of ways, one for each gang of a set. */
class Search {
  private readonly sorted: readonly (readonly { readonly way: Way; readonly terms: readonly bigint[] }[])[];
  private readonly common: bigint;

  constructor(
    private readonly cluster: Cluster,
    ways: readonly (readonly Way[])[],
    private readonly mostMoved: number,
    private readonly podsLast: boolean,
    private best: Combination | undefined,
  ) {
    const denominators = (cluster.document.gangs ?? []).flatMap((gang) => commonDenominators(gang));
    this.common = denominators.reduce((a, b) => (a * b) / greatestDivisor(a, b), 1n);
    this.sorted = ways.map((list) => {
      const known = list.map((way) => ({ way, terms: this.additive(way.objective) }));
      return known.sort((a, b) => compareBig(a.terms, b.terms));
    });
  }

  run(): Combination | undefined {
    const before = this.best;
    this.extend([], []);
    return this.best === before ? undefined : this.best;
  }

  private extend(chosen: readonly Way[], terms: readonly bigint[]): void {
    // Terms only grow as gangs are added: what is worse now stays worse. Before the last gang equal is not enough to cut.
    if (this.best && compareBig(terms, this.best.terms.slice(0, terms.length)) > 0) return;
    if (chosen.length > 1 && !isValidTogether(this.cluster, chosen)) return;
    const next = this.sorted[chosen.length];
    if (next === undefined) {
      this.arrive(chosen, terms);
      return;
    }
    for (const { way, terms: more } of next) {
      const sum = terms.length === 0 ? more : terms.map((value, i) => value + (more[i] ?? 0n));
      this.extend([...chosen, way], sum);
    }
  }

  private arrive(chosen: readonly Way[], terms: readonly bigint[]): void {
    const placed = chosen.map((way) => way.placed);
    const moved = chosen.map((way) => way.objective.moved);
    if (moved.filter(([gangs]) => gangs > 0).length > this.mostMoved) return;
    const last = fragmentationOf(this.cluster, placed).map(BigInt);
    const pods = this.podsLast ? [BigInt(moved.reduce((sum, [, count]) => sum + count, 0))] : [];
    const all = [...terms, ...last, ...pods];
    if (this.best && compareBig(all, this.best.terms) >= 0) return;
    this.best = { ways: chosen, terms: all, unplaced: [] };
  }

  /** The terms that are sums over gangs, in order, distances over one denominator. */
  private additive(objective: Objective): bigint[] {
    const distance = parseFraction(objective.distance) ?? { over: 0n, under: 1n };
    return [
      ...(this.podsLast ? [] : objective.moved.map(BigInt)),
      ...objective.extras.map(([, count]) => BigInt(count)),
      ...objective.preferred.map(BigInt),
      (distance.over * this.common) / distance.under,
      ...objective.spread.flat().map(BigInt),
    ];
  }
}

/** Every pair count that an edge of the gang can have divides one of these. */
function commonDenominators(gang: GangDocument): bigint[] {
  if ((gang.traffic ?? []).length === 0) return [];
  const pods = gang.groups.reduce((sum, group) => sum + mostPods(group), 0);
  return Array.from({ length: pods * pods }, (_, i) => BigInt(i + 1));
}

function mostPods(group: GroupDocument): number {
  const each = group.groups ? group.groups.reduce((sum, inner) => sum + mostPods(inner), 0) : (group.count ?? 1);
  return wanted(group).most * each;
}

function isValidTogether(cluster: Cluster, chosen: readonly Way[]): boolean {
  const placed = chosen.map((way) => way.placed);
  return [checkCapacity, checkQueues, checkPins].every((check) => check(cluster, placed).length === 0);
}

function subsets(count: number): number[][] {
  return Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (__, i) => i).filter((i) => (bits >> i) % 2 === 1),
  );
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  return a.map((value, i) => value - (b[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

function compareBig(a: readonly bigint[], b: readonly bigint[]): number {
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [a[i] ?? 0n, b[i] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
