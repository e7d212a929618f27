import { Shape, startsWith, type Passed } from './json-shape';

/** What is kept of a value: all of it, or some keys of a map, and of the maps in a list. */
export type Wanted = 'all' | { readonly [key: string]: Wanted };

/** A place in items of one kind: what is wanted there, and what was read there lately. */
export class Field {
  readonly isKept: boolean;
  readonly remembered = new Remembered();
  readonly shapes = new Shapes();
  private readonly fields = new Map<string, Field>();
  private items: Field | undefined;
  private lastList: readonly unknown[] = [];

  constructor(private readonly wanted: Wanted | undefined) {
    this.isKept = wanted !== undefined;
  }

  /** The items of a list, of whose maps the same is wanted. */
  get item(): Field {
    return (this.items ??= new Field(this.wanted));
  }

  at(key: string): Field {
    const known = this.fields.get(key);
    if (known) return known;
    const { wanted } = this;
    const isKept = typeof wanted === 'object' && Object.hasOwn(wanted, key);
    const field = new Field(isKept ? wanted[key] : wanted === 'all' ? 'all' : undefined);
    if (this.fields.size < 64) this.fields.set(key, field);
    return field;
  }

  /** The list of these values; one that holds the same as the last is the last. */
  listOf(values: readonly unknown[], from: number, to: number): readonly unknown[] {
    const { lastList } = this;
    const isSame = lastList.length === to - from && startsWith(values, from, lastList);
    return isSame ? lastList : (this.lastList = values.slice(from, to));
  }
}

/** The shapes that maps of one place have; none where they seldom have the same. */
class Shapes {
  /** Of a map of which nothing is read yet. */
  first = new Shape();
  private size = 0;
  private credit = 64;

  /** A map had a shape that is known. */
  hit(): void {
    if (this.credit > 0 && this.credit < 64) this.credit += 1;
  }

  /** Whether the shape of a map that has another is worth its memory. */
  takes(): boolean {
    if (this.credit === 0) return false;
    this.credit -= 1;
    this.size += 1;
    if (this.credit > 0 && this.size < 256) return true;
    this.first = new Shape();
    this.size = 0;
    return this.credit > 0;
  }
}

interface Read extends Passed {
  readonly text: Uint8Array;
  readonly value: unknown;
}

/** The values of one place that were read last; none where values there are seldom the same. */
class Remembered {
  private readonly reads: Read[] = [];
  private next = 0;
  private credit = 64;

  find(bytes: Buffer, at: number): Read | undefined {
    for (const read of this.reads) {
      const end = at + read.text.length;
      if (end > bytes.length || bytes[end - 1] !== read.text[read.text.length - 1]) continue;
      if (bytes.compare(read.text, 0, read.text.length, at, end) !== 0) continue;
      this.credit = Math.min(64, this.credit + 4);
      return read;
    }
    return undefined;
  }

  /** Whether a text of this length is worth its memory. */
  takes(length: number): boolean {
    return this.credit > 0 && length >= 32 && length <= 65_536;
  }

  add(read: Read): void {
    this.credit -= 1;
    if (this.credit === 0) this.reads.length = 0;
    else this.reads[this.next++ % 4] = read;
  }
}
