/**
 * The one of `known` that `text` most likely meant: at most a third of its letters wrong, counting a letter added,
 * left out, changed, or two neighbours exchanged; case does not matter. Among equals the first in order of text.
 */
export function nearest(text: string, known: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of [...known].sort()) {
    const distance = editDistance(text.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (!best || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** Optimal string alignment distance, with three rows of the table. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(i, j, row));
    [before, above] = [above, row];
  }
  return above[b.length] ?? a.length;

  function cell(i: number, j: number, row: readonly number[]): number {
    const at = (line: readonly number[], column: number): number => line[column] ?? Infinity;
    const change = a[i - 1] === b[j - 1] ? 0 : 1;
    const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    const swap = swapped ? at(before, j - 2) + 1 : Infinity;
    return Math.min(at(row, j - 1) + 1, at(above, j) + 1, at(above, j - 1) + change, swap);
  }
}
