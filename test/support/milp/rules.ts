import { demandOf, freeOf } from '../../../lib/checker/quantity';
import { sumOf, type Variable } from './linear';
import { fitAlone, knapsack, type GangModel, type PlacementModel, type Slot } from './placement';
import type { Uses } from './uses';

/** All pods of a copy, or of a gang, in one domain of the level that is required. */
export function addRequired({ model, gangs }: PlacementModel, uses: Uses): void {
  for (const { own, topology, slots, placed, single } of gangs.flatMap(({ scopes }) => scopes)) {
    if (own?.required === undefined || topology === undefined || single) continue;
    const count = uses.count(slots, topology, topology.levels.indexOf(own.required) + 1);
    model.atMost(sumOf([...count.terms, ...placed.terms.map(([factor, variable]) => [-factor, variable] as const)]), 0);
  }
}

interface Component {
  readonly slots: readonly Slot[];
  /** All pods that it will have, whether planned or not. */
  readonly pods: number;
}

/** On every node, all components pinned there fit together, each counted at the most pods that it could have there. */
export function addPins(placement: PlacementModel, uses: Uses): void {
  const { model, cluster } = placement;
  const components = placement.gangs.flatMap(componentsOf);
  const loads = components.map((component) => loadsOf(placement, uses, component));
  (cluster.document.nodes ?? []).forEach((node, n) => {
    const here = components.flatMap(({ slots }, i) => {
      const load = loads[i]?.get(n);
      return load === undefined ? [] : [{ load, demand: demandOf(slots[0]?.group.pod?.requests) }];
    });
    for (const resource of new Set(here.flatMap(({ demand }) => [...demand.keys()]))) {
      const free = freeOf(node, resource);
      const amounts = here.map(({ load, demand }) => [demand.get(resource) ?? 0n, load] as const);
      if (free !== undefined) knapsack(model, amounts, free);
    }
  });
}

function componentsOf({ groups, gang }: GangModel): Component[] {
  return [...groups].flatMap(([path, { slots }]): Component[] => {
    const group = slots[0]?.group;
    const count = group?.count ?? 1;
    // A copy of one pod is on one node, where capacity says all there is to say.
    if (group?.pod === undefined || slots[0]?.path !== path || group.pinned === undefined) return [];
    if (group.pinned === 'replica')
      return count === 1 ? slots.flatMap(eachCopy) : slots.map((slot) => ({ slots: [slot], pods: count }));
    return [{ slots, pods: count * copiesOf(gang.groups, path.split('/')) }];
  });
}

/** Copies of one pod, pinned one by one, count as what is planned: their slot stands for all of them. */
function eachCopy(slot: Slot): Component[] {
  return [{ slots: [slot], pods: 0 }];
}

function copiesOf(groups: GangModel['gang']['groups'] | undefined, path: readonly string[]): number {
  const group = groups?.find(({ name }) => name === path[0]);
  return group === undefined ? 1 : (group.replicas ?? 1) * copiesOf(group.groups, path.slice(1));
}

/** By node: the most pods that the component could have there, once it is pinned to the nodes that it uses. */
function loadsOf(
  { model, cluster }: PlacementModel,
  uses: Uses,
  { slots, pods }: Component,
): ReadonlyMap<number, Variable> {
  const used = uses.nodes(slots);
  const several = model.binary();
  // 1 where there is more than one node.
  model.atMost(sumOf([...[...used.values()].map((use) => [1, use] as const), [-used.size, several]]), 1);
  const loads = new Map<number, Variable>();
  for (const [n, use] of used) {
    const node = cluster.document.nodes?.[n];
    const group = slots[0]?.group;
    if (node === undefined || group === undefined) continue;
    const alone = group.pod?.exclusive === 'kubernetes.io/hostname' ? 1 : Math.min(pods, fitAlone(group, node));
    const planned = slots.flatMap((slot) => slot.pods.get(n) ?? []);
    const load = model.integer(
      Math.max(
        alone,
        planned.reduce((sum, pod) => sum + model.highOf(pod), 0),
      ),
    );
    model.atMost(sumOf([...planned.map((pod) => [1, pod] as const), [-1, load]]), 0);
    model.atMost(sumOf([[alone, use], [alone, several], [-1, load]]), alone); // prettier-ignore
    loads.set(n, load);
  }
  return loads;
}
