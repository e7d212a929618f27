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

function augment(row: number, costs: readonly (readonly number[])[], matching: Matching): void {
  const { rowPotential: u, columnPotential: v, rowOf } = matching;
  const least = new Array<number>(v.length).fill(Infinity);
  const from = new Array<number>(v.length).fill(0);
  const seen = new Array<boolean>(v.length).fill(false);
  rowOf[0] = row;
  let column = 0;
  while ((rowOf[column] ?? 0) !== 0) {
    seen[column] = true;
    const current = rowOf[column] ?? 0;
    let delta = Infinity;
    let next = 0;
    for (let j = 1; j < v.length; j++) {
      if (seen[j]) continue;
      const reduced = (costs[current - 1]?.[j - 1] ?? 0) - (u[current] ?? 0) - (v[j] ?? 0);
      if (reduced < (least[j] ?? 0)) {
        least[j] = reduced;
        from[j] = column;
      }
      if ((least[j] ?? 0) < delta) {
        delta = least[j] ?? 0;
        next = j;
      }
    }
    shift(delta, seen, least, matching);
    column = next;
  }
  while (column !== 0) {
    const previous = from[column] ?? 0;
    rowOf[column] = rowOf[previous] ?? 0;
    column = previous;
  }
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
