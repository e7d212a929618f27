import { App } from 'cdk8s';
import { basename } from 'node:path';
import { compile, type Compilation, type CompileOptions } from './compile';
import type { Diagnostic } from './diagnostics/diagnostic';
import { DiagnosticError } from './diagnostics/error';
import { exitCodes, type ExitCode } from './diagnostics/exit';
import { renderFor } from './diagnostics/render';
import { diskFileSystem } from './emit/file-system';
import { readFiles } from './emit/tree';
import { writeTree } from './emit/write-tree';
import { summary } from './summary';

/** What a fleet may say. */
export interface FleetProps {
  /**
   * Folder that is written, relative to the working folder. Only ever replaced as a whole.
   *
   * @default 'dist'
   */
  readonly outdir?: string;
}

/** The `output` of cdk8s.yaml: a scratch folder, because the CLI empties it before it runs the app. */
const SCRATCH = '.cdk8s.out';

/** dist could not be written, for no fault of the input. */
const DISK_FAILED = 'BAY5003';

/** The clusters that are compiled together: one that cannot be, and nothing is written for any. */
export class Fleet extends App {
  private readonly dist: string;

  public constructor(props: FleetProps = {}) {
    const dist = process.env['BAYPLAN_OUTDIR'] ?? props.outdir ?? 'dist';
    super({ outdir: dist });
    this.dist = dist;
  }

  /**
   * Compiles without writing anything.
   *
   * @throws DiagnosticError with every finding, where there is an error among them
   */
  public compile(options?: CompileOptions): Compilation {
    return compile(this, options);
  }

  /**
   * Compiles, and replaces dist if that went well. Findings go to standard error. It does not throw on bad input: it
   * sets the exit code of the process (2 bad input, 3 no place for a graph, 4 a check failed) and leaves dist as it
   * was.
   */
  public override synth(): void {
    try {
      const running = readFiles(diskFileSystem, process.env['BAYPLAN_AGAINST'] ?? this.dist);
      const compilation = this.compile({ running });
      report([...compilation.diagnostics, ...this.write(compilation)]);
      if (process.env['BAYPLAN_FORMAT'] !== 'json') {
        process.stderr.write(summary(compilation, this.targets(), process.env['BAYPLAN_VERBOSE'] === '1'));
      }
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      report(error.diagnostics);
      process.exitCode = exitCodeOf(error.diagnostics);
    }
  }

  /** Returns warnings, such as of a run that was killed before. */
  private write({ files, diagnostics }: Compilation): Diagnostic[] {
    return this.targets().flatMap((folder) => {
      const outcome = writeTree(folder, files);
      if (!outcome.ok) throw new DiagnosticError([...diagnostics, ...outcome.diagnostics]);
      return outcome.diagnostics;
    });
  }

  /** dist, and the folder that cdk8s looks in; that one alone where the user told cdk8s of one (`cdk8s synth -o`). */
  private targets(): string[] {
    const asked = process.env['CDK8S_OUTDIR'];
    if (asked === undefined) return [this.dist];
    return basename(asked) === SCRATCH ? [this.dist, asked] : [asked];
  }
}

function report(diagnostics: readonly Diagnostic[]): void {
  const terminal = { isTTY: process.stderr.isTTY, env: process.env };
  const text = renderFor(terminal, diagnostics, { cwd: process.cwd() });
  if (text) process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** The stage of the first error decides: placing, checking what came of it, or the input. */
function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  if (errors.some((code) => code === 'BAY3290' || code.startsWith('BAY4'))) return exitCodes.check;
  if (errors.some((code) => code.startsWith('BAY32'))) return exitCodes.infeasible;
  if (errors.includes(DISK_FAILED)) return exitCodes.internal;
  return exitCodes.input;
}
