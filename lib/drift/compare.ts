import { COMPONENT_LABEL, GRAPH_LABEL } from '../inventory/pods';
import { membership } from '../backends/kai/pod-group';
import type { PodGroupState } from '../inventory/pod-groups';
import type { PodState } from '../inventory/pod-states';
import { compareNames, compareText } from '../order';
import type { Standing, Standings } from './names';
import type { PlannedComponent, PlannedGraph } from './planned';

/** How a pod stands to the plan. Pods of a component are interchangeable: they are held against its nodes together. */
export type PodStatus =
  /** on a node where the plan has a pod of its component, or on one of its pin where nothing says how many each has */
  | 'as-planned'
  /** on a node of its pin, beside as many as were planned there: pins leave that to the scheduler */
  | 'in-pin'
  /** on a node that its component is not pinned to */
  | 'elsewhere'
  /** without a node */
  | 'pending'
  /** being deleted */
  | 'terminating'
  /** failed or finished, and still listed */
  | 'ended';

export interface ComparedPod {
  readonly name: string;
  readonly component: string;
  readonly status: PodStatus;
  readonly node?: string;
  /** When it was made; for one that is being deleted, since when. */
  readonly since?: string;
  readonly ready: boolean;
  /** The scheduler's words on a pending pod; the kubelet's on one that ended or does not serve. */
  readonly why?: string;
}

export interface ComparedComponent {
  readonly name: string;
  /** The least pods that it should have; the most where something in the cluster scales it. */
  readonly planned: { readonly least: number; readonly most?: number };
  /** Nodes that its pods may stand on. */
  readonly pin: readonly string[];
  /** In order of name. */
  readonly pods: readonly ComparedPod[];
  /** Pods that do not exist. */
  readonly missing: number;
  /** Pods beyond the most. */
  readonly extra: number;
  /** Planned nodes where no pod of it stands, one for each pod; empty where nothing says how many each node has. */
  readonly open: readonly string[];
  /** More than one while it rolls. */
  readonly generations: number;
}

export type GraphStatus =
  /** some pods of the gang have a node, and others that it waits for have none */
  | 'partial'
  /** its pods exist, and none has a node */
  | 'waiting'
  /** none of its pods exists */
  | 'absent'
  /** the gang is whole, and something is not as planned */
  | 'differs'
  | 'as-planned';

export interface ComparedGraph {
  readonly namespace: string;
  readonly name: string;
  /** Its folder below `graphs/`. */
  readonly id: string;
  readonly status: GraphStatus;
  readonly components: readonly ComparedComponent[];
  /** Pods with the graph's label and no component of it. */
  readonly strangers: readonly ComparedPod[];
  /** KAI's words on its gang, while pods of it are pending. */
  readonly says: readonly string[];
}

/** What was asked of the cluster. */
export interface Running {
  readonly pods: readonly PodState[];
  /** Absent where nobody asked. */
  readonly podGroups?: readonly PodGroupState[];
}

/** Graphs with most to do first, else in order of name. */
export function compareGraphs(
  graphs: readonly PlannedGraph[],
  standings: Standings,
  running: Running,
): readonly ComparedGraph[] {
  const urgency: readonly GraphStatus[] = ['partial', 'waiting', 'absent', 'differs', 'as-planned'];
  const compared = graphs.map((graph) => compareGraph(graph, standings, running));
  return compared.sort((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status));
}

/** Pods of each graph that was not committed, as `namespace/name`, in order. */
export function unknownGraphs(graphs: readonly PlannedGraph[], pods: readonly PodState[]): ReadonlyMap<string, number> {
  const known = new Set(graphs.map(({ namespace, name }) => `${namespace}/${name}`));
  const counts = new Map<string, number>();
  for (const { namespace, labels, ended } of pods) {
    const key = `${namespace}/${labels[GRAPH_LABEL] ?? ''}`;
    if (labels[GRAPH_LABEL] === undefined || ended !== undefined || known.has(key)) continue;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => compareText(a, b)));
}

function compareGraph(graph: PlannedGraph, standings: Standings, running: Running): ComparedGraph {
  const own = running.pods.filter((pod) => isOf(graph, pod)).sort(compareNames);
  const known = new Set(graph.components.map(({ name }) => name.toLowerCase()));
  const components = graph.components.map((component) => {
    const pods = own.filter((pod) => componentOf(pod) === component.name.toLowerCase());
    return compareComponent(component, standings.of(component), pods);
  });
  const strangers = own
    .filter((pod) => pod.ended === undefined && !known.has(componentOf(pod)))
    .map((pod) => comparedPod(pod, componentOf(pod), 'elsewhere'));
  const { namespace, name, id } = graph;
  const says = components.some(hasPending) ? saysOf(graph, own, running.podGroups ?? []) : [];
  return { namespace, name, id, status: statusOf(components, strangers), components, strangers, says };
}

