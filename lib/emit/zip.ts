import { zipSync } from 'fflate';

/** A zip file with these texts by file name: same texts, same bytes, on every machine and at any time. */
export function zipOf(files: ReadonlyMap<string, string>): Uint8Array {
  const encoder = new TextEncoder();
  const entries = [...files].map(([name, text]) => [name, encoder.encode(text)] as const);
  // The format keeps local time: the same day and hour in every zone. 1980 is its first year.
  return zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1, 12) });
}
