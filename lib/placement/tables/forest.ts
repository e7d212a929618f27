import { groupedBy, type Grouped } from '../grouped';
import type { Tree } from '../tree';

/**
 * The domains of a topology as a tree. Depth -1 is everything, in one domain; the last depth is the node. What lies
 * in what is worked out when it is first asked for.
 */
export class Forest {
  private readonly parents: Int32Array[] = [];
  /** By depth: its domains by the one around them. */
  private readonly inside: Grouped[] = [];

  constructor(readonly tree: Tree) {}

  get depths(): number {
    return this.tree.depths;
  }

  /** By domain of a depth: the domain around it, of the depth above. */
  parent(depth: number): Int32Array {
    return (this.parents[depth] ??= this.parentsAt(depth));
  }

  private parentsAt(depth: number): Int32Array {
    const parent = new Int32Array(this.count(depth));
    const above = this.tree.domainOf[depth - 1];
    if (above) this.tree.domainOf[depth]?.forEach((domain, n) => (parent[domain] = above[n] ?? 0));
    return parent;
  }

  /** The domains of the next depth in a domain. */
  children(depth: number, domain: number): Int32Array {
    const inside = (this.inside[depth + 1] ??= groupedBy(this.parent(depth + 1), this.count(depth)));
    return inside.of(domain);
  }

  /** How many domains there are at a depth. */
  count(depth: number): number {
    return depth < 0 ? 1 : (this.tree.domainCount[depth] ?? 0);
  }

  domainOf(depth: number, node: number): number {
    return depth < 0 ? 0 : (this.tree.domainOf[depth]?.[node] ?? 0);
  }
}
