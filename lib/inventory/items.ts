import type { Outcome } from '../diagnostics/diagnostic';
import { FieldReader, type Place, type RawMap } from './fields';
import { readList, type ItemKind } from './list';

/** Where a list comes from, and how its places are named to the user. */
export interface ListSource {
  readonly read: () => Outcome<unknown>;
  readonly place: Place;
}

const nouns = { Node: 'node', Pod: 'pod', PodGroup: 'PodGroup' } as const satisfies Record<ItemKind, string>;

/** Items of a list that could be read at all, in its order, with what was wrong in their fields. */
export function readItems<T>(
  source: ListSource,
  kind: ItemKind,
  readItem: (raw: RawMap, fields: FieldReader) => T | undefined,
): Outcome<readonly T[]> {
  const document = source.read();
  if (!document.ok) return document;
  const list = readList(document.value, kind, source.place);
  if (!list.ok) return list;
  const fields = new FieldReader(nouns[kind]);
  const items = list.value.flatMap((raw, i) => {
    fields.begin(`items[${i}]`);
    return readItem(raw, fields) ?? [];
  });
  return { ok: true, value: items, diagnostics: fields.diagnostics(source.place) };
}
