import type { Options } from 'yargs';
import type { ManifestSource } from '../workloads/objects';
import { STANDARD_INPUT, texts, type Arguments } from './command';
import type { Io } from './io';
import { UsageError } from './usage-error';

/** Options of every command that reads manifests. */
export const manifestOptions = {
  filename: {
    alias: 'f',
    type: 'string',
    array: true,
    requiresArg: true,
    demandOption: true,
    describe: 'Manifests: a file, a folder, or - for standard input; may be repeated',
  },
  namespace: {
    alias: 'n',
    type: 'string',
    requiresArg: true,
    describe: 'Namespace of objects that name none [default: default]',
  },
} as const satisfies Readonly<Record<string, Options>>;

/** What a command line names; standard input is read here. */
export async function manifestSources(io: Io, args: Arguments): Promise<readonly ManifestSource[]> {
  const names = texts(args, 'filename');
  if (names.includes('')) throw new UsageError('the name of a file is empty', 'a dash reads standard input');
  if (names.filter((name) => name === STANDARD_INPUT).length > 1) {
    throw new UsageError('standard input is named twice', 'write one - for it');
  }
  const sources: ManifestSource[] = [];
  for (const name of names) {
    sources.push(name === STANDARD_INPUT ? { file: 'standard input', bytes: await io.input() } : name);
  }
  return sources;
}
