import * as fc from 'fast-check';
import type {
  ConstraintDocument,
  GangDocument,
  GroupDocument,
  NodeDocument,
  PodDocument,
  ProblemDocument,
  QueueDocument,
  TopologyDocument,
} from '../../lib/placement/document';
import {
  rawTopologies,
  type RawTopologies,
  rawNode,
  type RawNode,
  type RawPod,
  rawQueue,
  type RawQueue,
  type RawConstraint,
  type RawLeaf,
  rawGang,
  type RawGang,
  rawLock,
  type RawLock,
} from './raw';

/**
 * How often a property is tried: as said, or as BAYPLAN_PROPERTY_RUNS says; always the same cases unless
 * BAYPLAN_PROPERTY_SEED names others.
 */
export function runs(usual: number): { readonly numRuns: number; readonly seed: number } {
  const { BAYPLAN_PROPERTY_RUNS: wanted, BAYPLAN_PROPERTY_SEED: seed } = process.env;
  return { numRuns: wanted === undefined ? usual : Number(wanted), seed: Number(seed ?? 17) };
}

/** Parts of the format that random problems may use; all of them unless switched off. */
export interface Features {
  readonly queues: boolean;
  readonly priorities: boolean;
  readonly locks: boolean;
  /** minReplicas below replicas. */
  readonly extras: boolean;
  readonly exclusive: boolean;
  readonly pins: boolean;
  readonly nested: boolean;
  readonly required: boolean;
  readonly preferred: boolean;
  readonly traffic: boolean;
  /** A second topology over the same nodes. */
  readonly severalTopologies: boolean;
  /** Selectors, affinity, taints, cordoned and unready nodes, nodes without labels. */
  readonly eligibility: boolean;
  readonly gangs: number;
  readonly nodes: number;
  /** Pods of all gangs together, all copies counted. */
  readonly pods: number;
}

export const everything: Features = {
  queues: true,
  priorities: true,
  locks: true,
  extras: true,
  exclusive: true,
  pins: true,
  nested: true,
  required: true,
  preferred: true,
  traffic: true,
  severalTopologies: true,
  eligibility: true,
  gangs: 3,
  nodes: 5,
  pods: 6,
};

const hostname = 'kubernetes.io/hostname';
const gpu = 'nvidia.com/gpu';

/**
 * Small random problems, every one of them accepted by `readProblem`, and small enough for brute force. Raw choices
 * are drawn apart from one another and then made to agree, so that shrinking drops one thing at a time.
 */
export function problems(changes: Partial<Features> = {}): fc.Arbitrary<ProblemDocument> {
  const features = { ...everything, ...changes };
  return fc
    .record({
      topologies: rawTopologies,
      nodes: fc.array(rawNode, { minLength: Math.min(2, features.nodes), maxLength: features.nodes }),
      queues: fc.array(rawQueue, { maxLength: 3 }),
      gangs: fc.array(rawGang, { minLength: 1, maxLength: features.gangs }),
      locks: fc.array(rawLock, { maxLength: 6 }),
    })
    .map((raw) => buildProblem(raw, features));
}

interface Raw {
  readonly topologies: RawTopologies;
  readonly nodes: readonly RawNode[];
  readonly queues: readonly RawQueue[];
  readonly gangs: readonly RawGang[];
  readonly locks: readonly RawLock[];
}

function buildProblem(raw: Raw, features: Features): ProblemDocument {
  const topologies = buildTopologies(raw.topologies, features);
  const nodes = raw.nodes.map((node, i) => buildNode(node, i, features));
  const queues = features.queues ? raw.queues.map(buildQueue) : [];
  let left = features.pods;
  const gangs: GangDocument[] = [];
  for (const [i, rawGang] of raw.gangs.entries()) {
    const gang = buildGang(rawGang, i, left, { topologies, queues, features });
    if (gang.groups.length > 0) gangs.push(gang);
    left -= gang.groups.reduce((sum, group) => sum + podsOfGroup(group), 0);
  }
  const locked = features.locks ? buildLocks(raw.locks, gangs, nodes) : undefined;
  return { version: 1, topologies, nodes, queues, gangs, ...(locked && { locked }) };
}

