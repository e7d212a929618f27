import { visitCopies, type GangPods } from '../assigned';
import type { Gang, Instance, Leaf } from '../instance';
import { demandOfPods } from './demand';
import { QueueLedger } from '../queues';
import type { Assignment } from '../objective';
import type { Forest } from './forest';

/**
 * Where the gangs are that stand, and what they leave: the one state that changes between placements. Nodes with
 * equal amounts are of one class; domains remember when something in them last changed.
 */
export class Standing {
  /** By node and resource: units of planned pods. */
  private readonly taken: Float64Array;
  /** By node and resource: units that pinned components could take at most. */
  readonly reserved: Float64Array;
  readonly ledger: QueueLedger;
  /** By node: its class, or -1 where it is not known. */
  private readonly classOf: Int32Array;
  /** By depth + 1 and domain: when a node in it last changed. */
  readonly changed: readonly Int32Array[];
  now = 1;
  private readonly width: number;
  private readonly placed: (GangPods | undefined)[];
  /** By node: pods that break it. */
  private readonly breakers: Int32Array;
  /** By depth and domain: broken nodes in it. */
  private readonly broken: readonly Int32Array[];
  private readonly classes: Rows;
  private readonly row: Float64Array;

  constructor(
    readonly instance: Instance,
    readonly forest: Forest,
    private readonly tree: number,
  ) {
    this.width = instance.scale.resources.length;
    this.taken = new Float64Array(instance.nodes.length * this.width);
    this.reserved = new Float64Array(this.taken.length);
    this.ledger = new QueueLedger(instance);
    this.placed = instance.gangs.map(() => undefined);
    this.breakers = new Int32Array(instance.nodes.length);
    this.broken = Array.from({ length: forest.depths }, (_, depth) => new Int32Array(forest.count(depth)));
    this.changed = Array.from({ length: forest.depths + 1 }, (_, i) => new Int32Array(forest.count(i - 1)).fill(1));
    this.row = new Float64Array(3 * this.width + 1);
    this.classes = new Rows(this.row.length);
    this.classOf = new Int32Array(instance.nodes.length).fill(-1);
  }

  /** Units of a resource that a node has left beside `used` and planned pods. */
  left(n: number, r: number): number {
    return this.instance.room.on(n, r) - (this.taken[n * this.width + r] ?? 0);
  }

  /** The class of a node: nodes of one class have equal amounts. */
  classAt(n: number): number {
    const known = this.classOf[n] ?? -1;
    return known >= 0 ? known : (this.classOf[n] = this.classify(n));
  }

  private classify(n: number): number {
    const { row, width } = this;
    const base = n * width;
    for (let r = 0; r < width; r++) {
      row[r] = this.left(n, r);
      row[width + r] = this.reserved[base + r] ?? 0;
      row[2 * width + r] = this.instance.room.on(n, r);
    }
    row[3 * width] = this.breaks(n) ? 1 : 0;
    return this.classes.numberOf(row);
  }

  /** True where a pod with accelerators on this node would break it. */
  breaks(n: number): boolean {
    return this.instance.whole.isWhole(n) && this.breakers[n] === 0;
  }

  /** True where a pod with accelerators in this domain would break it. */
  breaksDomain(depth: number, domain: number): boolean {
    return this.instance.whole.isWholeDomain(this.tree, depth, domain) && this.broken[depth]?.[domain] === 0;
  }

  /** Has exactly these gangs stand. */
  become(assignment: Assignment): void {
    const { gangs } = this.instance;
    for (const gang of gangs) {
      const before = this.placed[gang.index];
      if (before && before !== assignment[gang.index]) this.change(gang, before, -1);
    }
    for (const gang of gangs) {
      const pods = assignment[gang.index];
      if (pods && pods !== this.placed[gang.index]) this.change(gang, pods, 1);
    }
  }

  /** True where the gangs that stand leave room for this one on its nodes, and pins stay safe. It stands afterwards. */
  admits(gang: Gang, pods: GangPods): boolean {
    if (this.ledger.refusal(gang, demandOfPods(gang, pods, this.width))) return false;
    this.change(gang, pods, 1);
    let fits = true;
    visitCopies(gang.roots, pods, ({ leaf }, { nodes }) => {
      for (const n of leaf ? nodes : []) fits &&= (leaf?.demand ?? []).every(([r]) => this.isSound(n, r));
    });
    return fits;
  }

  private isSound(n: number, r: number): boolean {
    const reserved = this.reserved[n * this.width + r] ?? 0;
    return this.left(n, r) >= 0 && (reserved === 0 || reserved <= this.instance.room.on(n, r));
  }

  /** What a gang that does not stand would break: nodes, then domains of this topology, narrowest first. */
  brokenBy(gang: Gang, pods: GangPods): number[] {
    const nodes = new Set<number>();
    visitCopies(gang.roots, pods, ({ leaf }, copy) => {
      if (leaf?.accelerated) for (const n of copy.nodes) if (this.breaks(n)) nodes.add(n);
    });
    const levels = this.broken.map((_, depth) => {
      const domains = new Set([...nodes].map((n) => this.forest.domainOf(depth, n)));
      return [...domains].filter((domain) => this.breaksDomain(depth, domain)).length;
    });
    return [nodes.size, ...levels.slice(0, -1).reverse()];
  }

