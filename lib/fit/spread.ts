import type { InventoryNode } from '../inventory/cluster';
import { HOSTNAME_LABEL } from '../model/node';
import type { FitCluster } from './problem';

/** The domains of a level that pods are in. */
export interface Spread {
  readonly level: string;
  /** The level's word, such as `rack`. */
  readonly name: string;
  /** Values of the labels from the broadest level down, joined with `/`; sorted. */
  readonly domains: readonly string[];
  /** Nodes of the pods that lack the label, or one above it. */
  readonly outside: number;
}

/** @param nodes names, one for each pod */
export function spreadOf(nodes: readonly string[], { inventory, levels }: FitCluster): Spread[] {
  const used = new Set(nodes);
  const own = inventory.nodes.filter(({ name }) => used.has(name));
  return levels.levels.map(({ label, name }, depth) => {
    const labels = levels.levels.slice(0, depth + 1).map((level) => level.label);
    // A host is known by its own name alone.
    const domains = own.map((node) => (label === HOSTNAME_LABEL ? node.name : domainOf(node, labels)));
    const inside = domains.filter((domain): domain is string => domain !== undefined);
    return { level: label, name, domains: [...new Set(inside)].sort(), outside: own.length - inside.length };
  });
}

/** The domain of a node at the last of some levels; undefined where the node lacks a label. */
export function domainOf({ labels }: Pick<InventoryNode, 'labels'>, levels: readonly string[]): string | undefined {
  const values = levels.map((level) => labels[level]);
  return values.every((value) => value !== undefined) ? values.join('/') : undefined;
}
