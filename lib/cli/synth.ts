import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { readDocument } from '../inventory/document';
import { text, type Arguments, type Command } from './command';
import { report, type Io } from './io';

const configuration = 'cdk8s.yaml';

/** Runs the app of cdk8s.yaml, as `cdk8s synth` does, but empties no folder before. */
export const synth: Command = {
  usage: 'synth',
  summary: 'Compile the fleet of cdk8s.yaml in this folder, as cdk8s synth does',
  positionals: {},
  options: {
    app: { alias: 'a', type: 'string', requiresArg: true, describe: 'Command to run instead of the app in cdk8s.yaml' },
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
    verbose: { type: 'boolean', describe: 'Say what each graph asks for, and by what it is held' },
  },
  examples: [
    ['bayplan synth', 'compile, and replace dist if all went well'],
    ['bayplan synth --verbose', 'also what each graph asks for, and what holds it'],
    ['bayplan synth --against ../main/dist', 'whether what runs can become what is compiled'],
    ['bayplan synth --output /tmp/dist', 'compile to another folder, to look at or compare'],
    ['bayplan synth --format json 2> findings.json', 'findings for a machine'],
  ],
  run: async (io, args) => {
    const against = text(args, 'against');
    if (against !== undefined && !existsSync(against)) return refuse(io, noSuchFolder(against));
    const app = findApp(text(args, 'app'));
    report(io, app.diagnostics);
    return app.ok ? runApp(io, app.value, childEnvironment(io, args)) : exitCodes.input;
  },
};

function findApp(asked: string | undefined): Outcome<string> {
  if (asked !== undefined) return asked.trim() === '' ? failed(emptyApp) : { ok: true, value: asked, diagnostics: [] };
  if (!existsSync(configuration)) return failed(noConfiguration);
  const document = readDocument(configuration);
  if (!document.ok) return document;
  const { value } = document;
  const app: unknown = typeof value === 'object' && value !== null && 'app' in value ? value.app : undefined;
  if (typeof app !== 'string' || app.trim() === '') return failed(noApp(app));
  return { ok: true, value: app, diagnostics: [] };
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

function failed(found: Diagnostic): Outcome<never> {
  return { ok: false, diagnostics: [found] };
}

const emptyApp = diagnostic('BAY5020', {
  message: '--app is empty',
  where: { pointer: 'bayplan synth --app' },
  help: 'name the command that compiles the fleet, such as "node --import tsx main.ts"',
});

const noConfiguration = diagnostic('BAY5010', {
  message: 'there is no cdk8s.yaml in the working folder',
  where: { file: configuration },
  help: 'run bayplan synth where cdk8s.yaml is, or say what to run with --app',
});

function noApp(app: unknown): Diagnostic {
  return diagnostic('BAY5011', {
    message: app === undefined ? 'there is no "app"' : `"app" is ${JSON.stringify(app)}, not a command line`,
    where: { file: configuration, pointer: 'app' },
    help: 'name the command that compiles the fleet, such as app: node --import tsx main.ts',
  });
}

/** The fleet reads what it is asked for from its environment. */
function childEnvironment(io: Io, args: Arguments): NodeJS.ProcessEnv {
  const output = text(args, 'output');
  const against = text(args, 'against');
  return {
    ...io.env,
    ...(output === undefined ? {} : { BAYPLAN_OUTDIR: resolve(output) }),
    ...(against === undefined ? {} : { BAYPLAN_AGAINST: resolve(against) }),
    ...(args['verbose'] === true ? { BAYPLAN_VERBOSE: '1' } : {}),
  };
}

/** Runs a command line through the shell, with the streams of this process; ends as it ends. */
function runApp(io: Io, app: string, env: NodeJS.ProcessEnv): Promise<ExitCode> {
  return new Promise((done) => {
    const child = spawn(app, { shell: true, stdio: 'inherit', env });
    // A terminal sends SIGINT to the app too: what it does with it decides. SIGTERM comes to this process alone.
    const wait = (): void => undefined;
    const pass = (): void => void child.kill('SIGTERM');
    process.on('SIGINT', wait).on('SIGTERM', pass);
    const end = (code: number | null, why: string): void => {
      process.off('SIGINT', wait).off('SIGTERM', pass);
      if (code === null) report(io, [ended(app, why)]);
      // The fleet keeps to the exit codes of exit.ts; another app's code is passed on as it is.
      done((code ?? exitCodes.internal) as ExitCode);
    };
    child.on('error', (error) => {
      end(null, `could not be started: ${error.message}`);
    });
    child.on('exit', (code, signal) => {
      end(code, `was ended by ${String(signal)}`);
    });
  });
}

function ended(app: string, why: string): Diagnostic {
  return diagnostic('BAY5012', {
    message: `the app ${why}`,
    where: { file: configuration, pointer: 'app' },
    notes: [`the app is: ${app}`],
    help: 'compile again; if it happens again, run the app by itself to see what it says',
  });
}
