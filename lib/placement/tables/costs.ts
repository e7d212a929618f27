import type { Gang } from '../instance';
import { countsOf, type Space } from './table';
import type { Place, Terms } from './terms';
import { isOneUnit, type Item } from './units';

/** A domain that counts when some of these units are in it. */
interface CountedScope {
  readonly dims: readonly number[];
  readonly cost: Float64Array;
}

/** What units in one domain of a depth cost there, beside what they cost further down. */
export class DepthCosts {
  private readonly scopes: readonly CountedScope[];
  /** By dimension: what each unit adds; zero for whole copies. */
  private readonly perUnit: readonly (Float64Array | undefined)[];
  /** By vector: its cost, once computed. */
  private readonly costs: Float64Array;
  private readonly known: Uint8Array;
  private readonly accelerated: Uint8Array;
  private readonly refused: Uint8Array;

  constructor(
    readonly space: Space,
    private readonly depth: number,
    private readonly gang: Gang,
    items: readonly Item[],
    private readonly terms: Terms,
    /** By leaf: the broadest depth at which a domain takes one pod of it; Infinity without. */
    private readonly exclusiveFrom: readonly number[],
  ) {
    this.scopes = [
      this.gangScope(),
      ...gang.groups.map((group) => this.groupScope(group.index)),
      ...this.copyScopes(items),
    ];
    this.perUnit = space.dims.map(({ item }) =>
      isOneUnit(item, depth) ? undefined : this.cost(2, item.group.rule.preferred),
    );
    this.costs = new Float64Array(space.vectors * terms.words);
    this.known = new Uint8Array(space.vectors);
    this.accelerated = new Uint8Array(space.vectors);
    this.refused = new Uint8Array(space.vectors);
  }

  private gangScope(): CountedScope {
    return { dims: this.space.dims.map((_, i) => i), cost: this.cost(0, this.gang.rule.preferred) };
  }

  private groupScope(group: number): CountedScope {
    const dims = this.space.dims.flatMap((dim, i) => (dim.groups.includes(group) ? [i] : []));
    return { dims, cost: this.cost(1, -1) };
  }

  /** Copies of groups of groups that may be in several domains. */
  private copyScopes(items: readonly Item[]): CountedScope[] {
    return items.flatMap((item) => {
      if (item.kind === 'leaf' || isOneUnit(item, this.depth)) return [];
      return item.inner.flatMap((inner) => {
        const beneath = new Set(allItems(inner));
        const dims = this.space.dims.flatMap((dim, i) => (beneath.has(dim.item) ? [i] : []));
        return [{ dims, cost: this.cost(2, item.group.rule.preferred) }, ...this.copyScopes(inner)];
      });
    });
  }

  private cost(which: number, preferred: number): Float64Array {
    const cost = new Float64Array(this.terms.words);
    addTo(cost, 0, this.terms.spread[which]?.[this.depth], 1);
    if (preferred >= this.depth) addTo(cost, 0, this.terms.preferred[this.depth], 1);
    return cost;
  }

  /** False where no domain of this depth takes these units. */
  allows(key: number): boolean {
    return this.refused[this.compute(key)] === 0;
  }

  /** Adds the cost of these units in one domain, which they break if it is whole. */
  addTo(key: number, whole: boolean, to: Float64Array, at: number): void {
    const rank = this.compute(key);
    const { words } = this.terms;
    for (let w = 0; w < words; w++) to[at + w] = (to[at + w] ?? 0) + (this.costs[rank * words + w] ?? 0);
    if (whole && this.accelerated[rank] === 1) addTo(to, at, this.terms.brokenDomains[this.depth], 1);
  }

  /** True where some of the units break the node they are on. */
  isAccelerated(key: number): boolean {
    return this.accelerated[this.compute(key)] === 1;
  }

  private compute(key: number): number {
    const rank = this.space.rank[key] ?? 0;
    if (this.known[rank] === 1 || key === 0) return rank;
    this.known[rank] = 1;
    const { words, distanceWord } = this.terms;
    const base = rank * words;
    const counts = countsOf(this.space, key);
    for (const { dims, cost } of this.scopes)
      if (dims.some((i) => (counts[i] ?? 0) > 0)) this.accumulate(base, cost, 1);
    this.perUnit.forEach((cost, i) => cost && this.accumulate(base, cost, counts[i] ?? 0));
    const pods = podsOf(this.space, counts, this.gang.leaves.length);
    if (distanceWord >= 0)
      this.costs[base + distanceWord] = (this.costs[base + distanceWord] ?? 0) + this.distance(pods);
    this.accelerated[rank] = this.gang.leaves.some((leaf) => leaf.accelerated && (pods[leaf.index] ?? 0) > 0) ? 1 : 0;
    this.refused[rank] = pods.some((n, leaf) => n > 1 && (this.exclusiveFrom[leaf] ?? Infinity) <= this.depth) ? 1 : 0;
    return rank;
  }

  private accumulate(base: number, cost: Float64Array, times: number): void {
    for (let w = 0; w < cost.length; w++) this.costs[base + w] = (this.costs[base + w] ?? 0) + times * (cost[w] ?? 0);
  }

  private distance(pods: readonly number[]): number {
    return this.gang.edges.reduce((sum, edge, e) => {
      const a = podsOfSide(edge.a, pods);
      const pairs = edge.within ? (a * (a - 1)) / 2 : a * podsOfSide(edge.b, pods);
      return sum + pairs * (this.terms.together[this.depth]?.[e] ?? 0);
    }, 0);
  }
}

function podsOfSide(leaves: readonly number[], pods: readonly number[]): number {
  return leaves.reduce((sum, leaf) => sum + (pods[leaf] ?? 0), 0);
}

function allItems(items: readonly Item[]): Item[] {
  return items.flatMap((item) => [item, ...(item.kind === 'leaf' ? [] : item.inner.flatMap(allItems))]);
}

/** Pods of each leaf in a vector of units. */
export function podsOf({ dims }: Space, counts: readonly number[], leaves: number): number[] {
  const pods = new Array<number>(leaves).fill(0);
  dims.forEach((dim, i) => {
    const units = counts[i] ?? 0;
    if (units > 0) dim.pods.forEach((n, leaf) => (pods[leaf] = (pods[leaf] ?? 0) + units * n));
  });
  return pods;
}

/** Adds so many of a term. */
export function addTo(to: Float64Array, at: number, place: Place | undefined, times: number): void {
  if (place && place.by !== 0) to[at + place.word] = (to[at + place.word] ?? 0) + times * place.by;
}
