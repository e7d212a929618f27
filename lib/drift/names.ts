import { dirname, join } from 'node:path';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import type { InventoryNode } from '../inventory/cluster';
import { Inventory } from '../inventory/inventory';
import { listNames } from '../inventory/names';
import type { Committed } from './committed';
import { keyOf, type PlannedComponent, type PlannedGraph } from './planned';

/** Names of the nodes that the pods of a component may stand on. */
export interface Standing {
  readonly pin: readonly string[];
  /** Node of each pod as planned, in order; empty where nothing says them. */
  readonly places: readonly string[];
}

export interface Standings {
  readonly of: (component: PlannedComponent) => Standing;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Pins name values of `kubernetes.io/hostname`, pods and lock name nodes; mostly they are the same. Where they are not,
 * a list of nodes tells: today's, or the one that the lock was made with.
 */
export function standingsOf(
  committed: Committed,
  graphs: readonly PlannedGraph[],
  today: readonly InventoryNode[] = [],
): Standings {
  const components = graphs.flatMap((graph) => graph.components.map((component) => ({ graph, component })));
  const isPlain = components.every(({ component }) => isSame(component.pin, component.places));
  const nodes = isPlain ? [] : [...committedNodes(committed), ...today];
  const byHostname = new Map(nodes.map(({ hostname, name }) => [hostname, name]));
  const standings = new Map(
    components.map(({ component }) => {
      const pin = component.pin.map((host) => byHostname.get(host) ?? host).sort();
      return [component, { pin, places: isSame(pin, component.places) ? component.places : [] }] as const;
    }),
  );
  const differing = components.filter(({ component }) => {
    const { pin = [], places = [] } = standings.get(component) ?? {};
    return pin.length > 0 && places.length === 0;
  });
  const empty: Standing = { pin: [], places: [] };
  return {
    of: (component) => standings.get(component) ?? empty,
    diagnostics: committed.lock ? mismatches(differing) : [],
  };
}

/** True where a pin has the nodes of these places and no others. */
function isSame(pin: readonly string[], places: readonly string[]): boolean {
  return [...new Set(places)].sort().join(' ') === [...pin].sort().join(' ');
}

/** Whatever inventory lies where the lock says; a lock may outlive it. */
function committedNodes({ lock, lockFile }: Committed): readonly InventoryNode[] {
  for (const name of Object.keys(lock?.inputs ?? {})) {
    const inventory = Inventory.fromKubectl(join(dirname(lockFile ?? ''), name)).load();
    if (inventory.ok) return inventory.value.nodes;
  }
  return [];
}

function mismatches(
  differing: readonly { readonly graph: PlannedGraph; readonly component: PlannedComponent }[],
): Diagnostic[] {
  const graphs = [...new Set(differing.map(({ graph }) => graph))];
  return graphs.map((graph) => {
    const names = differing.filter((each) => each.graph === graph).map(({ component }) => component.name);
    return diagnostic('BAY4065', {
      message: `the lock does not plan ${listNames(names)} of ${keyOf(graph)} where dist pins it`,
      where: graph.workload.where,
      notes: ['pods are held against the pins in dist, since that is what Flux applies'],
      help: 'take both from one commit, or compile the fleet again',
    });
  });
}
