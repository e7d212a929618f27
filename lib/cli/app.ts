import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Options } from 'yargs';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { readDocument } from '../inventory/document';
import { text, type Arguments } from './command';
import { report, type Io } from './io';

const configuration = 'cdk8s.yaml';

/** Option of every command that compiles the fleet. */
export const appOption: Options = {
  alias: 'a',
  type: 'string',
  requiresArg: true,
  describe: 'Command to run instead of the app in cdk8s.yaml',
};

/**
 * Compiles the fleet by running its app, with the streams of this process; ends as it ends.
 *
 * @param asked what the fleet is to do, as the environment variables that it reads
 */
export async function compileFleet(
  io: Io,
  args: Arguments,
  asked: Readonly<Record<string, string>>,
): Promise<ExitCode> {
  const app = findApp(text(args, 'app'));
  report(io, app.diagnostics);
  return app.ok ? runApp(io, app.value, { ...io.env, ...asked }) : exitCodes.input;
}

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

/** Runs a command line through the shell. */
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
