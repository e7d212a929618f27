import { App } from 'cdk8s';
import { basename } from 'node:path';
import { compile, type Compilation, type CompileOptions } from './compile';
import type { Diagnostic, Outcome } from './diagnostics/diagnostic';
import { DiagnosticError } from './diagnostics/error';
import { exitCodes, type ExitCode } from './diagnostics/exit';
import { renderFor } from './diagnostics/render';
import { diskFileSystem } from './emit/file-system';
import { canonicalJson } from './emit/json';
import { readFiles } from './emit/tree';
import { writeFile } from './emit/write-file';
import { writeTree } from './emit/write-tree';
import { zipOf } from './emit/zip';
import { kaiSnapshot } from './passes/kai-snapshot';
import { snapshotSummary, summary } from './summary';

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

/** Name of a file that stands for standard output. */
const STANDARD_OUTPUT = '-';

/** A plan that does not hold, a lock that is not current: not of the fourth stage, but checks of what came out. */
const CHECKS: ReadonlySet<string> = new Set(['BAY3290', 'BAY6021']);

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
    const { BAYPLAN_KAI_SNAPSHOT: cluster, BAYPLAN_KAI_SNAPSHOT_FILE: file = STANDARD_OUTPUT } = process.env;
    try {
      if (cluster === undefined) this.writeDist();
      else this.writeSnapshot(cluster, file);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      report(error.diagnostics);
      process.exitCode = exitCodeOf(error.diagnostics);
    }
  }

  private writeDist(): void {
    const { env } = process;
    const compilation = this.compile({
      running: readFiles(diskFileSystem, env['BAYPLAN_AGAINST'] ?? this.dist),
      rebalance: Number(env['BAYPLAN_REBALANCE'] ?? 0),
      frozen: env['BAYPLAN_FROZEN'] === '1',
      firstStep: env['BAYPLAN_FIRST_STEP'] === '1',
    });
    report([...compilation.diagnostics, ...this.write(compilation)]);
    tell(summary(compilation, this.targets(), env['BAYPLAN_VERBOSE'] === '1'));
  }

  /** Even where a check of the manifests fails, since that is when KAI's own answer is wanted most. */
  private writeSnapshot(cluster: string, file: string): void {
    const { diagnostics } = compile(this, {}, (planned, lowered) => {
      const snapshot = kaiSnapshot(cluster, planned, lowered);
      if (!snapshot.ok) return snapshot;
      const zip = zipOf(new Map([['snapshot.json', canonicalJson(snapshot.value.document)]]));
      const written = file === STANDARD_OUTPUT ? writeOut(zip) : writeFile(file, zip);
      if (written.ok) tell(snapshotSummary(snapshot.value, file));
      return written;
    });
    report(diagnostics);
  }

  /** Returns warnings, such as of a run that was killed before. */
  private write({ files, locks, diagnostics }: Compilation): Diagnostic[] {
    const folders = this.targets();
    // A compile to another folder is one to look at: what is locked stays.
    const isReal = folders.includes(this.dist) && process.env['BAYPLAN_OUTDIR'] === undefined;
    const outcomes = [
      ...folders.map((folder) => () => writeTree(folder, files)),
      ...(isReal
        ? [...locks].map(
            ([file, text]) =>
              () =>
                writeFile(file, text),
          )
        : []),
    ];
    return outcomes.flatMap((write) => {
      const outcome = write();
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

/** What a person wants to know beside the findings. */
function tell(text: string): void {
  if (process.env['BAYPLAN_FORMAT'] !== 'json') process.stderr.write(text);
}

function writeOut(bytes: Uint8Array): Outcome<undefined> {
  process.stdout.write(bytes);
  return { ok: true, value: undefined, diagnostics: [] };
}

function report(diagnostics: readonly Diagnostic[]): void {
  const terminal = { isTTY: process.stderr.isTTY, env: process.env };
  const text = renderFor(terminal, diagnostics, { cwd: process.cwd() });
  if (text) process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** The stage of the first error decides: placing, checking what came of it, or the input. */
function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  if (errors.some((code) => CHECKS.has(code) || code.startsWith('BAY4'))) return exitCodes.check;
  if (errors.some((code) => code.startsWith('BAY32'))) return exitCodes.infeasible;
  if (errors.includes(DISK_FAILED)) return exitCodes.internal;
  return exitCodes.input;
}
