import yargs, { type Argv } from 'yargs';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { DiagnosticError } from '../diagnostics/error';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { nearest } from '../diagnostics/nearest';
import { nameOf, STANDARD_INPUT, text, type Arguments, type Command, type CommandGroup } from './command';
import { adopt } from './adopt';
import { explain } from './explain';
import { exportCommand } from './export';
import { fit } from './fit';
import { init } from './init';
import { inventory } from './inventory';
import { report, type Io } from './io';
import { lock } from './lock';
import { place } from './place';
import { schema } from './schema';
import { schemas } from './schemas';
import { synth } from './synth';
import { UsageError } from './usage-error';
import { verify } from './verify';

const commands: readonly (Command | CommandGroup)[] = [
  synth,
  lock,
  fit,
  verify,
  place,
  adopt,
  init,
  inventory,
  exportCommand,
  schema,
  schemas,
  explain,
];

/** What may stand first on a command line. `completion` is yargs' own. */
const names = [...commands.map(nameOf), 'completion'];

/** Options that every command takes. */
const common = {
  format: {
    choices: ['text', 'json'],
    requiresArg: true,
    describe: 'Form of findings on standard error [default: text]',
  },
} as const;

const epilogue = `Exit codes: 0 done, 1 internal error, 2 bad input or usage, 3 a graph or gang has no place,
4 a check of the outcome failed, 5 what runs is not what was planned.

Environment: NO_COLOR no colours, BAYPLAN_FORMAT as --format, BAYPLAN_DEBUG=1 stack traces of internal errors.`;

/**
 * Runs one command line. Data goes to `io.out`, all else to `io.err`.
 *
 * @param args without node and script
 * @returns the exit code; bad input and wrong usage are printed, not thrown
 * @throws what is no fault of the user: an internal error
 */
export async function bayplan(args: readonly string[], io: Io, version: string): Promise<ExitCode> {
  let given: { readonly command: Command; readonly args: Arguments } | undefined;
  const parser = newParser(version);
  add(parser, commands, (command, parsed) => (given = { command, args: parsed }));
  parser.command('completion', 'Print a script that completes commands and options in bash or zsh', {}, () => {
    parser.showCompletionScript();
  });
  try {
    const printed = await parse(parser, args);
    if (given) return await given.command.run(withFormat(io, given.args), given.args);
    if (printed !== '') io.out(`${printed}\n`);
    else io.err(`${await parser.getHelp()}\n`);
    return printed === '' ? exitCodes.input : exitCodes.ok;
  } catch (error) {
    const found = findingsOf(error, args);
    if (!found) throw error;
    report(io, found);
    return exitCodes.input;
  }
}

function newParser(version: string): Argv {
  return yargs([])
    .scriptName('bayplan')
    .usage('$0 <command>\n\nGang placement for multi-node inference, solved before anything is applied.')
    .locale('en')
    .updateStrings(strings as object as Record<string, string>) // its types know of no plural forms
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    })
    .options(common)
    .example('bayplan synth', 'compile the fleet in this folder')
    .example('bayplan place problem.yaml', 'solve a placement problem without a fleet')
    .example('bayplan COMMAND --help', 'more about one command')
    .example('bayplan completion >> ~/.bashrc', 'complete commands and options on tab')
    .epilogue(epilogue)
    .version(version)
    .help()
    .strict()
    .fail((message: string | null, error: Error | undefined) => {
      // A YError is yargs' own complaint; any other error is one of ours, thrown by a command.
      throw error && error.name !== 'YError' ? error : new UsageError(inOurWords(error?.message ?? message ?? ''));
    })
    .wrap(110);
}

/** yargs' own words, in the form of ours. */
const strings = {
  'Invalid values:': 'a value is not one of those allowed',
  'Argument: %s, Given: %s, Choices: %s': '%s is %s, not one of %s',
  'Not enough arguments following: %s': 'option %s needs a value',
  'Not enough non-option arguments: got %s, need at least %s': {
    one: 'an argument is missing: %s given, %s needed',
    other: 'an argument is missing: %s given, %s needed',
  },
};

