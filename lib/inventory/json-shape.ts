import type { Field } from './json-field';

/** A text that was passed over, and the lines in it. */
export interface Passed {
  readonly length: number;
  readonly lines: number;
  /** From the begin of the text to that of its last line. */
  readonly lastLine: number;
}

/** How a map goes on behind its last value: with a key and its value, or, where there are none, not at all. */
export interface Step extends Passed {
  /** Where the text between the two values begins in the scanner's memory. */
  readonly from: number;
  readonly field: Field | undefined;
  readonly shape: Shape;
}

/** More ways than a map goes on in one place, keys than have the maps of a list, bytes than a key has, and conditions. */
const most = { steps: 8, keys: 128, bytes: 1024, maps: 8 };

interface Made {
  readonly values: readonly unknown[];
  readonly map: Readonly<Record<string, unknown>>;
}

/**
 * A map of which the first keys are read, known by them; and how maps were seen to go on from here. Where maps of one
 * place go on alike, their keys need not be read: they are compared as bytes, and are no duplicates, as they were none
 * before.
 */
export class Shape {
  /** The last one taken comes first. */
  readonly steps: Step[] = [];
  private names: readonly string[] | undefined;
  private readonly made: Made[] = [];
  /** Of those, the one that was read last. */
  private latest = 0;

  constructor(
    private readonly parent?: Shape,
    private readonly key = '',
    private readonly isKept = false,
    readonly length = 0,
  ) {}

  /** Whether another step, behind a text so long, is worth its memory. */
  takes(length: number): boolean {
    return this.steps.length < most.steps && this.length < most.keys && length <= most.bytes;
  }

  /** Remembers how a map went on. */
  learn(passed: Passed, from: number, key: string, field: Field): Shape {
    const shape = new Shape(this, key, field.isKept, this.length + 1);
    const { length, lines, lastLine } = passed;
    this.steps.unshift({ from, length, lines, lastLine, field, shape });
    return shape;
  }

  /** Remembers how a map ended. */
  learnEnd({ length, lines, lastLine }: Passed, from: number): void {
    this.steps.unshift({ from, length, lines, lastLine, field: undefined, shape: this });
  }

  /** Puts a step first. */
  prefer(index: number, step: Step): void {
    this.steps[index] = this.steps[0] ?? step;
    this.steps[0] = step;
  }

  /** Keys so far, in order. */
  keys(): string[] {
    const keys = this.parent?.keys() ?? [];
    if (this.parent) keys.push(this.key);
    return keys;
  }

  /** Those of them whose values are kept. */
  private keptKeys(): string[] {
    const keys = this.parent?.keptKeys() ?? [];
    if (this.isKept) keys.push(this.key);
    return keys;
  }

  /** The map of the values from there on; one that holds the same as one of the last few is that one. */
  mapOf(values: readonly unknown[], from: number): Readonly<Record<string, unknown>> {
    const { made } = this;
    for (let tries = made.length; tries > 0; tries -= 1) {
      // Items of one list, such as conditions, come in the same order again.
      this.latest = (this.latest + 1) % made.length;
      const known = made[this.latest];
      if (known && startsWith(values, from, known.values)) return known.map;
    }
    const map = this.newMap(values, from);
    this.latest = made.length < most.maps ? made.length : (this.latest + 1) % most.maps;
    made[this.latest] = { values: values.slice(from, from + (this.names?.length ?? 0)), map };
    return map;
  }

  newMap(values: readonly unknown[], from: number): Record<string, unknown> {
    const names = (this.names ??= this.keptKeys());
    const map: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i += 1) map[names[i] ?? ''] = values[from + i];
    return map;
  }
}

/** True where from there on the same values come first. */
export function startsWith(values: readonly unknown[], from: number, first: readonly unknown[]): boolean {
  for (let i = 0; i < first.length; i += 1) if (!Object.is(values[from + i], first[i])) return false;
  return true;
}

/** Beyond this, nothing more is remembered. */
const longest = 4 * 1024 * 1024;

/** Texts to compare with, all in one place, as they come: so the processor finds the next one by itself. */
export class Memory {
  view = new DataView(new ArrayBuffer(65_536));
  private used = 0;

  /** Where it stands; undefined where there is no room. */
  add(text: Buffer): number | undefined {
    const from = this.used;
    if (from + text.length > longest) return undefined;
    this.used += text.length;
    if (this.used > this.view.byteLength) {
      const bytes = new Uint8Array(2 * this.used);
      bytes.set(new Uint8Array(this.view.buffer, 0, from));
      this.view = new DataView(bytes.buffer);
    }
    new Uint8Array(this.view.buffer).set(text, from);
    return from;
  }
}
