import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryRow, type InventoryRow } from '../rows';
import { timed } from '../timing';
import { writeNodes } from './generate';

/** What one import took. */
export interface Imported {
  readonly nodes: number;
  /** MB of JSON that were read, and lines that were written. */
  readonly read: number;
  readonly lines: number;
  /** Milliseconds of the command from start to exit, and of processor time in it. */
  readonly time: number;
  readonly processor: number;
  /** MB: the most that the command ever held. */
  readonly peak: number;
}

const runs = 3;

/** The command in a process of its own, from TypeScript; the least of a few runs. */
function measure({ nodes }: InventoryRow): Imported {
  const folder = mkdtempSync(join(tmpdir(), 'bayplan-bench-'));
  try {
    const from = join(folder, 'nodes.json');
    const to = join(folder, 'inventory.yaml');
    writeNodes(from, nodes);
    const all = Array.from({ length: runs }, () => importOnce(from, to));
    const [best] = all.sort((a, b) => a.time - b.time);
    if (!best) throw new Error('no run');
    const lines = readFileSync(to, 'utf8').split('\n').length - 1;
    return { nodes, read: Math.round(statSync(from).size / 1e6), lines, ...best };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importOnce(from: string, to: string): Pick<Imported, 'time' | 'processor' | 'peak'> {
  const script = `
    process.on('exit', () => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
      require('node:fs').writeSync(1, JSON.stringify([userCPUTime + systemCPUTime, maxRSS]));
    });
    process.argv.splice(1, 0, 'bayplan');
    require(${JSON.stringify(join(__dirname, '../../lib/cli/main.ts'))});
  `;
  const args = ['--import', 'tsx', '-e', script, '--', 'inventory', 'import', '--nodes', from, '-o', to];
  const run = timed(() => spawnSync(process.execPath, args));
  if (run.result.status !== 0) throw new Error(`bayplan inventory import: ${run.result.stderr.toString()}`);
  // The script above prints it.
  const [microseconds, kilobytes] = JSON.parse(run.result.stdout.toString()) as [number, number];
  return { time: Math.round(run.time), processor: Math.round(microseconds / 1000), peak: Math.round(kilobytes / 1024) };
}

const row = inventoryRow(process.argv[2]);
if (row) writeSync(1, `${JSON.stringify(measure(row))}\n`);
