/**
 * The least total cost of giving each row a column of its own (the Hungarian method, with potentials); there are at
 * least as many columns as rows.
 */
export function leastAssignment(costs: readonly (readonly number[])[]): number {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  const rowPotential = new Array<number>(rows + 1).fill(0);
  const columnPotential = new Array<number>(columns + 1).fill(0);
  // Row that holds each column, counted from 1; 0 is free. Column 0 holds the row that is being given its column.
  const holder = new Array<number>(columns + 1).fill(0);
  const cost = (row: number, column: number): number =>
    at(costs[row - 1], column - 1) - at(rowPotential, row) - at(columnPotential, column);

  for (let row = 1; row <= rows; row++) {
    holder[0] = row;
    const slack = new Array<number>(columns + 1).fill(Infinity);
    const before = new Array<number>(columns + 1).fill(0);
    const done = new Array<boolean>(columns + 1).fill(false);
    let column = 0;
    while (at(holder, column) !== 0) {
      done[column] = true;
      const from = at(holder, column);
      let next = 0;
      for (let j = 1; j <= columns; j++) {
        if (done[j]) continue;
        const reach = cost(from, j);
        if (reach < at(slack, j)) [slack[j], before[j]] = [reach, column];
        if (next === 0 || at(slack, j) < at(slack, next)) next = j;
      }
      const step = at(slack, next);
      for (let j = 0; j <= columns; j++) {
        if (done[j]) {
          rowPotential[at(holder, j)] = at(rowPotential, at(holder, j)) + step;
          columnPotential[j] = at(columnPotential, j) - step;
        } else slack[j] = at(slack, j) - step;
      }
      column = next;
    }
    for (; column !== 0; column = at(before, column)) holder[column] = at(holder, at(before, column));
  }
  return holder.slice(1).reduce((total, row, j) => (row === 0 ? total : total + at(costs[row - 1], j)), 0);
}

function at(list: readonly number[] | undefined, index: number): number {
  return list?.[index] ?? 0;
}
