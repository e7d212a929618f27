import { clusterOf, placedGangs, type PlacedGang, type Scope } from '../../lib/checker/cluster';
import { addDemand, demandOf, freeOf } from '../../lib/checker/quantity';
import type { NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';

/**
 * A scheduler that knows nothing of the plan but its pins: each pod may go to any node of its component's set that
 * has room at that moment. Pods start and restart in any order, of all gangs at once.
 */
interface Component {
  readonly name: string;
  readonly demand: ReadonlyMap<string, bigint>;
  /** The nodes that it is pinned to. */
  readonly set: readonly string[];
  /** No two of its pods on one node. */
  readonly apart: boolean;
  readonly pods: number;
}

interface Running {
  readonly component: Component;
  readonly node: string;
}

/** What happens next: a pod stops, or one that is missing starts; which, and where, by number. */
export interface Event {
  readonly stops: boolean;
  readonly pod: number;
  readonly node: number;
}

/** A pod that is missing and has no place, with what runs at that moment; undefined where that never comes about. */
export function findStuckPod(document: ProblemDocument, plan: Plan, events: readonly Event[]): object | undefined {
  const cluster = clusterOf(document);
  const components = placedGangs(cluster, plan).flatMap(componentsOf);
  const running: Running[] = [];
  for (const event of [...events, ...Array.from({ length: 40 }, () => ({ stops: false, pod: 0, node: 0 }))]) {
    const missing = components.filter((component) => countOf(running, component) < component.pods);
    const places = missing.map((component) => ({ component, nodes: placesFor(cluster.nodes, running, component) }));
    const stuck = places.find(({ nodes }) => nodes.length === 0);
    if (stuck)
      return {
        stuck: stuck.component.name,
        running: running.map(({ component, node }) => `${component.name} on ${node}`),
      };
    const starting = places[event.pod % Math.max(1, places.length)];
    if (event.stops && running.length > 0) running.splice(event.pod % running.length, 1);
    else if (starting)
      running.push({ component: starting.component, node: starting.nodes[event.node % starting.nodes.length] ?? '' });
  }
  return undefined;
}

function componentsOf({ gang, scopes }: PlacedGang): Component[] {
  const byName = new Map<string, Scope[]>();
  for (const scope of scopes.filter(({ group }) => group?.pinned !== undefined)) {
    const name = `${gang.name}/${scope.group?.pinned === 'set' ? scope.groupPath : scope.path}`;
    byName.set(name, [...(byName.get(name) ?? []), scope]);
  }
  return [...byName].map(([name, copies]) => {
    const nodes = copies.flatMap(({ pods }) => pods);
    const pod = copies[0]?.group?.pod;
    return {
      name,
      demand: demandOf(pod?.requests),
      set: [...new Set(nodes)],
      apart: pod?.exclusive !== undefined,
      pods: nodes.length,
    };
  });
}

function countOf(running: readonly Running[], component: Component): number {
  return running.filter((pod) => pod.component === component).length;
}

function placesFor(
  nodes: ReadonlyMap<string, NodeDocument>,
  running: readonly Running[],
  component: Component,
): string[] {
  return component.set.filter((name) => {
    const node = nodes.get(name);
    const here = running.filter((pod) => pod.node === name);
    if (node === undefined || (component.apart && here.some((pod) => pod.component === component))) return false;
    const sum = new Map(component.demand);
    for (const pod of here) addDemand(sum, pod.component.demand, 1n);
    return [...component.demand.keys()].every((resource) => {
      const free = freeOf(node, resource);
      return free === undefined || (sum.get(resource) ?? 0n) <= free;
    });
  });
}
