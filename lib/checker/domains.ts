import type { NodeDocument, TopologyDocument } from '../placement/document';
import type { Cluster } from './cluster';

const hostname = 'kubernetes.io/hostname';

/** Depths of a topology, the node included: it is the last, whether the topology names it or not. */
export function depthsOf(topology: TopologyDocument | undefined): number {
  if (topology === undefined) return 1;
  return topology.levels.length + (topology.levels.at(-1) === hostname ? 0 : 1);
}

/** Depths of the deepest topology: the length of the objective's vectors. */
export function deepest({ document }: Cluster): number {
  return Math.max(1, ...(document.topologies ?? []).map(depthsOf));
}

/** The labels that tell the domain of a node at a level, broadest first; undefined where the node lacks one of them. */
export function domainTuple(topology: TopologyDocument, node: NodeDocument, level: number): string[] | undefined {
  const tuple: string[] = [];
  for (const label of topology.levels.slice(0, level + 1)) {
    const value = labelOf(node, label);
    if (value === undefined) return undefined;
    tuple.push(value);
  }
  return tuple;
}

export function labelOf(node: NodeDocument, label: string): string | undefined {
  return node.labels && Object.hasOwn(node.labels, label) ? node.labels[label] : undefined;
}

/**
 * A text that two nodes have in common where they share a domain at a depth (from 1). A node without a label is, from
 * that level down, a domain of its own.
 */
export function domainAt(
  cluster: Cluster,
  topology: TopologyDocument | undefined,
  name: string,
  depth: number,
): string {
  const node = cluster.nodes.get(name);
  const isNode = topology === undefined || depth >= depthsOf(topology);
  const tuple = isNode || node === undefined ? undefined : domainTuple(topology, node, depth - 1);
  return tuple ? `domain ${JSON.stringify(tuple)}` : `node ${name}`;
}

/** How many domains pods use at each depth of a topology, broadest first. */
export function domainsUsed(
  cluster: Cluster,
  topology: TopologyDocument | undefined,
  pods: readonly string[],
): number[] {
  const nodes = [...new Set(pods)];
  return Array.from(
    { length: depthsOf(topology) },
    (_, i) => new Set(nodes.map((node) => domainAt(cluster, topology, node, i + 1))).size,
  );
}