type Give = (command: Command, args: Arguments) => void;

function add(parser: Argv, listed: readonly (Command | CommandGroup)[], give: Give): void {
  for (const command of listed) {
    if ('commands' in command) addGroup(parser, command, give);
    else addCommand(parser, command, (args) => give(command, args));
  }
}

/** A group by itself does nothing. */
function addGroup(parser: Argv, { name, summary, commands: members }: CommandGroup, give: Give): void {
  parser.command(`${name} <command>`, summary, (own) => {
    add(own, members, give);
    return own.demandCommand(1);
  });
}

function addCommand(parser: Argv, command: Command, give: (args: Arguments) => void): void {
  parser.command(
    command.usage,
    command.summary,
    (own) => {
      for (const [name, positional] of Object.entries(command.positionals)) own.positional(name, positional);
      for (const [line, purpose] of command.examples) own.example(line, purpose);
      return own.options(command.options);
    },
    give,
  );
}

/** Parses; what yargs wants printed (help, version, a completion script) comes back as text. */
async function parse(parser: Argv, args: readonly string[]): Promise<string> {
  let printed = '';
  await parser.parseAsync(args.map(standardInput), {}, (_error, _args, output) => {
    printed = output;
  });
  return printed;
}

/** yargs takes a lone dash for an option without a name. */
function standardInput(arg: string): string {
  return arg === '-' ? STANDARD_INPUT : arg;
}

function withFormat(io: Io, args: Arguments): Io {
  const format = text(args, 'format');
  return format !== undefined ? { ...io, env: { ...io.env, BAYPLAN_FORMAT: format } } : io;
}

/** The findings of an error that the user can mend; undefined for all others. */
function findingsOf(error: unknown, args: readonly string[]): readonly Diagnostic[] | undefined {
  if (error instanceof DiagnosticError) return error.diagnostics;
  if (error instanceof UsageError) return [wrongUsage(args, error.message, error.help)];
  return undefined;
}

function inOurWords(message: string): string {
  const lines = message.split('\n').map((line) => line.trim().replace(/\.$/, ''));
  const sentence = lines.filter((line) => line !== '').join(': ');
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function wrongUsage(args: readonly string[], message: string, help?: string): Diagnostic {
  const { group, command, unknown, listed } = meant(args);
  const known = ['bayplan', ...(group ? [group.name] : []), ...(command ? [nameOf(command)] : [])].join(' ');
  const near = unknown === undefined ? undefined : nearest(unknown, listed);
  return diagnostic('BAY5020', {
    message: unknown === undefined ? message : `there is no command ${JSON.stringify(unknown)}`,
    where: { pointer: ['bayplan', ...args].join(' ') },
    help:
      help ??
      (unknown === undefined ? meantOption(args, command) : near && `did you mean ${known} ${near}?`) ??
      `${known} --help lists what there is`,
  });
}

/** What a command line is about, as far as its words are known; `listed` may stand where `unknown` does. */
interface Meant {
  readonly group?: CommandGroup;
  readonly command?: Command;
  readonly unknown?: string;
  readonly listed: readonly string[];
}

function meant(args: readonly string[]): Meant {
  const [word, second] = args.filter((arg) => !arg.startsWith('-'));
  const first = commands.find((known) => nameOf(known) === word);
  if (first === undefined || !('commands' in first)) {
    return { command: first, listed: names, ...(word !== undefined && !names.includes(word) ? { unknown: word } : {}) };
  }
  const listed = first.commands.map(nameOf);
  const command = first.commands.find((known) => nameOf(known) === second);
  return { group: first, command, listed, ...(second !== undefined && !command ? { unknown: second } : {}) };
}

/** The option that was misspelt most likely, as it should be. */
function meantOption(args: readonly string[], command: Command | undefined): string | undefined {
  const known = [...Object.keys({ ...command?.options, ...common }), 'help', 'version'];
  const given = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []);
  const near = given.filter((name) => !known.includes(name)).map((name) => nearest(name, known));
  const first = near.find((name) => name !== undefined);
  return first && `did you mean --${first}?`;
}
