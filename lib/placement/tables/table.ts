import type { Dim } from './units';

/**
 * Vectors of units as numbers. Every digit has room for the sum of two vectors, so that adding numbers adds vectors;
 * sums that are no vectors are told by `rank`.
 */
export interface Space {
  readonly dims: readonly Dim[];
  readonly strides: readonly number[];
  readonly size: number;
  /** By number: its place among the vectors; -1 where it is none. */
  readonly rank: Int32Array;
  readonly vectors: number;
  /** The greatest number of a vector. */
  readonly last: number;
}

/** Undefined where there are too many vectors to keep tables of. */
export function spaceOf(dims: readonly Dim[], most: number): Space | undefined {
  const strides: number[] = [];
  let size = 1;
  for (const dim of dims) {
    strides.push(size);
    size *= 2 * dim.most + 1;
    if (size > 64 * most) return undefined;
  }
  const rank = new Int32Array(size).fill(-1);
  const vectors = addVectors({ dims, strides }, rank, most);
  return vectors === undefined
    ? undefined
    : { dims, strides, size, rank, vectors, last: rank.findLastIndex((place) => place >= 0) };
}

/** Parts of one leaf's copies are together no more than all its pods. */
function addVectors(
  { dims, strides }: Pick<Space, 'dims' | 'strides'>,
  rank: Int32Array,
  most: number,
): number | undefined {
  let found = 0;
  const add = (i: number, key: number, left: number): boolean => {
    const dim = dims[i];
    if (!dim) return (rank[key] = found++) < most;
    const all = dim.item === dims[i - 1]?.item ? left : podsIn(dim);
    for (let n = 0; n <= dim.most && n * dim.size <= all; n++) {
      if (!add(i + 1, key + n * (strides[i] ?? 0), all - n * dim.size)) return false;
    }
    return true;
  };
  return add(0, 0, 0) ? found : undefined;
}

function podsIn({ item }: Dim): number {
  return item.copies * (item.kind === 'leaf' ? item.leaf.count : 1);
}

export function countsOf({ dims, strides }: Space, key: number): number[] {
  return dims.map((dim, i) => Math.floor(key / (strides[i] ?? 1)) % (2 * dim.most + 1));
}

export function keyOf({ strides }: Space, counts: readonly number[]): number {
  return counts.reduce((key, n, i) => key + n * (strides[i] ?? 0), 0);
}

/** For some vectors, the least that a placement of so many units in a domain costs. Equal tables are one object. */
export interface Table {
  readonly id: number;
  /** In order; the first is 0. */
  readonly keys: Int32Array;
  /** By key: words of its cost. */
  readonly costs: Float64Array;
}

/** Makes tables of one space. */
export class Tables {
  private readonly known = new Map<number, Table[]>();
  private readonly sums = new Map<number, Table>();
  private readonly powers = new Map<number, Table[]>();
  private readonly best: Float64Array;
  private readonly stamps: Int32Array;
  private stamp = 0;
  private next = 0;
  /** Numbers kept in all tables. */
  kept = 0;
  /** Nothing fits but nothing. */
  readonly empty: Table;

  constructor(
    readonly space: Space,
    readonly words: number,
  ) {
    this.best = new Float64Array(Math.max(1, space.vectors) * words);
    this.stamps = new Int32Array(Math.max(1, space.vectors));
    this.open();
    this.offer(0, new Float64Array(words), 0);
    this.empty = this.close();
  }

  private touched: number[] = [];

  /** Begins a table; `offer` entries, then `close` it. */
  open(): void {
    this.stamp++;
    this.touched = [];
  }

  /** Takes an entry where the table has none for the key that costs less. */
  offer(key: number, costs: Float64Array, at: number): void {
    const { words, best } = this;
    const place = this.space.rank[key] ?? -1;
    if (place < 0) return;
    const to = place * words;
    if (this.stamps[place] !== this.stamp) {
      this.stamps[place] = this.stamp;
      this.touched.push(key);
    } else if (!isLess(costs, at, best, to, words)) return;
    for (let w = 0; w < words; w++) best[to + w] = costs[at + w] ?? 0;
  }

