import { isUtf8 } from 'node:buffer';

/** What is kept of a value: all of it, or some keys of a map, and of the maps in a list. */
export type Wanted = 'all' | { readonly [key: string]: Wanted };

/** The text ends in the middle of what is read. */
export class Unfinished extends Error {}

/** What stands here is no JSON, or is unusual enough to be read by a more careful reader. */
export class Refused extends Error {}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

const DEEPEST = 200;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const words: ReadonlyMap<number, readonly [string, unknown]> = new Map<number, readonly [string, unknown]>([
  [0x74, ['true', true]],
  [0x66, ['false', false]],
  [0x6e, ['null', null]],
]);

/**
 * Reads JSON from bytes that come piece by piece, and keeps only what is wanted. It never takes what `JSON.parse` refuses
 * nor a map with one key twice: where it is not sure, as of keys with escapes, it throws `Refused`, and a reader that
 * takes its time decides. Lists of a cluster say the same over and over: a map or list whose text is that of one read
 * before, at the same place of its item, is that value, without being read again.
 */
export class JsonScanner {
  /** The next byte to be read. */
  at = 0;
  /** Line of that byte, and the place at which its line begins; both count on from piece to piece. */
  line = 1;
  lineStart = 0;
  private bytes: Buffer = Buffer.alloc(0);
  /** Where `bytes` begins in the whole. */
  private origin = 0;
  private readonly texts = new Texts();
  /** How many texts with escapes were read. */
  private escapes = 0;

  /** Goes on with other bytes, of which the first is the next to be read. */
  continueWith(bytes: Buffer): void {
    this.origin += this.at;
    this.bytes = bytes;
    this.at = 0;
  }

  /** Column of the next byte, from 1. */
  get column(): number {
    return this.origin + this.at - this.lineStart + 1;
  }

  /** Goes back to where it was. */
  restore({ at, line, lineStart }: Pick<JsonScanner, 'at' | 'line' | 'lineStart'>): void {
    this.at = at;
    this.line = line;
    this.lineStart = lineStart;
  }

  get rest(): Buffer {
    return this.bytes.subarray(this.at);
  }

  /** The next byte that is no white space. */
  peek(): number {
    const { bytes } = this;
    for (let at = this.at; at < bytes.length; at += 1) {
      const sign = bytes[at] ?? 0;
      if (sign === NEWLINE) {
        this.line += 1;
        this.lineStart = this.origin + at + 1;
      } else if (sign !== 0x20 && sign !== 0x0d && sign !== 0x09) {
        this.at = at;
        return sign;
      }
    }
    this.at = bytes.length;
    throw new Unfinished();
  }

  /** Takes this sign or refuses. */
  take(sign: number): void {
    if (this.peek() !== sign) throw new Refused();
    this.at += 1;
  }

  /** Takes this sign if it comes next. */
  takes(sign: number): boolean {
    const isNext = this.peek() === sign;
    if (isNext) this.at += 1;
    return isNext;
  }

  /** Passes over bytes that were read otherwise. */
  passOver(length: number): void {
    const end = this.at + length;
    for (
      let at = this.bytes.indexOf(NEWLINE, this.at);
      at !== -1 && at < end;
      at = this.bytes.indexOf(NEWLINE, at + 1)
    ) {
      this.line += 1;
      this.lineStart = this.origin + at + 1;
    }
    this.at = end;
  }

  /** The value that comes next, or what is wanted of it. */
  value(field: Field, depth = 0): unknown {
    const sign = this.peek();
    if (sign === QUOTE) return this.text(field.isKept);
    if (sign !== BRACE && sign !== BRACKET) return this.scalar(sign);
    if (depth > DEEPEST) throw new Refused();
    const known = field.remembered.find(this.bytes, this.at);
    if (known) {
      if (known.lines > 0) this.lineStart = this.origin + this.at + known.lastLine;
      this.at += known.text.length;
      this.line += known.lines;
      return known.value;
    }
    const { at, line } = this;
    this.at += 1;
    const value = sign === BRACE ? this.map(field, depth) : this.list(field, depth);
    const lines = this.line - line;
    if (field.remembered.takes(this.at - at)) {
      const lastLine = this.lineStart - this.origin - at;
      field.remembered.add({ text: new Uint8Array(this.bytes.subarray(at, this.at)), value, lines, lastLine });
    }
    return value;
  }

  private list(field: Field, depth: number): unknown {
    const items: unknown[] = [];
    if (this.takes(BRACKET_END)) return items;
    do {
      const item = this.value(field.item, depth + 1);
      if (field.isKept) items.push(item);
    } while (this.takes(COMMA));
    this.take(BRACKET_END);
    return items;
  }

