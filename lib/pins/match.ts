import { compareText } from '../order';
import type { Lock, LockedComponent, LockedGraph } from './lock';

/** Something that has a name, and a digest of what it asks for whatever it is called. */
export interface Named {
  readonly name: string;
  readonly content: string;
}

/**
 * Entries of a lock for the things of today: by name, then by content among those left over on both sides, ties in
 * name order. So that renaming moves nothing.
 */
export function match<T extends { readonly content: string }>(
  wanted: readonly Named[],
  locked: Readonly<Record<string, T>>,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  const names = new Set(wanted.map(({ name }) => name));
  const left = Object.keys(locked)
    .filter((name) => !names.has(name))
    .sort(compareText);
  for (const { name, content } of [...wanted].sort((a, b) => compareText(a.name, b.name))) {
    const own = Object.hasOwn(locked, name) ? locked[name] : undefined;
    const other = own ? undefined : left.find((each) => locked[each]?.content === content);
    const entry = own ?? (other === undefined ? undefined : locked[other]);
    if (entry) found.set(name, entry);
    if (other !== undefined) left.splice(left.indexOf(other), 1);
  }
  return found;
}

/** The locked graphs for those of today. */
export function matchGraphs({ placements }: Lock, wanted: readonly Named[]): ReadonlyMap<string, LockedGraph> {
  return match(wanted, placements);
}

/** The locked components for those of today. */
export function matchComponents(
  { components }: LockedGraph,
  wanted: readonly Named[],
): ReadonlyMap<string, LockedComponent> {
  return match(wanted, components);
}
