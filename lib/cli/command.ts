import type { Argv, Options } from 'yargs';
import type { ExitCode } from '../diagnostics/exit';
import type { Io } from './io';
import { UsageError } from './usage-error';

/** A command of `bayplan`, as data: yargs parses, `run` does. */
export interface Command {
  /** As yargs has it: name, then positional arguments, such as `place <problem>`. */
  readonly usage: string;
  readonly summary: string;
  readonly positionals: Readonly<Record<string, Positional>>;
  readonly options: Readonly<Record<string, Options>>;
  /** A command line, and what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  readonly run: (io: Io, args: Arguments) => ExitCode | Promise<ExitCode>;
}

/** Commands about one thing, behind one word: `bayplan inventory import`. */
export interface CommandGroup {
  /** The word. */
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
}

/** What yargs takes of a positional argument. */
export type Positional = Parameters<Argv['positional']>[1];

/** Values by name of option or positional argument; absent where not given. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What a command gets where the user wrote `-` for a file. */
export const STANDARD_INPUT = '/dev/stdin';

/** The name of a command, which is the first word of its usage. */
export function nameOf(command: Command | CommandGroup): string {
  return 'name' in command ? command.name : (command.usage.split(' ')[0] ?? '');
}

/**
 * A text argument; undefined where it is not given.
 *
 * @throws UsageError where an option is given more than once
 */
export function text(args: Arguments, name: string): string | undefined {
  const value = args[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} is given ${value.length} times`, 'give it once');
  return typeof value === 'string' ? value : undefined;
}

/** A list of texts; empty where none is given. */
export function texts(args: Arguments, name: string): readonly string[] {
  const value = args[name];
  return Array.isArray(value) ? value.map(String) : [];
}
