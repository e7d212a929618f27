/** What a piece of work gave, and the milliseconds that it took. */
export function timed<T>(work: () => T): { readonly result: T; readonly time: number } {
  const start = performance.now();
  const result = work();
  return { result, time: performance.now() - start };
}

/** Milliseconds with one decimal. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

export function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

/** Bytes as MB. */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
