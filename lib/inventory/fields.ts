import { diagnostic, type Diagnostic, type Where } from '../diagnostics/diagnostic';
import type { DiagnosticCode } from '../diagnostics/registry';
import { parseQuantity, wholeUnits, type Amount } from '../model/quantity';
import type { Resources } from '../model/resources';
import { countNames, listNames, namesPayload } from './names';
import { compareText } from '../order';

/** A value that is a map, with nothing known of what it holds. */
export type RawMap = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Turns a place inside a list's document, such as `items[3].metadata`, into a place for the user. */
export type Place = (pointer: string) => Where;

/** One way in which a field can be wrong; hits of one fault on one field are told together. */
interface Fault {
  readonly code: DiagnosticCode;
  /** What follows "FIELD of NODE", such as `is not a quantity`. */
  readonly wrong: string;
  readonly help: string;
}

interface Hit {
  readonly subject: string;
  readonly pointer: string;
  readonly value: string;
}

/** The way out where a field is missing or of the wrong kind: it depends on who wrote the document. */
export interface Advice {
  readonly missing: string;
  readonly wrong: string;
}

const exported: Advice = {
  missing: 'export the list whole, with `-o json`, and do not strip it',
  wrong: 'export the list again instead of editing it by hand',
};

const notQuantity: Fault = {
  code: 'BAY1007',
  wrong: 'is not a quantity',
  help: 'a quantity is a number with a unit or none, such as "8", "191450m" or "2029Gi"',
};

const negative: Fault = {
  code: 'BAY1008',
  wrong: 'is below 0',
  help: 'an amount of a resource is 0 or more',
};

const fractional: Fault = {
  code: 'BAY1009',
  wrong: 'is not a whole number',
  help: 'devices and pods are counted in whole numbers; parts of a GPU are asked for by annotation, not by request',
};

const NONE: Resources = Object.freeze({});
const NO_MAP: RawMap = Object.freeze({});
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Reads the fields of one list item after the other and remembers what was wrong with them. Fields that are not asked
 * for are not looked at; `null`, which Go writes for an empty list or map, counts as absent.
 */
export class FieldReader {
  private item = '';
  private subject = '';
  private rename = (field: string): string => field;
  private readonly faults = new Map<string, { readonly fault: Fault; readonly field: string; readonly hits: Hit[] }>();
  private readonly amountsByText = new Map<unknown, Amount | undefined>();

  /** @param noun what the items are, such as `node` */
  constructor(
    private readonly noun: string,
    private readonly advice: Advice = exported,
  ) {}

  /** Starts on the next item, known by its place until it has a name. */
  begin(item: string): void {
    this.item = item;
    this.subject = item;
  }

  /** The name under which faults of this item are told from now on. */
  call(subject: string): void {
    this.subject = subject;
  }

  /** Gives fields another name from now on, where what is read is made of something else. */
  renaming(rename: (field: string) => string): void {
    this.rename = rename;
  }

  map(value: unknown, field: string): RawMap {
    if (value === undefined || value === null) return NO_MAP;
    if (isMap(value)) return value;
    this.wrongKind('a map', field, value);
    return NO_MAP;
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.wrongKind('a list', field, value);
    return [];
  }

  text(value: unknown, field: string): string | undefined {
    if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
    this.wrongKind('a text', field, value);
    return undefined;
  }

  /** A text that must be there. */
  name(value: unknown, field: string): string | undefined {
    const text = this.text(value, field);
    if (text) return text;
    if (value === undefined || value === null || value === '') this.missing(field, value);
    return undefined;
  }

  flag(value: unknown, field: string): boolean {
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? false;
    this.wrongKind('true or false', field, value);
    return false;
  }

