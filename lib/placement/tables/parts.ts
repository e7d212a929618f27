import {
  isOneUnit,
  wholeUnit,
  type Dim,
  type Item,
  type LeafItem,
  type OpenCopy,
  type ParentItem,
  type Unit,
} from './units';

/**
 * How units in the domains of one depth make up units of the depth above: parts are joined, and the contents of
 * whole copies become units. Counts are by dimension.
 */

/** Every vector of units at `depth` that the units of the depth below can make up. */
export function joined(
  items: readonly Item[],
  depth: number,
  own: readonly Dim[],
  below: readonly Dim[],
  counts: readonly number[],
): number[][] {
  let vectors = [own.map(() => 0)];
  for (const item of items) {
    const ways = waysOf(item, depth, own, below, counts);
    vectors = vectors.flatMap((vector) => ways.map((way) => vector.map((x, i) => x + (way[i] ?? 0))));
  }
  return vectors;
}

function waysOf(
  item: Item,
  depth: number,
  own: readonly Dim[],
  below: readonly Dim[],
  counts: readonly number[],
): number[][] {
  if (!isOneUnit(item, depth) && item.kind === 'parent') {
    return item.inner.reduce<number[][]>(
      (vectors, inner) => {
        const ways = joined(inner, depth, own, below, counts);
        return vectors.flatMap((vector) => ways.map((way) => vector.map((x, i) => x + (way[i] ?? 0))));
      },
      [own.map(() => 0)],
    );
  }
  if (isOneUnit(item, depth)) {
    return wholesOf(item, depth, below, counts).map((n) => own.map((dim) => (dim.item === item ? n : 0)));
  }
  return item.kind === 'leaf'
    ? groupings(sizesOf(item, below, counts), item.leaf.count).map((sizes) =>
        own.map((dim) => (dim.item === item ? (sizes[dim.size] ?? 0) : 0)),
      )
    : [];
}

/** How many whole copies the units below make up, with nothing left over; at most one number. */
function wholesOf(item: Item, depth: number, below: readonly Dim[], counts: readonly number[]): number[] {
  if (isOneUnit(item, depth + 1)) return [sum(counts.filter((_, i) => below[i]?.item === item))];
  if (item.kind === 'leaf') return wholesOfLeaf(item, below, counts);
  return wholesOfParent(item, depth, below, counts);
}

function wholesOfLeaf(item: LeafItem, below: readonly Dim[], counts: readonly number[]): number[] {
  const { count } = item.leaf;
  const sizes = sizesOf(item, below, counts);
  const pods = sum(sizes.map((n, size) => n * size));
  if (pods % count !== 0) return [];
  const whole = groupings(sizes, count).some((way) => (way[count] ?? 0) * count === pods);
  return whole ? [pods / count] : [];
}

/** Copies are equal, so that only the first ones need to be looked at. */
function wholesOfParent(item: ParentItem, depth: number, below: readonly Dim[], counts: readonly number[]): number[] {
  let whole = 0;
  for (const [i, inner] of item.inner.entries()) {
    const each = inner.map((part) => wholesOf(part, depth, below, counts)[0]);
    if (each.every((n, j) => n === inner[j]?.copies)) {
      if (whole !== i) return [];
      whole++;
    } else if (each.some((n) => n !== 0)) return [];
  }
  return [whole];
}

/** By size: parts of a leaf. */
function sizesOf(item: LeafItem, below: readonly Dim[], counts: readonly number[]): number[] {
  const sizes = new Array<number>(item.leaf.count + 1).fill(0);
  below.forEach((dim, i) => {
    if (dim.item === item) sizes[dim.size] = (sizes[dim.size] ?? 0) + (counts[i] ?? 0);
  });
  return sizes;
}

