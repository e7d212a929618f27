/** Indices by the group that each is in: all groups in one array, and where each begins. */
export interface Grouped {
  /** Indices in a group, in order. */
  of(group: number): Int32Array;
}

/** Groups neighbours: of the indices below `end`, each group has those from its start to that of the next. */
export function groupedFrom(starts: readonly number[], end: number): Grouped {
  const listed = indicesBelow(end);
  return { of: (group) => listed.subarray(starts[group] ?? end, starts[group + 1] ?? end) };
}

/** 0 … end-1. */
export function indicesBelow(end: number): Int32Array {
  const indices = new Int32Array(end);
  for (let i = 0; i < end; i++) indices[i] = i;
  return indices;
}

/** Groups indices by `groupOf`, which has a group below `groups` for each, or -1 for none. */
export function groupedBy(groupOf: Int32Array, groups: number): Grouped {
  const starts = new Int32Array(groups + 1);
  for (const group of groupOf) if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1;
  for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0);
  const next = starts.slice();
  const listed = new Int32Array(starts[groups] ?? 0);
  for (let i = 0; i < groupOf.length; i++) {
    const group = groupOf[i] ?? -1;
    if (group < 0) continue;
    listed[next[group] ?? 0] = i;
    next[group] = (next[group] ?? 0) + 1;
  }
  return { of: (group) => listed.subarray(starts[group] ?? 0, starts[group + 1] ?? 0) };
}
