import type { InventoryNode } from './cluster';

/** How the domains of one label lie to those of another, over the nodes that have both. */
export type Nesting =
  | { readonly kind: 'equal' }
  /** Each domain of the first is a union of domains of the second. */
  | { readonly kind: 'broader' }
  | { readonly kind: 'narrower' }
  /** A value of the second that lies in two or more of the first, where neither holds the other. */
  | { readonly kind: 'crosses'; readonly value: string; readonly within: readonly string[] }
  /** No node has both. */
  | { readonly kind: 'apart' };

/** How the domains of label `a` lie to those of `b`; values are taken as they are, whatever stands above them. */
export function nestingOf(nodes: readonly InventoryNode[], a: string, b: string): Nesting {
  const both = nodes.filter(({ labels }) => Object.hasOwn(labels, a) && Object.hasOwn(labels, b));
  if (both.length === 0) return { kind: 'apart' };
  const split = parentsOf(both, a, b).find(({ within }) => within.length > 1);
  const joined = parentsOf(both, b, a).some(({ within }) => within.length > 1);
  if (split === undefined) return { kind: joined ? 'broader' : 'equal' };
  return joined ? { kind: 'crosses', ...split } : { kind: 'narrower' };
}

/** Each value of `inner`, with the values of `outer` that its nodes have; all in order. */
export function parentsOf(
  nodes: readonly InventoryNode[],
  outer: string,
  inner: string,
): readonly { readonly value: string; readonly within: readonly string[] }[] {
  const parents = new Map<string, Set<string>>();
  for (const { labels } of nodes) {
    const value = labels[inner];
    const parent = labels[outer];
    if (value === undefined || parent === undefined) continue;
    const known = parents.get(value);
    if (known) known.add(parent);
    else parents.set(value, new Set([parent]));
  }
  return [...parents.keys()].sort().map((value) => ({ value, within: [...(parents.get(value) ?? [])].sort() }));
}

/** How many domains there are at the narrowest of these levels: different tuples of values, over nodes that have all. */
export function countDomains(nodes: readonly InventoryNode[], levels: readonly string[]): number {
  return new Set(nodes.flatMap((node) => tupleKey(node, levels) ?? [])).size;
}

/** One text for each domain; undefined where the node lacks a label. No value of a label holds a line break. */
export function tupleKey({ labels }: InventoryNode, levels: readonly string[]): string | undefined {
  const values = levels.map((level) => labels[level]);
  return values.includes(undefined) ? undefined : values.join('\n');
}
