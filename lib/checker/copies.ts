import type { GangDocument, GroupDocument } from '../placement/document';

/** One copy of a group, as placements or a lock have it. */
export interface Copy {
  /** With indices, such as `stage/1/worker/0`. */
  readonly path: string;
  readonly index: number;
  /** One for each pod; empty for a group of groups. */
  readonly nodes: readonly string[];
  /** Copies of the groups beneath, by name of the group. */
  readonly beneath: Copies;
}

/** Copies by name of their group. */
export type Copies = ReadonlyMap<string, readonly Copy[]>;

type Placements = Readonly<Record<string, readonly string[]>>;

/** Placements by path, or a lock, as copies within copies. Paths that name no group of the gang are passed over. */
export function readCopies(gang: GangDocument, placements: Placements): Copies {
  const entries = Object.entries(placements).map(([path, nodes]) => ({ steps: path.split('/'), nodes }));
  return copiesOf(gang.groups, '', entries);
}

interface Entry {
  /** Names and indices that are left of the path. */
  readonly steps: readonly string[];
  readonly nodes: readonly string[];
}

function copiesOf(groups: readonly GroupDocument[], above: string, entries: readonly Entry[]): Copies {
  return new Map(groups.map((group) => [group.name, copiesOfGroup(group, above, entries)]));
}

function copiesOfGroup(group: GroupDocument, above: string, entries: readonly Entry[]): Copy[] {
  const byIndex = new Map<string, Entry[]>();
  for (const entry of entries) {
    const [name, index, ...steps] = entry.steps;
    if (name !== group.name || index === undefined || !isIndex(index)) continue;
    if ((steps.length === 0) !== (group.pod !== undefined)) continue;
    const known = byIndex.get(index);
    if (known) known.push({ steps, nodes: entry.nodes });
    else byIndex.set(index, [{ steps, nodes: entry.nodes }]);
  }
  return [...byIndex].map(([index, within]) => {
    const path = `${above}${group.name}/${index}`;
    const nodes = group.pod ? within.flatMap((entry) => entry.nodes) : [];
    return { path, index: Number(index), nodes, beneath: copiesOf(group.groups ?? [], `${path}/`, within) };
  });
}

/** True where names and indices take turns in a path and the names lead to a group of pods. */
export function namesCopyOfPods(groups: readonly GroupDocument[] | undefined, steps: readonly string[]): boolean {
  const [name, index, ...rest] = steps;
  const group = groups?.find((candidate) => candidate.name === name);
  if (group === undefined || index === undefined || !isIndex(index)) return false;
  return rest.length === 0 ? group.pod !== undefined : namesCopyOfPods(group.groups, rest);
}

function isIndex(text: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(text);
}

/** How many copies a group asks for at most and at least. */
export function wanted(group: GroupDocument): { readonly most: number; readonly least: number } {
  const most = group.replicas ?? 1;
  return { most, least: group.minReplicas ?? most };
}
