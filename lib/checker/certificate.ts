import type { Json } from '../diagnostics/diagnostic';
import type { ConstraintDocument, GangDocument, GroupDocument, NodeDocument, PodDocument } from '../placement/document';
import type { Plan } from '../placement/plan';
import type { Cluster, PlacedGang } from './cluster';
import { wanted } from './copies';
import { domainTuple, labelOf } from './domains';
import { refusal } from './eligibility';
import type { PlanFault } from './fault';
import { addDemand, amountOf, amountText, billionths, demandOf, freeOf } from './quantity';
import { addUpwards, gangDemand } from './queues';

/** Numbers of domains and of amounts beyond which the certificate sums up. */
const mostListed = 256;

interface Entry {
  readonly [key: string]: Json;
}
/** What an entry has to be; amounts as numbers, however they are written. */
type Right = bigint | string | number | undefined | readonly Right[] | { readonly [key: string]: Right };

/**
 * Confirms what the certificate says of gangs without a place: each entry is worked out again from the problem and the
 * placed gangs, and must be the same in every number, resource and domain, and must refuse. Every refusal by a queue or
 * because no node may take a pod has an entry. An empty certificate claims nothing.
 */
export function checkCertificate(cluster: Cluster, placed: readonly PlacedGang[], plan: Plan): PlanFault[] {
  if (Object.keys(plan.certificate).length === 0) return [];
  const { version, refusals } = plan.certificate;
  if (version !== 1 || !Array.isArray(refusals)) return [fault(undefined, 'the certificate is not of version 1')];
  const entries = refusals.map(asEntry);
  return [...entries.flatMap((entry) => checkEntry(cluster, placed, plan, entry)), ...missing(plan, entries)];
}

function asEntry(value: Json): Entry {
  // The guard tells lists and plain values from objects; what is left has string keys.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : {};
}

function missing(plan: Plan, entries: readonly Entry[]): PlanFault[] {
  const certified = new Set(entries.map((entry) => entry['gang']));
  return plan.gangs.flatMap((gang) => {
    const code = gang.status === 'unplaced' ? gang.reasons[0]?.code : undefined;
    const counts = code === 'quota' || code === 'limit' || code === 'no-eligible-node';
    return counts && !certified.has(gang.name)
      ? [fault(gang.name, `gang ${gang.name} is refused for ${code}, and the certificate does not say by what count`)]
      : [];
  });
}

function checkEntry(cluster: Cluster, placed: readonly PlacedGang[], plan: Plan, entry: Entry): PlanFault[] {
  const gang = (cluster.document.gangs ?? []).find(({ name }) => name === entry['gang']);
  const planned = plan.gangs.find(({ name }) => name === gang?.name);
  if (!gang || planned?.status !== 'unplaced')
    return [
      fault(gang?.name, `the certificate refuses ${JSON.stringify(entry['gang'])}, which is no gang without a place`),
    ];
  const right = rightEntry(cluster, placed, gang, entry);
  if (typeof right === 'string') return [fault(gang.name, `the certificate of ${gang.name} does not hold: ${right}`)];
  const wrong = difference(right, entry, '');
  return wrong === undefined ? [] : [fault(gang.name, `the certificate of ${gang.name} has ${wrong}`)];
}

/** The entry as it has to be, or why there can be none. */
function rightEntry(
  cluster: Cluster,
  placed: readonly PlacedGang[],
  gang: GangDocument,
  entry: Entry,
): { readonly [key: string]: Right } | string {
  if (entry['kind'] === 'queue') return queueEntry(cluster, placed, gang, entry);
  const around = gang.constraint ? [gang.constraint] : [];
  const whole = { path: undefined, own: gang.constraint, leaves: leavesOf(gang.groups, around, 1) };
  const scope = [whole, ...copyScopes(gang.groups, '', around)].find(({ path }) => path === entry['group']);
  if (!scope) return `there is no group ${JSON.stringify(entry['group'])}`;
  if (entry['kind'] === 'node') return nodeEntry(cluster, gang, scope);
  if (entry['kind'] !== 'room') return `there is no kind ${JSON.stringify(entry['kind'])}`;
  return roomEntry(cluster, entry['beside'] === 'gangs' ? placed : [], gang, scope, entry);
}

/** A gang, or one copy of a group of it. */
interface Scope {
  /** Undefined for the gang. */
  readonly path: string | undefined;
  readonly own: ConstraintDocument | undefined;
  readonly leaves: readonly Leaf[];
}

/** The pods of one group that a scope needs. */
interface Leaf {
  readonly pod: PodDocument;
  readonly pods: bigint;
  /** Its own and all around it. */
  readonly constraints: readonly ConstraintDocument[];
}

function leavesOf(groups: readonly GroupDocument[], around: readonly ConstraintDocument[], copies: number): Leaf[] {
  return groups.flatMap((group) => copyLeaves(group, around, copies * wanted(group).least));
}

