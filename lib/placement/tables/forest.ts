import type { Tree } from '../tree';

/**
 * The domains of a topology as a tree. Depth -1 is everything, in one domain; the last depth is the node.
 */
export class Forest {
  /** By depth: the domain around, of the depth above. */
  readonly parent: readonly Int32Array[];
  /** By depth + 1 and domain: where its domains of the next depth begin in `inside`. */
  private readonly starts: readonly Int32Array[];
  private readonly inside: readonly Int32Array[];

  constructor(readonly tree: Tree) {
    const nodes = tree.domainOf[tree.depths - 1]?.length ?? 0;
    this.parent = tree.domainOf.map((domainOf, depth) => {
      const above = tree.domainOf[depth - 1];
      const parent = new Int32Array(tree.domainCount[depth] ?? 0);
      for (let n = 0; n < nodes; n++) parent[domainOf[n] ?? 0] = above?.[n] ?? 0;
      return parent;
    });
    const listed = this.parent.map((parent, depth) =>
      byParent(parent, depth === 0 ? 1 : (tree.domainCount[depth - 1] ?? 0)),
    );
    this.starts = listed.map(({ starts }) => starts);
    this.inside = listed.map(({ inside }) => inside);
  }

  get depths(): number {
    return this.tree.depths;
  }

  /** The domains of the next depth in a domain. */
  children(depth: number, domain: number): Int32Array {
    const starts = this.starts[depth + 1];
    return this.inside[depth + 1]?.subarray(starts?.[domain] ?? 0, starts?.[domain + 1] ?? 0) ?? new Int32Array();
  }

  /** How many domains there are at a depth. */
  count(depth: number): number {
    return depth < 0 ? 1 : (this.tree.domainCount[depth] ?? 0);
  }

  domainOf(depth: number, node: number): number {
    return depth < 0 ? 0 : (this.tree.domainOf[depth]?.[node] ?? 0);
  }
}

/** Indices grouped by parent, in order. */
function byParent(parent: Int32Array, parents: number): { readonly starts: Int32Array; readonly inside: Int32Array } {
  const starts = new Int32Array(parents + 1);
  for (const p of parent) starts[p + 1] = (starts[p + 1] ?? 0) + 1;
  for (let p = 0; p < parents; p++) starts[p + 1] = (starts[p + 1] ?? 0) + (starts[p] ?? 0);
  const next = starts.slice();
  const inside = new Int32Array(parent.length);
  parent.forEach((p, i) => {
    inside[next[p] ?? 0] = i;
    next[p] = (next[p] ?? 0) + 1;
  });
  return { starts, inside };
}
