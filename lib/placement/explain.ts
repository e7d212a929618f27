import { formatAmount } from '../model/resources';
import { wholeUnits } from '../model/quantity';
import { PODS } from './amounts';
import { closedBecause, excludedBecause, labelValue } from './eligibility';
import { makeGround, settle, type Site } from './ground';
import type { Gang, Group, Instance, Leaf, Rule } from './instance';
import { compareNatural } from './natural';
import type { Assignment } from './objective';
import type { Component } from './occupancy';
import type { Reason, UnplacedGang } from './plan';
import { Search, type Ground } from './search';
import { demandOfShape, minimumShape, podsOfLeaves } from './shape';
import { remedies } from './remedy';

interface Steps {
  readonly gang: number;
}

/** Why a gang has no place beside the others, the binding cause first. */
export function explainGang(site: Site, assignment: Assignment, gang: Gang, limits: Steps): UnplacedGang {
  return { name: gang.spec.name, status: 'unplaced', reasons: reasonsFor({ site, assignment, gang, limits }) };
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
    return tries(the, [], false) === 'yes' ? [pinReason(the, [])] : [shortage(the, makeGround(the.site, []), 'alone')];
  }
  const unpinned = tries(the, the.assignment, false);
  if (unpinned === 'yes')
    return tries(the, the.assignment) === 'budget' ? [budgetReason(the)] : [pinReason(the, the.assignment)];
  if (unpinned === 'budget') return [budgetReason(the)];
  return [shortage(the, makeGround(the.site, the.assignment), 'beside')];
}

/** Whether the gang's minimum has a place beside the given gangs. */
export function tries({ site, gang, limits }: Case, assignment: Assignment, pinsCount = true): 'yes' | 'no' | 'budget' {
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

function budgetReason({ gang, limits }: Case): Reason {
  return {
    code: 'budget',
    message: `no placement of ${gang.spec.name} was found or excluded within ${limits.gang} steps of search`,
    help: 'raise the budget of the search, or ask for less',
  };
}

/** A group whose pods no node may take, whatever room there is. */
function noEligibleNode(the: Case): Reason | undefined {
  const { site, gang } = the;
  for (const leaf of gang.leaves) {
    if (leaf.alone.some((pods) => pods > 0)) continue;
    const excluded = exclusions(site.instance, gang, leaf);
    const onlyRoom = Object.keys(excluded).every((cause) => cause.startsWith('resource '));
    const nodes = site.instance.nodes.length;
    return {
      code: onlyRoom && nodes > 0 ? 'capacity' : 'no-eligible-node',
      group: leaf.path,
      message: `none of ${nodes} nodes can take a pod of ${leaf.path}`,
      needed: amounts(site.instance, unitsOf(leaf, 1)),
      available: largest(site.instance, leaf),
      excluded,
      help: nodes === 0 ? 'list the nodes of the cluster' : helpFor(excluded),
    };
  }
  return undefined;
}

function helpFor(excluded: Readonly<Record<string, number>>): string {
  const [most = ''] = Object.entries(excluded).sort(([a, x], [b, y]) => y - x || compareNatural(a, b))[0] ?? [];
  if (most.startsWith('taint ')) return `add a toleration for ${most}`;
  if (most.startsWith('node selector ')) return `change or drop the ${most}`;
  if (most === 'node affinity') return 'change or drop the required node affinity';
  if (most.startsWith('label ')) return `give the nodes the ${most.replace(' missing', '')}`;
  if (most.startsWith('resource ')) return `ask for less ${most.replace('resource ', '')} a pod, or add larger nodes`;
  return 'make nodes ready and schedulable';
}

/** How many nodes are left out for a leaf, by the first cause that applies to each. */
export function exclusions(instance: Instance, gang: Gang, leaf: Leaf): Record<string, number> {
  const counts = new Map<string, number>();
  instance.nodes.forEach((_, n) => {
    const cause = exclusionOf(instance, gang, leaf, n);
    if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  });
  return Object.fromEntries([...counts].sort(([a], [b]) => compareNatural(a, b)));
}

function exclusionOf(instance: Instance, gang: Gang, leaf: Leaf, n: number): string | undefined {
  const node = instance.nodes[n];
  if (!node || (leaf.alone[n] ?? 0) > 0) return undefined;
  const cause = closedBecause(node) ?? excludedBecause(node, leaf.spec.pod);
  if (cause !== undefined) return cause;
  for (const rule of rulesAround(gang, leaf)) {
    const missing = instance.trees[rule.tree]?.levels.find((level) => labelValue(node, level) === undefined);
    if (missing !== undefined) return `label ${missing} missing`;
  }
  const base = n * instance.scale.resources.length;
  const short = leaf.demand.find(([r, units]) => (instance.room[base + r] ?? 0) < units);
  return short ? `resource ${instance.scale.resources[short[0]]}` : undefined;
}

function rulesAround(gang: Gang, leaf: Leaf): Rule[] {
  const groups = gang.groups.filter((group) => group.path === leaf.path || leaf.path.startsWith(`${group.path}/`));
  return [gang.rule, ...groups.map((group) => group.rule)].filter((rule) => rule.tree >= 0);
}

function unitsOf(leaf: Leaf, pods: number): Map<number, number> {
  return new Map(leaf.demand.map(([r, units]) => [r, units * pods]));
}

function amounts(instance: Instance, units: ReadonlyMap<number, number>): Record<string, string> {
  const entries = [...units].map(([r, n]): [string, string] => {
    const name = instance.scale.resources[r] ?? '';
    return [name, name === PODS ? `${n}` : formatAmount(name, BigInt(n) * (instance.scale.unit[r] ?? wholeUnits(1)))];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => compareNatural(a, b)));
}

/** The most of each resource that some node has. */
function largest(instance: Instance, leaf: Leaf): Record<string, string> {
  const width = instance.scale.resources.length;
  return amounts(
    instance,
    new Map(
      leaf.demand.map(([r]) => [
        r,
        instance.nodes.reduce((most, _, n) => Math.max(most, instance.room[n * width + r] ?? 0), 0),
      ]),
    ),
  );
}

function queueReason({ site, assignment, gang }: Case): Reason | undefined {
  const { instance } = site;
  const demand = demandOfShape(gang, minimumShape(gang).shape, instance.scale.resources.length);
  const refusal = makeGround(site, assignment).ledger.refusal(gang, demand);
  if (!refusal) return undefined;
  const resource = instance.scale.resources[refusal.resource] ?? '';
  const needed = amounts(instance, new Map([[refusal.resource, refusal.needed]]));
  const available = amounts(instance, new Map([[refusal.resource, refusal.left]]));
  const where =
    refusal.queue === gang.spec.queue ? `queue ${refusal.queue}` : `queue ${refusal.queue}, above ${gang.spec.queue},`;
  return {
    code: refusal.kind,
    message: `${where} has ${available[resource]} of ${resource} left of its ${refusal.kind}, and ${gang.spec.name} needs ${needed[resource]}`,
    needed,
    available,
    help:
      refusal.kind === 'quota'
        ? `raise the quota of queue ${refusal.queue} by ${amounts(instance, new Map([[refusal.resource, refusal.needed - refusal.left]]))[resource]}, or make the gang preemptible`
        : `raise the limit of queue ${refusal.queue} by ${amounts(instance, new Map([[refusal.resource, refusal.needed - refusal.left]]))[resource]}`,
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
    help:
      remedies(the, ['replica'])[0] ??
      `set pinning: 'replica' on ${group ?? 'the group'}, or make room for all its pods on each of its nodes`,
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
      return reserved > 0 && reserved > (instance.room[node * width + r] ?? 0);
    });
    if (over) return here.map((entry) => ({ ...entry, node }));
  }
  return [];
}