function copyLeaves(group: GroupDocument, around: readonly ConstraintDocument[], copies: number): Leaf[] {
  const constraints = group.constraint ? [...around, group.constraint] : around;
  if (group.pod) return [{ pod: group.pod, pods: BigInt(copies * (group.count ?? 1)), constraints }];
  return leavesOf(group.groups ?? [], constraints, copies);
}

function copyScopes(groups: readonly GroupDocument[], above: string, around: readonly ConstraintDocument[]): Scope[] {
  return groups.flatMap((group): Scope[] => {
    const path = above + group.name;
    const constraints = group.constraint ? [...around, group.constraint] : around;
    return [
      { path, own: group.constraint, leaves: copyLeaves(group, around, 1) },
      ...copyScopes(group.groups ?? [], `${path}/`, constraints),
    ];
  });
}

function queueEntry(
  cluster: Cluster,
  placed: readonly PlacedGang[],
  gang: GangDocument,
  { queue: name, of, resource }: Entry,
): { readonly [key: string]: Right } | string {
  if (typeof name !== 'string' || typeof resource !== 'string' || (of !== 'quota' && of !== 'limit'))
    return 'it names no bound';
  if (of === 'quota' && gang.preemptible !== false) return 'the gang may be preempted, and no quota holds for it';
  const queue = (cluster.document.queues ?? []).find((candidate) => candidate.name === name);
  const most = queue?.resources?.[resource]?.[of];
  if (most === undefined) return `queue ${name} has no ${of} of ${resource}`;
  const counted = placed.filter((other) => of === 'limit' || other.gang.preemptible === false);
  const amounts = {
    bound: billionths(most),
    used: beneath(
      cluster,
      name,
      resource,
      (cluster.document.queues ?? []).map((one) => [one.name, new Map([[resource, amountOf(one.used, resource)]])]),
    ),
    held: beneath(
      cluster,
      name,
      resource,
      counted.map((other) => [other.gang.queue, gangDemand(other)]),
    ),
    needed: beneath(cluster, name, resource, [[gang.queue, demandOfLeaves(leavesOf(gang.groups, [], 1))]]),
  };
  const isEnough = amounts.used + amounts.held + amounts.needed <= amounts.bound;
  if (amounts.needed === 0n || isEnough) return `the ${of} of ${resource} of queue ${name} is enough`;
  return { gang: gang.name, kind: 'queue', beside: 'gangs', queue: name, of, resource, ...amounts };
}

/** What counts at a queue of amounts that are used at it or at queues beneath it. */
function beneath(
  { document }: Cluster,
  name: string,
  resource: string,
  amounts: readonly (readonly [queue: string | undefined, amounts: ReadonlyMap<string, bigint>])[],
): bigint {
  const queues = new Map((document.queues ?? []).map((queue) => [queue.name, queue]));
  const sums = new Map<string, Map<string, bigint>>();
  for (const [queue, used] of amounts) addUpwards(queues, queue, used, sums);
  return sums.get(name)?.get(resource) ?? 0n;
}

function demandOfLeaves(leaves: readonly Leaf[]): Map<string, bigint> {
  const sum = new Map<string, bigint>();
  for (const { pod, pods } of leaves) addDemand(sum, demandOf(pod.requests), pods);
  return sum;
}

function nodeEntry(cluster: Cluster, gang: GangDocument, scope: Scope): { readonly [key: string]: Right } | string {
  const [leaf, ...others] = scope.leaves;
  if (!leaf || others.length > 0 || scope.path === undefined) return 'it names no group of pods';
  const counts: Record<string, number> = {};
  for (const node of cluster.nodes.values()) {
    const cause = leftOutBy(cluster, node, leaf);
    if (cause === undefined) return `${node.name} can take a pod of ${scope.path}`;
    counts[cause] = (counts[cause] ?? 0) + 1;
  }
  return { gang: gang.name, kind: 'node', group: scope.path, excluded: counts };
}

const toleratesAll = [{ operator: 'Exists' as const }];

/** The first thing that keeps a pod of the leaf off a node that has nothing but `used` on it. */
function leftOutBy(cluster: Cluster, node: NodeDocument, { pod, constraints }: Leaf): string | undefined {
  const { nodeSelector, nodeAffinity, tolerations, exclusive } = pod;
  const levels = constraints.flatMap(({ topology }) => cluster.topologies.get(topology)?.levels ?? []);
  const labels = exclusive === undefined ? levels : [exclusive, ...levels];
  if (refusal(node, { tolerations: toleratesAll }) !== undefined) return 'closed';
  if (refusal(node, { nodeSelector, tolerations: toleratesAll }) !== undefined) return 'selector';
  if (refusal(node, { nodeAffinity, tolerations: toleratesAll }) !== undefined) return 'affinity';
  if (refusal(node, { tolerations }) !== undefined) return 'taint';
  if (labels.some((label) => labelOf(node, label) === undefined)) return 'label';
  return [...demandOf(pod.requests)].some(([resource, amount]) => amount > (freeOf(node, resource) ?? amount))
    ? 'room'
    : undefined;
}

