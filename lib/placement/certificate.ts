import type { Json } from '../diagnostics/diagnostic';
import type { Amount } from '../model/quantity';
import { formatAmount, type Resources } from '../model/resources';
import { demandOf, rulesAround, shown } from './exclusions';
import { closedBecause, excludedBecause, labelValue } from './eligibility';
import { makeGround, type Site } from './ground';
import { indicesBelow } from './grouped';
import type { Gang, Instance, Leaf } from './instance';
import type { Assignment } from './objective';
import type { GangPlan, Reason } from './plan';
import type { NodeSpec } from './problem';
import type { Ground } from './search';
import { demandOfShape, minimumShape } from './shape';
import { availableOn, eligibleIn, gangScope, isPlenty, scopeOf, type Scope } from './shortage';
import { valuesOf } from './tree';
import { compareText } from '../order';

/** As many domains as this are listed by name, and as many different amounts. */
const MOST_LISTED = 256;

/**
 * What another program needs to confirm each refusal that rests on counting. Of three kinds:
 *
 * - `node`: no node may take a pod of the group; how many are left out by the first thing that applies, in this order:
 *   closed, selector, affinity, taint, label, room.
 * - `queue`: bound, what is used at the queue and below, what placed gangs hold of it, and what the gang needs.
 * - `room`: in each domain of the level (without one: in the whole cluster) there is less of some resource, on nodes
 *   that could hold a pod of it, than the gang or one copy of the group needs; beside `used` alone, or beside the
 *   placed gangs. Domains are counted under the first resource by name that is short. Where there are more than 256
 *   domains they are not named, and where there are more than 256 different amounts only the largest is given.
 */
export function certify(
  site: Site,
  assignment: Assignment,
  plans: readonly GangPlan[],
): { readonly [key: string]: Json } {
  const refusals = plans.flatMap((plan) => {
    const gang = site.instance.gangs.find(({ spec }) => spec.name === plan.name);
    const [reason] = plan.status === 'unplaced' ? plan.reasons : [];
    return gang && reason ? entries({ site, assignment, gang, reason }) : [];
  });
  return { version: 1, refusals };
}

interface Refused {
  readonly site: Site;
  readonly assignment: Assignment;
  readonly gang: Gang;
  readonly reason: Reason;
}

interface Entry {
  readonly [key: string]: Json;
}

function entries(refused: Refused): Entry[] {
  const { code } = refused.reason;
  const leaf = refused.gang.leaves.find(({ alone }) => alone.every((pods) => pods === 0));
  if (leaf) return [nodeEntry(refused, leaf)];
  if (code === 'quota' || code === 'limit') return queueEntry(refused);
  return code === 'capacity' || code === 'taken' ? roomEntry(refused) : [];
}

