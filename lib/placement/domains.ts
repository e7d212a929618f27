import type { FrameScope } from './frame';
import type { Leaf } from './instance';
import type { Orbits } from './orbits';
import type { Progress } from './progress';
import type { Ground } from './search';
import { compareNumbers } from './value';

export interface DomainCandidate {
  readonly domain: number;
  /** A node in it. */
  readonly node: number;
  readonly equal: number[];
  readonly slots: number;
  /** By depth: 1 where the gang has no pod there yet. */
  readonly fresh: readonly number[];
}

/** Domains that may hold a scope, one of each kind: those that the gang uses already first, then the fullest. */
export function domainsFor(ground: Ground, orbits: Orbits, run: Progress, scope: FrameScope): DomainCandidate[] {
  const { instance } = ground;
  const { tree: t, required } = scope.rule;
  const tree = instance.trees[t];
  const candidates = new Map<number, DomainCandidate>();
  (tree?.divisions[required]?.all ?? []).forEach((members, domain) => {
    const node = members[0] ?? 0;
    if (run.isDomainClosed(scope, domain) || !run.insideChosen(instance, scope, node)) return;
    const orbit = t === 0 ? domainOrbit(orbits, members, node, required) : -1 - domain;
    const known = candidates.get(orbit);
    known?.equal.push(domain);
    if (known) return;
    const slots = slotsIn(ground, run, scope, members);
    if (slots < 0) return;
    const fresh = (tree?.domainOf ?? [])
      .slice(0, required + 1)
      .map((_, level) => (run.frame.uses(t, level, node) ? 0 : 1));
    candidates.set(orbit, { domain, node, equal: [domain], slots, fresh });
  });
  return [...candidates.values()].sort(
    (a, b) => compareNumbers(a.fresh, b.fresh) || a.slots - b.slots || a.domain - b.domain,
  );
}

/** Equal domains have nodes of equal orbits: the least of them names the domain. */
function domainOrbit(orbits: Orbits, members: Int32Array, node: number, level: number): number {
  if (orbits.isTouched(node, level)) return -1 - node;
  let least = Infinity;
  for (const n of members) least = Math.min(least, orbits.orbitOf(n));
  return least;
}

/** Room for pods of the scope in a domain, counted leaf by leaf; -1 where some leaf has too little. */
function slotsIn(ground: Ground, run: Progress, scope: FrameScope, members: Int32Array): number {
  const { gang } = run.frame;
  let total = 0;
  for (const leaf of gang.leaves) {
    const pods = scope.pods[leaf.index] ?? 0;
    if (pods === 0) continue;
    let slots = 0;
    for (const n of members) slots += slotsNow(ground, leaf, n);
    if (slots < pods) return -1;
    total += slots;
  }
  return unitsSuffice(ground, run, scope, members) ? total : -1;
}

function slotsNow(ground: Ground, leaf: Leaf, n: number): number {
  const alone = leaf.alone[n] ?? 0;
  if (alone === 0) return 0;
  const { instance, occupancy } = ground;
  const base = n * instance.scale.resources.length;
  const pods = leaf.demand.reduce(
    (most, [r, units]) => Math.min(most, Math.floor((occupancy.room[base + r] ?? 0) / units)),
    alone,
  );
  return leaf.exclusive ? Math.min(1, pods) : pods;
}

function unitsSuffice(ground: Ground, run: Progress, scope: FrameScope, members: Int32Array): boolean {
  const { instance, occupancy } = ground;
  const width = instance.scale.resources.length;
  const left = new Array<number>(width).fill(0);
  for (const leaf of run.frame.gang.leaves) {
    for (const [r, units] of leaf.demand) left[r] = (left[r] ?? 0) + units * (scope.pods[leaf.index] ?? 0);
  }
  const leaves = run.frame.gang.leaves.filter((leaf) => (scope.pods[leaf.index] ?? 0) > 0);
  for (const n of members) {
    if (!leaves.some((leaf) => (leaf.alone[n] ?? 0) > 0)) continue;
    for (let r = 0; r < width; r++) left[r] = (left[r] ?? 0) - Math.max(0, occupancy.room[n * width + r] ?? 0);
  }
  return left.every((units) => units <= 0);
}
