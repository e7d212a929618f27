import type { Diagnostic } from '../../diagnostics/diagnostic';
import { lintCliques } from '../../inventory/lint/gpus';
import { lintTaints } from '../../inventory/lint/scheduling';
import type { Taint } from '../../model/node';
import { placeOf, within, type ClusterModel } from '../collect';
import { poolNodes } from '../problem';

/**
 * What keeps graphs off nodes that they were likely meant for. Of all that `bayplan inventory lint` looks at only this
 * depends on graphs; the rest is the state of a cluster, and would be told in every compile.
 */
export function checkInventory(cluster: ClusterModel): Diagnostic[] {
  const workers = cluster.graphs.flatMap(({ spec }) => spec.components.filter(({ gpus }) => gpus > 0));
  if (workers.length === 0) return [];
  const inventory = { ...cluster.inventory, nodes: poolNodes(cluster) };
  const tolerations = workers.flatMap((worker) => worker.tolerations);
  const sharesMemory = cluster.graphs.some(({ spec }) => spec.computeDomain);
  const found = [...lintTaints(inventory, tolerations, isOfGpus), ...(sharesMemory ? lintCliques(inventory) : [])];
  return found.map((finding) => within(finding, placeOf(cluster.construct)));
}

/** A taint that says that a node has GPUs; others keep nodes for somebody. */
function isOfGpus({ key, value = '' }: Taint): boolean {
  return /gpu|nvidia/i.test(`${key} ${value}`);
}
