import { NODE_POOL_LABEL } from '../../backends/kai/node-pool';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { nearest } from '../../diagnostics/nearest';
import { placeOf, type ClusterModel } from '../collect';
import { poolNodes } from '../problem';

/** That the pool has nodes, that the stack can place in one, and which nodes are left to other pools. */
export function checkNodePool(cluster: ClusterModel): Diagnostic[] {
  const { construct, inventory } = cluster;
  const where = placeOf(construct);
  const pool = construct.nodePool;
  if (pool !== undefined && construct.stack.profile.gang === 'grove') {
    const message = `cluster "${construct.name}" names node pool "${pool}", and Grove puts no pool on the PodGroups it makes`;
    return [diagnostic('BAY2034', { message, where, help: 'use a stack without Grove for this pool' })];
  }
  const pools = [...new Set(inventory.nodes.flatMap(({ labels }) => labels[NODE_POOL_LABEL] ?? []))].sort();
  if (pool !== undefined && !pools.includes(pool)) {
    const close = nearest(pool, pools);
    const message = `no node of cluster "${construct.name}" is in node pool "${pool}"`;
    const notes = [`pools by the label ${NODE_POOL_LABEL}: ${pools.join(', ') || 'none'}`];
    const help = close === undefined ? 'label the nodes, and export the list again' : `did you mean "${close}"?`;
    return [diagnostic('BAY2035', { message, where, notes, help })];
  }
  const left = inventory.nodes.length - poolNodes(cluster).length;
  if (pool !== undefined || left === 0) return [];
  return [
    diagnostic('BAY2036', {
      message: `${left} of ${inventory.nodes.length} nodes belong to a node pool (${pools.join(', ')}), and nothing is placed on them`,
      where,
      notes: ["KAI's default shard does not see nodes with that label"],
      help: 'give the cluster that nodePool, or take the label off the nodes',
      data: { nodes: left, pools },
    }),
  ];
}
