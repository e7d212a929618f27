import type { InventoryNode } from '../inventory/cluster';

/** What is wrong with a node, by its name; undefined where nothing is, or where nobody looked. */
export type NodeNotes = (name: string) => string | undefined;

/** @param nodes those of today */
export function nodeNotes(nodes: readonly InventoryNode[] | undefined): NodeNotes {
  if (!nodes) return () => undefined;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return (name) => {
    const node = byName.get(name);
    if (!node) return 'gone';
    if (!node.ready) return `not ready: ${node.notReady.join(', ')}`;
    return node.unschedulable ? 'cordoned' : undefined;
  };
}