/** The scope that is hardest to satisfy, with its best domain. */
function shortage(the: Case, ground: Ground, when: 'alone' | 'beside'): Reason {
  const { gang } = the;
  const scopes = [...gang.groups.map((group) => scopeOf(gang, group)), scopeOf(gang, undefined)];
  const rated = scopes.map((scope) => bestDomain(the, ground, scope));
  const blamed = rated.find((r) => r.short) ?? rated.at(-1);
  const remedy = remedies(the, ['level', 'replicas']);
  if (!blamed) return budgetReason(the);
  const { scope, domain } = blamed;
  const place = domain === undefined ? 'the cluster' : `${scope.level} ${domain}`;
  const what = scope.group === undefined ? gang.spec.name : `one copy of ${scope.group}`;
  const free =
    blamed.code === 'capacity'
      ? `${place} comes closest and has too little ${blamed.missing.join(', ')}`
      : `${place} has enough in total, but in pieces that do not hold the pods`;
  const code = when === 'beside' ? 'taken' : blamed.code;
  return {
    code,
    ...(scope.group === undefined ? {} : { group: scope.group }),
    message: `${what} fits in no ${scope.level ?? 'part of the cluster'}${when === 'beside' ? ' beside the other gangs' : ''}: ${free}`,
    ...(scope.level === undefined ? {} : { level: scope.level }),
    ...(domain === undefined ? {} : { domain }),
    needed: amounts(the.site.instance, blamed.needed),
    available: amounts(the.site.instance, blamed.available),
    excluded: exclusions(the.site.instance, gang, blamed.leaf),
    help: remedy.length > 0 ? remedy.join('; or ') : 'add nodes, or ask for less',
  };
}

