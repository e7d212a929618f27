import { formatAmount } from '../model/resources';
import { conflictOf } from './conflict';
import { noEligibleNode, shown } from './exclusions';
import { makeGround, settle, type Site } from './ground';
import type { Gang, Instance } from './instance';
import { helpWith, ladder } from './ladder';
import { compareNatural } from './natural';
import type { Assignment } from './objective';
import type { Component } from './occupancy';
import type { Reason, UnplacedGang } from './plan';
import type { Answer } from './probe';
import { Search, type Ground } from './search';
import { demandOfShape, minimumShape } from './shape';
import { shortage } from './shortage';

interface Steps {
  readonly gang: number;
}

/** Why a gang has no place beside the others, the binding cause first. */
export function explainGang(site: Site, assignment: Assignment, gang: Gang, limits: Steps): UnplacedGang {
  const the = { site, assignment, gang, limits };
  const reasons = reasonsFor(the).map((reason) => withConflict(the, reason));
  return { name: gang.spec.name, status: 'unplaced', reasons };
}

/** Only of what is proven to have no place can be said what is in its way. */
function withConflict(the: Case, reason: Reason): Reason {
  const conflict = reason.code === 'budget' ? undefined : conflictOf(the);
  return conflict && conflict.length > 0 ? { ...reason, conflict } : reason;
}

/** What a reason is looked for in. */
export interface Case {
  readonly site: Site;
  readonly assignment: Assignment;
  readonly gang: Gang;
  readonly limits: Steps;
}

function reasonsFor(the: Case): Reason[] {
  const ineligible = noEligibleNode(the);
  if (ineligible) return [ineligible];
  const queue = queueReason(the);
  if (queue) return [queue];
  const alone = tries(the, []);
  if (alone === 'budget') return [budgetReason(the)];
  if (alone === 'no') {
    const isPinned = the.gang.leaves.some((leaf) => leaf.pinned !== undefined);
    return isPinned && tries(the, [], false) === 'yes'
      ? [pinReason(the, [])]
      : [shortage(the, makeGround(the.site, []), 'alone')];
  }
  const unpinned = tries(the, the.assignment, false);
  if (unpinned === 'budget') return [budgetReason(the)];
  if (unpinned === 'yes') {
    const pinned = tries(the, the.assignment);
    return pinned === 'no' ? [pinReason(the, the.assignment)] : [budgetReason(the, pinned)];
  }
  return [shortage(the, makeGround(the.site, the.assignment), 'beside')];
}

/** Whether the gang's minimum has a place beside the given gangs. */
export function tries({ site, gang, limits }: Case, assignment: Assignment, pinsCount = true): Answer {
  const others = assignment.map((pods, g) => (g === gang.index ? undefined : pods));
  const fits = site.placer.fits(others, gang, minimumShape(gang), pinsCount);
  if (fits !== undefined) return fits ? 'yes' : 'no';
  const result = firstPlace(site, gang, assignment, pinsCount, limits.gang);
  return result.best ? 'yes' : result.complete ? 'no' : 'budget';
}

function firstPlace(site: Site, gang: Gang, assignment: Assignment, pinsCount: boolean, steps: number) {
  const ground = makeGround(site, assignment, pinsCount);
  return new Search(ground, [{ gang, shapes: [minimumShape(gang)], optional: false }], {
    steps,
    firstOnly: true,
  }).run();
}

/** `found`: the gang has a place beside the others, and yet the search for the plan did not come to it. */
function budgetReason({ gang, limits }: Case, found: Answer = 'budget'): Reason {
  const name = gang.spec.name;
  const within = `within ${limits.gang} steps of search`;
  return {
    code: 'budget',
    message:
      found === 'yes'
        ? `${name} has a place beside the other gangs that no plan was found with ${within}`
        : `no placement of ${name} was found or excluded ${within}`,
    help: 'raise the budget of the search, or ask for less',
  };
}

function queueReason(the: Case): Reason | undefined {
  const { site, assignment, gang } = the;
  const { instance } = site;
  const demand = demandOfShape(gang, minimumShape(gang).shape, instance.scale.resources.length);
  const refusal = makeGround(site, assignment).ledger.refusal(gang, demand);
  if (!refusal) return undefined;
  const { kind, queue, needed, left } = refusal;
  const resource = instance.scale.resources[refusal.resource] ?? '';
  const where = queue === gang.spec.queue ? `queue ${queue}` : `queue ${queue}, above ${gang.spec.queue},`;
  return {
    code: kind,
    message: `${where} has ${formatAmount(resource, left)} of ${resource} left of its ${kind}, and ${gang.spec.name} needs ${formatAmount(resource, needed)}`,
    needed: shown({ [resource]: needed }),
    available: shown({ [resource]: left }),
    ...helpWith(ladder(the), `raise the ${kind} of queue ${queue} and of those above it, or ask for less`),
  };
}

/** A placement exists, but pins would let pods take each other's place on some node. */
function pinReason(the: Case, assignment: Assignment): Reason {
  const { site, gang, limits } = the;
  const found = firstPlace(site, gang, assignment, false, limits.gang).best;
  const ground = makeGround(site, [], false);
  const components = site.instance.gangs.flatMap((other) => {
    const pods = other === gang ? found?.pods[0] : assignment[other.index];
    return pods ? settle(ground, other, pods).map((component) => ({ component, gang: other })) : [];
  });
  const clash = firstClash(site.instance, ground, components);
  const spread = clash.find(({ component }) => component.planned.size > 1) ?? clash[0];
  const group = spread?.component.leaf.path;
  return {
    code: 'pin-safety',
    ...(group === undefined ? {} : { group }),
    message: `a placement exists, but pins would not hold it: ${clashText(site.instance, clash, spread)}`,
    ...helpWith(
      ladder(the, { pinsFirst: true }),
      `make room for all pods of ${group ?? 'the group'} on each of their nodes`,
    ),
  };
}

/** Which pods could take whose place, and where. */
function clashText(instance: Instance, clash: readonly Clash[], spread: Clash | undefined): string {
  if (!spread) return 'pods could take the places of one another';
  const name = (n: number): string => instance.nodes[n]?.name ?? '';
  const nodes = [...spread.component.planned.keys()].map(name).sort(compareNatural);
  const others = clash.filter((entry) => entry !== spread);
  const whose = others.map(
    (other) => `${other.gang === spread.gang ? '' : `${other.gang.spec.name} `}${other.component.leaf.path}`,
  );
  return `pods of ${spread.component.leaf.path}, pinned to ${nodes.join(', ')}, could take the place of ${whose.join(', ')} on ${name(spread.node)}`;
}

interface Clash {
  readonly component: Component;
  readonly gang: Gang;
  readonly node: number;
}

/** The components on the first node where they do not fit together at their most. */
function firstClash(
  instance: Instance,
  ground: Ground,
  components: readonly { component: Component; gang: Gang }[],
): Clash[] {
  const width = instance.scale.resources.length;
  for (let node = 0; node < instance.nodes.length; node++) {
    const here = components.filter(({ component }) => component.planned.has(node));
    const over = instance.scale.resources.some((_, r) => {
      const reserved = ground.occupancy.reserved[node * width + r] ?? 0;
      return reserved > 0 && reserved > instance.room.on(node, r);
    });
    if (over) return here.map((entry) => ({ ...entry, node }));
  }
  return [];
}