function buildTopologies(raw: RawTopologies, { severalTopologies }: Features): TopologyDocument[] {
  const broad = ['zone', 'rack'].slice(0, raw.levels);
  const levels = raw.endsAtNode || broad.length === 0 ? [...broad, hostname] : broad;
  const keys = ['zone', 'rack', hostname, 'none'].filter(
    (key, i) => (levels.includes(key) || i >= 2) && (raw.bandwidthKeys >> i) % 2 === 1,
  );
  const bandwidth = raw.bandwidth && Object.fromEntries(keys.map((key, i) => [key, raw.bandwidth?.[i] ?? 1]));
  const first = { name: 't', levels, ...(bandwidth && { bandwidth }) };
  const second = { name: 'power', levels: ['row'] };
  return [first, second].slice(0, severalTopologies ? raw.count : Math.min(1, raw.count));
}

/** Names whose natural order is not their order as texts. */
const nodeNames = ['n2', 'n10', 'n1', 'n3', 'm7', 'n20', 'n4', 'n5'];

function buildNode(raw: RawNode, i: number, { eligibility }: Features): NodeDocument {
  const name = nodeNames[i] ?? `x${i}`;
  const trouble = eligibility ? raw.trouble : 'none';
  const labels = {
    zone: `z${raw.zone}`,
    ...(trouble !== 'no rack' && { rack: `r${raw.rack}` }),
    row: `row${raw.row}`,
    ...(trouble !== 'no hostname' && { [hostname]: `host-${name}` }),
    model: String(raw.model),
  };
  const effect = trouble === 'tainted' ? 'NoSchedule' : 'PreferNoSchedule';
  return {
    name,
    labels,
    ...(trouble.includes('taint') && { taints: [{ key: 'kind', value: 'gpu', effect } as const] }),
    ...(trouble === 'cordoned' && { unschedulable: true }),
    ...(trouble === 'unready' && { ready: false }),
    allocatable: {
      [gpu]: raw.gpus,
      cpu: raw.cpus,
      'example.com/nic': raw.nics,
      ...(raw.pods !== undefined && { pods: raw.pods }),
    },
    used: { [gpu]: Math.min(raw.gpus, raw.gpusUsed), cpu: raw.cpusUsed, ...(raw.gpusUsed === 2 && { pods: 1 }) },
  };
}

function buildQueue(raw: RawQueue, i: number): QueueDocument {
  const bounds = {
    ...(raw.quota !== undefined && { quota: raw.quota }),
    ...(raw.limit !== undefined && { limit: raw.limit }),
  };
  return {
    name: `q${i}`,
    ...(raw.child && { parent: i === 0 ? 'unlisted' : `q${i - 1}` }),
    resources: { [gpu]: bounds, ...(raw.pods !== undefined && { pods: { limit: raw.pods } }) },
    used: { [gpu]: raw.used },
  };
}

interface Around {
  readonly topologies: readonly TopologyDocument[];
  readonly queues: readonly QueueDocument[];
  readonly features: Features;
}

function buildGang(raw: RawGang, i: number, pods: number, around: Around): GangDocument {
  const { features, queues } = around;
  const constraint = buildConstraint(raw.constraint, [], around);
  const groups = buildGroups(raw.leaves, pods, constraint ? [constraint] : [], around);
  const paths = groupPaths(groups, '');
  const queue = queues[raw.queue % (queues.length + 1)];
  const traffic = raw.traffic.flatMap(([a, b, weight]) => {
    const between = [paths[a % paths.length] ?? '', paths[b % paths.length] ?? ''] as [string, string];
    const isNested = between[0].startsWith(`${between[1]}/`) || between[1].startsWith(`${between[0]}/`);
    return isNested ? [] : [{ between, weight }];
  });
  return {
    name: ['b', 'a10', 'a2'][i] ?? `g${i}`,
    ...(queue && { queue: queue.name, preemptible: raw.preemptible }),
    ...(features.priorities && { priority: raw.priority }),
    ...(constraint && { constraint }),
    groups,
    ...(features.traffic && paths.length > 0 && { traffic }),
  };
}

