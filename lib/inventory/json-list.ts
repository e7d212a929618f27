import { findDuplicateKey } from './duplicate-key';
import { Field, type Wanted } from './json-field';
import { JsonScanner, Refused, Unfinished } from './json-scanner';

/** Where a text stops being a list that can be read so. */
export interface Stop {
  readonly line: number;
  readonly column: number;
  /** What follows from there on, for a reader that tells what is wrong with it. */
  readonly bytes: Buffer;
  /** What makes a JSON text of it, put before it. */
  readonly lead: string;
  /** True where the text ends in the middle. */
  readonly isCutShort: boolean;
}

/** Line and column at which an item begins. */
export interface ItemPlace {
  readonly line: number;
  readonly column: number;
}

/** Where the reader is, as the begin of a JSON text that could go on the same way. */
const leads = {
  start: '',
  key: '{',
  firstKey: '{',
  afterValue: '{"":0',
  item: '[',
  firstItem: '[',
  afterItem: '[0',
  end: '{}',
};

/** More than any object of a cluster has. */
const longestStep = 64 * 1024 * 1024;

/**
 * Reads a list as kubectl writes it, `{"apiVersion": …, "items": […], …}`, from bytes that come piece by piece: of each
 * item only what is wanted is kept, and never more than one item of the text is held.
 */
export class JsonList {
  /** All of the list but its items. */
  readonly envelope: Record<string, unknown> = {};
  readonly items: unknown[] = [];
  private readonly lines: number[] = [];
  private readonly columns: number[] = [];
  private readonly scanner = new JsonScanner();
  private readonly field: Field;
  private readonly whole = new Field('all');
  private state: keyof typeof leads = 'start';
  private stopped: Stop | undefined;
  private held = Buffer.alloc(0);
  /** A step that did not end in the bytes at hand is not begun again before there are so many. */
  private enough = 0;

  constructor(wanted: Wanted) {
    this.field = new Field(wanted);
  }

  /** Where an item begins. */
  placeOf(index: number): ItemPlace | undefined {
    const [line, column] = [this.lines[index], this.columns[index]];
    return line === undefined || column === undefined ? undefined : { line, column };
  }

  /** Reads on; the bytes may be written over afterwards. */
  push(bytes: Buffer): void {
    if (this.stopped) return;
    this.scanner.continueWith(this.joined(this.scanner.rest, bytes));
    if (this.scanner.rest.length >= this.enough) this.readOn(false);
  }

  /** Both in memory that is used over and over: it stays in the processor's cache. */
  private joined(rest: Buffer, bytes: Buffer): Buffer {
    const length = rest.length + bytes.length;
    const held = length <= this.held.length ? this.held : Buffer.allocUnsafe(2 * length);
    held.set(rest, 0);
    held.set(bytes, rest.length);
    this.held = held;
    return held.subarray(0, length);
  }

  /** Ends the text; gives where it stops being a list, if it does. */
  end(): Stop | undefined {
    this.readOn(true);
    return this.stopped;
  }

  /** True where the text begins as a JSON map does. */
  get hasBegun(): boolean {
    return this.state !== 'start';
  }

  get hasStopped(): boolean {
    return this.stopped !== undefined;
  }

  /** @param isLast no more bytes will come */
  private readOn(isLast: boolean): void {
    while (!this.stopped) {
      const { at, line, lineStart } = this.scanner;
      try {
        this.step();
      } catch (error) {
        if (!(error instanceof Unfinished || error instanceof Refused)) throw error;
        if (error instanceof Unfinished && this.state === 'end') return;
        this.scanner.restore({ at, line, lineStart });
        const mayGoOn = !isLast && this.scanner.rest.length <= longestStep;
        const outcome = error instanceof Unfinished ? 'unfinished' : this.carefully();
        if (outcome === 'unfinished' && mayGoOn) {
          this.enough = 2 * this.scanner.rest.length;
          return;
        }
        if (outcome !== 'read') this.stop(outcome === 'unfinished');
      }
    }
  }