/** A copy that must be in one domain, or the whole gang. */
interface ExplainedScope {
  readonly group: string | undefined;
  readonly level: string | undefined;
  readonly rule: Rule;
  /** By leaf: pods in it. */
  readonly pods: readonly number[];
  readonly gang: Gang;
}

function scopeOf(gang: Gang, group: Group | undefined): ExplainedScope {
  const rule = group?.rule ?? gang.rule;
  const pods = group ? podsOfCopy(gang, group) : podsOfLeaves(gang, minimumShape(gang).shape);
  const topology = gang.spec.constraint;
  const level = group ? group.spec.constraint?.required : topology?.required;
  return { group: group?.path, level, rule, pods, gang };
}

function podsOfCopy(gang: Gang, group: Group): number[] {
  const pods = new Array<number>(gang.leaves.length).fill(0);
  const add = (inner: Group, copies: number): void => {
    if (inner.leaf) pods[inner.leaf.index] = (pods[inner.leaf.index] ?? 0) + copies * inner.leaf.count;
    inner.children.forEach((child) => add(child, copies * child.min));
  };
  add(group, 1);
  return pods;
}

interface Rated {
  readonly scope: ExplainedScope;
  readonly domain: string | undefined;
  readonly short: boolean;
  readonly code: 'capacity' | 'fragmented';
  readonly missing: readonly string[];
  readonly needed: ReadonlyMap<number, number>;
  readonly available: ReadonlyMap<number, number>;
  readonly leaf: Leaf;
}

function bestDomain({ site }: Case, ground: Ground, scope: ExplainedScope): Rated {
  const { instance } = site;
  const tree = instance.trees[scope.rule.tree];
  const domains =
    scope.rule.required >= 0 ? (tree?.members[scope.rule.required] ?? []) : [instance.nodes.map((_, n) => n)];
  const values = tree?.values[scope.rule.required];
  const rated = domains.map((members, d) =>
    rateDomain(instance, ground, scope, members, scope.rule.required >= 0 ? values?.[d]?.join('/') : undefined),
  );
  const best = rated.sort((a, b) => a.deficit - b.deficit)[0] ?? rateDomain(instance, ground, scope, [], undefined);
  return best;
}

/** `deficit` orders domains only: how many pods too many, leaf by leaf, and then by resource. */
function rateDomain(
  instance: Instance,
  ground: Ground,
  scope: ExplainedScope,
  members: readonly number[],
  domain: string | undefined,
): Rated & { deficit: number } {
  const width = instance.scale.resources.length;
  const leaves = scope.gang.leaves.filter((leaf) => (scope.pods[leaf.index] ?? 0) > 0);
  const needed = new Map<number, number>();
  for (const leaf of leaves)
    for (const [r, units] of leaf.demand) needed.set(r, (needed.get(r) ?? 0) + units * (scope.pods[leaf.index] ?? 0));
  const eligible = members.filter((n) => leaves.some((leaf) => (leaf.alone[n] ?? 0) > 0));
  const available = new Map(
    [...needed.keys()].map((r) => [
      r,
      eligible.reduce((sum, n) => sum + Math.max(0, ground.occupancy.room[n * width + r] ?? 0), 0),
    ]),
  );
  const missing = [...needed]
    .filter(([r, units]) => units > (available.get(r) ?? 0))
    .map(([r]) => instance.scale.resources[r] ?? '');
  const lacking = leaves.map((leaf) =>
    Math.max(0, (scope.pods[leaf.index] ?? 0) - members.reduce((sum, n) => sum + slots(instance, ground, leaf, n), 0)),
  );
  const worst = leaves.reduce(
    (w, leaf, i) => ((lacking[i] ?? 0) > (lacking[leaves.indexOf(w)] ?? 0) ? leaf : w),
    leaves[0] ?? (scope.gang.leaves[0] as Leaf),
  );
  const deficit = lacking.reduce((a, b) => a + b, 0) + missing.length;
  return {
    scope,
    domain,
    short: deficit > 0,
    code: missing.length > 0 ? 'capacity' : 'fragmented',
    missing,
    needed,
    available,
    leaf: worst,
    deficit,
  };
}

function slots(instance: Instance, ground: Ground, leaf: Leaf, n: number): number {
  const base = n * instance.scale.resources.length;
  const pods = leaf.demand.reduce(
    (most, [r, units]) => Math.min(most, Math.floor((ground.occupancy.room[base + r] ?? 0) / units)),
    leaf.alone[n] ?? 0,
  );
  return Math.max(0, leaf.exclusive ? Math.min(1, pods) : pods);
}