/** By the operator's label, on every stack; a pod that lost it is still a member of the gang. */
function isOf({ namespace, name, podGroup }: PlannedGraph, pod: PodState): boolean {
  return pod.namespace === namespace && (pod.labels[GRAPH_LABEL] === name || pod.podGroup === podGroup);
}

/** In lower case, since no two components of a graph differ in that alone. */
function componentOf({ labels }: PodState): string {
  return (labels[COMPONENT_LABEL] ?? labels[membership.subgroupLabel] ?? '').toLowerCase();
}

function compareComponent(
  { name, least, most = Infinity }: PlannedComponent,
  standing: Standing,
  pods: readonly PodState[],
): ComparedComponent {
  const free = [...standing.places];
  const compared = pods.map((pod) => comparedPod(pod, name, statusOfPod(pod, standing, free)));
  const live = compared.filter(({ status }) => status !== 'terminating' && status !== 'ended');
  return {
    name,
    planned: { least, most: Number.isFinite(most) ? most : undefined },
    pin: standing.pin,
    pods: compared,
    missing: Math.max(0, least - live.length),
    extra: Math.max(0, live.length - most),
    // of a component that may have fewer pods, no node is open while it has enough
    open: free.slice(0, Math.max(0, free.length - (most - Math.max(least, live.length)))),
    generations: new Set(pods.filter(({ ended }) => ended === undefined).map(generationOf)).size,
  };
}

/** @param free planned nodes that no pod has taken yet; loses one where the pod stands */
function statusOfPod(pod: PodState, { pin, places }: Standing, free: string[]): PodStatus {
  if (pod.ended !== undefined) return 'ended';
  if (pod.terminating !== undefined) return 'terminating';
  if (pod.node === undefined) return 'pending';
  const place = free.indexOf(pod.node);
  if (place >= 0) free.splice(place, 1);
  if (place >= 0) return 'as-planned';
  if (pin.length > 0 && !pin.includes(pod.node)) return 'elsewhere';
  return places.length > 0 ? 'in-pin' : 'as-planned';
}

function comparedPod(pod: PodState, component: string, status: PodStatus): ComparedPod {
  const why = status === 'pending' ? pod.unscheduled : (pod.ended ?? (pod.ready ? undefined : pod.trouble));
  const { name, node, created, terminating, ready } = pod;
  return { name, component, status, node, since: terminating ?? created, ready, why };
}

/** By the operator's hash of all workers, else by the Deployment's of its template. */
function generationOf({ labels }: PodState): string {
  return labels['nvidia.com/dynamo-worker-hash'] ?? labels['pod-template-hash'] ?? '';
}

function statusOf(components: readonly ComparedComponent[], strangers: readonly ComparedPod[]): GraphStatus {
  const counts = components.map(({ pods, planned }) => ({
    standing: pods.filter(stands).length,
    least: planned.least,
  }));
  const standing = counts.reduce((sum, count) => sum + count.standing, 0);
  const isWhole = counts.every((count) => count.standing >= count.least);
  if (!isWhole && standing > 0) return 'partial';
  if (!isWhole) return components.some(hasPending) ? 'waiting' : 'absent';
  const isPlanned = components.every(({ pods, extra }) => extra === 0 && pods.every(isAsPlanned));
  return isPlanned && strangers.length === 0 ? 'as-planned' : 'differs';
}

function hasPending({ pods }: ComparedComponent): boolean {
  return pods.some(({ status }) => status === 'pending');
}

/** It has a node and keeps it. */
export function stands({ status }: ComparedPod): boolean {
  return status === 'as-planned' || status === 'in-pin' || status === 'elsewhere';
}

/** Pods that ended are in nobody's way: the gang is whole without them. */
function isAsPlanned({ status, ready }: ComparedPod): boolean {
  return status === 'ended' || (ready && (status === 'as-planned' || status === 'in-pin'));
}

/** Grove names PodGroups itself, some of them by the clock: the pods say which. */
function saysOf(graph: PlannedGraph, pods: readonly PodState[], podGroups: readonly PodGroupState[]): string[] {
  const pending = pods.filter(({ node, ended }) => node === undefined && ended === undefined);
  const names = new Set([graph.podGroup, ...pending.flatMap(({ podGroup }) => podGroup ?? [])]);
  const own = podGroups.filter(({ namespace, name }) => namespace === graph.namespace && names.has(name));
  return [...new Set([...own].sort(compareNames).flatMap(({ says }) => says))];
}
