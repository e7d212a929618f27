import type { TopologyDocument } from '../placement/document';
import type { Cluster, PlacedGang } from './cluster';
import { depthsOf, domainAt } from './domains';
import { decimal, fraction, sum, type Fraction } from './fraction';

/** Over all traffic edges: weight times the mean cost of the pairs of pods between the two groups. */
export function distanceOf(cluster: Cluster, placed: readonly PlacedGang[]): Fraction {
  return placed
    .flatMap((found) =>
      (found.gang.traffic ?? []).map(({ between: [a, b], weight }) => edge(cluster, found, a, b, BigInt(weight))),
    )
    .reduce(sum, fraction(0n, 1n));
}

function edge(cluster: Cluster, placed: PlacedGang, a: string, b: string, weight: bigint): Fraction {
  const topology = placed.scopes[0]?.topology;
  const podsA = podsBeneath(placed, a);
  const podsB = podsBeneath(placed, b);
  const pairs = a === b ? pairsWithin(podsA.length) : BigInt(podsA.length) * BigInt(podsB.length);
  if (pairs === 0n) return fraction(0n, 1n);
  let total = 0n;
  let narrower = 0n;
  // From the node outwards: what shares a depth and nothing narrower costs what that depth costs.
  for (let depth = depthsOf(topology); depth >= 1; depth--) {
    const sharing = sharingPairs(cluster, topology, podsA, a === b ? undefined : podsB, depth);
    total += (sharing - narrower) * costAt(topology, depth);
    narrower = sharing;
  }
  total += (pairs - narrower) * costAt(topology, 0);
  return fraction(weight * total, pairs);
}

/** Nodes of the pods beneath a group path, all copies. */
function podsBeneath({ scopes }: PlacedGang, path: string): string[] {
  return scopes.filter(({ groupPath }) => groupPath === path).flatMap(({ pods }) => pods);
}

function sharingPairs(
  cluster: Cluster,
  topology: TopologyDocument | undefined,
  podsA: readonly string[],
  podsB: readonly string[] | undefined,
  depth: number,
): bigint {
  const countsA = countByDomain(cluster, topology, podsA, depth);
  if (podsB === undefined) return [...countsA.values()].reduce((total, count) => total + pairsWithin(count), 0n);
  const countsB = countByDomain(cluster, topology, podsB, depth);
  return [...countsA].reduce((total, [domain, count]) => total + BigInt(count) * BigInt(countsB.get(domain) ?? 0), 0n);
}

function countByDomain(
  cluster: Cluster,
  topology: TopologyDocument | undefined,
  pods: readonly string[],
  depth: number,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const domain = domainAt(cluster, topology, pod, depth);
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return counts;
}

function pairsWithin(count: number): bigint {
  return (BigInt(count) * BigInt(count - 1)) / 2n;
}

/** 1,000,000 over the bandwidth of a depth, rounded half up; depth 0 is a pair that shares nothing. */
function costAt(topology: TopologyDocument | undefined, depth: number): bigint {
  const { over, under } = bandwidthAt(topology, depth);
  return (2n * 1_000_000n * under + over) / (2n * over);
}

function bandwidthAt(topology: TopologyDocument | undefined, depth: number): Fraction {
  const map = topology?.bandwidth;
  if (topology === undefined || map === undefined) return fraction(2n ** BigInt(depth), 1n);
  for (let broader = depth; broader >= 1; broader--) {
    const key = broader === depthsOf(topology) ? 'kubernetes.io/hostname' : (topology.levels[broader - 1] ?? '');
    if (Object.hasOwn(map, key)) return decimal(map[key] ?? 1);
  }
  return decimal(Object.hasOwn(map, 'none') ? (map['none'] ?? 1) : 1);
}
