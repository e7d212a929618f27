import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTree } from '../../lib/emit/write-tree';
import { synthRow, type SynthRow } from '../rows';
import { median, megabytes, round, timed } from '../timing';
import { fleetOf } from './fleets';

/** What a synth row's own process finds out about it, printed as a line of JSON. */
export interface Synthesised {
  /** Files written, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Milliseconds of declaring the constructs, which is the program's and not part of `time`. */
  readonly build: number;
  /** Milliseconds of `Fleet.compile`, and of writing what it made to a folder that is not there. */
  readonly compile: number;
  readonly write: number;
  /** Both together, of the first time. */
  readonly time: number;
  /** Median of both together once the code is warm, of so many further runs. */
  readonly warm: number;
  readonly runs: number;
  /** MB: the most that the process held until the first tree was written, and what it held before it declared anything. */
  readonly peak: number;
  readonly before: number;
  /** All runs made the same files. */
  readonly same: boolean;
}

/** Further runs are made for this long, or so often; one at least. */
const LONG = 2_000;
const OFTEN = 5;

function measure(row: SynthRow, scratch: string): Synthesised {
  const before = process.memoryUsage.rss();
  const first = run(row, join(scratch, 'first'));
  const peak = process.resourceUsage().maxRSS * 1024;
  const texts = JSON.stringify([...first.files]);
  const times: number[] = [];
  let same = true;
  for (let total = 0; times.length < OFTEN && (times.length === 0 || total < LONG);) {
    const { time, files } = run(row, join(scratch, String(times.length)));
    times.push(time);
    total += time;
    same &&= JSON.stringify([...files]) === texts;
  }
  return {
    files: first.files.size,
    bytes: [...first.files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    build: round(first.build),
    compile: round(first.compile),
    write: round(first.write),
    time: round(first.time),
    warm: round(median(times)),
    runs: times.length,
    peak: megabytes(peak),
    before: megabytes(before),
    same,
  };
}

interface Run {
  readonly files: ReadonlyMap<string, string>;
  readonly build: number;
  readonly compile: number;
  readonly write: number;
  readonly time: number;
}

function run(row: SynthRow, folder: string): Run {
  const build = timed(() => fleetOf(row));
  const compile = timed(() => build.result.compile());
  const { files } = compile.result;
  const write = timed(() => writeTree(folder, files));
  if (!write.result.ok) throw new Error(write.result.diagnostics.map(({ message }) => message).join('; '));
  return { files, build: build.time, compile: compile.time, write: write.time, time: compile.time + write.time };
}

/** Folders are removed at the very end: ext4 is slow to make files where as many were deleted a moment ago. */
function inScratch(row: SynthRow): Synthesised {
  const scratch = mkdtempSync(join(tmpdir(), 'bayplan-bench-'));
  try {
    return measure(row, scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const row = synthRow(process.argv[2]);
if (row) writeSync(1, `${JSON.stringify(inScratch(row))}\n`);
