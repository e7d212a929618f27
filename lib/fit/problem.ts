import type { ClusterInventory } from '../inventory/cluster';
import type { Usage } from '../inventory/usage';
import { HOSTNAME_LABEL } from '../model/node';
import { formatAmount, type Resources } from '../model/resources';
import type { ProblemDocument } from '../placement/document';
import { selects, type PodTerm, type Workload, type WorkloadComponent, type WorkloadPod } from '../workloads/workload';
import type { Levels } from './levels';
import { roleOf } from './roles';
import type { Wishes } from './wishes';

type Gang = NonNullable<ProblemDocument['gangs']>[number];
type Group = Gang['groups'][number];
type Constraint = NonNullable<Group['constraint']>;

/** A workload that is asked about, under the name of its gang. */
export interface Asked {
  /** Unique among those that are asked about. */
  readonly gang: string;
  readonly workload: Workload;
  readonly wishes: Wishes;
}

export interface FitCluster {
  readonly inventory: ClusterInventory;
  readonly use: Usage;
  readonly levels: Levels;
}

/** Name of the group that holds the pods, where something is asked for all replicas together. */
const REPLICA = 'replica';

/** Groups of a replica whose leader is not like its workers. */
const LEADER = 'leader';
const WORKERS = 'workers';

/** What a ComputeDomain gives one pod of a node. */
const CHANNEL = 'resource.nvidia.com/compute-domain-channel';

/**
 * The workloads as a placement problem, each a gang.
 *
 * @param isPinned every component is to be pinned to the nodes that it gets
 */
export function fitProblem(asked: readonly Asked[], cluster: FitCluster, isPinned: boolean): ProblemDocument {
  const { inventory, use, levels } = cluster;
  const extra = new Map<string, number>();
  const gangs = asked.map((each) => gangOf(each, levels.topology, isPinned, extra));
  return {
    version: 1,
    topologies: [{ name: levels.topology, levels: levels.levels.map(({ label }) => label) }],
    nodes: inventory.nodes.map((node) => ({
      name: node.name,
      labels: { ...node.labels },
      taints: [...node.taints],
      unschedulable: node.unschedulable,
      ready: node.ready,
      allocatable: { ...quantities(node.allocatable), [CHANNEL]: '1', ...Object.fromEntries(extra) },
      used: {
        ...quantities(use.byNode.get(node.name) ?? {}),
        ...(use.claimed.has(node.name) ? { [CHANNEL]: '1' } : {}),
      },
    })),
    gangs,
  };
}

function quantities(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
}

/** @param extra resources that nodes have only for this problem: filled in */
function gangOf(
  { gang, workload, wishes }: Asked,
  topology: string,
  isPinned: boolean,
  extra: Map<string, number>,
): Gang {
  const components = runningComponents(workload);
  const groups = components.map((component) => {
    const keepApart = apartness(component, components, `${gang}/${component.name}`, extra);
    return groupOf(component, wishes, topology, isPinned, keepApart);
  });
  const named = (role: string): string[] =>
    components.filter((each) => roleOf(each) === role).map((each) => podsPath(each, wishes));
  const traffic = named('prefill').flatMap((prefill) =>
    named('decode').map((decode) => ({ between: [prefill, decode] as [string, string], weight: 1 })),
  );
  return { name: gang, constraint: constraintOf(topology, wishes.together), groups, traffic };
}

/** Components with pods. */
export function runningComponents({ components }: Workload): readonly WorkloadComponent[] {
  return components.filter(({ replicas }) => replicas > 0);
}

/** Path of the group of a component's pods, or of what holds them. */
function podsPath({ name }: WorkloadComponent, { components }: Wishes): string {
  return components.get(name)?.together ? `${name}/${REPLICA}` : name;
}

/** Names of the nodes of a replica, in order of leader and workers. */
export function copyOf(
  component: WorkloadComponent,
  { components }: Wishes,
  index: number,
  placements: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const path = components.get(component.name)?.together
    ? `${component.name}/0/${REPLICA}/${index}`
    : `${component.name}/${index}`;
  if (!isMixed(component)) return placements[path] ?? [];
  return [...(placements[`${path}/${LEADER}/0`] ?? []), ...(placements[`${path}/${WORKERS}/0`] ?? [])];
}

/** Leader and workers differ in what decides where they may go. */
function isMixed({ pods: [leader, worker] }: WorkloadComponent): boolean {
  if (!leader || !worker) return false;
  const deciding = (pod: WorkloadPod): string => JSON.stringify([pod.nodeSelector, pod.nodeAffinity, pod.tolerations]);
  return (
    deciding(leader) !== deciding(worker) ||
    JSON.stringify(quantities(leader.requests)) !== JSON.stringify(quantities(worker.requests))
  );
}

