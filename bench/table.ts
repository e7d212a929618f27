import { growth } from './growth';
import type { InventoryResult, PlacementResult, ReplayResult, Result, SynthResult } from './run';

const heads = ['row', 'what', 'placed', 'solve', 'target', 'peak', 'target', 'optimal', 'met', 'HiGHS'];
const replayHeads = ['row', 'what', 'placed', 'session', 'start', 'target', 'warm', 'peak', 'met'];
const synthHeads = ['row', 'what', 'files', 'time', 'target', 'compile', 'write', 'warm', 'peak', 'met', 'cdk8s'];

const importHeads = ['row', 'what', 'read', 'lines', 'time', 'target', 'processor', 'peak', 'target', 'met'];

/** The results for people: problems solved, plans replayed, fleets compiled, then inventories imported. */
export function table(results: readonly Result[], limit: number): string {
  const problems = results.filter((result) => result.kind === 'placement');
  const replays = results.filter((result) => result.kind === 'replay');
  const fleets = results.filter((result) => result.kind === 'synth');
  const imports = results.filter((result) => result.kind === 'inventory');
  const parts = [
    ...(problems.length > 0 ? [placementTable(problems, limit)] : []),
    ...(replays.length > 0
      ? [
          columns(
            replayHeads,
            replays.map((result) => replayCells(result, limit)),
          ).join('\n'),
        ]
      : []),
    ...(fleets.length > 0
      ? [
          columns(
            synthHeads,
            fleets.map((result) => synthCells(result, limit)),
          ).join('\n'),
        ]
      : []),
    ...(imports.length > 0
      ? [
          columns(
            importHeads,
            imports.map((result) => importCells(result, limit)),
          ).join('\n'),
        ]
      : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Lines of cells as wide as the widest of their column. */
function columns(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function placementTable(results: readonly PlacementResult[], limit: number): string {
  const text = columns(
    heads,
    results.map((result) => cells(result, limit)),
  );
  const reading = results.flatMap(({ row, ours }) =>
    ours?.parse === undefined
      ? []
      : [
          `${row}: JSON.parse ${ours.parse} ms, readProblem ${ours.read} ms, solve ${ours.first} ms the first time`,
          `${row}: bayplan place ${ours.command ?? 0} ms, of which ${ours.commandAlone ?? 0} ms without a problem`,
        ],
  );
  return [...text, ...reading, ...growth(results)].join('\n');
}

function cells(
  { row, what, ours, target, targetMemory, met, missed, highs }: PlacementResult,
  limit: number,
): string[] {
  return [
    row,
    what,
    ours ? `${ours.placed}/${ours.gangs}` : '',
    ours ? milliseconds(ours.solve) : `> ${limit} s`,
    target === null ? '' : milliseconds(target),
    ours ? `${ours.peak} MB` : '',
    targetMemory === null ? '' : `${targetMemory} MB`,
    ours ? (ours.optimal ? 'proven' : `open: ${Object.keys(ours.gap).join(' ')}`) : '',
    met === null ? '' : met ? 'yes' : `no: ${missed.join(', ')}`,
    highs ? opinion(highs, ours?.objective) : '',
  ];
}

function replayCells({ row, what, ours, target, met, missed }: ReplayResult, limit: number): string[] {
  return [
    row,
    what,
    ours ? `${ours.placed}/${ours.pods}` : '',
    ours ? milliseconds(ours.session) : `> ${limit} s`,
    ours ? milliseconds(ours.start) : '',
    target === null ? '' : milliseconds(target),
    ours ? milliseconds(ours.warm) : '',
    ours ? `${ours.peak} MB` : '',
    met === null ? '' : met ? 'yes' : `no: ${missed.join(', ')}`,
  ];
}

function synthCells({ row, what, ours, target, met, missed, cdk8s }: SynthResult, limit: number): string[] {
  return [
    row,
    what,
    String(ours?.files ?? ''),
    ours ? milliseconds(ours.time) : `> ${limit} s`,
    target === null ? '' : milliseconds(target),
    ours ? milliseconds(ours.compile) : '',
    ours ? milliseconds(ours.write) : '',
    ours ? milliseconds(ours.warm) : '',
    ours ? `${ours.peak} MB` : '',
    met === null ? '' : met ? 'yes' : `no: ${missed.join(', ')}`,
    cdk8s ? `${milliseconds(cdk8s.time)}, ${cdk8s.differ} of ${cdk8s.objects} objects differ` : '',
  ];
}

function importCells({ row, what, ours, target, targetMemory, met, missed }: InventoryResult, limit: number): string[] {
  return [
    row,
    what,
    ours ? `${ours.read} MB` : '',
    String(ours?.lines ?? ''),
    ours ? milliseconds(ours.time) : `> ${limit} s`,
    target === null ? '' : milliseconds(target),
    ours ? milliseconds(ours.processor) : '',
    ours ? `${ours.peak} MB` : '',
    targetMemory === null ? '' : `${targetMemory} MB`,
    met === null ? '' : met ? 'yes' : `no: ${missed.join(', ')}`,
  ];
}

function milliseconds(time: number): string {
  return time < 10_000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`;
}

type Highs = NonNullable<PlacementResult['highs']>;
type Objective = NonNullable<PlacementResult['ours']>['objective'];

/** How far HiGHS came, and the first term in which it found another value. */
function opinion({ time, values, finished }: Highs, objective: Objective | undefined): string {
  const terms = Object.keys(values);
  const far = finished
    ? `all terms in ${milliseconds(time)}`
    : `${terms.at(-1) ?? 'nothing'} reached in ${milliseconds(time)}`;
  const other = objective && terms.find((term) => !agrees(values[term] ?? [], term, objective));
  return other === undefined ? `${far}, same` : `${far}, ${other} ${values[other]?.join(' ') ?? ''}`;
}

/** HiGHS may have ended within a term: only what it knows is compared. */
function agrees(values: readonly (number | string)[], term: string, objective: Objective): boolean {
  const ours = inNumbers(term, objective);
  return values.every((value, i) => value === ours[i]);
}

function inNumbers(term: string, objective: Objective): readonly (number | string)[] {
  switch (term) {
    case 'unplaced':
      return objective.unplaced.map(([, locked, others]) => locked + others);
    case 'extras':
      return objective.extras.map(([, count]) => count);
    case 'distance':
      return [objective.distance];
    case 'spread':
      return objective.spread.flat();
    default:
      return term === 'preferred' ? objective.preferred : objective.fragmentation;
  }
}
