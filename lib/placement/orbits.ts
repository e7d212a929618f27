import type { Instance, Leaf } from './instance';
import type { Locks } from './locked';
import type { Occupancy } from './occupancy';
import type { Tally } from './tally';
import type { Tree } from './tree';

/**
 * Which nodes can stand for one another. Two nodes of one orbit lie in domains that no pod has touched since the
 * search began and that look the same all the way down, so that exchanging them changes no plan's validity or value.
 * The first topology gives the domains; where a node is in any other topology is part of what it looks like.
 */
export class Orbits {
  /** By depth and node: its orbit where that depth is the first at which its domain is untouched. */
  private readonly orbitAt: readonly Int32Array[];
  /** By depth and domain: pods and choices of the search. */
  private readonly touched: readonly Int32Array[];
  private readonly domainOf: readonly Int32Array[];

  constructor(instance: Instance, leaves: readonly Leaf[], occupancy: Occupancy, tally: Tally, locks: Locks) {
    const tree = instance.trees[0];
    this.domainOf = tree?.domainOf ?? [];
    this.touched = (tree?.domainCount ?? []).map((count) => new Int32Array(count));
    const looks = nodeLooks(instance, leaves, occupancy, tally, locks);
    this.orbitAt = orbitsByDepth(this.domainOf, tree?.domainCount ?? [], looks);
  }

  /** Marks the domains of a node, from the broadest down to `depths` of them, or takes the mark back. */
  touch(n: number, by: 1 | -1, depths = this.domainOf.length): void {
    for (let depth = 0; depth < depths; depth++) {
      const counts = this.touched[depth];
      const domain = this.domainOf[depth]?.[n] ?? 0;
      if (counts) counts[domain] = (counts[domain] ?? 0) + by;
    }
  }

  /** True where the node's domain at a depth is touched. */
  isTouched(n: number, depth: number): boolean {
    return (this.touched[depth]?.[this.domainOf[depth]?.[n] ?? 0] ?? 0) > 0;
  }

  /** A number that nodes share exactly where one can stand for the other. */
  orbitOf(n: number): number {
    for (let depth = 0; depth < this.domainOf.length; depth++) {
      if ((this.touched[depth]?.[this.domainOf[depth]?.[n] ?? 0] ?? 0) === 0) return this.orbitAt[depth]?.[n] ?? -1 - n;
    }
    return -1 - n;
  }
}

/** Gives equal texts equal numbers. */
class Interner {
  private readonly known = new Map<string, number>();
  constructor(private next = 0) {}

  numberOf(text: string): number {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, this.next);
    return this.next++;
  }

  get end(): number {
    return this.next;
  }
}

function orbitsByDepth(domainOf: readonly Int32Array[], counts: readonly number[], looks: Int32Array): Int32Array[] {
  const depths = domainOf.length;
  let next = 0;
  const orbits: Int32Array[] = [];
  /** By node: what the path from the depth below down to the node looks like. */
  let below: Int32Array = new Int32Array(looks.length);
  let look: Int32Array = looks;
  for (let depth = depths - 1; depth >= 0; depth--) {
    const paths = new Interner();
    const path = Int32Array.from(looks, (_, n) =>
      paths.numberOf(
        `${depth === depths - 1 ? (looks[n] ?? 0) : (look[domainOf[depth]?.[n] ?? 0] ?? 0)} ${below[n] ?? 0}`,
      ),
    );
    const named = new Interner(next);
    orbits[depth] = Int32Array.from(path, (p, n) =>
      named.numberOf(`${depth > 0 ? (domainOf[depth - 1]?.[n] ?? 0) : 0} ${p}`),
    );
    next = named.end;
    below = path;
    if (depth > 0) look = domainLooks(domainOf[depth - 1] ?? new Int32Array(), counts[depth - 1] ?? 0, path);
  }
  return orbits;
}

/** A domain looks like the paths of its nodes, in any order. */
function domainLooks(domainOf: Int32Array, count: number, path: Int32Array): Int32Array {
  const members = Array.from({ length: count }, (): number[] => []);
  domainOf.forEach((domain, n) => members[domain]?.push(path[n] ?? 0));
  const looks = new Interner();
  return Int32Array.from(members, (paths) => looks.numberOf(paths.sort((a, b) => a - b).join()));
}

function nodeLooks(
  instance: Instance,
  leaves: readonly Leaf[],
  occupancy: Occupancy,
  tally: Tally,
  locks: Locks,
): Int32Array {
  const width = instance.scale.resources.length;
  const marks = lockMarks(instance, locks);
  const labels = [...exclusiveLabels(instance, leaves), ...otherDomains(instance)];
  const sums = [instance.room.all, occupancy.room, occupancy.reserved];
  const looks = new Interner();
  return Int32Array.from(instance.nodes, (_, n) => {
    const amounts = sums.map((units) => units.subarray(n * width, (n + 1) * width).join());
    const facts = [
      ...amounts,
      leaves.map((leaf) => leaf.alone[n]).join(),
      labels.map((ids) => ids[n]).join(),
      `${instance.whole.isWhole(n) ? 1 : 0}${tally.isBroken(n) ? 1 : 0}`,
      marks.has(n) ? n : '',
    ];
    return looks.numberOf(facts.join(';'));
  });
}

/** Nodes that a lock names are unlike any other. */
function lockMarks(instance: Instance, locks: Locks): ReadonlySet<number> {
  const marked = new Set<number>();
  instance.gangs.forEach((gang, g) => {
    if (!locks.gangs[g]) return;
    for (const names of instance.problem.locked.get(gang.spec.name)?.values() ?? []) {
      for (const name of names) marked.add(instance.nodeIndex.get(name) ?? -1);
    }
  });
  return marked;
}

/** Values of exclusive labels matter only where they are not simply one for each node. */
function exclusiveLabels(instance: Instance, leaves: readonly Leaf[]): Int32Array[] {
  const all = leaves.flatMap((leaf) => (leaf.exclusive ? [leaf.exclusive] : []));
  const depths = instance.trees[0]?.domainOf ?? [];
  return all.filter((ids) => !depths.some((domainOf) => samePartition(ids, domainOf)));
}

function samePartition(a: Int32Array, b: Int32Array): boolean {
  const forth = new Map<number, number>();
  const back = new Map<number, number>();
  return a.every((x, n) => {
    const y = b[n] ?? 0;
    if (x < 0) return false;
    if (!forth.has(x)) forth.set(x, y);
    if (!back.has(y)) back.set(y, x);
    return forth.get(x) === y && back.get(y) === x;
  });
}

/** Domains of the other topologies, and label domains of the first that are not its counted ones. */
function otherDomains(instance: Instance): Int32Array[] {
  const first = instance.trees[0];
  const own = labelDomains(first).filter((ids, level) => !sameWhereLabelled(ids, first?.domainOf[level]));
  const lacking = labelDomains(first).map((ids) => ids.map((id) => (id < 0 ? 1 : 0)));
  return [
    ...own,
    ...lacking,
    ...instance.trees.slice(1).flatMap((tree) => [...tree.domainOf.slice(0, -1), ...labelDomains(tree)]),
  ];
}

function labelDomains(tree: Tree | undefined): Int32Array[] {
  return (tree?.divisions ?? []).map(({ domainOf }) => domainOf);
}

function sameWhereLabelled(ids: Int32Array, domainOf: Int32Array | undefined): boolean {
  const labelled = ids.map((id, n) => (id < 0 ? -1 - n : id));
  return (
    domainOf !== undefined &&
    samePartition(
      labelled.map((id) => (id < 0 ? ids.length - id : id)),
      domainOf,
    )
  );
}
