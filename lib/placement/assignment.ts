/**
 * The cheapest assignment of every row to a column of its own, for at least as many columns as rows: the shortest
 * augmenting path method with potentials, O(rows² · columns). Among equals the result depends on the matrix alone.
 */
export function assign(costs: readonly (readonly number[])[]): number[] {
  const columns = costs[0]?.length ?? 0;
  const rowPotential = new Array<number>(costs.length + 1).fill(0);
  const columnPotential = new Array<number>(columns + 1).fill(0);
  const rowOf = new Array<number>(columns + 1).fill(0);
  for (let row = 1; row <= costs.length; row++) augment(row, costs, { rowPotential, columnPotential, rowOf });
  const result = new Array<number>(costs.length).fill(-1);
  rowOf.forEach((row, column) => {
    if (row > 0 && column > 0) result[row - 1] = column - 1;
  });
  return result;
}

/** Rows and columns count from 1; column 0 stands for the row that looks for a place. */
interface Matching {
  readonly rowPotential: number[];
  readonly columnPotential: number[];
  readonly rowOf: number[];
}

function augment(start: number, costs: readonly (readonly number[])[], matching: Matching): void {
  const { columnPotential, rowOf } = matching;
  const least = new Array<number>(columnPotential.length).fill(Infinity);
  const from = new Array<number>(columnPotential.length).fill(0);
  const seen = new Array<boolean>(columnPotential.length).fill(false);
  rowOf[0] = start;
  let column = 0;
  while ((rowOf[column] ?? 0) !== 0) {
    seen[column] = true;
    relax(column, costs[(rowOf[column] ?? 0) - 1] ?? [], { least, from, seen }, matching);
    column = nearest(least, seen);
    shift(least[column] ?? 0, seen, least, matching);
  }
  while (column !== 0) {
    const previous = from[column] ?? 0;
    rowOf[column] = rowOf[previous] ?? 0;
    column = previous;
  }
}

/** Distances of columns from the row that looks for a place, and the column before each. */
interface Distances {
  readonly least: number[];
  readonly from: number[];
  readonly seen: readonly boolean[];
}

function relax(
  column: number,
  row: readonly number[],
  { least, from, seen }: Distances,
  { rowPotential, columnPotential, rowOf }: Matching,
): void {
  const base = rowPotential[rowOf[column] ?? 0] ?? 0;
  for (let j = 1; j < columnPotential.length; j++) {
    const reduced = (row[j - 1] ?? 0) - base - (columnPotential[j] ?? 0);
    if (seen[j] || reduced >= (least[j] ?? 0)) continue;
    least[j] = reduced;
    from[j] = column;
  }
}

/** The column at the least distance that was not seen; the first of equals. */
function nearest(least: readonly number[], seen: readonly boolean[]): number {
  let best = 0;
  for (let j = 1; j < least.length; j++) {
    if (!seen[j] && (best === 0 || (least[j] ?? 0) < (least[best] ?? 0))) best = j;
  }
  return best;
}

function shift(
  delta: number,
  seen: readonly boolean[],
  least: number[],
  { rowPotential: u, columnPotential: v, rowOf }: Matching,
): void {
  for (let j = 0; j < v.length; j++) {
    if (seen[j]) {
      const row = rowOf[j] ?? 0;
      u[row] = (u[row] ?? 0) + delta;
      v[j] = (v[j] ?? 0) - delta;
    } else {
      least[j] = (least[j] ?? 0) - delta;
    }
  }
}
