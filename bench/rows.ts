import type { ProblemDocument } from '../lib/placement/document';
import { generate, generateInfeasible, generateWide, type ClusterSize } from './generate';
import { firstFit } from './locks';

/** One line of a table; its kind says what is measured, and beside what. */
export type Row = PlacementRow | ReplayRow | SynthRow | InventoryRow;

interface Line {
  readonly name: string;
  readonly what: string;
  /** Milliseconds that it may take. */
  readonly target?: number;
  /** Peak memory of the whole process, in MB. */
  readonly targetMemory?: number;
}

/** A problem to solve; its target is of one `solve`. */
export interface PlacementRow extends Line {
  readonly kind: 'placement';
  readonly problem: () => ProblemDocument;
  /** Gangs that must be placed: all of them, unless said otherwise. */
  readonly placed?: number;
  /** The problem comes as a JSON text, and reading it is measured too. */
  readonly reading?: true;
  /** HiGHS is asked too. */
  readonly highs?: true;
}

/** A plan to give to the replay of KAI; its target is of one start, the session included, in a new process. */
export interface ReplayRow extends Line {
  readonly kind: 'replay';
  readonly problem: () => ProblemDocument;
}

/** A fleet to compile and write; its target is of the first time in a new process. */
export interface SynthRow extends Line {
  readonly kind: 'synth';
  readonly graphs?: number;
  /** Plain objects, which cdk8s is given too. */
  readonly objects?: number;
}

/** A list of nodes to import; its target is of the whole command. */
export interface InventoryRow extends Line {
  readonly kind: 'inventory';
  readonly nodes: number;
}

/** Clusters by their number of nodes, in racks of 16 hosts (8 in the smallest). */
const sizes = {
  64: { zones: 2, blocks: 2, racks: 2, hosts: 8 },
  256: { zones: 2, blocks: 2, racks: 4, hosts: 16 },
  1_024: { zones: 2, blocks: 4, racks: 8, hosts: 16 },
  10_240: { zones: 4, blocks: 16, racks: 10, hosts: 16 },
  100_352: { zones: 8, blocks: 28, racks: 28, hosts: 16 },
} satisfies Record<number, ClusterSize>;

function locked(problem: ProblemDocument): ProblemDocument {
  return { ...problem, locked: firstFit(problem) };
}

/** Rows with a target first, in the order of the project's own list; then rows that show how time grows. */
const problems: readonly Omit<PlacementRow, 'kind'>[] = [
  {
    name: '1k-20',
    what: '1,024 nodes, 20 gangs',
    problem: () => generate({ size: sizes[1_024], gangs: 20 }),
    target: 100,
    highs: true,
  },
  {
    name: '10k-100',
    what: '10,240 nodes, 100 gangs',
    problem: () => generate({ size: sizes[10_240], gangs: 100 }),
    target: 1_000,
    targetMemory: 300,
  },
  {
    name: '100k-100',
    what: '100,352 nodes, 100 gangs',
    problem: () => generate({ size: sizes[100_352], gangs: 100 }),
    target: 3_000,
    targetMemory: 600,
  },
  {
    name: '10k-1000',
    what: '10,240 nodes, 1,000 small gangs',
    problem: () => generate({ size: sizes[10_240], gangs: 1_000, shapes: 'small' }),
    target: 3_000,
  },
  {
    name: '100k-locked',
    what: '100,352 nodes, 100 gangs, all locked',
    problem: () => locked(generate({ size: sizes[100_352], gangs: 100 })),
    target: 100,
  },
  {
    name: '10k-infeasible',
    what: '10,240 nodes, 1 gang that cannot fit, explained',
    problem: () => generateInfeasible(sizes[10_240]),
    target: 100,
    placed: 0,
  },
  {
    name: '10k-wide',
    what: '10,240 nodes, 1 gang of 104 pods',
    problem: () => generateWide(sizes[10_240]),
    target: 2_000,
  },
  {
    name: '100k-reading',
    what: '100,352 nodes as JSON, 100 gangs, all locked',
    problem: () => locked(generate({ size: sizes[100_352], gangs: 100 })),
    reading: true,
  },
  {
    name: '64-2',
    what: '64 nodes, 2 small gangs',
    problem: () => generate({ size: sizes[64], gangs: 2, shapes: 'small' }),
    highs: true,
  },
  {
    name: '256-5',
    what: '256 nodes, 5 gangs',
    problem: () => generate({ size: sizes[256], gangs: 5 }),
    highs: true,
  },
  {
    name: '1k-20-pinned',
    what: '1,024 nodes, 20 gangs, every group pinned to its set',
    problem: () => generate({ size: sizes[1_024], gangs: 20, pinned: true }),
  },
  { name: '10k-10', what: '10,240 nodes, 10 gangs', problem: () => generate({ size: sizes[10_240], gangs: 10 }) },
  { name: '100k-10', what: '100,352 nodes, 10 gangs', problem: () => generate({ size: sizes[100_352], gangs: 10 }) },
];

const replays: readonly Omit<ReplayRow, 'kind'>[] = [
  {
    name: 'replay-10k-100',
    what: '10,240 nodes, a start of 100 gangs',
    problem: () => generate({ size: sizes[10_240], gangs: 100, pinned: true }),
    target: 2_000,
  },
  {
    name: 'replay-1k-20',
    what: '1,024 nodes, a start of 20 gangs',
    problem: () => generate({ size: sizes[1_024], gangs: 20, pinned: true }),
  },
];

/** The one with the target first: files that the others delete would slow its writing down. */
const fleets: readonly Omit<SynthRow, 'kind'>[] = [
  { name: 'synth-10k-objects', what: '10,000 plain objects', objects: 10_000, target: 1_500 },
  { name: 'synth-10', what: '10 graphs', graphs: 10 },
  { name: 'synth-1000', what: '1,000 graphs on 4 clusters', graphs: 1_000 },
];

const placementRows = problems.map((row): PlacementRow => ({ kind: 'placement', ...row }));
const replayRows = replays.map((row): ReplayRow => ({ kind: 'replay', ...row }));
const synthRows = fleets.map((row): SynthRow => ({ kind: 'synth', ...row }));

const inventoryRows: readonly InventoryRow[] = [
  {
    kind: 'inventory',
    name: 'import-100k',
    what: '100,000 nodes of kubectl JSON',
    nodes: 100_000,
    target: 4_000,
    targetMemory: 1_500,
  },
  { kind: 'inventory', name: 'import-10k', what: '10,000 nodes of kubectl JSON', nodes: 10_000 },
];

export const rows: readonly Row[] = [...placementRows, ...replayRows, ...synthRows, ...inventoryRows];

export function inventoryRow(name: string | undefined): InventoryRow | undefined {
  return inventoryRows.find((row) => row.name === name);
}

export function placementRow(name: string | undefined): PlacementRow | undefined {
  return placementRows.find((row) => row.name === name);
}

export function synthRow(name: string | undefined): SynthRow | undefined {
  return synthRows.find((row) => row.name === name);
}

export function replayRow(name: string | undefined): ReplayRow | undefined {
  return replayRows.find((row) => row.name === name);
}
