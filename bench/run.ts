/**
 * The bench: `npm run bench`, `npm run bench -- --row 10k-100 --json`. README.md beside this file says how to read it.
 *
 * Every row runs in a process of its own, so that its memory is its own, and one that does not end within its limit is
 * ended and printed as such. What it is compared with (HiGHS on a problem, cdk8s on plain objects) runs after it, in
 * another process, on the same input.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Imported } from './inventory/measure';
import type { Measured } from './measure';
import type { HighsFound } from './opinion';
import type { Replayed } from './replay/measure';
import { rows, type InventoryRow, type PlacementRow, type ReplayRow, type Row, type SynthRow } from './rows';
import type { Cdk8sFound } from './synth/cdk8s';
import type { Synthesised } from './synth/measure';
import { table } from './table';

/** One line of the output. */
export type Result = PlacementResult | ReplayResult | SynthResult | InventoryResult;

interface ResultOf<Kind extends Row['kind'], Ours> {
  readonly kind: Kind;
  readonly row: string;
  readonly what: string;
  readonly target: number | null;
  readonly targetMemory: number | null;
  /** Null where the row was ended before it was done. */
  readonly ours: Ours | null;
  readonly met: boolean | null;
  /** What the row did not do, in words. */
  readonly missed: readonly string[];
}

export interface PlacementResult extends ResultOf<'placement', Measured> {
  readonly highs: HighsFound | null;
}

export type ReplayResult = ResultOf<'replay', Replayed>;

export type InventoryResult = ResultOf<'inventory', Imported>;

export interface SynthResult extends ResultOf<'synth', Synthesised> {
  readonly cdk8s: Cdk8sFound | null;
}

interface Options {
  readonly names: readonly string[];
  readonly json: boolean;
  /** Seconds for one row, and for what it is compared with. */
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

async function runRow(row: Row, options: Options): Promise<Result> {
  switch (row.kind) {
    case 'placement':
      return runPlacement(row, options);
    case 'replay':
      return runReplay(row, options);
    case 'synth':
      return runSynth(row, options);
    case 'inventory':
      return runImport(row, options);
  }
}

async function runPlacement(row: PlacementRow, { limit, highs }: Options): Promise<PlacementResult> {
  // The types that the scripts print.
  const ours = (await lastLine('measure.ts', row.name, limit)) as Measured | null;
  const opinion = highs && row.highs ? ((await lastLine('opinion.ts', row.name, limit)) as HighsFound | null) : null;
  const missed = ours ? missedBy(row, ours) : [notDone(limit)];
  return { kind: 'placement', ...resultOf(row, ours, missed), highs: opinion };
}

async function runReplay(row: ReplayRow, { limit }: Options): Promise<ReplayResult> {
  const ours = (await lastLine('replay/measure.ts', row.name, limit)) as Replayed | null;
  const missed = ours
    ? [
        ...tooMuch(row, ours.session + ours.start, ours.peak),
        ...(ours.placed === ours.pods ? [] : [`${ours.placed} of ${ours.pods} pods placed`]),
      ]
    : [notDone(limit)];
  return { kind: 'replay', ...resultOf(row, ours, missed) };
}

async function runSynth(row: SynthRow, { limit }: Options): Promise<SynthResult> {
  const ours = (await lastLine('synth/measure.ts', row.name, limit)) as Synthesised | null;
  const cdk8s = row.objects ? ((await lastLine('synth/cdk8s.ts', row.name, limit)) as Cdk8sFound | null) : null;
  const missed = ours ? missedInSynth(row, ours, cdk8s) : [notDone(limit)];
  return { kind: 'synth', ...resultOf(row, ours, missed), cdk8s };
}

async function runImport(row: InventoryRow, { limit }: Options): Promise<InventoryResult> {
  const ours = (await lastLine('inventory/measure.ts', row.name, limit)) as Imported | null;
  const missed = ours ? tooMuch(row, ours.time, ours.peak) : [notDone(limit)];
  return { kind: 'inventory', ...resultOf(row, ours, missed) };
}

function resultOf<Ours>(
  row: Row,
  ours: Ours | null,
  missed: readonly string[],
): Omit<ResultOf<Row['kind'], Ours>, 'kind'> {
  const { name, what, target = null, targetMemory = null } = row;
  const met = target === null && missed.length === 0 ? null : missed.length === 0;
  return { row: name, what, target, targetMemory, ours, met, missed };
}

function notDone(limit: number): string {
  return `not done in ${limit} s`;
}

function missedBy(row: PlacementRow, ours: Measured): string[] {
  const placed = row.placed ?? ours.gangs;
  return [
    ...tooMuch(row, ours.solve, ours.peak),
    ...(ours.placed === placed ? [] : [`${ours.placed} of ${placed} gangs placed`]),
    ...(ours.faults > 0 ? [`${ours.faults} faults`] : []),
    ...(ours.same ? [] : ['runs differ']),
  ];
}

/** The figure counts only beside cdk8s' own, on objects that read alike. */
function missedInSynth(row: SynthRow, ours: Synthesised, cdk8s: Cdk8sFound | null): string[] {
  const { objects, differ } = cdk8s ?? { objects: 0, differ: 0 };
  return [
    ...tooMuch(row, ours.time, ours.peak),
    ...(objects === (row.objects ?? 0) ? [] : [`${objects} of ${row.objects ?? 0} objects compared with cdk8s`]),
    ...(differ > 0 ? [`${differ} objects read as other values than with cdk8s`] : []),
    ...(ours.same ? [] : ['runs differ']),
  ];
}

function tooMuch({ target, targetMemory }: Row, time: number, peak: number): string[] {
  return [
    ...(target !== undefined && time > target ? [`${time} ms`] : []),
    ...(targetMemory !== undefined && peak > targetMemory ? [`${peak} MB`] : []),
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