function roomEntry(
  cluster: Cluster,
  beside: readonly PlacedGang[],
  gang: GangDocument,
  scope: Scope,
  entry: Entry,
): { readonly [key: string]: Right } | string {
  const needed = demandOfLeaves(scope.leaves);
  const planned = plannedOn(beside);
  const short: Short[] = [];
  for (const [name, nodes] of domainsFor(cluster, scope)) {
    const eligible = nodes.filter((node) => scope.leaves.some((leaf) => leftOutBy(cluster, node, leaf) === undefined));
    const found = shortIn(needed, eligible, planned);
    if (!found) return `${name ?? 'the cluster'} has enough of everything`;
    short.push({ name, ...found });
  }
  return {
    gang: gang.name,
    kind: 'room',
    beside: entry['beside'] === 'gangs' ? 'gangs' : 'used',
    group: scope.path,
    level: scope.own?.required,
    needed: Object.fromEntries(needed),
    short: grouped(short),
  };
}

/** By node, what placed gangs take there. */
function plannedOn(placed: readonly PlacedGang[]): Map<string, Map<string, bigint>> {
  const planned = new Map<string, Map<string, bigint>>();
  for (const { group, pods } of placed.flatMap(({ scopes }) => scopes)) {
    if (!group?.pod) continue;
    const demand = demandOf(group.pod.requests);
    for (const name of pods) {
      const sum = planned.get(name) ?? new Map<string, bigint>();
      planned.set(name, sum);
      addDemand(sum, demand, 1n);
    }
  }
  return planned;
}

function domainsFor({ document, topologies }: Cluster, { own }: Scope): Map<string | undefined, NodeDocument[]> {
  const topology = topologies.get(own?.topology ?? '');
  const nodes = document.nodes ?? [];
  if (!topology || own?.required === undefined) return new Map([[undefined, [...nodes]]]);
  const level = topology.levels.indexOf(own.required);
  const domains = new Map<string | undefined, NodeDocument[]>();
  for (const node of nodes) {
    const name = domainTuple(topology, node, level)?.join('/');
    if (name === undefined) continue;
    const members = domains.get(name);
    if (members) members.push(node);
    else domains.set(name, [node]);
  }
  return domains;
}

interface Short {
  readonly name: string | undefined;
  readonly resource: string;
  readonly available: bigint;
}

/** The first resource by name of which nodes have less than is needed. */
function shortIn(
  needed: ReadonlyMap<string, bigint>,
  nodes: readonly NodeDocument[],
  planned: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
): { readonly resource: string; readonly available: bigint } | undefined {
  for (const [resource, amount] of [...needed].sort(([a], [b]) => (a < b ? -1 : 1))) {
    let available = 0n;
    let isUnlimited = false;
    for (const node of nodes) {
      const free = freeOf(node, resource);
      if (free === undefined) isUnlimited = true;
      else available += (free > 0n ? free : 0n) - (planned.get(node.name)?.get(resource) ?? 0n);
    }
    if (!isUnlimited && available < amount) return { resource, available };
  }
  return undefined;
}

/** By resource, then by amount; the largest amount alone where there are too many, and no names then either. */
function grouped(short: readonly Short[]): Right[] {
  const isNamed = short.length <= mostListed && short.every(({ name }) => name !== undefined);
  const isSummed = new Set(short.map(({ resource, available }) => `${resource} ${available}`)).size > mostListed;
  const groups = new Map<string, Short[]>();
  const sorted = [...short].sort((a, b) =>
    a.resource === b.resource
      ? Number(a.available > b.available) - Number(a.available < b.available)
      : a.resource < b.resource
        ? -1
        : 1,
  );
  for (const one of sorted) {
    const key = isSummed ? one.resource : `${one.resource} ${one.available}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => ({
    resource: group[0]?.resource,
    available: group.at(-1)?.available,
    count: group.length,
    domains: isNamed ? group.map(({ name }) => name).sort() : undefined,
  }));
}

/** The first thing in which an entry is not what it has to be, in words; undefined where there is none. */
function difference(right: Right, written: Json | undefined, at: string): string | undefined {
  if (typeof right === 'bigint') return isAmount(written, right) ? undefined : told(written, at, amountText(right));
  if (typeof right !== 'object') return right === written ? undefined : told(written, at, JSON.stringify(right));
  if (typeof written !== 'object' || written === null) return told(written, at, 'more than that');
  const [needed, given] = [
    new Map<string, Right>(Object.entries(right)),
    new Map<string, Json>(Object.entries(written)),
  ];
  for (const key of [...new Set([...needed.keys(), ...given.keys()])].sort()) {
    const found = difference(needed.get(key), given.get(key), at === '' ? key : `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function told(written: Json | undefined, at: string, right: string | undefined): string {
  return `${written === undefined ? 'nothing' : JSON.stringify(written)} for ${at}, and it is ${right ?? 'nothing'}`;
}

function isAmount(written: Json | undefined, right: bigint): boolean {
  if (typeof written !== 'string' && typeof written !== 'number') return false;
  try {
    return billionths(written) === right;
  } catch {
    return false;
  }
}

function fault(gang: string | undefined, message: string): PlanFault {
  return { code: 'certificate', message, ...(gang !== undefined && { gang }), data: {} };
}
