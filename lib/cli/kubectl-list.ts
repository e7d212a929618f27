import { decodeText, parseText, readDocument, shownName } from '../inventory/document';
import type { ListSource } from '../inventory/items';
import { STANDARD_INPUT } from './command';
import type { Io } from './io';

/** A list that kubectl wrote to a file, or that comes on standard input. */
export async function kubectlList(io: Io, name: string): Promise<ListSource> {
  const isInput = name === STANDARD_INPUT;
  const file = isInput ? 'standard input' : shownName(name);
  const place: ListSource['place'] = (pointer) => (pointer === '' ? { file } : { file, pointer });
  if (!isInput) return { read: () => readDocument(name), place };
  const text = decodeText(await io.input());
  return { read: () => parseText(file, text), place };
}
