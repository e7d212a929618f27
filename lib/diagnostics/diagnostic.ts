import { registry, type DiagnosticCode } from './registry';
import { compareText } from '../order';

/** How bad a finding is: an error stops the compile after its pass; a warning does not. */
export type Severity = 'error' | 'warning';

/** A plain JSON value, as it stands in the payload of a diagnostic. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where a finding is. Every diagnostic names at least one of these. */
export interface Where {
  /** Construct path below the fleet, such as `eu-west/vllm-disagg`. */
  readonly construct?: string;
  /** File as the user named it, relative to the working folder where it lies inside it. */
  readonly file?: string;
  /** Line in `file`, counted from 1. */
  readonly line?: number;
  /** Column in `file`, counted from 1. */
  readonly column?: number;
  /** Place inside a document, such as `items[3].metadata.labels` or `gangs.vllm.groups.decode`. */
  readonly pointer?: string;
}

/** One finding, as data. Renderers turn it into text or JSON. */
export interface Diagnostic {
  /** Stable identifier; `bayplan explain CODE` tells more. */
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, with the value; lower case, no full stop, never how to fix it. */
  readonly message: string;
  readonly where: Where;
  /** Circumstances that help to understand the message. */
  readonly notes: readonly string[];
  /** The way out. */
  readonly help?: string;
  /** The numbers and names behind the message, for machines. */
  readonly data?: { readonly [key: string]: Json };
}

/** What a finding adds to what the registry knows of its code. */
export interface Finding {
  readonly message: string;
  readonly where: Where;
  readonly notes?: readonly string[];
  readonly help?: string;
  readonly data?: { readonly [key: string]: Json };
}

/** Makes a diagnostic of a registered code; severity comes from the registry. */
export function diagnostic(code: DiagnosticCode, finding: Finding): Diagnostic {
  return { code, severity: registry[code].severity, notes: [], ...finding };
}

/** What a stage returns where bad input is possible: a value, or nothing but the reasons. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** True where at least one finding is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** The order in which findings are printed: by construct path, file, place and code; never by time of discovery. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const keyed = diagnostics.map((d) => ({ d, key: sortKey(d) }));
  keyed.sort((a, b) => compareText(a.key, b.key));
  return keyed.map(({ d }) => d);
}

function sortKey({ where, code, message }: Diagnostic): string {
  const line = String(where.line ?? 0).padStart(9, '0');
  return [where.construct ?? '', where.file ?? '', line, where.pointer ?? '', code, message].join('\u0000');
}
