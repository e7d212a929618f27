import { visitCopies, type GangPods } from './assigned';
import type { Gang, Instance } from './instance';
import { readLocks, type Locks } from './locked';
import type { Assignment } from './objective';
import { makeComponent, Occupancy, type Component } from './occupancy';
import { QueueLedger } from './queues';
import type { Ground } from './search';
import { Placer } from './tables/placer';
import { Tally } from './tally';
import { makeLayout, type Layout } from './value';

/** A problem with everything that stays the same through all searches. */
export interface Site {
  readonly instance: Instance;
  readonly layout: Layout;
  readonly locks: Locks;
  /** Places single gangs; remembers tables and where gangs stand, never an answer that depends on what was asked before. */
  readonly placer: Placer;
}

/** `movedLast`: with a rebalance, moves are compared last. */
export function makeSite(instance: Instance, movedLast = false): Site {
  const parts = { instance, layout: makeLayout(instance, movedLast), locks: readLocks(instance) };
  return { ...parts, placer: new Placer(parts) };
}

/** The state that the given gangs leave; `pinsCount` false leaves pin safety out of account. */
export function makeGround(site: Site, assignment: Assignment, pinsCount = true): Ground {
  const { instance, layout, locks } = site;
  const ground: Ground = {
    instance,
    locks,
    occupancy: new Occupancy(instance, pinsCount),
    ledger: new QueueLedger(instance),
    tally: new Tally(instance, layout),
  };
  for (const gang of instance.gangs) {
    const pods = assignment[gang.index];
    if (pods) settle(ground, gang, pods);
  }
  return ground;
}

/** Puts a placed gang into the ground; returns its pinned components. */
export function settle(ground: Ground, gang: Gang, pods: GangPods): readonly Component[] {
  const demand = new Array<number>(ground.instance.scale.resources.length).fill(0);
  const sets = gang.leaves.map((leaf) => (leaf.pinned === 'set' ? makeComponent(leaf) : undefined));
  const components = sets.flatMap((component) => component ?? []);
  visitCopies(gang.roots, pods, ({ leaf }, copy) => {
    if (!leaf) return;
    const component = leaf.pinned === 'replica' ? makeComponent(leaf) : sets[leaf.index];
    if (component && leaf.pinned === 'replica') components.push(component);
    for (const n of copy.nodes) {
      ground.occupancy.add(leaf, component, n);
      if (leaf.accelerated) ground.tally.breakNode(n, 1);
      for (const [r, units] of leaf.demand) demand[r] = (demand[r] ?? 0) + units;
    }
  });
  ground.ledger.charge(gang, demand);
  return components;
}
