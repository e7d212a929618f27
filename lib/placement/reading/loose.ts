import { diagnostic, sortDiagnostics, type Diagnostic } from '../../diagnostics/diagnostic';
import { nearest } from '../../diagnostics/nearest';
import type { DiagnosticCode } from '../../diagnostics/registry';

/**
 * Walking a document that may have any shape. The rules of input are checked beside the schema, not after it, so that
 * all errors of a document are reported together; a rule passes over what is not of the kind it speaks of, because
 * the schema has reported that already.
 */
export type Loose = unknown;

/** A value of the document with its place in it. The place is spelt out only where it is asked for. */
export class Placed {
  constructor(
    readonly value: Loose,
    private readonly around?: Placed,
    private readonly step?: string | number,
  ) {}

  /** Such as `gangs[0].groups[1].constraint`; empty for the document itself. */
  get at(): string {
    return this.around === undefined || this.step === undefined ? '' : pointerTo(this.around.at, this.step);
  }
}

/** The value of an own key of a map; undefined where there is no map or no key. */
export function key(placed: Placed, name: string): Placed {
  const map = asMap(placed.value);
  return new Placed(map && Object.hasOwn(map, name) ? map[name] : undefined, placed, name);
}

/** The items of a list; none where there is no list. */
export function items(placed: Placed): Placed[] {
  if (!Array.isArray(placed.value)) return [];
  return placed.value.map((value: Loose, index) => new Placed(value, placed, index));
}

/** The entries of a map; none where there is no map. */
export function entries(placed: Placed): { readonly name: string; readonly entry: Placed }[] {
  const map = asMap(placed.value) ?? {};
  return Object.keys(map).map((name) => ({ name, entry: new Placed(map[name], placed, name) }));
}

export function asText({ value }: Placed): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function asInteger({ value }: Placed): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

export function asMap(value: Loose): Readonly<Record<string, Loose>> | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  // A cast from object: what is neither null nor a list can be read by key.
  return isMap ? (value as Readonly<Record<string, Loose>>) : undefined;
}

export function pointerTo(at: string, step: string | number): string {
  if (typeof step === 'number') return `${at}[${step}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${at}[${JSON.stringify(step)}]`;
  return at === '' ? step : `${at}.${step}`;
}

/** A value as it stands in a message, cut where it is long. */
export function shown(value: Loose): string {
  const text = typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The names of a list of maps; `complete` is false where an item has no readable name. */
export function namesOf(list: Placed): { readonly names: ReadonlySet<string>; readonly complete: boolean } {
  const found = items(list).map((item) => asText(key(item, 'name')));
  const names = found.filter((name) => name !== undefined);
  const readable = list.value === undefined || Array.isArray(list.value);
  return { names: new Set(names), complete: readable && names.length === found.length };
}

/** What one may have meant by a name that is not there: `did you mean "x"?`, or what there is. */
export function meant(text: string, known: Iterable<string>, kind: string): string {
  const all = [...new Set(known)];
  const byEnd = all.filter((name) => name.endsWith(`/${text}`));
  const guess = (byEnd.length === 1 ? byEnd[0] : undefined) ?? nearest(text, all);
  if (guess !== undefined) return `did you mean "${guess}"?`;
  if (all.length === 0) return `list the ${kind} first: there is none`;
  const listed = all.slice(0, 10).join(', ');
  return `name one that there is: ${listed}${all.length > 10 ? ` and ${all.length - 10} more` : ''}`;
}

/** The findings of one document. */
export class Findings {
  private readonly found: Diagnostic[] = [];

  constructor(private readonly file: string | undefined) {}

  add(code: DiagnosticCode, at: string, message: string, help: string, notes: readonly string[] = []): void {
    const where = { ...(this.file !== undefined && { file: this.file }), pointer: at === '' ? 'the document' : at };
    this.found.push(diagnostic(code, { message, where, help, notes }));
  }

  /** Sorted: the order of keys in the document must not show. */
  all(): readonly Diagnostic[] {
    return sortDiagnostics(this.found);
  }
}
