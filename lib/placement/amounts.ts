import type { Amount } from '../model/quantity';
import { gcd } from './fraction';
import { isPodGroup, type GangSpec, type GroupSpec, type PodSpec } from './problem';

/** Every pod takes one of this; nodes that do not name it have no limit. */
export const PODS = 'pods';

/**
 * Amounts as exact small integers. All requests of a resource are multiples of one unit, so whatever a node has
 * beyond a multiple of it can never be used, and room above all requests together makes no difference.
 */
export interface Scale {
  /** Requested resources; `pods` is the first. */
  readonly resources: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** Of each resource, the greatest amount that divides every request. */
  readonly unit: readonly Amount[];
  /** Of each resource, in units: what all pods of the problem ask for together. */
  readonly total: readonly number[];
}

/** All pods of a gang with how many of each there are when every copy is placed. */
export function podsOf(groups: readonly GroupSpec[], copies = 1): { pod: PodSpec; pods: number }[] {
  return groups.flatMap((group) =>
    isPodGroup(group)
      ? [{ pod: group.pod, pods: copies * group.replicas * group.count }]
      : podsOf(group.groups, copies * group.replicas),
  );
}

/** Requested resources, the unit of each and the sum of all requests in units, as exact numbers of any size. */
function spanOf(gangs: readonly GangSpec[]): { resources: string[]; unit: Amount[]; total: bigint[] } {
  const pods = gangs.flatMap((gang) => podsOf(gang.groups));
  const named = new Set(
    pods.flatMap(({ pod }) => Object.keys(pod.requests).filter((r) => (pod.requests[r] ?? 0n) > 0n)),
  );
  const resources = [PODS, ...[...named].sort()];
  const unit = resources.map((r) => pods.reduce((unit, { pod }) => gcd(unit, pod.requests[r] ?? 0n), 0n));
  unit[0] = 1n;
  const total = resources.map((r, i) =>
    pods.reduce(
      (sum, { pod, pods: n }) => sum + (r === PODS ? 1n : (pod.requests[r] ?? 0n) / (unit[i] ?? 1n)) * BigInt(n),
      0n,
    ),
  );
  return { resources, unit, total };
}

const isSafe = (units: bigint): boolean => units <= BigInt(Number.MAX_SAFE_INTEGER);

/** Resources whose requests are so far apart that their sum, in units that divide them all, is no safe integer. */
export function unscalable(gangs: readonly GangSpec[]): readonly string[] {
  const { resources, total } = spanOf(gangs);
  return resources.filter((_, i) => !isSafe(total[i] ?? 0n));
}

/** Finds units and totals. Throws a RangeError for what `unscalable` names; reading a problem refuses it before. */
export function makeScale(gangs: readonly GangSpec[]): Scale {
  const { resources, unit, total } = spanOf(gangs);
  const wide = resources.find((_, i) => !isSafe(total[i] ?? 0n));
  if (wide !== undefined) throw new RangeError(`requests for ${wide} cannot be counted exactly`);
  return { resources, index: new Map(resources.map((r, i) => [r, i])), unit, total: total.map(Number) };
}

const NANO = 1_000_000_000n;

/** The exact amount of one unit of a resource. */
export function unitOf(scale: Scale, resource: number): Amount {
  return resource === 0 ? NANO : (scale.unit[resource] ?? 1n);
}

/** Whole units in an amount, capped above at `cap` and below at -1. */
export function inUnits(amount: Amount, unit: Amount, cap: number): number {
  if (amount < 0n) return -1;
  const units = amount / unit;
  return units > BigInt(cap) ? cap : Number(units);
}

/** The exact amount of so many units. */
export function amountOf(scale: Scale, resource: number, units: number): Amount {
  return BigInt(units) * unitOf(scale, resource);
}

/** A pod's requests above 0, as pairs of resource index and units. */
export function demandOf(pod: PodSpec, scale: Scale): (readonly [number, number])[] {
  return scale.resources.flatMap((resource, i): (readonly [number, number])[] => {
    if (resource === PODS) return [[i, 1]];
    const units = Number((pod.requests[resource] ?? 0n) / (scale.unit[i] ?? 1n));
    return units > 0 ? [[i, units]] : [];
  });
}