  close(): Table {
    const keys = Int32Array.from(this.touched).sort();
    const { words, best } = this;
    const costs = new Float64Array(keys.length * words);
    for (let i = 0; i < keys.length; i++) {
      const from = (this.space.rank[keys[i] ?? 0] ?? 0) * words;
      for (let w = 0; w < words; w++) costs[i * words + w] = best[from + w] ?? 0;
    }
    return this.intern(keys, costs);
  }

  private intern(keys: Int32Array, costs: Float64Array): Table {
    const hash = hashOf(keys, costs);
    let equal = this.known.get(hash);
    if (!equal) this.known.set(hash, (equal = []));
    for (const table of equal) if (isSame(table, keys, costs)) return table;
    const table: Table = { id: this.next++, keys, costs };
    this.kept += keys.length * (this.words + 1);
    equal.push(table);
    return table;
  }

  /** The least cost of units in two domains together. */
  sum(a: Table, b: Table): Table {
    if (a === this.empty) return b;
    if (b === this.empty) return a;
    const key = a.id * 2 ** 26 + b.id;
    const known = this.sums.get(key);
    if (known) return known;
    const result = this.add(a, b);
    this.sums.set(key, result);
    return result;
  }

  private add(a: Table, b: Table): Table {
    const { words, best, stamps } = this;
    const { rank, last } = this.space;
    this.open();
    const { stamp, touched } = this;
    for (let i = 0; i < a.keys.length; i++) {
      const key = a.keys[i] ?? 0;
      const from = i * words;
      for (let j = 0; j < b.keys.length; j++) {
        const both = key + (b.keys[j] ?? 0);
        if (both > last) break;
        const place = rank[both] ?? -1;
        if (place < 0) continue;
        const to = place * words;
        if (stamps[place] !== stamp) {
          stamps[place] = stamp;
          touched.push(both);
        } else if (!isLessSum(a.costs, from, b.costs, j * words, best, to, words)) continue;
        for (let w = 0; w < words; w++) best[to + w] = (a.costs[from + w] ?? 0) + (b.costs[j * words + w] ?? 0);
      }
    }
    return this.close();
  }

  /** The same for so many equal domains; more than there are units make no difference. */
  power(table: Table, times: number): Table {
    let powers = this.powers.get(table.id);
    if (!powers) this.powers.set(table.id, (powers = [this.empty, table]));
    while (powers.length <= times) {
      const last = powers[powers.length - 1] ?? table;
      const more = this.sum(last, table);
      if (more === last) return last;
      powers.push(more);
    }
    return powers[times] ?? table;
  }
}

/** The place of a key in a table; -1 where it has none. */
export function find({ keys }: Table, key: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = keys[middle] ?? 0;
    if (found === key) return middle;
    if (found < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function isLess(a: Float64Array, i: number, b: Float64Array, j: number, words: number): boolean {
  for (let w = 0; w < words; w++) {
    const difference = (a[i + w] ?? 0) - (b[j + w] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isLessSum(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  c: Float64Array,
  k: number,
  words: number,
): boolean {
  for (let w = 0; w < words; w++) {
    const difference = (a[i + w] ?? 0) + (b[j + w] ?? 0) - (c[k + w] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** True where a[i] + b[j] costs exactly c[k]. */
export function isSum(a: Table, i: number, b: Table, j: number, c: Table, k: number, words: number): boolean {
  for (let w = 0; w < words; w++) {
    if ((a.costs[i * words + w] ?? 0) + (b.costs[j * words + w] ?? 0) !== (c.costs[k * words + w] ?? 0)) return false;
  }
  return true;
}

function hashOf(keys: Int32Array, costs: Float64Array): number {
  let hash = 0x811c9dc5;
  for (const key of keys) hash = Math.imul(hash ^ key, 0x01000193);
  for (const part of new Int32Array(costs.buffer, costs.byteOffset, costs.length * 2))
    hash = Math.imul(hash ^ part, 0x01000193);
  return hash;
}

function isSame(table: Table, keys: Int32Array, costs: Float64Array): boolean {
  if (table.keys.length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) if (table.keys[i] !== keys[i]) return false;
  for (let i = 0; i < costs.length; i++) if (table.costs[i] !== costs[i]) return false;
  return true;
}