  private map(field: Field, depth: number): unknown {
    const map: Record<string, unknown> = {};
    const keys = new Keys();
    if (this.takes(BRACE_END)) return map;
    do {
      const key = this.key();
      keys.add(key);
      this.take(COLON);
      const inner = field.at(key);
      const value = this.value(inner, depth + 1);
      if (inner.isKept) map[key] = value;
    } while (this.takes(COMMA));
    this.take(BRACE_END);
    return map;
  }

  key(): string {
    if (this.peek() !== QUOTE) throw new Refused();
    const before = this.escapes;
    const key = this.text(true);
    // A key with an escape may be another in disguise; this one is more than a key in JavaScript.
    if (key === '__proto__' || this.escapes !== before) throw new Refused();
    return key;
  }

  private text(isKept: boolean): string {
    const { bytes } = this;
    const from = this.at + 1;
    let hash = 0;
    let seen = 0;
    let at = from;
    for (; at < bytes.length; at += 1) {
      const sign = bytes[at] ?? 0;
      if (sign === QUOTE) break;
      if (sign < 0x20) throw new Refused();
      if (sign === BACKSLASH) return this.escaped();
      hash = (Math.imul(hash, 31) + sign) | 0;
      seen |= sign;
    }
    if (at >= bytes.length) throw new Unfinished();
    this.at = at + 1;
    if (seen >= 0x80 && !isUtf8(bytes.subarray(from, at))) throw new Refused();
    return isKept ? this.texts.get(bytes, from, at, hash) : '';
  }

  private escaped(): string {
    const { bytes } = this;
    this.escapes += 1;
    const from = this.at;
    for (let at = from + 1; at < bytes.length; at += 1) {
      if (bytes[at] === BACKSLASH) at += 1;
      else if (bytes[at] === QUOTE) {
        this.at = at + 1;
        return decoded(bytes.subarray(from, at + 1));
      }
    }
    throw new Unfinished();
  }

  private scalar(sign: number): unknown {
    const { bytes } = this;
    let end = this.at + 1;
    while (end < bytes.length && partsOfWords.has(bytes[end] ?? 0)) end += 1;
    // What ends with the bytes may go on.
    if (end >= bytes.length) throw new Unfinished();
    const text = bytes.toString('latin1', this.at, end);
    const word = words.get(sign);
    if (word ? word[0] !== text : !number.test(text)) throw new Refused();
    this.at = end;
    return word ? word[1] : Number(text);
  }
}

function decoded(text: Buffer): string {
  try {
    if (isUtf8(text)) return String(JSON.parse(text.toString('utf8')));
  } catch {
    // A wrong escape, told below.
  }
  throw new Refused();
}

/** Letters, digits and the signs of numbers. */
const partsOfWords = new Set([...Buffer.from('+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz')]);

/** A place in items of one kind: what is wanted there, and what was read there lately. */
export class Field {
  readonly remembered = new Remembered();
  private readonly fields = new Map<string, Field>();
  private items: Field | undefined;

  constructor(private readonly wanted: Wanted | undefined) {}

  get isKept(): boolean {
    return this.wanted !== undefined;
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
}

interface Read {
  readonly text: Uint8Array;
  readonly value: unknown;
  readonly lines: number;
  /** From the begin of the text to that of its last line. */
  readonly lastLine: number;
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

/** The keys of one map, each of which may stand there once. */
class Keys {
  private readonly few: string[] = [];
  private many: Set<string> | undefined;

  add(key: string): void {
    if (this.many ? this.many.has(key) : this.few.includes(key)) throw new Refused();
    if (this.many) this.many.add(key);
    else if (this.few.push(key) === 64) this.many = new Set(this.few);
  }
}

const slots = 1 << 14;
const longestText = 64;

/** Texts that were read before, by their bytes: names and values are few, and each is made once. */
class Texts {
  private readonly known = new Array<string | undefined>(slots);
  private readonly lengths = new Uint8Array(slots);
  private readonly bytes = new Uint8Array(slots * longestText);

  get(bytes: Buffer, from: number, to: number, hash: number): string {
    const length = to - from;
    if (length > longestText) return bytes.toString('utf8', from, to);
    const slot = (hash ^ (hash >>> 14)) & (slots - 1);
    const known = this.known[slot];
    if (known !== undefined && this.lengths[slot] === length && this.isAt(slot, bytes, from, length)) return known;
    const text = bytes.toString('utf8', from, to);
    this.known[slot] = text;
    this.lengths[slot] = length;
    for (let i = 0; i < length; i += 1) this.bytes[slot * longestText + i] = bytes[from + i] ?? 0;
    return text;
  }

  private isAt(slot: number, bytes: Buffer, from: number, length: number): boolean {
    const start = slot * longestText;
    for (let i = 0; i < length; i += 1) if (this.bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }
}
