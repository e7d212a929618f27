/**
 * The bench: `npm run bench`, `npm run bench -- --row 10k-100 --json`. README.md beside this file says how to read it.
 *
 * Every row runs in a process of its own, so that its memory is its own, and one that does not end within its limit is
 * ended and printed as such. HiGHS runs after it, in another process, on the same problem.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Measured } from './measure';
import type { HighsFound } from './opinion';
import { rows, type Row } from './rows';
import { table } from './table';

/** One line of the output. */
export interface Result {
  readonly row: string;
  readonly what: string;
  readonly target: number | null;
  readonly targetMemory: number | null;
  /** Null where the row was ended before it was done. */
  readonly ours: Measured | null;
  readonly met: boolean | null;
  /** What the row did not do, in words. */
  readonly missed: readonly string[];
  readonly highs: HighsFound | null;
}

interface Options {
  readonly names: readonly string[];
  readonly json: boolean;
  /** Seconds for one row, and for HiGHS beside it. */
  readonly limit: number;
  readonly highs: boolean;
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const results: Result[] = [];
  for (const row of rows.filter(({ name }) => options.names.length === 0 || options.names.includes(name))) {
    const result = await runRow(row, options);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    results.push(result);
  }
  if (!options.json) process.stdout.write(`\n${table(results, options.limit)}`);
}

function readOptions(args: readonly string[]): Options {
  const names = args.flatMap((arg, i) => (args[i - 1] === '--row' ? [arg] : []));
  const unknown = names.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}: ${rows.map(({ name }) => name).join(', ')}`);
  const limit = Number(args[args.indexOf('--limit') + 1]);
  return {
    names,
    json: args.includes('--json'),
    limit: args.includes('--limit') && limit > 0 ? limit : 60,
    highs: !args.includes('--no-highs'),
  };
}

async function runRow(row: Row, { limit, highs }: Options): Promise<Result> {
  // The type that measure.ts and opinion.ts print.
  const ours = (await lastLine('measure.ts', row.name, limit)) as Measured | null;
  const opinion = highs && row.highs ? ((await lastLine('opinion.ts', row.name, limit)) as HighsFound | null) : null;
  const missed = ours ? missedBy(row, ours) : [`not done in ${limit} s`];
  const { name, what, target = null, targetMemory = null } = row;
  const met = target === null && missed.length === 0 ? null : missed.length === 0;
  return { row: name, what, target, targetMemory, ours, met, missed, highs: opinion };
}

function missedBy(row: Row, ours: Measured): string[] {
  const placed = row.placed ?? ours.gangs;
  return [
    ...(row.target !== undefined && ours.solve > row.target ? [`${ours.solve} ms`] : []),
    ...(row.targetMemory !== undefined && ours.peak > row.targetMemory ? [`${ours.peak} MB`] : []),
    ...(ours.placed === placed ? [] : [`${ours.placed} of ${placed} gangs placed`]),
    ...(ours.faults > 0 ? [`${ours.faults} faults`] : []),
    ...(ours.same ? [] : ['runs differ']),
  ];
}

/** What a script of this folder printed last, or null where it printed nothing before its time was over. */
async function lastLine(script: string, row: string, seconds: number): Promise<unknown> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, script), row], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const end = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(end);
  const line = text.split('\n').slice(0, -1).at(-1);
  return line === undefined ? null : JSON.parse(line);
}

void main(process.argv.slice(2));