function buildGroups(
  leaves: readonly RawLeaf[],
  pods: number,
  outer: readonly ConstraintDocument[],
  around: Around,
): GroupDocument[] {
  const groups: GroupDocument[] = [];
  let left = pods;
  leaves.forEach((raw, i) => {
    const last = groups.at(-1);
    const joined = raw.joins && last?.groups ? last : undefined;
    const wraps = around.features.nested && (joined !== undefined || raw.around > 0);
    const wrapConstraint = joined
      ? joined.constraint
      : wraps
        ? buildConstraint(raw.aroundConstraint, outer, around)
        : undefined;
    const inside = wrapConstraint ? [...outer, wrapConstraint] : outer;
    const copies = joined ? (joined.replicas ?? 1) : wraps ? Math.min(raw.around, left) : 1;
    const leaf = buildLeaf(raw, i, Math.floor(left / Math.max(1, copies)), inside, around);
    if (leaf === undefined) return;
    left -= copies * podsOfGroup(leaf);
    if (joined?.groups) joined.groups.push(leaf);
    else if (!wraps) groups.push(leaf);
    else
      groups.push({
        name: `s${i}`,
        ...numbers(copies, raw.aroundMinimum, around),
        ...(wrapConstraint && { constraint: wrapConstraint }),
        groups: [leaf],
      });
  });
  return groups;
}

function buildLeaf(
  raw: RawLeaf,
  i: number,
  pods: number,
  outer: readonly ConstraintDocument[],
  around: Around,
): GroupDocument | undefined {
  if (pods < 1) return undefined;
  const count = Math.min(raw.count, pods);
  const replicas = Math.min(raw.replicas, Math.floor(pods / count));
  const constraint = buildConstraint(raw.constraint, outer, around);
  return {
    name: ['w', 'p', 'd'][i] ?? `l${i}`,
    ...numbers(replicas, raw.minimum, around),
    count,
    ...(constraint && { constraint }),
    pod: buildPod(raw.pod, around.features),
    ...(around.features.pins && raw.pinned && { pinned: raw.pinned }),
  };
}

function numbers(replicas: number, minimum: number, { features }: Around): { replicas: number; minReplicas?: number } {
  const least = replicas - (minimum % replicas);
  return features.extras && least < replicas ? { replicas, minReplicas: least } : { replicas };
}

function buildPod(raw: RawPod, features: Features): PodDocument {
  const rule = features.eligibility ? podRules[raw.rule] : undefined;
  return {
    requests: {
      [gpu]: raw.gpus,
      ...(raw.cpus !== undefined && { cpu: raw.cpus }),
      ...(raw.nics && { 'example.com/nic': 1 }),
    },
    ...rule,
    ...(features.exclusive && raw.exclusive && { exclusive: raw.exclusive }),
  };
}

const podRules: Readonly<Record<string, Pick<PodDocument, 'nodeSelector' | 'nodeAffinity' | 'tolerations'>>> = {
  selector: { nodeSelector: { zone: 'z0' } },
  in: terms(
    [{ key: 'rack', operator: 'In', values: ['r1', 'r7'] }],
    [{ key: 'row', operator: 'In', values: ['row0'] }],
  ),
  'not in': terms([{ key: 'row', operator: 'NotIn', values: ['row1'] }]),
  gt: terms([
    { key: 'model', operator: 'Gt', values: ['1'] },
    { key: 'model', operator: 'Lt', values: ['9'] },
  ]),
  'not exists': terms([
    { key: 'absent', operator: 'DoesNotExist' },
    { key: 'rack', operator: 'Exists' },
  ]),
  name: {
    nodeAffinity: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n2'] }] }],
    },
  },
  nothing: { nodeAffinity: { nodeSelectorTerms: [{}] } },
  tolerates: { tolerations: [{ key: 'kind', value: 'gpu' }] },
};

