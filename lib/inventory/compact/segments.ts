import { compareNatural } from '../../natural';
import { compareText } from '../../order';
import { termsOf } from '../ranges';

/** A node of which labels are to be written; a label that is absent may be written as anything, or not at all. */
export interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/** Nodes over which the values of every label can be laid evenly, in order. */
export interface Segment<T> {
  /** In the order of the terms. */
  readonly nodes: readonly T[];
  /** Of their names. */
  readonly terms: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** The values themselves by label, each for equally many of the names. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/**
 * Divides nodes into few segments: in the order of their names, or in the order of their labels where that is shorter.
 *
 * @param nodes in natural order of name
 * @param keys of the labels to be written
 */
export function segmentsOf<T extends Labelled>(nodes: readonly T[], keys: readonly string[]): Segment<T>[] {
  const byName = cut(nodes, keys);
  // What fits on a line is as short as it gets.
  if (byName.length <= 1 && lengthOf(byName) <= 120) return byName;
  const byLabels = cut(orderedByLabels(nodes, keys), keys);
  return lengthOf(byLabels) < lengthOf(byName) ? byLabels : byName;
}

/** About how much text the segments are. */
function lengthOf(segments: readonly Segment<unknown>[]): number {
  const texts = segments.flatMap(({ terms, labels }) => [...terms, ...Object.entries(labels).flat()]);
  return texts.reduce((sum, text) => sum + text.length + 2, 40 * segments.length);
}

/** Broad labels first: those with few values. */
function orderedByLabels<T extends Labelled>(nodes: readonly T[], keys: readonly string[]): T[] {
  const values = new Map(keys.map((key) => [key, new Set(nodes.map(({ labels }) => labels[key])).size]));
  const broadest = [...keys].sort((a, b) => (values.get(a) ?? 0) - (values.get(b) ?? 0) || compareText(a, b));
  return [...nodes].sort((a, b) => {
    for (const key of broadest) {
      const order = compareNatural(a.labels[key] ?? '', b.labels[key] ?? '');
      if (order !== 0) return order;
    }
    return compareNatural(a.name, b.name);
  });
}

function cut<T extends Labelled>(nodes: readonly T[], keys: readonly string[]): Segment<T>[] {
  const segments: Segment<T>[] = [];
  for (let from = 0; from < nodes.length;) {
    const { to, values } = longest(nodes, keys, from);
    const own = nodes.slice(from, to);
    const names = own.map(({ name }) => name);
    const laid = keys.flatMap((key, i): [string, readonly string[]][] => {
      const runs = values[i] ?? [];
      return runs.length === 0 ? [] : [[key, runs]];
    });
    const labels = laid.map(([key, runs]) => [key, runs[0] === '' ? '' : termsOf(runs).join(',')] as const);
    segments.push({ nodes: own, terms: termsOf(names), labels: Object.fromEntries(labels), values: new Map(laid) });
    from = to;
  }
  return segments;
}

interface Longest {
  readonly to: number;
  /** Of each key, one for each run. */
  readonly values: readonly (readonly string[])[];
}

/** The longest segment from here on; one node is always one. */
function longest(nodes: readonly Labelled[], keys: readonly string[], from: number): Longest {
  const tracks = keys.map((key) => new Track(key));
  let to = from;
  let runs: readonly number[] = [];
  for (let next = from; next < nodes.length; next += 1) {
    const labels = nodes[next]?.labels ?? {};
    if (!tracks.every((track) => track.take(labels[track.key]))) break;
    const after = nodes[next + 1]?.labels;
    if (!tracks.every((track) => track.mayEnd(after && (after[track.key] ?? null)))) continue;
    to = next + 1;
    runs = tracks.map(({ values }) => values.length);
  }
  return { to, values: tracks.map(({ values }, i) => values.slice(0, runs[i])) };
}

/** Runs of equal values of one label, as long as each is as long as the first. */
class Track {
  readonly values: string[] = [];
  /** Length of the run under way, and of each before it; 0 while the first is under way. */
  private length = 0;
  private each = 0;

  constructor(readonly key: string) {}

  /** Goes on with the next node's value, or says that it cannot. An absent value continues the run. */
  take(value: string | undefined): boolean {
    const current = this.values.at(-1);
    if (value === undefined || current === undefined || value === current) {
      if (this.each > 0 && this.length === this.each) return false;
      if (value !== undefined && current === undefined) this.values.push(value);
      this.length += 1;
      return true;
    }
    // An empty value cannot stand in a list.
    if (value === '' || current === '') return false;
    if (this.each > 0 && this.length !== this.each) return false;
    this.each = this.length;
    this.values.push(value);
    this.length = 1;
    return true;
  }

  /** @param next value of the node that would come next: null where it has none, undefined where there is no such node */
  mayEnd(next: string | null | undefined): boolean {
    if (this.each === 0) return true;
    return this.length === this.each && (next === undefined || next !== this.values.at(-1));
  }
}