  /** A whole number within bounds; undefined where there is none. */
  count(value: unknown, field: string, least = 0): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MOST) return value;
    this.wrongKind(`a whole number from ${least} to ${MOST}`, field, value);
    return undefined;
  }

  /** One of a few words, which must be there. */
  oneOf<Word extends string>(value: unknown, words: readonly Word[], field: string): Word | undefined {
    const word = words.find((known) => known === value);
    if (word === undefined) this.wrongKind(`one of ${words.join(', ')}`, field, value);
    return word;
  }

  /** Labels or annotations, handed on as they are; undefined where they cannot be relied on. */
  labels(value: unknown, field: string): Readonly<Record<string, string>> | undefined {
    if (value === undefined || value === null) return NO_LABELS;
    const map = this.map(value, field);
    return map !== NO_MAP && this.holdsTexts(map, field) ? map : undefined;
  }

  private holdsTexts(map: RawMap, field: string): map is Readonly<Record<string, string>> {
    for (const key of Object.keys(map)) {
      if (typeof map[key] === 'string') continue;
      this.wrongKind('a text', `${field}[${JSON.stringify(key)}]`, map[key]);
      return false;
    }
    return true;
  }

  /** Amounts by resource name. */
  amounts(value: unknown, field: string): Resources {
    if (value === undefined || value === null) return NONE;
    const map = this.map(value, field);
    const amounts: Record<string, Amount> = {};
    for (const resource of Object.keys(map)) {
      const amount = this.amount(resource, map[resource], field);
      if (amount !== undefined) amounts[resource] = amount;
    }
    return amounts;
  }

  /** Amounts that must be there. */
  requiredAmounts(value: unknown, field: string): Resources {
    if (value === undefined || value === null) this.missing(field, value);
    return this.amounts(value, field);
  }

  private amount(resource: string, value: unknown, field: string): Amount | undefined {
    const amount = this.parsed(value);
    const fault =
      amount === undefined
        ? notQuantity
        : amount < 0n
          ? negative
          : countsWhole(resource) && amount % wholeUnits(1) !== 0n
            ? fractional
            : undefined;
    if (fault) this.report(fault, `${field}[${JSON.stringify(resource)}]`, value);
    return amount;
  }

  /** A large list writes few different quantities, very often. */
  private parsed(value: unknown): Amount | undefined {
    const known = this.amountsByText.get(value);
    if (known !== undefined || this.amountsByText.has(value)) return known;
    const amount = isExact(value) ? parseQuantity(value) : undefined;
    this.amountsByText.set(value, amount);
    return amount;
  }

  private missing(field: string, value: unknown): void {
    this.report({ code: 'BAY1006', wrong: 'is missing', help: this.advice.missing }, field, value);
  }

  private wrongKind(wanted: string, field: string, value: unknown): void {
    this.report({ code: 'BAY1006', wrong: `is not ${wanted}`, help: this.advice.wrong }, field, value);
  }

  private report(fault: Fault, read: string, value: unknown): void {
    const field = this.rename(read);
    const key = `${fault.code} ${fault.wrong} ${field.replace(/\[\d+\]/g, '[]')}`;
    const entry = this.faults.get(key) ?? { fault, field, hits: [] };
    const pointer = [this.item, field].filter((part) => part !== '').join('.');
    entry.hits.push({ subject: this.subject, pointer, value: shown(value) });
    this.faults.set(key, entry);
  }

  /** Everything that was wrong, one diagnostic for each kind of fault in each field. */
  diagnostics(place: Place): Diagnostic[] {
    return [...this.faults.values()].map(({ fault, field, hits }) => this.told(fault, field, hits, place));
  }

  private told(fault: Fault, field: string, hits: Hit[], place: Place): Diagnostic {
    const ordered = hits.sort((a, b) => compareText(a.subject, b.subject));
    const [first] = ordered;
    const names = [...new Set(ordered.map((hit) => hit.subject))];
    const values = ordered.map((hit) => (names.length === 1 ? hit.value : [hit.subject, hit.value].join(' ').trim()));
    const listed = listNames(values.filter((value) => value !== ''));
    const what = `${names.length === 1 ? field : field.replace(/\[\d+\]/g, '[]')} of ${countNames(this.noun, names)}`;
    return diagnostic(fault.code, {
      message: `${what} ${fault.wrong}${listed === '' ? '' : `: ${listed}`}`,
      where: place(first?.pointer ?? ''),
      help: fault.help,
      data: { field, ...namesPayload(this.noun, names) },
    });
  }
}

/** Numbers beyond 2^53 have lost digits on their way through JSON. */
function isExact(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER);
}

/** The largest count that Kubernetes knows: an int32. */
const MOST = 2_147_483_647;

/** Longest part of a value that a message quotes. */
const QUOTED = 60;

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  // undefined for functions and symbols, which no document holds but a caller's object may
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text;
}

/** Extended resources and `pods` come in whole numbers: IsIntegerResourceName in kubernetes/pkg/apis/core/helper. */
function countsWhole(resource: string): boolean {
  return resource === 'pods' || (resource.includes('/') && !resource.includes('kubernetes.io/'));
}
