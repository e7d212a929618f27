/**
 * Lists of names in short, as Slurm and cluster tools write them: `gpu-node-[01-16]`, `rack-[1-4]-tray-[01-18]`,
 * `a,b,node-[1,3,7-9]`. Terms are separated by commas, and spaces around them do not count. Brackets hold numbers, single
 * letters, words, and ranges of numbers or letters; of several brackets the last runs fastest. A number that begins with
 * a zero gives the width of its range. A backslash takes the next character as it is.
 */

/** What a list stands for, in order, or what is wrong with it. */
export type Expansion =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly wrong: string; readonly help: string };

/** More names than any cluster has: a range of more is a slip. */
export const MOST_NAMES = 1_000_000;

/** The names that a list stands for. */
export function expandNames(text: string): Expansion {
  try {
    return { ok: true, names: new ListReader(text).names() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, wrong: error.message, help: error.help };
    throw error;
  }
}

class Unreadable extends Error {
  constructor(
    message: string,
    readonly help: string,
  ) {
    super(message);
  }
}

/** Reads from left to right; every name of a term grows by each part that follows. */
class ListReader {
  private at = 0;

  constructor(private readonly text: string) {}

  names(): string[] {
    // One name without any sign: the usual case by far.
    if (!/[[\],\\\s]/.test(this.text)) return [this.text];
    const all: string[] = [];
    do {
      for (const name of this.term()) all.push(name);
      bounded(all.length);
    } while (this.text[this.at++] === ',');
    return all;
  }

  private term(): readonly string[] {
    while (this.text[this.at] === ' ') this.at += 1;
    let names: readonly string[] = [''];
    while (this.at < this.text.length && this.text[this.at] !== ',') {
      const parts = this.text[this.at] === '[' ? this.brackets() : [this.plain()];
      bounded(names.length * parts.length);
      names = names.flatMap((name) => parts.map((part) => name + part));
    }
    if (names[0] === '') throw new Unreadable('names nothing between two commas', 'leave out the comma too many');
    return names;
  }

  private plain(): string {
    let plain = '';
    let spaces = '';
    for (; this.at < this.text.length; this.at += 1) {
      const sign = this.text[this.at] ?? '';
      if (sign === ',' || sign === '[') break;
      if (sign === ']') throw new Unreadable('has "]" without "["', 'put "[" where the range begins');
      if (sign === ' ') {
        spaces += sign;
        continue;
      }
      if (sign === '\\') this.at += 1;
      plain += spaces + (this.text[this.at] ?? '');
      spaces = '';
    }
    return this.text[this.at] === '[' ? plain + spaces : plain;
  }

  private brackets(): string[] {
    const end = this.text.indexOf(']', this.at);
    if (end === -1) throw new Unreadable('has "[" without "]"', 'put "]" where the range ends');
    const inside = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return inside.split(',').flatMap((part) => expandPart(part.trim()));
  }
}

function bounded(count: number): void {
  if (count <= MOST_NAMES) return;
  throw new Unreadable(`stands for more than ${MOST_NAMES} names`, 'look for a digit too many');
}

/** One part of what stands in brackets: `7`, `01-16`, `a-d`, `red`. */
function expandPart(part: string): string[] {
  const numbers = /^(\d{1,15})-(\d{1,15})$/.exec(part);
  if (numbers) return numberRange(part, numbers[1] ?? '', numbers[2] ?? '');
  const letters = /^(?:([a-z])-([a-z])|([A-Z])-([A-Z]))$/.exec(part);
  if (letters) return letterRange(part, letters[1] ?? letters[3] ?? '', letters[2] ?? letters[4] ?? '');
  if (/^[\w.]+$/.test(part)) return [part];
  throw new Unreadable(
    `has ${JSON.stringify(part)} in brackets`,
    'write numbers or ranges in brackets, such as [01-16] or [1,3,7-9]',
  );
}

function numberRange(part: string, first: string, last: string): string[] {
  const width = first.startsWith('0') ? first.length : 0;
  const [from, to] = [Number(first), Number(last)];
  inOrder(part, from, to);
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(width, '0'));
}

function letterRange(part: string, first: string, last: string): string[] {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  inOrder(part, from, to);
  return Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));
}

function inOrder(part: string, from: number, to: number): void {
  if (from > to) throw new Unreadable(`has the range ${part}, which runs backwards`, 'write the smaller end first');
  bounded(to - from + 1);
}

/**
 * The shortest terms of a list that stands for these names in this order; joined with commas they are the list. None of
 * the names may be empty.
 */
export function termsOf(names: readonly string[]): string[] {
  const runs: Numbered[][] = [];
  for (const name of names) {
    const next = numbered(name);
    const run = runs.at(-1);
    if (run?.[0]?.around === next.around) run.push(next);
    else runs.push([next]);
  }
  return runs.flatMap(merged);
}

/** A name taken apart: texts, and the numbers between them, which grow into ranges. */
interface Numbered {
  /** The texts, as one. */
  readonly around: string;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

/** Longer ones are identifiers, no counts. */
const counts = /(?<!\d)(\d{1,9})(?!\d)/;

function numbered(name: string): Numbered {
  const parts = name.split(counts);
  const texts = parts.filter((_, i) => i % 2 === 0);
  return { around: texts.join('\u0000'), texts, numbers: parts.filter((_, i) => i % 2 === 1) };
}

/** Neighbours that differ in one number become one; from the last number to the first, since the last runs fastest. */
function merged(run: readonly Numbered[]): string[] {
  const texts = run[0]?.texts ?? [];
  let rows = run.map(({ numbers }) => numbers);
  for (let field = texts.length - 2; field >= 0; field -= 1) rows = mergedField(rows, field);
  return rows.map((row) => texts.map((text, i) => escaped(text) + (row[i] ?? '')).join(''));
}

function mergedField(rows: readonly (readonly string[])[], field: number): (readonly string[])[] {
  const result: (readonly string[])[] = [];
  for (let from = 0; from < rows.length;) {
    const first = rows[from] ?? [];
    let to = from + 1;
    while (to < rows.length && differOnlyIn(field, first, rows[to] ?? [])) to += 1;
    const values = rows.slice(from, to).map((row) => row[field] ?? '');
    result.push(first.map((own, i) => (i === field ? bracketed(values) : own)));
    from = to;
  }
  return result;
}

function differOnlyIn(field: number, a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length; i += 1) if (i !== field && a[i] !== b[i]) return false;
  return true;
}

function bracketed(values: readonly string[]): string {
  if (values.length === 1) return values[0] ?? '';
  const parts: string[] = [];
  for (let from = 0; from < values.length;) {
    const first = values[from] ?? '';
    let to = from + 1;
    while (to < values.length && values[to] === following(first, to - from)) to += 1;
    parts.push(to - from > 1 ? `${first}-${values[to - 1]}` : first);
    from = to;
  }
  return `[${parts.join(',')}]`;
}

/** What a range that begins so has at a place. */
function following(first: string, steps: number): string {
  return String(Number(first) + steps).padStart(first.startsWith('0') ? first.length : 0, '0');
}

function escaped(text: string): string {
  return /[[\],\\\s]/.test(text) ? text.replace(/[[\],\\\s]/g, '\\$&') : text;
}
