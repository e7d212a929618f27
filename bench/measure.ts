import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPlan } from '../lib/checker/check';
import { compareTerm, termNames } from '../lib/checker/terms';
import type { ProblemDocument } from '../lib/placement/document';
import type { Objective, Plan } from '../lib/placement/plan';
import type { Problem } from '../lib/placement/problem';
import { readProblem } from '../lib/placement/read';
import { solve } from '../lib/placement/solve';
import { placementRow, type PlacementRow } from './rows';
import { median, megabytes, round, timed } from './timing';

/** What one row's own process finds out about it, printed as a line of JSON. */
export interface Measured {
  readonly nodes: number;
  readonly gangs: number;
  readonly pods: number;
  /** Median of so many solves, in milliseconds. */
  readonly solve: number;
  readonly runs: number;
  /** Of the first solve, before the machine code is warm. */
  readonly first: number;
  /** Milliseconds of JSON.parse, where the row reads a text. */
  readonly parse?: number;
  readonly read: number;
  /** Milliseconds of `bayplan place` on the text as a file, and on a problem without nodes or gangs. */
  readonly command?: number;
  readonly commandAlone?: number;
  /** MB: the most that the process ever held, and what it held before the first solve. */
  readonly peak: number;
  readonly before: number;
  readonly placed: number;
  readonly optimal: boolean;
  readonly objective: Objective;
  /** Terms above their bound: value and bound. */
  readonly gap: Readonly<Record<string, readonly [unknown, unknown]>>;
  /** All runs gave the same plan. */
  readonly same: boolean;
  /** What the checker of plans finds wrong. */
  readonly faults: number;
}

/** Solves are repeated for this long, or so often. */
const LONG = 2_000;
const OFTEN = 9;

function measure(row: PlacementRow): Measured {
  const { document, parse } = row.reading ? fromText(JSON.stringify(row.problem())) : { document: row.problem() };
  const reading = timed(() => readOrThrow(document));
  const problem = reading.result;
  const before = process.memoryUsage.rss();
  const times: number[] = [];
  const texts = new Set<string>();
  let plan: Plan | undefined;
  for (let total = 0; times.length < OFTEN && (times.length === 0 || total < LONG);) {
    const run = timed(() => solve(problem));
    times.push(run.time);
    total += run.time;
    plan = run.result;
    texts.add(JSON.stringify(plan));
  }
  // Before the checker runs, which is not what is measured.
  const peak = process.resourceUsage().maxRSS * 1024;
  if (plan === undefined) throw new Error('no run');
  return {
    nodes: problem.nodes.length,
    gangs: problem.gangs.length,
    pods: plan.gangs.reduce(
      (sum, gang) => sum + (gang.status === 'placed' ? Object.values(gang.placements).flat().length : 0),
      0,
    ),
    solve: round(median(times)),
    runs: times.length,
    first: round(times[0] ?? 0),
    ...(parse !== undefined && { parse, ...commands(document) }),
    read: round(reading.time),
    peak: megabytes(peak),
    before: megabytes(before),
    placed: plan.gangs.filter(({ status }) => status === 'placed').length,
    optimal: plan.optimal,
    objective: plan.objective,
    gap: gapOf(plan),
    same: texts.size === 1,
    faults: checkPlan(document, plan).length,
  };
}

function fromText(text: string): { readonly document: ProblemDocument; readonly parse: number } {
  // The generator's own type, once around through JSON.
  const { result, time } = timed(() => JSON.parse(text) as ProblemDocument);
  return { document: result, parse: round(time) };
}

/** The command as a whole, in a process of its own; alone, it shows what starting costs. */
function commands(document: ProblemDocument): Pick<Measured, 'command' | 'commandAlone'> {
  const folder = mkdtempSync(join(tmpdir(), 'bayplan-bench-'));
  const place = (problem: object): number => {
    const file = join(folder, 'problem.json');
    writeFileSync(file, JSON.stringify(problem));
    const main = join(__dirname, '../lib/cli/main.ts');
    const run = timed(() => spawnSync(process.execPath, ['--import', 'tsx', main, 'place', file]));
    if (run.result.status !== 0) throw new Error(`bayplan place: ${run.result.stderr.toString()}`);
    return Math.round(run.time);
  };
  try {
    return { command: place(document), commandAlone: place({ version: 1 }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readOrThrow(document: ProblemDocument): Problem {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  return outcome.value;
}

function gapOf({ objective, bound }: Plan): Record<string, readonly [unknown, unknown]> {
  const open = termNames.filter((term) => compareTerm(term, objective, bound) !== 0);
  return Object.fromEntries(open.map((term) => [term, [objective[term], bound[term]] as const]));
}

const row = placementRow(process.argv[2]);
if (row) writeSync(1, `${JSON.stringify(measure(row))}\n`);
