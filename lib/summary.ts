import type { Compilation } from './compile';
import type { PlannedCluster } from './passes/plan';

/** What a person wants to know of a compile that went well: a line for each cluster, and where the files are. */
export function summary({ clusters, files }: Compilation, folders: readonly string[]): string {
  const lines = clusters.map(clusterLine);
  return [...lines, `${files.size} files in ${folders[0] ?? ''}`, ''].join('\n');
}

function clusterLine({ cluster, plan }: PlannedCluster): string {
  const placed = plan.gangs.flatMap((gang) => (gang.status === 'placed' ? [gang] : []));
  const nodes = placed.flatMap(({ placements }) => Object.values(placements).flat());
  const proof = plan.optimal ? 'proven optimal' : 'not proven optimal';
  return `${cluster.construct.name}: ${count(placed.length, 'graph')}, ${count(nodes.length, 'pod')} on ${count(new Set(nodes).size, 'node')}, ${proof}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
