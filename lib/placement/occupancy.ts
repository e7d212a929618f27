import type { Instance, Leaf } from './instance';

/** One component as it will be written: its pods may be on any node of the set that the plan uses for them. */
export interface Component {
  readonly leaf: Leaf;
  /** Pods that it has when every replica runs. */
  readonly pods: number;
  /** Planned pods by node. */
  readonly planned: Map<number, number>;
}

export function makeComponent(leaf: Leaf): Component {
  return { leaf, pods: leaf.pinned === 'replica' ? leaf.count : leaf.pods, planned: new Map() };
}

/** The most pods of a component that a node could come to hold, where the set has other nodes too. */
function mostOn(component: Component, n: number): number {
  const { leaf, pods } = component;
  return leaf.exclusiveHost ? 1 : Math.min(pods, leaf.alone[n] ?? 0);
}

/**
 * Room on the nodes, while pods come and go.
 * Two sums are kept apart: what is planned, and what pinned components could grow to. Both must fit beside `used`.
 */
export class Occupancy {
  /** By node and resource: units left beside `used` and planned pods. */
  readonly room: Float64Array;
  /** By node and resource: units that pinned components could take at most. */
  readonly reserved: Float64Array;
  private readonly width: number;

  constructor(
    private readonly instance: Instance,
    private readonly pinsCount = true,
  ) {
    this.room = instance.room.all.slice();
    this.reserved = new Float64Array(this.room.length);
    this.width = instance.scale.resources.length;
  }

  /** True where one more pod of the leaf has room, and pins stay safe. */
  fits(leaf: Leaf, component: Component | undefined, n: number): boolean {
    const base = n * this.width;
    for (const [r, units] of leaf.demand) if ((this.room[base + r] ?? 0) < units) return false;
    return !component || !this.pinsCount || this.staysSafe(component, n);
  }

  add(leaf: Leaf, component: Component | undefined, n: number): void {
    this.move(this.room, leaf, n, -1);
    if (!component) return;
    this.reserve(component, n, 1);
    component.planned.set(n, (component.planned.get(n) ?? 0) + 1);
  }

  /** Takes back the pod that was added last to this component on this node. */
  remove(leaf: Leaf, component: Component | undefined, n: number): void {
    this.move(this.room, leaf, n, 1);
    if (!component) return;
    const left = (component.planned.get(n) ?? 0) - 1;
    if (left > 0) component.planned.set(n, left);
    else component.planned.delete(n);
    this.reserve(component, n, -1);
  }

  private staysSafe(component: Component, n: number): boolean {
    const [pods, other, otherPods] = growth(component, n);
    return (
      this.couldReserve(component.leaf, n, pods) && (other < 0 || this.couldReserve(component.leaf, other, otherPods))
    );
  }

  private couldReserve(leaf: Leaf, n: number, pods: number): boolean {
    const base = n * this.width;
    return leaf.demand.every(
      ([r, units]) => (this.reserved[base + r] ?? 0) + pods * units <= this.instance.room.on(n, r),
    );
  }

  private reserve(component: Component, n: number, by: number): void {
    const [pods, other, otherPods] = growth(component, n);
    this.move(this.reserved, component.leaf, n, by * pods);
    if (other >= 0) this.move(this.reserved, component.leaf, other, by * otherPods);
  }

  private move(sums: Float64Array, leaf: Leaf, n: number, pods: number): void {
    const base = n * this.width;
    for (const [r, units] of leaf.demand) sums[base + r] = (sums[base + r] ?? 0) + pods * units;
  }
}

/**
 * What one more planned pod on a node adds to what the component could take: pods on that node, and on the only node
 * of before (or -1), which from now on shares its pods with this one.
 */
function growth(component: Component, n: number): readonly [number, number, number] {
  const { planned } = component;
  if (planned.size === 0) return [1, -1, 0];
  if (planned.has(n)) return [planned.size === 1 ? 1 : 0, -1, 0];
  if (planned.size > 1) return [mostOn(component, n), -1, 0];
  const [only = -1, pods = 0] = planned.entries().next().value ?? [];
  return [mostOn(component, n), only, mostOn(component, only) - pods];
}
