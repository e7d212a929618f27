import { isUtf8 } from 'node:buffer';
import type { Field } from './json-field';
import { Memory, type Passed, type Shape, type Step } from './json-shape';
import { Texts } from './json-texts';

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
  private view = viewOf(this.bytes);
  /** Where `bytes` begins in the whole. */
  private origin = 0;
  private readonly texts = new Texts();
  private readonly memory = new Memory();
  /** How many texts with escapes were read. */
  private escapes = 0;
  /** Values of the maps and lists that are under way, and how many there are. */
  private readonly values: unknown[] = [];
  private count = 0;

  /** Goes on with other bytes, of which the first is the next to be read. */
  continueWith(bytes: Buffer): void {
    this.origin += this.at;
    this.bytes = bytes;
    this.view = viewOf(bytes);
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
    this.count = 0;
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
      this.pass(known);
      return known.value;
    }
    const { at, line } = this;
    this.at += 1;
    const value = sign === BRACE ? this.map(field, depth) : this.list(field, depth);
    if (field.remembered.takes(this.at - at)) {
      const text = new Uint8Array(this.bytes.subarray(at, this.at));
      field.remembered.add({ ...this.passedFrom(at, line), text, value });
    }
    return value;
  }

  private list(field: Field, depth: number): unknown {
    const from = this.count;
    if (!this.takes(BRACKET_END)) {
      do {
        const item = this.value(field.item, depth + 1);
        if (field.isKept) this.values[this.count++] = item;
      } while (this.takes(COMMA));
      this.take(BRACKET_END);
    }
    const list = field.listOf(this.values, from, this.count);
    this.count = from;
    return list;
  }

  private map(field: Field, depth: number): unknown {
    const from = this.count;
    let shape = field.shapes.first;
    for (let step = this.knownStep(shape); step; step = this.knownStep(shape)) {
      this.pass(step);
      const inner = step.field;
      if (!inner) {
        field.shapes.hit();
        this.count = from;
        return shape.mapOf(this.values, from);
      }
      const value = this.value(inner, depth + 1);
      if (inner.isKept) this.values[this.count++] = value;
      shape = step.shape;
    }
    this.count = from;
    return this.mapByKeys(field, shape, depth);
  }

  /** The step of this shape that comes next, if it is one of those that came before. */
  private knownStep(shape: Shape): Step | undefined {
    const { steps } = shape;
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i];
      if (!step || !this.isNext(step.from, step.length)) continue;
      if (i > 0) shape.prefer(i, step);
      return step;
    }
    return undefined;
  }

  /** Compares four bytes at once: most of a list is read by this. */
  private isNext(from: number, length: number): boolean {
    const { view, at } = this;
    const known = this.memory.view;
    if (at + length > view.byteLength) return false;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (view.getInt32(at + i, true) !== known.getInt32(from + i, true)) return false;
    for (; i < length; i += 1) if (view.getInt8(at + i) !== known.getInt8(from + i)) return false;
    return true;
  }

  private pass({ length, lines, lastLine }: Passed): void {
    if (lines > 0) this.lineStart = this.origin + this.at + lastLine;
    this.line += lines;
    this.at += length;
  }

  private passedFrom(at: number, line: number): Passed {
    return { length: this.at - at, lines: this.line - line, lastLine: this.lineStart - this.origin - at };
  }

  /** A map that goes on as none did before. */
  private mapByKeys(field: Field, begun: Shape, depth: number): unknown {
    const map = begun.newMap(this.values, this.count);
    const keys = new Keys(begun.keys());
    let shape = field.shapes.takes() ? begun : undefined;
    for (let isFirst = begun.length === 0; ; isFirst = false) {
      const { at, line } = this;
      if (isFirst ? this.takes(BRACE_END) : !this.takes(COMMA)) {
        if (!isFirst) this.take(BRACE_END);
        const known = shape && this.remember(shape, at);
        if (known !== undefined) shape?.learnEnd(this.passedFrom(at, line), known);
        return map;
      }
      const key = this.key();
      keys.add(key);
      this.take(COLON);
      this.peek();
      const inner = field.at(key);
      const from = shape && this.remember(shape, at);
      shape = from === undefined ? undefined : shape?.learn(this.passedFrom(at, line), from, key, inner);
      const value = this.value(inner, depth + 1);
      if (inner.isKept) map[key] = value;
    }
  }

  /** Keeps what stands from there on, as a step of this shape. */
  private remember(shape: Shape, at: number): number | undefined {
    return shape.takes(this.at - at) ? this.memory.add(this.bytes.subarray(at, this.at)) : undefined;
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

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
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

/** The keys of one map, each of which may stand there once. */
class Keys {
  private many: Set<string> | undefined;

  constructor(private readonly few: string[]) {
    if (few.length >= 64) this.many = new Set(few);
  }

  add(key: string): void {
    if (this.many ? this.many.has(key) : this.few.includes(key)) throw new Refused();
    if (this.many) this.many.add(key);
    else if (this.few.push(key) === 64) this.many = new Set(this.few);
  }
}
