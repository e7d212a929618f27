import { growth } from './growth';
import type { Result } from './run';

const heads = ['row', 'what', 'placed', 'solve', 'target', 'peak', 'target', 'optimal', 'met', 'HiGHS'];

/** The results for people. */
export function table(results: readonly Result[], limit: number): string {
  const lines = [heads, ...results.map((result) => cells(result, limit))];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const reading = results.flatMap(({ row, ours }) =>
    ours?.parse === undefined
      ? []
      : [
          `${row}: JSON.parse ${ours.parse} ms, readProblem ${ours.read} ms, solve ${ours.first} ms the first time`,
          `${row}: bayplan place ${ours.command ?? 0} ms, of which ${ours.commandAlone ?? 0} ms without a problem`,
        ],
  );
  return `${[...text, ...reading, ...growth(results)].join('\n')}\n`;
}

function cells({ row, what, ours, target, targetMemory, met, missed, highs }: Result, limit: number): string[] {
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

function milliseconds(time: number): string {
  return time < 10_000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`;
}

type Highs = NonNullable<Result['highs']>;
type Objective = NonNullable<Result['ours']>['objective'];

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
