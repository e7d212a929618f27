import type { Case } from './explain';
import { makeGround, makeSite, type Site } from './ground';
import { compileVariant, type Gang, type Instance, type Leaf } from './instance';
import type { Assignment } from './objective';
import type { GangSpec, QueueSpec } from './problem';
import { Search, type Ground } from './search';
import { demandOfShape, minimumShape, podsOfLeaves } from './shape';

/** `budget`: the search ended before it was decided. */
export type Answer = 'yes' | 'no' | 'budget';

/** A problem with something changed. Absent: as it is. */
export interface Change {
  /** Other copies, constraints, selectors, tolerations or pins, but the same requests. */
  readonly gang?: GangSpec;
  /** The gangs beside which a place is looked for. */
  readonly others?: Assignment;
  readonly queues?: readonly QueueSpec[];
}

/**
 * Tries changes to a problem, within a counted budget for all of them together: so many answers of tables, each of
 * which looks at every node, and so many steps of search. What counting alone refuses costs nothing of it.
 */
export class Probe {
  private answers: number;
  private steps: number;
  private readonly sites = new Map<readonly QueueSpec[], Site>();
  private readonly grounds = new Map<Assignment, Ground>();

  constructor(private readonly the: Case) {
    const nodes = the.site.instance.nodes.length;
    this.answers = Math.min(256, Math.max(8, Math.floor(100_000 / Math.max(1, nodes))));
    this.steps = the.limits.gang;
  }

  /** Whether the gang, changed in this way, has a place for its minimum. */
  tries(change: Change): Answer {
    const site = this.siteOf(change.queues);
    const gang = change.gang ? compileVariant(site.instance, change.gang, this.the.gang.index) : this.the.gang;
    const others = change.others ?? this.the.assignment;
    if (!this.countsFit(site, gang, others, change.queues !== undefined)) return 'no';
    if (this.answers === 0) return 'budget';
    this.answers--;
    const fits = site.placer.fits(others, gang, minimumShape(gang));
    if (fits !== undefined) return fits ? 'yes' : 'no';
    return this.search(site, gang, others);
  }

  /** Without the gang's own lock, which may name copies that the changed gang does not have. */
  private search(site: Site, gang: Gang, others: Assignment): Answer {
    const steps = Math.min(this.steps, Math.ceil(this.the.limits.gang / 4));
    if (steps === 0) return 'budget';
    const locks = { ...site.locks, gangs: site.locks.gangs.map((lock, g) => (g === gang.index ? undefined : lock)) };
    const ground = makeGround({ ...site, locks }, others);
    const task = { gang, shapes: [minimumShape(gang)], optional: false };
    const result = new Search(ground, [task], { steps, firstOnly: true }).run();
    this.steps -= Math.min(this.steps, result.steps);
    return result.best ? 'yes' : result.complete ? 'no' : 'budget';
  }

  private siteOf(queues: readonly QueueSpec[] | undefined): Site {
    const { site } = this.the;
    if (!queues) return site;
    const known = this.sites.get(queues);
    if (known) return known;
    const made = makeSite({ ...site.instance, problem: { ...site.instance.problem, queues } });
    this.sites.set(queues, made);
    return made;
  }

  private countsFit(site: Site, gang: Gang, others: Assignment, isFresh: boolean): boolean {
    const ground = isFresh ? makeGround(site, others) : this.groundOf(others);
    const demand = demandOfShape(gang, minimumShape(gang).shape, site.instance.scale.resources.length);
    return ground.ledger.refusal(gang, demand) === undefined && someDomainCounts(site.instance, gang, demand, ground);
  }

  private groundOf(others: Assignment): Ground {
    const known = this.grounds.get(others);
    if (known) return known;
    const made = makeGround(this.the.site, others);
    this.grounds.set(others, made);
    return made;
  }
}

/** True where some domain of the gang's required level has enough of everything in total, and a slot for each pod. */
function someDomainCounts(instance: Instance, gang: Gang, demand: readonly number[], { occupancy }: Ground): boolean {
  const [domains, domainOf] = requiredDomains(instance, gang);
  const width = instance.scale.resources.length;
  const pods = podsOfLeaves(gang, minimumShape(gang).shape);
  const room = new Float64Array(domains * width);
  const slots = new Float64Array(domains * pods.length);
  const { room: left } = occupancy;
  // Spread, so that what a leaf computes when it is first asked for is a plain array in the loop.
  const leaves = gang.leaves.map((leaf) => ({ ...leaf }));
  for (let n = 0; n < instance.nodes.length; n++) {
    const domain = domainOf?.[n] ?? 0;
    if (domain < 0) continue;
    let eligible = false;
    for (const leaf of leaves) {
      if ((leaf.alone[n] ?? 0) === 0) continue;
      eligible = true;
      increase(slots, domain * pods.length + leaf.index, slotsIn(left, n * width, leaf, n));
    }
    for (let r = 0; eligible && r < width; r++) increase(room, domain * width + r, left[n * width + r] ?? 0);
  }
  return Array.from({ length: domains }, (_, d) => d).some(
    (d) =>
      demand.every((units, r) => units <= (room[d * width + r] ?? 0)) &&
      pods.every((wanted, leaf) => wanted <= (slots[d * pods.length + leaf] ?? 0)),
  );
}

function slotsIn(left: Float64Array, base: number, leaf: Leaf, n: number): number {
  let most = leaf.exclusiveHost ? 1 : (leaf.alone[n] ?? 0);
  for (const [r, units] of leaf.demand) most = Math.min(most, Math.floor((left[base + r] ?? 0) / units));
  return Math.max(0, most);
}

function increase(sums: Float64Array, at: number, by: number): void {
  if (by > 0) sums[at] = (sums[at] ?? 0) + by;
}

/** How many domains the gang may choose among, and by node which one it is in; one without, where it may go anywhere. */
function requiredDomains(instance: Instance, { rule }: Gang): readonly [number, Int32Array | undefined] {
  const division = instance.trees[rule.tree]?.divisions[rule.required];
  return division ? [division.count, division.domainOf] : [1, undefined];
}
