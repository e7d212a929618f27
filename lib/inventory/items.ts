import { hasErrors, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { FieldReader, type Place, type RawMap } from './fields';
import type { Wanted } from './json-field';
import { readList, type ItemKind } from './list';
import { locate } from './locate';
import { readListDocument, type ByteSource, type PlacedDocument } from './source';
import { wantedOf } from './wanted';

/** Where a list comes from. */
export interface ListSource {
  /** @param wanted what is read of each item: the rest may be left out */
  readonly read: (wanted: Wanted) => Outcome<PlacedDocument>;
  /** As it is shown to the user; absent for a list in memory. */
  readonly file?: string;
}

/** What was read of one list. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly place: Place;
  readonly text?: string;
}

const nouns = {
  Node: 'node',
  Pod: 'pod',
  ResourceSlice: 'slice',
  PodGroup: 'PodGroup',
} as const satisfies Record<ItemKind, string>;

/** A list in a file, or of standard input. */
export function bytesSource(source: ByteSource): ListSource {
  return { read: (wanted) => readListDocument(source, wanted), file: source.file };
}

/** Items of a list that could be read at all, in its order, with what was wrong in their fields. */
export function readItems<T>(
  source: ListSource,
  kind: ItemKind,
  readItem: (raw: RawMap, fields: FieldReader) => T | undefined,
  wanted: Wanted = wantedOf[kind],
): Outcome<Listed<T>> {
  const document = source.read(wanted);
  if (!document.ok) return document;
  const { value, place, text } = document.value;
  const list = readList(value, kind, place);
  if (!list.ok) return { ok: false, diagnostics: located(list.diagnostics, text) };
  const fields = new FieldReader(nouns[kind]);
  const items = list.value.flatMap((raw, i) => {
    fields.begin(`items[${i}]`);
    return readItem(raw, fields) ?? [];
  });
  const diagnostics = located(fields.diagnostics(place), text);
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  return { ok: true, value: { items, place, text }, diagnostics };
}

/** Findings with line and column, where the text is at hand. */
export function located(diagnostics: readonly Diagnostic[], text: string | undefined): readonly Diagnostic[] {
  return text === undefined ? diagnostics : locate(diagnostics, text);
}
