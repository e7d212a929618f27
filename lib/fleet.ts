import { App } from 'cdk8s';
import { basename } from 'node:path';
import { compile, type Compilation, type CompileOptions, type OnLowered } from './compile';
import { hasErrors, sortDiagnostics, type Diagnostic, type Outcome } from './diagnostics/diagnostic';
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
import { frozen, locksOf, looseEnds } from './passes/lock';
import { pin } from './passes/pin';
import { wantedOf } from './passes/pin/document';
import { currentLine, snapshotSummary, summary } from './summary';

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

/** A plan that does not hold, pins that are missing or not current: not of the fourth stage, but checks of what came out. */
const CHECKS: ReadonlySet<string> = new Set([
  'BAY3290',
  'BAY6021',
  'BAY6022',
  'BAY6024',
  'BAY6026',
  'BAY6028',
  'BAY6031',
]);

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
    const { BAYPLAN_LOCK_WANTED: wanted, BAYPLAN_LOCK_CHECK: check } = process.env;
    try {
      if (cluster !== undefined) this.writeSnapshot(cluster, file);
      else if (wanted !== undefined) this.writeWanted(wanted);
      else if (check !== undefined) this.checkLocks();
      else this.writeDist();
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
      frozen: env['BAYPLAN_FROZEN'] === 'strict' ? 'strict' : env['BAYPLAN_FROZEN'] === '1',
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

  /** What `bayplan lock` has to look up: known once the manifests are, whatever is wrong with them otherwise. */
  private writeWanted(file: string): void {
    this.lowered((planned, lowered, model) => {
      const pinned = pin(model, planned, lowered);
      const faults = pinned.diagnostics.filter(({ code, severity }) => severity === 'error' && !CHECKS.has(code));
      if (!pinned.ok || faults.length > 0) return { ok: false, diagnostics: faults };
      return writeFile(file, canonicalJson(wantedOf(pinned.value)));
    });
  }

  /** That nothing is missing in a lock, and nothing is stale. */
  private checkLocks(): void {
    this.lowered((planned, lowered, model) => {
      const pinned = pin(model, planned, lowered);
      if (!pinned.ok || hasErrors(pinned.diagnostics)) return { ok: false, diagnostics: pinned.diagnostics };
      const locks = locksOf(planned, pinned.value);
      const current = frozen(locks, pinned.value);
      if (!hasErrors(current.diagnostics)) tell(currentLine(locks.size, looseEnds(pinned.value)));
      return hasErrors(current.diagnostics) ? { ok: false, diagnostics: current.diagnostics } : current;
    });
  }

  /** Compiles as far as there are manifests, does something with them, and stops there. */
  private lowered(use: OnLowered): void {
    let outcome: Outcome<unknown> | undefined;
    try {
      compile(this, {}, (...manifests) => {
        outcome = use(...manifests);
        return { ok: false, diagnostics: [] };
      });
    } catch (error) {
      // What was found before that is no error, and synth says it.
      if (!(error instanceof DiagnosticError) || outcome === undefined) throw error;
      if (!outcome.ok) throw new DiagnosticError(sortDiagnostics(outcome.diagnostics));
    }
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
