import { isInPool } from '../backends/kai/node-pool';
import type { ClusterInventory, InventoryNode, RunningPod } from '../inventory/cluster';
import { asMap, asText } from '../inventory/raw';
import { podsOf, usage } from '../inventory/usage';
import type { Resources } from '../model/resources';
import type { NodeSpec } from '../placement/problem';
import type { WorkloadPod } from '../workloads/workload';
import type { Committed } from './committed';
import { needsOf, type PlannedComponent, type PlannedGraph } from './planned';
import { levelsOf, requiredDomains, type PlacesOf, type RequiredDomain } from './required';

/** One component's pods on one node. */
export interface Placed {
  readonly graph: PlannedGraph;
  readonly component: PlannedComponent;
  readonly needs: WorkloadPod;
  readonly node: string;
  readonly pods: number;
}

/** @param placesOf the node of each pod of a component, as planned */
export function groundOf(
  graphs: readonly PlannedGraph[],
  { objects }: Committed,
  today: ClusterInventory,
  placesOf: PlacesOf,
): Ground {
  const isOwn = podsOf(
    graphs,
    graphs.map(({ namespace, podGroup }) => ({ namespace, name: podGroup })),
  );
  const { byNode, claimed } = usage(today, isOwn);
  const nodes = new Map(today.nodes.map((node) => [node.name, nodeSpec(node, byNode.get(node.name) ?? {})]));
  const placed = graphs.flatMap((graph) => {
    return graph.components.flatMap((component) => placedOn(graph, component, placesOf(component)));
  });
  const required = new Map(graphs.map((graph) => [graph, requiredDomains(graph, objects, placesOf)]));
  const others = today.pods.filter((pod) => !isOwn(pod));
  const shard = objects.find(({ kind }) => kind === 'SchedulingShard');
  const pool = asText(asMap(shard?.document.spec).partitionLabelValue);
  // Run:ai's pools are the control plane's, and no labels of ours
  const isRunai = placed.every(({ needs }) => needs.schedulerName === 'runai-scheduler');
  const sees: Ground['sees'] = (labels) => isRunai || isInPool(labels, pool);
  return { nodes, placed, others, claimed, required, levels: levelsOf(objects), pool, sees };
}

/** What the placement stands on. */
export interface Ground {
  /** Today's, by name. */
  readonly nodes: ReadonlyMap<string, GroundNode>;
  /** Every planned pod of the cluster. */
  readonly placed: readonly Placed[];
  /** What else runs, where it is known. */
  readonly others: readonly RunningPod[];
  /** Nodes where another pod holds devices by a claim. */
  readonly claimed: ReadonlySet<string>;
  readonly required: ReadonlyMap<PlannedGraph, readonly RequiredDomain[]>;
  /** Node labels of the topology, broadest first. */
  readonly levels: readonly string[];
  /** The node pool that KAI keeps to; absent for the nodes of none. */
  readonly pool?: string;
  /** Whether the scheduler looks at a node with these labels. */
  readonly sees: (labels: Readonly<Record<string, string>>) => boolean;
}

export interface GroundNode extends NodeSpec {
  readonly notReady: readonly string[];
}

function placedOn(graph: PlannedGraph, component: PlannedComponent, places: readonly string[]): Placed[] {
  const needs = needsOf(component);
  if (!needs) return [];
  return [...new Set(places)].sort().map((node) => {
    return { graph, component, needs, node, pods: places.filter((place) => place === node).length };
  });
}

/** Kubernetes taints a cordoned node too; that it is cordoned says it all. */
function nodeSpec(node: InventoryNode, used: Resources): GroundNode {
  const { name, labels, unschedulable, ready, allocatable, notReady } = node;
  const taints = node.taints.filter(({ key }) => !unschedulable || key !== 'node.kubernetes.io/unschedulable');
  return { name, labels, taints, unschedulable, ready, allocatable, used, notReady };
}