type Term = NonNullable<NonNullable<PodDocument['nodeAffinity']>['nodeSelectorTerms'][number]['matchExpressions']>;

function terms(...expressions: Term[]): Pick<PodDocument, 'nodeAffinity'> {
  return { nodeAffinity: { nodeSelectorTerms: expressions.map((matchExpressions) => ({ matchExpressions })) } };
}

function buildConstraint(
  raw: RawConstraint | undefined,
  outer: readonly ConstraintDocument[],
  { topologies, features }: Around,
): ConstraintDocument | undefined {
  const topology = raw && topologies[raw.topology % Math.max(1, topologies.length)];
  if (raw === undefined || topology === undefined) return undefined;
  const { levels } = topology;
  const above = outer.filter(
    (constraint) => constraint.topology === topology.name && constraint.required !== undefined,
  );
  const least = Math.max(0, ...above.map((constraint) => levels.indexOf(constraint.required ?? '')));
  const required = Math.max(least, raw.required % levels.length);
  const preferred = Math.max(raw.use === 2 ? required : 0, raw.preferred % levels.length);
  const wish = {
    ...(features.required && raw.use !== 1 && { required: levels[required] }),
    ...(features.preferred && (raw.use === 1 || raw.use === 2) && { preferred: levels[preferred] }),
  };
  return Object.keys(wish).length === 0 ? undefined : { topology: topology.name, ...wish };
}

/** Locks for any group, with nodes that may be gone or unfit, and with more or fewer copies and pods than wanted. */
function buildLocks(
  raw: readonly RawLock[],
  gangs: readonly GangDocument[],
  nodes: readonly NodeDocument[],
): Record<string, Record<string, string[]>> {
  const locked: Record<string, Record<string, string[]>> = {};
  for (const lock of raw) {
    const gang = gangs[lock.gang % Math.max(1, gangs.length)];
    const path = gang && leafPaths(gang.groups, [])[lock.leaf % Math.max(1, leafPaths(gang.groups, []).length)];
    if (gang === undefined || path === undefined) continue;
    const wanted = path.at(-1)?.count ?? 1;
    const chosen = lock.exact ? Array.from({ length: wanted }, (_, i) => lock.nodes[i] ?? i) : lock.nodes;
    const names = chosen.map((index) => (index === 11 ? 'gone' : (nodes[index % nodes.length]?.name ?? 'gone')));
    const indices = path.map((group, i) =>
      lock.exact ? (lock.indices[i] ?? 0) % (group.replicas ?? 1) : (lock.indices[i] ?? 0),
    );
    const key = path.map((group, i) => `${group.name}/${indices[i]}`).join('/');
    (locked[gang.name] ??= {})[key] = names;
  }
  return locked;
}

function leafPaths(groups: readonly GroupDocument[], above: readonly GroupDocument[]): (readonly GroupDocument[])[] {
  return groups.flatMap((group) => (group.groups ? leafPaths(group.groups, [...above, group]) : [[...above, group]]));
}

function groupPaths(groups: readonly GroupDocument[], above: string): string[] {
  return groups.flatMap((group) => [above + group.name, ...groupPaths(group.groups ?? [], `${above}${group.name}/`)]);
}

/** Pods of all copies of a group. */
export function podsOfGroup(group: GroupDocument): number {
  const each = group.groups ? group.groups.reduce((sum, inner) => sum + podsOfGroup(inner), 0) : (group.count ?? 1);
  return (group.replicas ?? 1) * each;
}
