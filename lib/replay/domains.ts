import { PODS, type Vector } from './amounts';
import type { Room } from './room';
import type { WorldNode } from './world';

/** Places of nodes. */
export class NodeSet {
  private members?: ReadonlySet<number>;

  constructor(readonly places: readonly number[]) {}

  has(place: number): boolean {
    this.members ??= new Set(this.places);
    return this.members.has(place);
  }

  /** Those that are in the other set as well. */
  within(other: NodeSet): NodeSet {
    return new NodeSet(this.places.filter((place) => other.has(place)));
  }
}

/** A level's place in its topology, 1 for the broadest; 0 is the whole cluster. */
export type Depth = number;

/** A value of a level. Its id joins the values from the top with dots, so two domains can be one to KAI. */
export interface Domain {
  readonly id: string;
  readonly depth: Depth;
  /** Its place among all domains. */
  readonly index: number;
  /** Several where ids meet. */
  readonly parents: Domain[];
  /** In the order in which KAI tries them: it sorts them again and again. */
  readonly children: Domain[];
  readonly nodes: NodeSet;
  /** Sum over its nodes, when it was last asked for. */
  readonly free: Vector;
  /** When `free` was summed up, and when the room on one of its nodes last changed. */
  summed: number;
  changed: number;
}

/** How many pods of one size fit, by domain, and when that was counted. */
interface Counts {
  readonly pods: Float64Array;
  readonly counted: Float64Array;
}

/** Counts of no more sizes than this are kept. */
const MAX_SIZES = 64;
const NEVER = -1;

/**
 * The tree of a topology's domains, and what is free in each. Sums and counts are kept, and only those around nodes
 * that changed are made anew: gangs ask about every domain, and change few nodes.
 */
export class Domains {
  readonly root: Domain;
  private readonly levels: readonly Map<string, Domain>[];
  /** Value of each level by node; null for nodes that lack a level: the tree does not know them. */
  private readonly values: readonly (readonly string[] | null)[];
  /** Domain of each depth by node, the root's first. */
  private readonly paths: readonly (readonly Domain[])[];
  private readonly commons = new WeakMap<NodeSet, Domain>();
  private readonly counts = new Map<string, Counts>();
  private size = 0;
  private clock = 0;

  constructor(
    labels: readonly string[],
    nodes: readonly WorldNode[],
    private readonly room: Room,
  ) {
    this.values = nodes.map((node) => {
      const values = labels.flatMap((label) => node.labels[label] ?? []);
      return values.length < labels.length ? null : values;
    });
    const places = new Map<Domain, number[]>();
    const newDomain = (id: string, depth: Depth): Domain => {
      const own: number[] = [];
      const times = { summed: NEVER, changed: 0, free: room.vector() };
      const domain = { id, depth, index: this.size++, parents: [], children: [], nodes: new NodeSet(own), ...times };
      places.set(domain, own);
      return domain;
    };
    this.root = newDomain('root', 0);
    this.levels = [new Map([['root', this.root]]), ...labels.map(() => new Map<string, Domain>())];
    this.paths = this.values.map((values, place) => {
      const path = values ? this.pathOf(values, newDomain) : [];
      for (const domain of path) places.get(domain)?.push(place);
      return path;
    });
  }

  private pathOf(values: readonly string[], newDomain: (id: string, depth: Depth) => Domain): readonly Domain[] {
    const path = [this.root];
    let [parent, id] = [this.root, ''];
    for (const [i, value] of values.entries()) {
      id = i === 0 ? value : `${id}.${value}`;
      const level = this.levels[i + 1];
      const domain = level?.get(id) ?? newDomain(id, i + 1);
      level?.set(id, domain);
      if (!domain.parents.includes(parent)) {
        domain.parents.push(parent);
        parent.children.push(domain);
      }
      path.push(domain);
      parent = domain;
    }
    return path;
  }

  knows(place: number): boolean {
    return this.values[place] !== null;
  }

  at(depth: Depth): readonly Domain[] {
    return [...(this.levels[depth]?.values() ?? [])];
  }

  /** The domain of a node. */
  of(place: number, depth: Depth): Domain | undefined {
    return this.paths[place]?.[depth];
  }

  /** The narrowest domain with all of the nodes, down to a depth (lowestCommonDomainID). */
  common(nodes: NodeSet, last: Depth | undefined): Domain {
    const narrowest = this.commons.get(nodes) ?? this.narrowest(nodes);
    this.commons.set(nodes, narrowest);
    if (last === undefined || last < 0 || narrowest.depth <= last) return narrowest;
    const place = nodes.places.find((each) => this.knows(each)) ?? NEVER;
    return this.of(place, last) ?? this.root;
  }

  private narrowest(nodes: NodeSet): Domain {
    const known = nodes.places.filter((place) => this.knows(place));
    const [first = NEVER] = known;
    const values = this.values[first] ?? [];
    const depth = values.findIndex(
      (value, i) => value === '' || known.some((place) => this.values[place]?.[i] !== value),
    );
    return this.of(first, depth < 0 ? values.length : depth) ?? this.root;
  }

  /** The room on a node is another than before. */
  touch(place: number): void {
    this.clock++;
    const mark = (domain: Domain): void => {
      if (domain.changed === this.clock) return;
      domain.changed = this.clock;
      domain.parents.forEach(mark);
    };
    const narrowest = this.paths[place]?.at(-1);
    if (narrowest) mark(narrowest);
  }

  free(domain: Domain): Vector {
    if (domain.summed >= domain.changed) return domain.free;
    domain.free.fill(0);
    if (domain.children.length === 0) {
      for (const place of domain.nodes.places) this.room.addFree(place, domain.free);
    } else {
      for (const child of domain.children) addTo(domain.free, this.free(child));
    }
    domain.summed = this.clock;
    return domain.free;
  }

  /** How many pods of a size fit. @param tasks what a node takes of pods that ask for nothing */
  pods(domain: Domain, size: Vector, tasks: number): number {
    const isNothing = size.every((amount, place) => place === PODS || amount === 0);
    return this.count(domain, size, tasks, this.countsOf(isNothing ? String(tasks) : size.join()));
  }

  private countsOf(key: string): Counts {
    const found = this.counts.get(key);
    if (found) return found;
    if (this.counts.size >= MAX_SIZES) this.counts.clear();
    const counts = { pods: new Float64Array(this.size), counted: new Float64Array(this.size).fill(NEVER) };
    this.counts.set(key, counts);
    return counts;
  }

  private count(domain: Domain, size: Vector, tasks: number, counts: Counts): number {
    const { index, children, nodes, changed } = domain;
    if ((counts.counted[index] ?? NEVER) >= changed) return counts.pods[index] ?? 0;
    let pods = 0;
    if (children.length === 0) {
      for (const place of nodes.places) pods += this.room.podsThatFit(place, size, tasks);
    } else {
      for (const child of children) pods += this.count(child, size, tasks, counts);
    }
    counts.pods[index] = pods;
    counts.counted[index] = this.clock;
    return pods;
  }
}

export function isWithin(domain: Domain, outer: Domain): boolean {
  if (domain === outer) return true;
  return domain.depth > outer.depth && domain.parents.some((parent) => isWithin(parent, outer));
}

export function addTo(sum: Vector, more: Vector): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (more[i] ?? 0);
}