function nodeEntry({ site, gang }: Refused, leaf: Leaf): Entry {
  const counts = new Map<string, number>();
  const levels = rulesAround(gang, leaf).flatMap((rule) => site.instance.trees[rule.tree]?.levels ?? []);
  for (const node of site.instance.nodes) {
    const cause = causeOf(node, leaf, levels);
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return { gang: gang.spec.name, kind: 'node', group: leaf.path, excluded: Object.fromEntries([...counts].sort()) };
}

function causeOf(node: NodeSpec, { spec: { pod } }: Leaf, levels: readonly string[]): string {
  if (closedBecause(node) !== undefined) return 'closed';
  const cause = excludedBecause(node, pod)?.split(' ');
  if (cause?.[0] === 'node') return cause[1] ?? '';
  if (cause) return cause[0] ?? '';
  return levels.some((level) => labelValue(node, level) === undefined) ? 'label' : 'room';
}

function queueEntry({ site, assignment, gang }: Refused): Entry[] {
  const { instance } = site;
  const demand = demandOfShape(gang, minimumShape(gang).shape, instance.scale.resources.length);
  const refusal = makeGround(site, assignment).ledger.refusal(gang, demand);
  if (!refusal) return [];
  const { kind, queue, needed, bound, used, held } = refusal;
  const resource = instance.scale.resources[refusal.resource] ?? '';
  const shownAmount = (amount: Amount): string => formatAmount(resource, amount);
  return [
    {
      gang: gang.spec.name,
      kind: 'queue',
      beside: 'gangs',
      queue,
      of: kind,
      resource,
      bound: shownAmount(bound),
      used: shownAmount(used),
      held: shownAmount(held),
      needed: shownAmount(needed),
    },
  ];
}

/** None where some domain has enough of everything in total. */
function roomEntry({ site, assignment, gang, reason }: Refused): Entry[] {
  const { instance } = site;
  const group = gang.groups.find(({ path }) => path === reason.group);
  const scope = group ? scopeOf(gang, group) : gangScope(gang);
  const ground = makeGround(site, reason.code === 'taken' ? assignment : []);
  const needed = neededBy(instance, scope);
  const domains = domainsOf(instance, scope);
  const listed = domains.flatMap(({ name, members }) => {
    const short = shortIn(instance, ground, needed, eligibleIn(scope, members));
    return short ? [{ name, ...short }] : [];
  });
  if (listed.length < domains.length) return [];
  return [
    {
      gang: gang.spec.name,
      kind: 'room',
      beside: reason.code === 'taken' ? 'gangs' : 'used',
      ...(group && { group: group.path }),
      ...(scope.level !== undefined && { level: scope.level }),
      needed: shown(needed),
      short: grouped(listed),
    },
  ];
}

function neededBy(instance: Instance, { gang, pods }: Scope): Resources {
  const sum: Record<string, bigint> = {};
  for (const leaf of gang.leaves) {
    const count = pods[leaf.index] ?? 0;
    if (count === 0) continue;
    for (const [resource, amount] of Object.entries(demandOf(instance, leaf, count))) {
      sum[resource] = (sum[resource] ?? 0n) + amount;
    }
  }
  return sum;
}

interface Domain {
  /** Undefined for the whole cluster. */
  readonly name: string | undefined;
  readonly members: Int32Array;
}

function domainsOf({ trees, nodes }: Instance, { rule, level }: Scope): Domain[] {
  const tree = trees[rule.tree];
  if (!tree || level === undefined) return [{ name: undefined, members: indicesBelow(nodes.length) }];
  return (tree.divisions[rule.required]?.all ?? []).map((members, d) => ({
    name: valuesOf(tree, nodes, rule.required, d).join('/'),
    members,
  }));
}

/** The first resource by name of which nodes have less than is needed. */
function shortIn(
  instance: Instance,
  ground: Ground,
  needed: Resources,
  nodes: readonly number[],
): Omit<Short, 'name'> | undefined {
  for (const resource of Object.keys(needed).sort()) {
    if (isPlenty(instance, ground, nodes, resource, [needed])) continue;
    const { [resource]: available } = availableOn(instance, ground, nodes, [resource]);
    if (available !== undefined && available < (needed[resource] ?? 0n)) return { resource, available };
  }
  return undefined;
}

interface Short {
  readonly name: string | undefined;
  readonly resource: string;
  readonly available: bigint;
}

function grouped(short: readonly Short[]): Json[] {
  const named = short.length <= MOST_LISTED && short.every(({ name }) => name !== undefined);
  const amounts = new Set(short.map(({ resource, available }) => `${resource} ${available}`));
  const groups = new Map<string, Short[]>();
  for (const one of [...short].sort(byResource)) {
    const key = amounts.size > MOST_LISTED ? one.resource : `${one.resource} ${one.available}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map((group): Json => {
    const { resource, available } = group[group.length - 1] ?? { resource: '', available: 0n };
    const entry = { resource, available: formatAmount(resource, available), count: group.length };
    return named ? { ...entry, domains: group.map(({ name }) => name ?? '').sort() } : entry;
  });
}

function byResource(a: Short, b: Short): number {
  return compareText(a.resource, b.resource) || (a.available === b.available ? 0 : a.available < b.available ? -1 : 1);
}
