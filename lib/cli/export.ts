import { resolve } from 'node:path';
import { appOption, compileFleet } from './app';
import { STANDARD_INPUT, text, type Command } from './command';
import { committedOptions } from './committed';
import { UsageError } from './usage-error';

/** Writes what other programs read of a fleet. */
export const exportCommand: Command = {
  usage: 'export <document>',
  summary: "Export a cluster with its gangs for KAI's own replay tool",
  positionals: { document: { type: 'string', choices: ['kai-snapshot'], describe: 'What to write' } },
  options: {
    app: appOption,
    cluster: committedOptions.cluster,
    output: {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      describe: 'Zip file to write, - for standard output [default: CLUSTER.kai-snapshot.zip]',
    },
  },
  examples: [
    ['bayplan export kai-snapshot --cluster eu-west', 'write eu-west.kai-snapshot.zip'],
    ['bayplan export kai-snapshot -c eu-west -o - > s.zip', 'the same to a pipe'],
  ],
  run: (io, args) => {
    const cluster = text(args, 'cluster') ?? '';
    const output = text(args, 'output') ?? `${cluster}.kai-snapshot.zip`;
    if (cluster === '') throw new UsageError('the name of the cluster is empty', 'name its folder in dist');
    if (output === '') throw new UsageError('the name of the file is empty', 'a dash writes to standard output');
    return compileFleet(io, args, {
      BAYPLAN_KAI_SNAPSHOT: cluster,
      // A lone dash is taken for standard input before the command line is parsed.
      BAYPLAN_KAI_SNAPSHOT_FILE: output === STANDARD_INPUT ? '-' : resolve(output),
    });
  },
};