function groupOf(
  component: WorkloadComponent,
  wishes: Wishes,
  topology: string,
  isPinned: boolean,
  apart: Apartness,
): Group {
  const { name, replicas, nodes, pods } = component;
  const own = wishes.components.get(name);
  const pinned = isPinned ? ('set' as const) : undefined;
  const constraint = constraintOf(topology, own?.each);
  const [first, second] = pods;
  const each = (pod: WorkloadPod | undefined): Group['pod'] => (pod ? podOf(pod, apart) : undefined);
  const body: Omit<Group, 'name'> =
    isMixed(component) && second
      ? {
          replicas,
          constraint,
          groups: [
            { name: LEADER, pod: each(first), pinned },
            { name: WORKERS, count: second.count, pod: each(second), pinned },
          ],
        }
      : { replicas, count: nodes, constraint, pod: each(first), pinned };
  const together = constraintOf(topology, own?.together);
  return together ? { name, constraint: together, groups: [{ name: REPLICA, ...body }] } : { name, ...body };
}

function podOf(pod: WorkloadPod, { exclusive, requests }: Apartness): NonNullable<Group['pod']> {
  return {
    requests: { ...quantities(pod.requests), ...(pod.sharesMemory ? { [CHANNEL]: '1' } : {}), ...requests },
    nodeSelector: { ...pod.nodeSelector },
    // plain data, copied since the document's lists are not read-only
    nodeAffinity: pod.nodeAffinity && (structuredClone(pod.nodeAffinity) as NonNullable<Group['pod']>['nodeAffinity']),
    tolerations: [...pod.tolerations],
    exclusive,
  };
}

function constraintOf(
  topology: string,
  wish: { required?: string; preferred?: string } | undefined,
): Constraint | undefined {
  const { required, preferred } = wish ?? {};
  return required === undefined && preferred === undefined ? undefined : { topology, required, preferred };
}

/** How pods of a group are kept from others. */
interface Apartness {
  /** Label of which no two pods of the group share a value. */
  readonly exclusive?: string;
  /** Amounts of resources that stand for being alone. */
  readonly requests: Readonly<Record<string, string>>;
}

/**
 * Anti-affinity within the workload. Within a component it is `exclusive`; between components, of hosts, each node gets
 * as much of a resource of its own as nobody asks for twice: who wants to be alone asks for all of it, and those that it
 * wants to be away from for one.
 */
function apartness(
  component: WorkloadComponent,
  all: readonly WorkloadComponent[],
  name: string,
  extra: Map<string, number>,
): Apartness {
  const requests: Record<string, string> = {};
  let exclusive: string | undefined;
  for (const term of termsOf(component)) {
    const others = all.filter((other) => other !== component && isMeant(term, other));
    if (isMeant(term, component) && others.length === 0) exclusive ??= term.topologyKey;
    if (isMeant(term, component) && others.length > 0 && term.topologyKey === HOSTNAME_LABEL) {
      const resource = `anti-affinity of ${name}`;
      extra.set(resource, MOST_PODS);
      requests[resource] = String(MOST_PODS);
    }
  }
  for (const other of all) {
    if (other === component) continue;
    const meant = termsOf(other).some((term) => isExpressible(term, other, all) && isMeant(term, component));
    if (meant) requests[`anti-affinity of ${name.slice(0, name.lastIndexOf('/'))}/${other.name}`] ??= '1';
  }
  return { exclusive, requests };
}

/** More pods than a node holds. */
const MOST_PODS = 10_000;

function termsOf({ pods }: WorkloadComponent): readonly PodTerm[] {
  return pods[0]?.apart ?? [];
}

function isMeant(term: PodTerm, { pods }: WorkloadComponent): boolean {
  return selects(term, pods[0]?.labels ?? {});
}

function isExpressible(term: PodTerm, owner: WorkloadComponent, all: readonly WorkloadComponent[]): boolean {
  return (
    term.topologyKey === HOSTNAME_LABEL &&
    isMeant(term, owner) &&
    all.some((each) => each !== owner && isMeant(term, each))
  );
}

/** Anti-affinity that the problem cannot say: told beside the answer. */
export function untoldApartness(workload: Workload): readonly WorkloadComponent[] {
  const all = runningComponents(workload);
  return all.filter((component) =>
    termsOf(component).some((term) => {
      const others = all.filter((other) => other !== component && isMeant(term, other));
      return others.length > 0 && !isExpressible(term, component, all);
    }),
  );
}