  private step(): void {
    const { scanner } = this;
    switch (this.state) {
      case 'start':
        scanner.take(0x7b);
        this.state = 'firstKey';
        return;
      case 'firstKey':
      case 'key':
        this.state = this.state === 'firstKey' && scanner.takes(0x7d) ? 'end' : this.member();
        return;
      case 'afterValue':
        this.state = scanner.takes(0x2c) ? 'key' : this.closed();
        return;
      case 'firstItem':
      case 'item':
        if (this.state === 'firstItem' && scanner.takes(0x5d)) this.state = 'afterValue';
        else this.item();
        return;
      case 'afterItem':
        if (scanner.takes(0x2c)) this.state = 'item';
        else {
          scanner.take(0x5d);
          this.state = 'afterValue';
        }
        return;
      case 'end':
        scanner.peek();
        throw new Refused();
    }
  }

  private closed(): 'end' {
    this.scanner.take(0x7d);
    return 'end';
  }

  private member(): 'firstItem' | 'afterValue' {
    const key = this.scanner.key();
    if (Object.hasOwn(this.envelope, key)) throw new Refused();
    this.scanner.take(0x3a);
    const isItems = key === 'items' && this.scanner.takes(0x5b);
    const value = isItems ? this.items : this.scanner.value(this.whole);
    this.envelope[key] = value;
    return isItems ? 'firstItem' : 'afterValue';
  }

  private item(): void {
    this.scanner.peek();
    const { line, column } = this.scanner;
    this.keep(this.scanner.value(this.field), line, column);
  }

  private keep(item: unknown, line: number, column: number): void {
    this.items.push(item);
    this.lines.push(line);
    this.columns.push(column);
    this.state = 'afterItem';
  }

  /** What the scanner does not take: an item is read once more, with the whole of its text at hand. */
  private carefully(): 'read' | 'unfinished' | 'wrong' {
    if (this.state !== 'item' && this.state !== 'firstItem') return 'wrong';
    this.scanner.peek();
    const { rest, line, column } = this.scanner;
    const length = lengthOfValue(rest);
    if (length === undefined) return 'unfinished';
    const value = parsed(rest.subarray(0, length));
    if (value === undefined) return 'wrong';
    this.scanner.passOver(length);
    this.keep(value.value, line, column);
    return 'read';
  }

  private stop(isCutShort: boolean): void {
    const { line, column, rest } = this.scanner;
    const item = this.state === 'item' || this.state === 'firstItem' ? lengthOfValue(rest) : undefined;
    const lead = item === undefined ? this.lead() : '';
    this.stopped = { line, column, lead, bytes: rest.subarray(0, item ?? longestStep), isCutShort };
  }

  /** What makes a JSON text of the rest, as far as that goes. */
  private lead(): string {
    if (this.state !== 'key') return leads[this.state];
    const keys = Object.keys(this.envelope).map((key) => `${JSON.stringify(key)}:0,`);
    return `{${keys.join('')}`;
  }
}

/** Length of the map that the bytes begin with, and of white space before it; undefined where it does not end in them. */
function lengthOfValue(bytes: Buffer): number | undefined {
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const sign = bytes[at] ?? 0;
    if (sign === 0x22) {
      for (at += 1; at < bytes.length && bytes[at] !== 0x22; at += 1) if (bytes[at] === 0x5c) at += 1;
    } else if (sign === 0x7b || sign === 0x5b) depth += 1;
    else if (sign === 0x7d || sign === 0x5d) depth -= 1;
    if (depth === 0 && sign > 0x20) return at + 1;
  }
  return undefined;
}

function parsed(bytes: Buffer): { readonly value: unknown } | undefined {
  try {
    const text = new TextDecoder('utf8', { fatal: true }).decode(Uint8Array.from(bytes));
    const value: unknown = JSON.parse(text);
    return findDuplicateKey(text, value) ? undefined : { value };
  } catch {
    return undefined;
  }
}
