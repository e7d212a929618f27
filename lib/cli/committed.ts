import { sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import type { Places } from '../drift/committed';
import { STANDARD_INPUT, text, type Arguments } from './command';
import { report, type Io } from './io';
import { UsageError } from './usage-error';

/** Options of commands that read what was committed for a cluster. */
export const committedOptions = {
  cluster: {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'Name of its folder in dist',
  },
  dist: { type: 'string', requiresArg: true, describe: 'Folder that Flux applies [default: dist]' },
  lock: {
    type: 'string',
    requiresArg: true,
    describe: 'Lock of the cluster [default: found in topologies, beside dist]',
  },
} as const;

/** Form of what they print. */
export const outputOption = {
  alias: 'o',
  choices: ['text', 'json'],
  requiresArg: true,
  default: 'text',
  describe: 'Form of the comparison',
} as const;

/** Where the arguments say that it is. */
export function committedPlaces(args: Arguments): Places {
  return {
    cluster: given(args, 'cluster') ?? '',
    dist: fileOf(args, 'dist') ?? 'dist',
    lock: fileOf(args, 'lock'),
  };
}

/**
 * A text argument that says something; undefined where it is not given.
 *
 * @throws UsageError where it is empty
 */
export function given(args: Arguments, name: string): string | undefined {
  const value = text(args, name);
  if (value === '') throw new UsageError(`--${name} is empty`, 'name what it stands for');
  return value;
}

/**
 * The name of a file or folder; undefined where it is not given.
 *
 * @throws UsageError where it is empty, or stands for standard input
 */
export function fileOf(args: Arguments, name: string): string | undefined {
  const value = given(args, name);
  if (value === STANDARD_INPUT) throw new UsageError(`--${name} does not read standard input`, 'name a file');
  return value;
}

/** Prints what is wrong with the input. */
export function refuse(io: Io, found: readonly Diagnostic[]): typeof exitCodes.input {
  report(io, sortDiagnostics(found));
  return exitCodes.input;
}
