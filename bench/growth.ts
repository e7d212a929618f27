/** What of a row's result says how large it is and how long it took. */
interface Sized {
  readonly row: string;
  /** Null where the row was ended before it was done. */
  readonly ours: { readonly nodes: number; readonly gangs: number; readonly solve: number } | null;
}

/** Rows of equal shapes, the second larger than the first in nodes, in gangs, or in both by as much. */
const steps: readonly (readonly [string, string])[] = [
  ['256-5', '1k-20'],
  ['10k-10', '10k-100'],
  ['100k-10', '100k-100'],
  ['10k-10', '100k-10'],
  ['10k-100', '100k-100'],
];

/** One line for each step of which both rows were run: how much larger, how much longer; then which grow too fast. */
export function growth(results: readonly Sized[]): string[] {
  const ran = new Map(results.flatMap(({ row, ours }) => (ours ? [[row, ours] as const] : [])));
  const found = steps.flatMap(([small, large]) => {
    const [from, to] = [ran.get(small), ran.get(large)];
    if (!from || !to) return [];
    const sizes = (['nodes', 'gangs'] as const).filter((size) => to[size] !== from[size]);
    const larger = Math.max(...sizes.map((size) => to[size] / from[size]));
    return [{ name: `${small} to ${large}`, sizes: sizes.join(' and '), larger, longer: to.solve / from.solve }];
  });
  if (found.length === 0) return [];
  const lines = found.map(
    ({ name, sizes, larger, longer }) => `${name}: ${times(larger)} ${sizes}, ${times(longer)} time`,
  );
  const faster = found.filter(({ larger, longer }) => longer > larger).map(({ name }) => name);
  return [...lines, `time grows faster than size from ${faster.length > 0 ? faster.join(', ') : 'no row to another'}`];
}

function times(factor: number): string {
  return `${factor.toFixed(1)} x`;
}
