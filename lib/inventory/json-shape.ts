import type { Field } from './json-field';

/** What stands between two values of a map, white space and all. */
export interface Gap {
  readonly text: Uint8Array;
  readonly lines: number;
  /** From the begin of the text to that of its last line. */
  readonly lastLine: number;
}

/** How a map goes on: with a value, behind its key, or not at all. */
export interface Step extends Gap {
  /** Of the text. */
  readonly view: DataView;
  readonly length: number;
  readonly next: { readonly field: Field; readonly shape: Shape } | undefined;
}

/** More ways than a map goes on in one place, keys than have the maps of a list, and bytes than a key has. */
const most = { steps: 8, keys: 128, bytes: 1024 };

/**
 * A map of which the first keys are read, known by them; and how maps were seen to go on from here. Where maps of one
 * place go on alike, their keys need not be read: they are compared as bytes, and are no duplicates, as they were none
 * before.
 */
export class Shape {
  /** The last one taken comes first. */
  readonly steps: Step[] = [];
  private names: readonly string[] | undefined;
  private values: unknown[] | undefined;
  private map: Readonly<Record<string, unknown>> = {};

  constructor(
    private readonly parent?: Shape,
    private readonly key = '',
    private readonly isKept = false,
    readonly length = 0,
  ) {}

  /** Remembers how a map went on, if that is worth its memory. */
  learn(gap: Gap, key: string, field: Field): Shape | undefined {
    if (this.length === most.keys || !this.takes(gap)) return undefined;
    const shape = new Shape(this, key, field.isKept, this.length + 1);
    this.add(gap, { field, shape });
    return shape;
  }

  /** Remembers how a map ended. */
  learnEnd(gap: Gap): void {
    if (this.takes(gap)) this.add(gap, undefined);
  }

  private add(gap: Gap, next: Step['next']): void {
    const { buffer, byteOffset, length } = gap.text;
    this.steps.unshift({ ...gap, view: new DataView(buffer, byteOffset, length), length, next });
  }

  private takes({ text }: Gap): boolean {
    return this.steps.length < most.steps && text.length <= most.bytes;
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

  /** The map of the values from there on; one that holds the same as the last is the last. */
  mapOf(values: readonly unknown[], from: number): Readonly<Record<string, unknown>> {
    if (!this.values || !startsWith(values, from, this.values)) {
      this.map = this.newMap(values, from);
      this.values = values.slice(from, from + Object.keys(this.map).length);
    }
    return this.map;
  }

  newMap(values: readonly unknown[], from: number): Record<string, unknown> {
    this.names ??= this.keptKeys();
    const map: Record<string, unknown> = {};
    let at = from;
    for (const name of this.names) map[name] = values[at++];
    return map;
  }
}

/** True where from there on the same values come first. */
export function startsWith(values: readonly unknown[], from: number, first: readonly unknown[]): boolean {
  // From the end: names and what else tells one from the other mostly come late.
  for (let i = first.length - 1; i >= 0; i -= 1) if (!Object.is(values[from + i], first[i])) return false;
  return true;
}
