import { compareKeys } from '../order';
import { formatAmount, type Resources } from '../model/resources';
import type { QueueAmounts, TopologyConstraint, World, WorldNode, WorldPod, WorldPodGroup, WorldQueue } from './world';

/** A pod that runs beside those of the world; it holds room on its node. */
export interface Bystander {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** Without the one of `pods`. */
  readonly requests: Resources;
  /** Queue that it counts in; one that the world does not have counts nothing. */
  readonly queue?: string;
  /** KAI's own, by which it shares GPUs: they count in its queue. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** How the scheduler of a world was set up. */
export interface Shard {
  /** Part of the cluster that it sees: nodes, queues and PodGroups with this label. @default - what has no such label */
  readonly pool?: string;
  /** Seconds until a gang below its minimum is evicted, where its PodGroup says nothing; negative for never. */
  readonly stalenessGrace: number;
  /** Value of each PriorityClass by name. */
  readonly priorities: ReadonlyMap<string, number>;
}

const NODE_POOL_LABEL = 'kai.scheduler/node-pool';

/** In a second: what Go counts durations in. */
const NANOSECONDS = 1e9;

/** Plugins of KAI 0.17's scheduler, in the order of their priorities (docs of the SchedulingShard, conf_util). */
const plugins = [
  'predicates',
  'proportion',
  'priority',
  'elastic',
  'kubeflow',
  'ray',
  'nodeavailability',
  'gpusharingorder',
  'gpupack',
  'resourcetype',
  'subgrouporder',
  'taskorder',
  'nominatednode',
  'dynamicresources',
  'minruntime',
  'topology',
  'snapshot',
];

/**
 * A world as KAI's offline replay tool reads it (`snapshot.json`, KAI 0.17, cmd/snapshot-tool): one document with
 * everything its scheduler would list. Amounts of nodes are taken before anything runs there, and what runs stands
 * beside as pods. No clock: ages are counted from a fixed day.
 */
export function snapshotOf(
  world: World,
  bystanders: readonly Bystander[],
  { pool, stalenessGrace, priorities }: Shard,
): object {
  const labels = pool === undefined ? undefined : { [NODE_POOL_LABEL]: pool };
  const queues = new Set(world.queues.map(({ name }) => name));
  const counted = bystanders.map((each) => (queues.has(each.queue ?? '') ? each : { ...each, queue: undefined }));
  const inUse = [...new Set(counted.flatMap((each) => each.queue ?? []))].sort();
  return {
    config: {
      actions: 'allocate, consolidation, reclaim, preempt, stalegangeviction',
      tiers: [
        {
          plugins: [
            ...plugins.map((name) => ({ name })),
            { name: 'nodeplacement', arguments: { cpu: 'binpack', gpu: 'binpack' } },
          ],
        },
      ],
    },
    schedulerParams: {
      schedulerName: 'kai-scheduler',
      partitionParams: { NodePoolLabelKey: NODE_POOL_LABEL, NodePoolLabelValue: pool ?? '' },
      maxNumberConsolidationPreemptees: 16,
      useSchedulingSignatures: true,
      fullHierarchyFairness: true,
      allowConsolidatingReclaim: true,
      numOfStatusRecordingWorkers: 5,
      globalDefaultStalenessGracePeriod: Math.round(stalenessGrace * NANOSECONDS),
    },
    rawObjects: {
      nodes: world.nodes.map(node),
      queues: world.queues.map((each) => queue(each, labels)),
      topologies: world.topologies.map(({ name, levels }) => ({
        metadata: meta(name),
        spec: { levels: levels.map(({ label, alias }) => ({ nodeLabel: label, alias })) },
      })),
      priorityClasses: [...priorities].sort(compareKeys).map(([name, value]) => ({ metadata: meta(name), value })),
      podGroups: [
        ...world.podGroups.map((group) => podGroup(group, labels)),
        ...inUse.map((name) => groupInUse(name, labels)),
      ],
      pods: [...world.pods.map(pod), ...counted.map(bystander)],
      bindRequests: [],
      configMaps: [],
    },
  };
}

type Labels = Readonly<Record<string, string>> | undefined;

function meta(name: string, namespace?: string, created = 0): object {
  const kept = { name, namespace, uid: namespace === undefined ? name : `${namespace}/${name}` };
  return { ...kept, creationTimestamp: timestamp(created) };
}

/** Seconds after the first of January 2026. */
function timestamp(seconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function quantities(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
}

function node({ name, labels, taints, unschedulable, ready, allocatable }: WorldNode): object {
  const amounts = quantities(allocatable);
  return {
    metadata: { ...meta(name), labels },
    spec: { taints, unschedulable },
    status: {
      allocatable: amounts,
      capacity: amounts,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

const UNLIMITED = -1;

function queue({ name, parent, quota, limit }: WorldQueue, labels: Labels): object {
  const of = (kind: keyof QueueAmounts, unit: number): object => ({
    quota: quota[kind] === UNLIMITED ? UNLIMITED : quota[kind] / unit,
    limit: limit[kind] === UNLIMITED ? UNLIMITED : limit[kind] / unit,
    overQuotaWeight: 1,
  });
  return {
    metadata: { ...meta(name), labels },
    spec: { parentQueue: parent, resources: { cpu: of('cpu', 1), memory: of('memory', 1_000_000), gpu: of('gpu', 1) } },
  };
}

function constraintOf(constraint: TopologyConstraint | undefined): object | undefined {
  if (!constraint) return undefined;
  const { topology, required, preferred } = constraint;
  return { topology, requiredTopologyLevel: required, preferredTopologyLevel: preferred };
}

function podGroup(group: WorldPodGroup, labels: Labels): object {
  const { namespace, name, minMember, minSubGroup, priorityClass, created } = group;
  return {
    metadata: { ...meta(name, namespace, created), labels },
    spec: {
      queue: group.queue,
      priorityClassName: priorityClass,
      preemptibility: group.preemptible ? 'preemptible' : 'non-preemptible',
      stalenessGracePeriod: `${group.stalenessGrace}s`,
      minMember,
      minSubGroup,
      topologyConstraint: constraintOf(group.constraint),
      subGroups: group.subGroups.map(({ constraint, ...rest }) => ({
        ...rest,
        topologyConstraint: constraintOf(constraint),
      })),
    },
  };
}

function pod(each: WorldPod): object {
  const { namespace, name, uid, labels, podGroup: group, subGroup, created, releasing } = each;
  return {
    metadata: {
      name,
      namespace,
      uid,
      creationTimestamp: timestamp(created),
      deletionTimestamp: releasing ? timestamp(created) : undefined,
      labels: { ...labels, ...(subGroup === undefined ? {} : { 'kai.scheduler/subgroup-name': subGroup }) },
      annotations: { 'pod-group-name': group, 'kai.scheduler/skip-podgrouper': 'true' },
    },
    spec: { ...podSpec(each.requests, each.node), ...selection(each) },
    status: { phase: each.node === undefined ? 'Pending' : 'Running' },
  };
}

function podSpec(requests: Resources, nodeName: string | undefined): object {
  const amounts = quantities(requests);
  return {
    schedulerName: 'kai-scheduler',
    nodeName,
    containers: [{ name: 'main', image: 'none', resources: { requests: amounts, limits: devices(amounts) } }],
  };
}

/** What Kubernetes wants a limit for. */
function devices(amounts: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => name.includes('/')));
}

function selection({ nodeSelector, nodeAffinity, tolerations, apart }: WorldPod): object {
  const terms = apart.map(({ topologyKey, ...labelSelector }) => ({ topologyKey, labelSelector }));
  return {
    nodeSelector,
    tolerations,
    affinity: {
      nodeAffinity: nodeAffinity && { requiredDuringSchedulingIgnoredDuringExecution: nodeAffinity },
      podAntiAffinity: terms.length > 0 ? { requiredDuringSchedulingIgnoredDuringExecution: terms } : undefined,
    },
  };
}

/** One gang for all that runs in a queue, so that the queue's use is counted. */
function groupInUse(name: string, labels: Labels): object {
  return {
    metadata: { ...meta(inUseName(name), IN_USE), labels },
    spec: { queue: name, preemptibility: 'non-preemptible', minMember: 1 },
  };
}

const IN_USE = 'in-use';

function inUseName(queueName: string): string {
  return `in-use-${queueName}`;
}

function bystander(each: Bystander): object {
  const { namespace, name, node: nodeName, requests, queue: queueName, annotations } = each;
  const membership = queueName === undefined ? {} : { 'pod-group-name': inUseName(queueName) };
  return {
    metadata: { ...meta(name, namespace), annotations: { ...annotations, ...membership } },
    spec: podSpec(requests, nodeName),
    status: { phase: 'Running' },
  };
}
