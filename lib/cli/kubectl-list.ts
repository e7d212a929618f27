import { bytesSource, type ListSource } from '../inventory/items';
import { fileSource, standardInput } from '../inventory/source';
import { STANDARD_INPUT } from './command';
import type { Io } from './io';

/** A list that kubectl wrote to a file, or that comes on standard input. */
export async function kubectlList(io: Io, name: string): Promise<ListSource> {
  return bytesSource(name === STANDARD_INPUT ? standardInput(await io.pieces()) : fileSource(name));
}
