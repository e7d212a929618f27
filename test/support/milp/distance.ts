import { depthsOf } from '../../../lib/checker/domains';
import type { TopologyDocument } from '../../../lib/placement/document';
import { plus, sumOf, times, NOTHING, type Sum, type Variable } from './linear';
import type { GangModel, PlacementModel, Slot } from './placement';
import type { Uses } from './uses';

export interface Distance {
  /** The distance times `common`, over `unit`: an integer. */
  readonly sum: (uses: Uses) => Sum;
  readonly common: bigint;
  readonly unit: bigint;
  /** The largest factor in the sum. */
  readonly largest: number;
}

interface Edge {
  readonly gang: GangModel;
  readonly weight: bigint;
  readonly from: readonly Slot[];
  /** None for pairs within `from`. */
  readonly to?: readonly Slot[];
  readonly pairs: bigint;
}

/**
 * All traffic edges as one linear sum: pairs that share a domain are products of two counts, written out with one
 * binary for each pod that the smaller side can have there. Undefined where a number of pairs is not fixed.
 */
export function distanceOf(placement: PlacementModel): Distance | undefined {
  const edges = placement.gangs.flatMap(edgesOf);
  if (edges.some(({ pairs }) => pairs < 0n)) return undefined;
  const common = edges.reduce((all, { pairs }) => (all * pairs) / greatestDivisor(all, pairs), 1n);
  const exact = edges.map((edge) => costs(topologyOf(edge)).map((cost) => (cost * edge.weight * common) / edge.pairs));
  const unit = exact.flat().reduce(greatestDivisor, 0n) || 1n;
  const scaled = exact.map((list) => list.map((cost) => Number(cost / unit)));
  const largest = Math.max(0, ...edges.map(({ pairs }, i) => Number(pairs) * Math.max(...(scaled[i] ?? []))));
  const sum = (uses: Uses): Sum => plus(...edges.map((edge, i) => edgeSum(placement, uses, edge, scaled[i] ?? [])));
  return { sum, common, unit, largest };
}

/** Every pair at the cost of sharing nothing, less what it saves at each depth that it does share. */
function edgeSum(placement: PlacementModel, uses: Uses, edge: Edge, scaled: readonly number[]): Sum {
  const all = sumOf([[(scaled[0] ?? 0) * Number(edge.pairs), edge.gang.placed]]);
  const saved = scaled.slice(1).map((cost, i) => times(cost - (scaled[i] ?? 0), sharing(placement, uses, edge, i + 1)));
  return plus(all, ...saved);
}

function topologyOf({ gang }: Edge): TopologyDocument | undefined {
  return gang.scopes[0]?.topology;
}

function edgesOf(gang: GangModel): Edge[] {
  return (gang.gang.traffic ?? []).flatMap(({ between: [a, b], weight }) => {
    const [from, to] = [gang.groups.get(a)?.slots ?? [], gang.groups.get(b)?.slots ?? []];
    const [most, others] = [mostOf(from), mostOf(to)];
    const pairs = a === b ? (most * (most - 1n)) / 2n : most * others;
    const counted = weight > 0 && pairs > 0n;
    if (!counted) return [];
    const isFixed = isFixedBeneath(gang, a) && isFixedBeneath(gang, b);
    return [{ gang, weight: BigInt(weight), from, ...(a !== b && { to }), pairs: isFixed ? pairs : -1n }];
  });
}

function mostOf(slots: readonly Slot[]): bigint {
  return BigInt(slots.reduce((sum, { most }) => sum + most, 0));
}

/** True where every group on the way to a path, and beneath it, has as many copies at least as at most. */
function isFixedBeneath({ gang }: GangModel, path: string): boolean {
  type Groups = GangModel['gang']['groups'];
  const isFixed = (groups: Groups, above: string): boolean =>
    groups.every((group) => {
      const own = above === '' ? group.name : `${above}/${group.name}`;
      const onTheWay = `${path}/`.startsWith(`${own}/`) || `${own}/`.startsWith(`${path}/`);
      if (!onTheWay) return true;
      return (group.minReplicas ?? group.replicas ?? 1) === (group.replicas ?? 1) && isFixed(group.groups ?? [], own);
    });
  return isFixed(gang.groups, '');
}

/** Pairs that share a domain at a depth. */
function sharing({ model }: PlacementModel, uses: Uses, edge: Edge, depth: number): Sum {
  const { from, to } = edge;
  const domains = uses.domainsOf(topologyOf(edge))[depth - 1] ?? [];
  const left = countsBy(from, domains);
  const right = to && countsBy(to, domains);
  const sums = [...left].map(([domain, pods]) => {
    const others = right?.get(domain);
    if (right && !others) return NOTHING;
    const [small, large] = others && others.most < pods.most ? [others, pods] : [pods, others];
    const steps = unary(small);
    if (large === undefined) return sumOf(steps.map((step, i) => [i, step] as const));
    return plus(...steps.map((step) => product(step, large)));
  });
  return plus(...sums);

  /** As many of the binaries are 1, the first of them, as there are pods. */
  function unary({ pods, most }: Counted): Variable[] {
    const steps = Array.from({ length: most }, () => model.binary());
    model.equal(plus(pods, sumOf(steps.map((step) => [-1, step] as const))), 0);
    steps.slice(1).forEach((step, i) => model.atMost(sumOf([[1, step], [-1, steps[i] ?? 0]]), 0)); // prettier-ignore
    return steps;
  }

  function product(step: Variable, { pods, most }: Counted): Sum {
    const result = model.integer(most);
    model.atMost(plus(sumOf([[1, result]]), times(-1, pods)), 0);
    model.atMost(sumOf([[1, result], [-most, step]]), 0); // prettier-ignore
    model.atMost(plus(pods, sumOf([[most, step], [-1, result]])), most); // prettier-ignore
    return sumOf([[1, result]]);
  }

  function countsBy(slots: readonly Slot[], ids: readonly number[]): Map<number, Counted> {
    const counts = new Map<number, Counted>();
    const all = Number(mostOf(slots));
    for (const [n, pod] of slots.flatMap((slot) => [...slot.pods])) {
      const before = counts.get(ids[n] ?? 0) ?? { pods: NOTHING, most: 0 };
      counts.set(ids[n] ?? 0, {
        pods: plus(before.pods, sumOf([[1, pod]])),
        most: Math.min(all, before.most + model.highOf(pod)),
      });
    }
    return counts;
  }
}

interface Counted {
  readonly pods: Sum;
  readonly most: number;
}

/** Cost of a pair by the narrowest depth it shares, from none on: 1,000,000 over the bandwidth, rounded half up. */
function costs(topology: TopologyDocument | undefined): bigint[] {
  const keys = Array.from({ length: depthsOf(topology) }, (_, i) =>
    i + 1 === depthsOf(topology) ? 'kubernetes.io/hostname' : (topology?.levels[i] ?? ''),
  );
  let bandwidth = topology?.bandwidth?.['none'] ?? 1;
  const list = keys.map(
    (key, i) => (bandwidth = topology?.bandwidth ? (topology.bandwidth[key] ?? bandwidth) : 2 ** (i + 1)),
  );
  // Bandwidths of the problems that this is for are far from where floating point would round otherwise.
  return [topology?.bandwidth?.['none'] ?? 1, ...list].map((one) => BigInt(Math.floor(1_000_000 / one + 0.5)));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? (a < 0n ? -a : a) : greatestDivisor(b, a % b);
}
