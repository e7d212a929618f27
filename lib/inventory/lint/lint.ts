import type { Diagnostic } from '../../diagnostics/diagnostic';
import type { Toleration } from '../../model/node';
import type { ClusterInventory } from '../cluster';
import type { DetectedTopology } from '../levels';
import { lintCliques, lintGpus } from './gpus';
import { lintLevels } from './levels';
import { lintNodes } from './nodes';
import { lintPools, lintTaints } from './scheduling';

/** What is known beside the nodes. */
export interface LintContext {
  /** The levels that the labels make. */
  readonly topology: DetectedTopology;
  /** Of all pods that are to have GPUs. */
  readonly tolerations: readonly Toleration[];
  /** The label that parts nodes and queues into pools, and the pools of the queues, where queues are known. */
  readonly pools?: { readonly label: string; readonly names: ReadonlySet<string> };
}

/** Everything about the nodes that may be a mistake, as warnings. */
export function lintInventory(
  inventory: ClusterInventory,
  { topology, tolerations, pools }: LintContext,
): Diagnostic[] {
  return [
    ...lintNodes(inventory),
    ...lintLevels(inventory, topology),
    ...lintGpus(inventory),
    ...lintCliques(inventory),
    ...lintTaints(inventory, tolerations),
    ...(pools ? lintPools(inventory, pools.label, pools.names) : []),
  ];
}
