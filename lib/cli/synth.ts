import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { appOption, compileFleet } from './app';
import { text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { rebalanceOf } from './rebalance';
import { UsageError } from './usage-error';

/** Runs the app of cdk8s.yaml, as `cdk8s synth` does, but empties no folder before. */
export const synth: Command = {
  usage: 'synth',
  summary: 'Compile the fleet of cdk8s.yaml in this folder, as cdk8s synth does',
  positionals: {},
  options: {
    app: appOption,
    output: {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: 'Folder to write instead of the one of the fleet',
    },
    against: {
      type: 'string',
      requiresArg: true,
      describe:
        'Folder with the dist that runs on the clusters, to play the change through [default: the one that is written]',
    },
    frozen: {
      type: 'string',
      describe: 'Fail where a lock would change, and write none; --frozen=strict also where a pin is waived',
    },
    rebalance: {
      type: 'string',
      requiresArg: true,
      describe: 'Move up to so many graphs more than must be, for a better plan [default: 0]',
    },
    verbose: { type: 'boolean', describe: 'Say what each graph asks for, and by what it is held' },
  },
  examples: [
    ['bayplan synth', 'compile, and replace dist if all went well'],
    ['bayplan synth --verbose', 'also what each graph asks for, and what holds it'],
    ['bayplan synth --against ../main/dist', 'whether what runs can become what is compiled'],
    ['bayplan synth --output /tmp/dist', 'compile to another folder, to look at or compare'],
    ['bayplan synth --frozen', 'in CI: what is locked has to be what comes out'],
    ['bayplan synth --frozen=strict', 'the same, and nothing may be without a digest'],
    ['bayplan synth --rebalance 2', 'accept two more moved graphs for a better plan'],
    ['bayplan synth --format json 2> findings.json', 'findings for a machine'],
  ],
  run: (io, args) => {
    const output = text(args, 'output');
    const against = text(args, 'against');
    if (against !== undefined && !existsSync(against)) return refuse(io, noSuchFolder(against));
    return compileFleet(io, args, {
      ...(output === undefined ? {} : { BAYPLAN_OUTDIR: resolve(output) }),
      ...(against === undefined ? {} : { BAYPLAN_AGAINST: resolve(against) }),
      ...frozenOf(args),
      BAYPLAN_REBALANCE: String(rebalanceOf(args)),
      ...(args['verbose'] === true ? { BAYPLAN_VERBOSE: '1' } : {}),
    });
  },
};

/** `--frozen` alone, or with the word strict. */
function frozenOf(args: Arguments): Readonly<Record<string, string>> {
  const asked = text(args, 'frozen');
  if (asked === undefined) return {};
  if (asked !== '' && asked !== 'strict')
    throw new UsageError(`--frozen is ${JSON.stringify(asked)}`, 'write --frozen, or --frozen=strict');
  return { BAYPLAN_FROZEN: asked === '' ? '1' : asked };
}

function refuse(io: Io, found: Diagnostic): ExitCode {
  report(io, [found]);
  return exitCodes.input;
}

function noSuchFolder(folder: string): Diagnostic {
  return diagnostic('BAY5020', {
    message: `there is no folder ${folder}`,
    where: { pointer: 'bayplan synth --against' },
    help: 'name the dist that runs, such as one of another working tree; for a cluster without any, an empty folder',
  });
}
