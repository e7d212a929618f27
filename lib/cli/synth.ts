import { resolve } from 'node:path';
import { appOption, compileFleet } from './app';
import { text, type Command } from './command';

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
    verbose: { type: 'boolean', describe: 'Say what each graph asks for, and by what it is held' },
  },
  examples: [
    ['bayplan synth', 'compile, and replace dist if all went well'],
    ['bayplan synth --verbose', 'also what each graph asks for, and what holds it'],
    ['bayplan synth --output /tmp/dist', 'compile to another folder, to look at or compare'],
    ['bayplan synth --format json 2> findings.json', 'findings for a machine'],
  ],
  run: (io, args) => {
    const output = text(args, 'output');
    return compileFleet(io, args, {
      ...(output === undefined ? {} : { BAYPLAN_OUTDIR: resolve(output) }),
      ...(args['verbose'] === true ? { BAYPLAN_VERBOSE: '1' } : {}),
    });
  },
};