/** All ways to join parts into parts of at most `most` pods; both by size. */
function groupings(sizes: readonly number[], most: number): number[][] {
  const largest = sizes.findLastIndex((n) => n > 0);
  if (largest <= 0) return [new Array<number>(most + 1).fill(0)];
  const rest = changed(sizes, largest, -1);
  const found = new Map<string, number[]>();
  for (const joinedParts of subsets(rest, most - largest, largest)) {
    const size = largest + sum(joinedParts.map((n, s) => n * s));
    const left = rest.map((n, s) => n - (joinedParts[s] ?? 0));
    for (const way of groupings(left, most)) {
      const whole = changed(way, size, 1);
      found.set(whole.join(), whole);
    }
  }
  return [...found.values()];
}

/** Every choice of parts, none larger than `from`, of at most `most` pods together. */
function subsets(sizes: readonly number[], most: number, from: number): number[][] {
  if (from <= 0) return [sizes.map(() => 0)];
  const result: number[][] = [];
  for (let n = 0; n <= (sizes[from] ?? 0) && n * from <= most; n++) {
    for (const smaller of subsets(sizes, most - n * from, from - 1)) result.push(changed(smaller, from, n));
  }
  return result;
}

function changed(numbers: readonly number[], at: number, by: number): number[] {
  return numbers.map((x, i) => (i === at ? x + by : x));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Hands units of one depth down as the units of the depth below that make them up. */
export function split(
  items: readonly Item[],
  depth: number,
  own: readonly Dim[],
  units: readonly (readonly Unit[])[],
  below: readonly Dim[],
  counts: readonly number[],
): Unit[][] {
  const known = new Map<Item, Unit[]>();
  own.forEach((dim, i) => known.set(dim.item, [...(known.get(dim.item) ?? []), ...(units[i] ?? [])]));
  const result: Unit[][] = below.map(() => []);
  const walk = (item: Item): void => {
    const mine = known.get(item) ?? [];
    if (isOneUnit(item, depth + 1)) result[below.findIndex((dim) => dim.item === item)]?.push(...mine);
    else if (item.kind === 'leaf') splitLeaf(item, mine, below, counts, result);
    else {
      item.inner.forEach((inner, copy) => {
        if (isOneUnit(item, depth)) open(inner, mine[copy]);
        inner.forEach(walk);
      });
    }
  };
  const open = (inner: readonly Item[], unit: Unit | undefined): void =>
    inner.forEach((part, j) => known.set(part, wholes(part, unit?.copy.groups[j] ?? [])));
  items.forEach(walk);
  return result;
}

function wholes(item: Item, copies: readonly OpenCopy[]): Unit[] {
  return copies.map((copy) => wholeUnit(item, copy));
}

function splitLeaf(
  item: LeafItem,
  mine: readonly Unit[],
  below: readonly Dim[],
  counts: readonly number[],
  result: Unit[][],
): void {
  const largestFirst = [...mine].sort((a, b) => b.size - a.size);
  const cuts =
    cutInto(
      largestFirst.map((unit) => unit.size),
      sizesOf(item, below, counts),
    ) ?? [];
  largestFirst.forEach((unit, u) => {
    for (const size of cuts[u] ?? []) {
      const at = below.findIndex((dim) => dim.item === item && dim.size === size);
      result[at]?.push({ copy: unit.copy, size });
    }
  });
}

/** For each unit the sizes of its parts, so that all parts are used; undefined where that cannot be. */
function cutInto(units: readonly number[], sizes: readonly number[]): number[][] | undefined {
  const [first, ...others] = units;
  if (first === undefined) return sizes.every((n) => n === 0) ? [] : undefined;
  for (const parts of subsets(sizes, first, Math.min(first, sizes.length - 1))) {
    if (sum(parts.map((n, s) => n * s)) !== first) continue;
    const rest = cutInto(
      others,
      sizes.map((n, s) => n - (parts[s] ?? 0)),
    );
    if (rest) return [parts.flatMap((n, s) => new Array<number>(n).fill(s)), ...rest];
  }
  return undefined;
}
