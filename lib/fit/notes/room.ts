import { parseQuantity } from '../../model/quantity';
import type { Resources } from '../../model/resources';
import { HOSTNAME_LABEL } from '../../model/node';
import { keptFrom, pinnedTo } from '../../replay/predicates';
import { selects, type WorkloadComponent, type WorkloadPod } from '../../workloads/workload';
import { copiesOf } from '../answer';
import type { Noted } from './note';

/** What is free on each node once everything that was asked about is where the plan has it. */
export type FreeRoom = ReadonlyMap<string, Resources>;

/** Components and their pods, by node. */
export interface PlacedPods {
  readonly free: FreeRoom;
  /** Names of the nodes that hold pods of a component. */
  readonly nodesOf: ReadonlyMap<WorkloadComponent, ReadonlySet<string>>;
}

const ONE = parseQuantity('1') ?? 0n;

export function placedPods({ asked, cluster, plan }: Noted): PlacedPods {
  const { inventory, use } = cluster;
  const free = new Map<string, Record<string, bigint>>();
  for (const { name, allocatable } of inventory.nodes) {
    free.set(name, { ...allocatable });
    take(free, name, use.byNode.get(name) ?? {});
  }
  const nodesOf = new Map<WorkloadComponent, Set<string>>();
  for (const { gang, workload, wishes } of asked) {
    const placed = plan.gangs.find(({ name }) => name === gang);
    if (placed?.status !== 'placed') continue;
    for (const [component, copies] of copiesOf(workload, wishes, placed)) {
      nodesOf.set(component, new Set(copies.flat()));
      for (const copy of copies) {
        copy.forEach((node, i) => take(free, node, withPod(component.pods[Math.min(i, component.pods.length - 1)])));
      }
    }
  }
  return { free, nodesOf };
}

function withPod(pod: WorkloadPod | undefined): Resources {
  return { ...pod?.requests, pods: ONE };
}

function take(free: Map<string, Record<string, bigint>>, node: string, amounts: Resources): void {
  const left = free.get(node);
  if (!left) return;
  for (const [resource, amount] of Object.entries(amounts)) left[resource] = (left[resource] ?? 0n) - amount;
}

/** Names of the nodes that could take one more pod of a component beside everything else. */
export function nodesWithRoom(component: WorkloadComponent, placed: PlacedPods, { cluster }: Noted): readonly string[] {
  const [pod] = component.pods;
  if (!pod) return [];
  const away = [...placed.nodesOf].filter(([other]) => keepsAwayFrom(pod, other));
  const taken = new Set(away.flatMap(([, nodes]) => [...nodes]));
  const nodes = cluster.inventory.nodes.filter(
    (node) => keptFrom(pod, node) === undefined && !taken.has(node.name) && fits(pod, placed.free.get(node.name) ?? {}),
  );
  return nodes.map(({ name }) => name);
}

/** Anti-affinity by host: a surge pod is one of the same component. */
function keepsAwayFrom({ apart }: WorkloadPod, { pods: [other] }: WorkloadComponent): boolean {
  return apart.some(
    (term) => term.topologyKey === HOSTNAME_LABEL && other !== undefined && selects(term, other.labels),
  );
}

export function fits({ requests }: Pick<WorkloadPod, 'requests'>, free: Resources): boolean {
  const asks = Object.entries({ ...requests, pods: ONE });
  // A node that says nothing of pods has no bound for them.
  return asks.every(([name, amount]) => amount === 0n || (free[name] ?? (name === 'pods' ? amount : 0n)) >= amount);
}

/** Hosts that a component's pods are pinned to by name. */
export function pinOf({ pods: [pod] }: WorkloadComponent): readonly string[] | undefined {
  return pod && pinnedTo(pod);
}
