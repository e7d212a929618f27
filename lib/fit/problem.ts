import { CHANNEL, type ClusterInventory } from '../inventory/cluster';
import type { Usage } from '../inventory/usage';
import { formatAmount, type Resources } from '../model/resources';
import type { ProblemDocument } from '../placement/document';
import { apartness, roomToBeAlone, type Apartness } from '../workloads/apart';
import { runningComponents, type Workload, type WorkloadComponent, type WorkloadPod } from '../workloads/workload';
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

/**
 * The workloads as a placement problem, each a gang.
 *
 * @param isPinned every component is to be pinned to the nodes that it gets
 */
export function fitProblem(asked: readonly Asked[], cluster: FitCluster, isPinned: boolean): ProblemDocument {
  const { inventory, use, levels } = cluster;
  const kept = new Map(asked.map((each) => [each, keptApart(each)]));
  const gangs = asked.map((each) => gangOf(each, levels.topology, isPinned, kept.get(each) ?? new Map()));
  const alone = roomToBeAlone([...kept.values()].flatMap((each) => [...each.values()].map(({ requests }) => requests)));
  return {
    version: 1,
    topologies: [{ name: levels.topology, levels: levels.levels.map(({ label }) => label) }],
    nodes: inventory.nodes.map((node) => ({
      name: node.name,
      labels: { ...node.labels },
      taints: [...node.taints],
      unschedulable: node.unschedulable,
      ready: node.ready,
      allocatable: { ...quantities(node.allocatable), [CHANNEL]: '1', ...alone },
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

/** How the pods of each component are kept from the others of the workload. */
function keptApart({ gang, workload }: Asked): ReadonlyMap<WorkloadComponent, Apartness> {
  const components = runningComponents(workload);
  return new Map(components.map((each) => [each, apartness(each, components, `${gang}/${each.name}`)]));
}

function gangOf(
  { gang, workload, wishes }: Asked,
  topology: string,
  isPinned: boolean,
  kept: ReadonlyMap<WorkloadComponent, Apartness>,
): Gang {
  const components = runningComponents(workload);
  const groups = components.map((component) => {
    return groupOf(component, wishes, topology, isPinned, kept.get(component) ?? { requests: {} });
  });
  const named = (role: string): string[] =>
    components.filter((each) => roleOf(each) === role).map((each) => podsPath(each, wishes));
  const traffic = named('prefill').flatMap((prefill) =>
    named('decode').map((decode) => ({ between: [prefill, decode] as [string, string], weight: 1 })),
  );
  return { name: gang, constraint: constraintOf(topology, wishes.together), groups, traffic };
}

/** Path of the group of a component's pods, or of what holds them. */
function podsPath({ name }: WorkloadComponent, { components }: Wishes): string {
  return components.get(name)?.together ? `${name}/${REPLICA}` : name;
}

/** A text about groups of the problem, in the words of the manifests. */
export function inManifestWords(text: string): string {
  return text.replace(new RegExp(`/(?:${REPLICA}|${LEADER}|${WORKERS})(?![\\w-])`, 'g'), '');
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
