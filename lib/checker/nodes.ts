import type { Cluster, PlacedGang, Scope } from './cluster';
import { labelOf } from './domains';
import { refusal } from './eligibility';
import type { PlanFault } from './fault';
import { addDemand, amountText, demandOf, freeOf } from './quantity';

/** Every pod on a node that may take it and that has every label of the topologies that constrain the pod. */
export function checkEligibility(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  return leaves(placed).flatMap((scope) => {
    return [...new Set(scope.pods)].flatMap((node) => [
      ...refused(cluster, scope, node),
      ...unlabelled(cluster, scope, node),
    ]);
  });
}

function leaves(placed: readonly PlacedGang[]): Scope[] {
  return placed.flatMap(({ scopes }) => scopes.filter((scope) => scope.group?.pod !== undefined));
}

function refused(cluster: Cluster, scope: Scope, name: string): PlanFault[] {
  const node = cluster.nodes.get(name);
  const why = node && scope.group?.pod && refusal(node, scope.group.pod);
  return why === undefined ? [] : [podFault('eligibility', scope, name, `${scope.path} cannot be on ${name}: ${why}`)];
}

function unlabelled(cluster: Cluster, scope: Scope, name: string): PlanFault[] {
  const node = cluster.nodes.get(name);
  if (node === undefined) return [];
  const names = new Set(scope.constraints.map((constraint) => constraint.topology));
  return [...names].flatMap((topology) => {
    const missing =
      cluster.topologies.get(topology)?.levels.filter((level) => labelOf(node, level) === undefined) ?? [];
    return missing.map((level) => {
      const message = `${scope.path} is constrained by ${topology}, and ${name} lacks its label ${level}`;
      return podFault('missing-label', scope, name, message, { topology, level });
    });
  });
}

/** No node over its allocatable in anything that the plan puts there, together with what is used already. */
export function checkCapacity(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  const asked = new Map<string, Map<string, bigint>>();
  for (const scope of leaves(placed)) {
    const demand = demandOf(scope.group?.pod?.requests);
    for (const name of scope.pods) {
      const sum = asked.get(name) ?? new Map<string, bigint>();
      asked.set(name, sum);
      addDemand(sum, demand, 1n);
    }
  }
  return [...asked].flatMap(([name, sum]) => overfull(cluster, name, sum));
}

function overfull(cluster: Cluster, name: string, asked: ReadonlyMap<string, bigint>): PlanFault[] {
  const node = cluster.nodes.get(name);
  if (node === undefined) return [];
  return [...asked].flatMap(([resource, amount]) => {
    const free = freeOf(node, resource);
    if (free === undefined || amount <= free) return [];
    const data = { resource, asked: amountText(amount), free: amountText(free) };
    const message = `node ${name} has ${data.free} of ${resource} left, and the plan puts ${data.asked} there`;
    return [{ code: 'capacity', message, node: name, data }] satisfies PlanFault[];
  });
}

/** No two pods of a group, all its copies together, share a value of its exclusive label; all nodes have the label. */
export function checkExclusive(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  const taken = new Map<string, string>();
  return leaves(placed).flatMap((scope) => {
    const label = scope.group?.pod?.exclusive;
    if (label === undefined) return [];
    return scope.pods.flatMap((name) => {
      const node = cluster.nodes.get(name);
      const value = node && labelOf(node, label);
      const place = JSON.stringify([scope.gang.name, scope.groupPath, value]);
      const before = taken.get(place);
      taken.set(place, scope.path);
      if (value !== undefined && before === undefined) return [];
      const what = value === undefined ? `lacks the label` : `shares ${value} with a pod of ${before}`;
      return [podFault('exclusive', scope, name, `${scope.path} is exclusive by ${label}: ${name} ${what}`, { label })];
    });
  });
}

function podFault(
  code: PlanFault['code'],
  scope: Scope,
  node: string,
  message: string,
  data: PlanFault['data'] = {},
): PlanFault {
  return { code, message, gang: scope.gang.name, path: scope.path, node, data };
}
