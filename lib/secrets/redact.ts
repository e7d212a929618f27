import type { Diagnostic, Json, Where } from '../diagnostics/diagnostic';
import { findForms } from './forms';

/** A finding in which nothing has the form of a secret: what has is named instead. */
export function redacted(finding: Diagnostic): Diagnostic {
  const { message, where, notes, help, data } = finding;
  return {
    ...finding,
    message: redact(message),
    // a place is a map of texts and numbers, and stays one
    where: redactJson({ ...where }) as Where,
    notes: notes.map(redact),
    ...(help === undefined ? {} : { help: redact(help) }),
    // a map stays a map
    ...(data === undefined ? {} : { data: redactJson(data) as NonNullable<Diagnostic['data']> }),
  };
}

/** A text with what has the form of a secret replaced by what it is. */
export function redact(text: string): string {
  return findForms(text).reduce((rest, found) => rest.replace(found.text, `<${found.what}, not shown>`), text);
}

function redactJson(value: Json): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(redactJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson(item)]));
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}
