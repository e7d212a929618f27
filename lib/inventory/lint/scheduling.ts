import type { Diagnostic } from '../../diagnostics/diagnostic';
import { tolerates, type Taint, type Toleration } from '../../model/node';
import type { ClusterInventory } from '../cluster';
import { isGpuNode } from '../gpus';
import { listNames } from '../names';
import { sortedGroups } from '../groups';
import { aboutNodes } from './finding';

/** True for taints that say how a node is, and go by themselves: of Kubernetes, cloud providers, the autoscaler. */
export function isState({ key }: Taint): boolean {
  return states.test(key);
}

const states = /^(node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io)\/|^(ToBeDeleted|DeletionCandidateOf)/;

/**
 * Taints of nodes with GPUs that none of these tolerations lifts.
 *
 * @param tolerations of all pods with GPUs
 * @param concerns which taints are looked at
 */
export function lintTaints(
  inventory: ClusterInventory,
  tolerations: readonly Toleration[],
  concerns: (taint: Taint) => boolean = () => true,
): Diagnostic[] {
  const closed = (taint: Taint): boolean =>
    taint.effect !== 'PreferNoSchedule' &&
    !isState(taint) &&
    concerns(taint) &&
    !tolerations.some((toleration) => tolerates(toleration, taint));
  const pairs = inventory.nodes
    .filter(isGpuNode)
    .flatMap(({ name, taints }) => taints.filter(closed).map((taint) => ({ name, taint: taintText(taint) })));
  return sortedGroups(pairs, ({ taint }) => taint).flatMap(([taint, nodes]) =>
    aboutNodes(
      'BAY1074',
      inventory,
      nodes.map(({ name }) => ({ name })),
      {
        one: `has GPUs and the taint ${taint}, which no graph tolerates`,
        many: `have GPUs and the taint ${taint}, which no graph tolerates`,
        help: `give graphs that belong there \`tolerations\` for it; nothing is to be done where ${nodes.length === 1 ? 'the node is' : 'the nodes are'} meant for others`,
        data: { taint },
      },
    ),
  );
}

/** A taint as kubectl has it: `key=value:NoSchedule`. */
function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === undefined ? '' : `=${value}`}:${effect}`;
}

/**
 * Nodes of a pool that no queue is in.
 *
 * @param label by which nodes and queues are parted into pools
 * @param pools that queues name
 */
export function lintPools(inventory: ClusterInventory, label: string, pools: ReadonlySet<string>): Diagnostic[] {
  const others = inventory.nodes.filter(
    ({ labels }) => Object.hasOwn(labels, label) && !pools.has(labels[label] ?? ''),
  );
  return sortedGroups(others, ({ labels }) => labels[label]).flatMap(([pool, nodes]) =>
    aboutNodes('BAY1078', inventory, nodes, {
      one: `is in the pool ${pool}, and no queue is`,
      many: `are in the pool ${pool}, and no queue is`,
      help: `label a queue with ${label}: ${pool}, or take the label off the nodes: a scheduler sees nodes and queues of its own pool only`,
      notes: [`pools of the queues: ${pools.size === 0 ? 'none' : listNames([...pools].sort())}`],
      data: { pool },
    }),
  );
}