  /** True where a gang that does not stand could break a whole domain of another topology. */
  mayBreakIn(t: number, gang: Gang, pods: GangPods): boolean {
    const { whole, trees } = this.instance;
    const divisions = trees[t]?.divisions ?? [];
    let breaks = false;
    visitCopies(gang.roots, pods, ({ leaf }, { nodes }) => {
      for (const n of leaf?.accelerated ? nodes : []) {
        breaks ||=
          this.breaks(n) && divisions.some(({ domainOf }, level) => whole.isWholeDomain(t, level, domainOf[n] ?? -1));
      }
    });
    return breaks;
  }

  private change(gang: Gang, pods: GangPods, by: 1 | -1): void {
    this.now++;
    const sets = gang.leaves.map(({ pinned }) => (pinned === 'set' ? new Map<number, number>() : undefined));
    visitCopies(gang.roots, pods, ({ leaf }, { nodes }) => {
      if (!leaf) return;
      const component = leaf.pinned === 'replica' ? new Map<number, number>() : sets[leaf.index];
      for (const n of nodes) {
        this.add(this.taken, leaf, n, by);
        if (leaf.accelerated) this.breakNode(n, by);
        this.touch(n);
        component?.set(n, (component.get(n) ?? 0) + 1);
      }
      if (leaf.pinned === 'replica' && component) this.reserve(leaf, component, leaf.count, by);
    });
    gang.leaves.forEach((leaf, i) => this.reserve(leaf, sets[i] ?? new Map(), leaf.pods, by));
    this.ledger.charge(gang, demandOfPods(gang, pods, this.width), by);
    this.placed[gang.index] = by > 0 ? pods : undefined;
  }

  private reserve(leaf: Leaf, planned: ReadonlyMap<number, number>, pods: number, by: number): void {
    for (const [n, here] of planned)
      this.add(this.reserved, leaf, n, by * (planned.size === 1 ? here : mostOf(leaf, pods, n)));
  }

  private add(sums: Float64Array, leaf: Leaf, n: number, pods: number): void {
    const base = n * this.width;
    for (const [r, units] of leaf.demand) sums[base + r] = (sums[base + r] ?? 0) + pods * units;
  }

  private breakNode(n: number, by: 1 | -1): void {
    const before = this.breakers[n] ?? 0;
    this.breakers[n] = before + by;
    if (!this.instance.whole.isWhole(n) || (by === 1 ? before : before - 1) !== 0) return;
    for (let depth = 0; depth < this.broken.length; depth++) {
      const counts = this.broken[depth];
      const domain = this.forest.domainOf(depth, n);
      if (counts) counts[domain] = (counts[domain] ?? 0) + by;
    }
  }

  private touch(n: number): void {
    this.classOf[n] = -1;
    for (let i = 0; i < this.changed.length; i++) {
      const stamps = this.changed[i];
      if (stamps) stamps[this.forest.domainOf(i - 1, n)] = this.now;
    }
  }
}

/** The most pods that a component of so many pods could have on a node beside others of its set. */
export function mostOf(leaf: Leaf, pods: number, n: number): number {
  return leaf.exclusiveHost ? 1 : Math.min(pods, leaf.alone[n] ?? 0);
}

/** Gives equal rows of numbers equal numbers. */
class Rows {
  private rows: Float64Array;
  private slots = new Int32Array(1024).fill(-1);
  private count = 0;

  constructor(private readonly width: number) {
    this.rows = new Float64Array(256 * width);
  }

  numberOf(row: Float64Array): number {
    let slot = this.hash(row, 0) & (this.slots.length - 1);
    for (let known = this.slots[slot] ?? -1; known >= 0; known = this.slots[slot] ?? -1) {
      if (this.isRow(known, row)) return known;
      slot = (slot + 1) & (this.slots.length - 1);
    }
    if ((this.count + 1) * this.width > this.rows.length) this.grow();
    this.rows.set(row, this.count * this.width);
    this.slots[slot] = this.count++;
    if (2 * this.count > this.slots.length) this.rehash();
    return this.count - 1;
  }

  private hash(row: Float64Array, at: number): number {
    let hash = 17;
    for (let i = 0; i < this.width; i++) {
      const x = row[at + i] ?? 0;
      hash = Math.imul(hash ^ (x | 0) ^ ((x / 4294967296) | 0), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private isRow(known: number, row: Float64Array): boolean {
    const base = known * this.width;
    for (let i = 0; i < this.width; i++) if (this.rows[base + i] !== row[i]) return false;
    return true;
  }

  private grow(): void {
    const more = new Float64Array(2 * this.rows.length);
    more.set(this.rows);
    this.rows = more;
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    for (let known = 0; known < this.count; known++) {
      let slot = this.hash(this.rows, known * this.width) & (this.slots.length - 1);
      while ((this.slots[slot] ?? -1) >= 0) slot = (slot + 1) & (this.slots.length - 1);
      this.slots[slot] = known;
    }
  }
}
