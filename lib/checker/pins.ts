import type { GroupDocument, NodeDocument } from '../placement/document';
import type { Cluster, PlacedGang, Scope } from './cluster';
import { wanted } from './copies';
import type { PlanFault } from './fault';
import { addDemand, amountText, demandOf, freeOf } from './quantity';

/** What will be written with one pin: a group of a gang, or one copy of it. */
interface Component {
  readonly gang: string;
  readonly path: string;
  readonly group: GroupDocument;
  /** All pods that it will have, whether planned or not. */
  readonly pods: number;
  /** Planned pods by node: the keys are the set that it is pinned to. */
  readonly planned: ReadonlyMap<string, number>;
}

/**
 * On every node, all components pinned there fit together with what is used, each counted at the most pods that it
 * could have there. Then no order of starting or restarting pods leaves one without a place.
 */
export function checkPins(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  const sums = new Map<string, { readonly sum: Map<string, bigint>; readonly who: string[] }>();
  for (const component of placed.flatMap(componentsOf)) {
    for (const name of component.planned.keys()) {
      const node = cluster.nodes.get(name);
      if (node === undefined) continue;
      const most = mostPods(component, node);
      const here = sums.get(name) ?? { sum: new Map<string, bigint>(), who: [] };
      sums.set(name, here);
      addDemand(here.sum, demandOf(component.group.pod?.requests), most);
      here.who.push(`${most} x ${component.gang}/${component.path}`);
    }
  }
  return [...sums].flatMap(([name, { sum, who }]) => unsafe(cluster, name, sum, who));
}

function componentsOf({ gang, scopes }: PlacedGang): Component[] {
  const components = new Map<string, { readonly first: Scope; readonly pods: number; readonly nodes: string[] }>();
  for (const scope of scopes) {
    const pinned = scope.group?.pinned;
    if (pinned === undefined || scope.group?.pod === undefined) continue;
    const path = pinned === 'set' ? scope.groupPath : scope.path;
    const pods = (scope.group.count ?? 1) * (pinned === 'set' ? copiesOf(gang.groups, scope.groupPath.split('/')) : 1);
    const component = components.get(path) ?? { first: scope, pods, nodes: [] };
    components.set(path, component);
    component.nodes.push(...scope.pods);
  }
  return [...components].flatMap(([path, { first, pods, nodes }]) => {
    return first.group ? [{ gang: gang.name, path, group: first.group, pods, planned: counted(nodes) }] : [];
  });
}

/** Full replicas, multiplied over every depth of a path. */
function copiesOf(groups: readonly GroupDocument[] | undefined, path: readonly string[]): number {
  const group = groups?.find(({ name }) => name === path[0]);
  return group === undefined ? 1 : wanted(group).most * copiesOf(group.groups, path.slice(1));
}

function counted(nodes: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}

/** The most pods of a component that could be on a node of its set. */
function mostPods(component: Component, node: NodeDocument): bigint {
  if (component.planned.size === 1) return BigInt(component.planned.get(node.name) ?? 0);
  if (component.group.pod?.exclusive === 'kubernetes.io/hostname') return 1n;
  const bounds = [BigInt(component.pods)];
  for (const [resource, request] of demandOf(component.group.pod?.requests)) {
    const free = freeOf(node, resource);
    if (free !== undefined) bounds.push(free < 0n ? 0n : free / request);
  }
  return bounds.reduce((a, b) => (b < a ? b : a));
}

function unsafe(cluster: Cluster, name: string, sum: ReadonlyMap<string, bigint>, who: readonly string[]): PlanFault[] {
  const node = cluster.nodes.get(name);
  if (node === undefined) return [];
  return [...sum].flatMap(([resource, amount]) => {
    const free = freeOf(node, resource);
    if (free === undefined || amount <= free) return [];
    const data = { resource, most: amountText(amount), free: amountText(free), components: who };
    const message = `node ${name} has ${data.free} of ${resource} left, and pods pinned there could ask for ${data.most}: ${who.join(', ')}`;
    return [{ code: 'pin-safety', message, node: name, data }] satisfies PlanFault[];
  });
}
