import type { CopyPods, GangPods } from '../assigned';
import { nodesOfAll, visitCopies } from '../assigned';
import type { Gang, Group } from '../instance';
import type { RatedShape } from '../shape';
import { mostOf, type Standing } from './standing';

/**
 * Groups that ride along: single pods without accelerators and without traffic, such as frontends. Placed on nodes
 * that the gang uses anyway, they add nothing to any term but what their own group costs at least wherever it is, so
 * that the best placement without them, with them on top, is a best placement. Where that does not work out, nothing
 * is said.
 */
export interface Carried {
  /** The gang without its riders. */
  readonly gang: Gang;
  readonly rated: RatedShape;
  /** Places of the riders in `gang.roots` of the whole gang. */
  readonly riders: readonly number[];
}

/** Undefined where there is nobody to ride along, or nothing to ride on. */
export function withoutRiders(gang: Gang, rated: RatedShape): Carried | undefined {
  const riders = gang.roots.flatMap((group, i) => (mayRide(gang, group) ? [i] : []));
  if (riders.length === 0 || riders.length === gang.roots.length) return undefined;
  const stays = (_: unknown, i: number): boolean => !riders.includes(i);
  return {
    gang: { ...gang, roots: gang.roots.filter(stays) },
    rated: { ...rated, shape: rated.shape.filter(stays) },
    riders,
  };
}

function mayRide(gang: Gang, { leaf, tree }: Group): boolean {
  if (leaf?.count !== 1 || leaf.accelerated || tree !== gang.tree) return false;
  if (leaf.exclusive && !leaf.exclusiveHost) return false;
  return !gang.edges.some((edge) => edge.a.includes(leaf.index) || edge.b.includes(leaf.index));
}

/** Puts the riders on nodes of the placed gang, each group in as few domains as can be; undefined where that fails. */
export function addRiders(
  standing: Standing,
  gang: Gang,
  rated: RatedShape,
  { gang: carrier, riders }: Carried,
  pods: GangPods,
): GangPods | undefined {
  const load = new Load(standing, gang, carrier, pods);
  const placed: (readonly CopyPods[])[] = [...pods];
  for (const at of riders) {
    const group = gang.roots[at];
    const nodes = group && load.put(group, (rated.shape[at] ?? []).length);
    if (!nodes) return undefined;
    placed.splice(
      at,
      0,
      nodes.map((n): CopyPods => ({ nodes: [n], groups: [] })),
    );
  }
  return placed;
}

/** What the gang itself takes on its nodes. */
class Load {
  private readonly used: readonly number[];
  private readonly planned = new Map<number, Float64Array>();
  private readonly pinned = new Map<number, Float64Array>();
  private readonly width: number;

  constructor(
    private readonly standing: Standing,
    private readonly gang: Gang,
    carrier: Gang,
    pods: GangPods,
  ) {
    this.width = standing.instance.scale.resources.length;
    this.used = [...new Set(nodesOfAll(pods))].sort((a, b) => a - b);
    const sets = new Map<number, Map<number, number>>();
    visitCopies(carrier.roots, pods, ({ leaf }, { nodes }) => {
      if (!leaf) return;
      const own =
        leaf.pinned === 'set' ? (sets.get(leaf.index) ?? new Map<number, number>()) : new Map<number, number>();
      if (leaf.pinned === 'set') sets.set(leaf.index, own);
      for (const n of nodes) {
        own.set(n, (own.get(n) ?? 0) + 1);
        this.add(this.planned, leaf.index, n, 1);
      }
      if (leaf.pinned === 'replica') this.reserve(leaf.index, own, leaf.count);
    });
    sets.forEach((own, leaf) => this.reserve(leaf, own, gang.leaves[leaf]?.pods ?? 0));
  }

  private reserve(l: number, planned: ReadonlyMap<number, number>, pods: number): void {
    const leaf = this.gang.leaves[l];
    if (!leaf) return;
    for (const [n, here] of planned) this.add(this.pinned, l, n, planned.size === 1 ? here : mostOf(leaf, pods, n));
  }

  private add(sums: Map<number, Float64Array>, leaf: number, n: number, pods: number): void {
    const units = sums.get(n) ?? new Float64Array(this.width);
    for (const [r, each] of this.gang.leaves[leaf]?.demand ?? []) units[r] = (units[r] ?? 0) + pods * each;
    sums.set(n, units);
  }

  /** Nodes for so many pods: one node, or, where each needs its own, nodes of one narrowest domain. */
  put({ leaf }: Group, pods: number): number[] | undefined {
    if (!leaf) return undefined;
    const each = leaf.exclusive ? 1 : pods;
    // On one node, or one a node: a component can have no more there than is planned.
    const able = this.used.filter(
      (n) => (leaf.alone[n] ?? 0) > 0 && this.holds(leaf.index, n, each, leaf.pinned ? each : 0),
    );
    const nodes = leaf.exclusive ? this.together(able, pods) : able.slice(0, 1);
    if (!nodes || nodes.length === 0) return undefined;
    for (const n of nodes) {
      this.add(this.planned, leaf.index, n, each);
      if (leaf.pinned) this.add(this.pinned, leaf.index, n, each);
    }
    return nodes.flatMap((n) => new Array<number>(each).fill(n));
  }

  private holds(leaf: number, n: number, pods: number, most: number): boolean {
    const { reserved, instance } = this.standing;
    return (this.gang.leaves[leaf]?.demand ?? []).every(([r, units]) => {
      const planned = (this.planned.get(n)?.[r] ?? 0) + pods * units;
      const pinned = (this.pinned.get(n)?.[r] ?? 0) + (reserved[n * this.width + r] ?? 0) + most * units;
      return planned <= this.standing.left(n, r) && (most === 0 || pinned <= instance.room.on(n, r));
    });
  }

  /** So many nodes of one domain of the depth above nodes. */
  private together(nodes: readonly number[], count: number): number[] | undefined {
    const { forest } = this.standing;
    const byDomain = new Map<number, number[]>();
    for (const n of nodes) {
      const domain = forest.domainOf(forest.depths - 2, n);
      const here = byDomain.get(domain) ?? [];
      here.push(n);
      byDomain.set(domain, here);
      if (here.length === count) return here;
    }
    return undefined;
  }
}
