import { inUnits, PODS, unitOf, type Scale } from './amounts';
import type { Amount } from '../model/quantity';
import type { NodeSpec } from './problem';

/**
 * What nodes have beside `used`, in whole units, no more than all pods could ask for; below 0 where a node is
 * overcommitted. Nodes are counted when they are first asked for: gangs that stay where they are ask for few.
 */
export class Room {
  private readonly units: Float64Array;
  /** By node. */
  private readonly isCounted: Uint8Array;
  private readonly unit: readonly Amount[];
  private areAllCounted = false;

  constructor(
    private readonly nodes: readonly NodeSpec[],
    private readonly scale: Scale,
  ) {
    this.units = new Float64Array(nodes.length * scale.resources.length);
    this.isCounted = new Uint8Array(nodes.length);
    this.unit = scale.resources.map((_, r) => unitOf(scale, r));
  }

  /** Units of a resource on a node. */
  on(n: number, r: number): number {
    if (this.isCounted[n] !== 1) this.count(n);
    return this.units[n * this.unit.length + r] ?? 0;
  }

  /** By node and resource; not to be changed. */
  get all(): Float64Array {
    for (let n = 0; !this.areAllCounted && n < this.isCounted.length; n++) if (this.isCounted[n] !== 1) this.count(n);
    this.areAllCounted = true;
    return this.units;
  }

  private count(n: number): void {
    const node = this.nodes[n];
    if (!node) return;
    const { resources, total } = this.scale;
    for (let r = 0; r < resources.length; r++) {
      const resource = resources[r] ?? '';
      const all = node.allocatable[resource];
      const cap = total[r] ?? 0;
      const isUnlimited = all === undefined && resource === PODS;
      const free = isUnlimited ? 0n : (all ?? 0n) - (node.used[resource] ?? 0n);
      this.units[n * resources.length + r] = isUnlimited ? cap : inUnits(free, this.unit[r] ?? 1n, cap);
    }
    this.isCounted[n] = 1;
  }
}
