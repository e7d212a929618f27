import { depthsOf } from '../../../lib/checker/domains';
import type { TopologyDocument } from '../../../lib/placement/document';
import { sumOf, type Sum, type Variable } from './linear';
import { domainsOf, type PlacementModel, type Slot } from './placement';

/**
 * Binaries that are 1 where pods use a domain. They are bounded from below only: whoever minimises them gets them
 * right, and whoever needs them to be right adds a row.
 */
export class Uses {
  private readonly domains = new Map<TopologyDocument | undefined, readonly (readonly number[])[]>();
  private readonly known = new Map<string, ReadonlyMap<number, Variable>>();
  private readonly numbers = new Map<Slot, number>();

  constructor(private readonly placement: PlacementModel) {}

  /** By depth of a topology: the domain of every node. */
  domainsOf(topology: TopologyDocument | undefined): readonly (readonly number[])[] {
    const found = this.domains.get(topology) ?? domainsOf(this.placement, topology);
    this.domains.set(topology, found);
    return found;
  }

  /** How many domains the pods of some slots use at a depth (from 1). */
  count(slots: readonly Slot[], topology: TopologyDocument | undefined, depth: number): Sum {
    return sumOf([...this.at(slots, topology, depth).values()].map((use) => [1, use] as const));
  }

  /** By node: 1 where it has pods of the slots. */
  nodes(slots: readonly Slot[]): ReadonlyMap<number, Variable> {
    const key = `nodes ${this.keyOf(slots)}`;
    const before = this.known.get(key);
    if (before) return before;
    const uses = new Map<number, Variable>();
    for (const slot of slots) {
      const single = slots.length > 1 ? this.nodes([slot]) : undefined;
      for (const [n, pods] of slot.pods) {
        const use = uses.get(n) ?? this.placement.model.binary();
        uses.set(n, use);
        const most = single ? 1 : this.placement.model.highOf(pods);
        this.placement.model.atMost(sumOf([[1, single?.get(n) ?? pods], [-most, use]]), 0); // prettier-ignore
      }
    }
    this.known.set(key, uses);
    return uses;
  }

  /** By domain at a depth: 1 where it has pods of the slots. */
  at(slots: readonly Slot[], topology: TopologyDocument | undefined, depth: number): ReadonlyMap<number, Variable> {
    if (depth >= depthsOf(topology)) return this.nodes(slots);
    const key = `${topology?.name} ${depth} ${this.keyOf(slots)}`;
    const before = this.known.get(key);
    if (before) return before;
    const domains = this.domainsOf(topology)[depth - 1] ?? [];
    const uses = new Map<number, Variable>();
    for (const [n, inner] of this.nodes(slots)) {
      const domain = domains[n] ?? 0;
      const use = uses.get(domain) ?? this.placement.model.binary();
      uses.set(domain, use);
      this.placement.model.atMost(sumOf([[1, inner], [-1, use]]), 0); // prettier-ignore
    }
    this.tighten(slots, domains, uses);
    this.known.set(key, uses);
    return uses;
  }

  /** Nothing new for integers, but for fractions: all pods in a domain against the most that there are. */
  private tighten(slots: readonly Slot[], domains: readonly number[], uses: ReadonlyMap<number, Variable>): void {
    for (const slot of slots) {
      const within = new Map<number, Variable[]>();
      for (const [n, pods] of slot.pods) within.set(domains[n] ?? 0, [...(within.get(domains[n] ?? 0) ?? []), pods]);
      for (const [domain, pods] of within) {
        const use = uses.get(domain);
        if (use !== undefined)
          this.placement.model.atMost(sumOf([...pods.map((pod) => [1, pod] as const), [-slot.most, use]]), 0);
      }
    }
  }

  private keyOf(slots: readonly Slot[]): string {
    return slots
      .map((slot) => {
        const number = this.numbers.get(slot) ?? this.numbers.size;
        this.numbers.set(slot, number);
        return number;
      })
      .join(' ');
  }
}
