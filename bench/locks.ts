import type { GangDocument, NodeDocument, ProblemDocument } from '../lib/placement/document';

type Group = GangDocument['groups'][number];
type Locks = NonNullable<ProblemDocument['locked']>;

/**
 * Placements for the gangs of a generated problem, as a lock of an earlier day would hold them: valid, and made
 * without the solver. Gang after gang, from its own corner of the cluster on, in the first domain of its required
 * level that holds it first fit, largest pods first.
 */
export function firstFit({ nodes = [], gangs = [] }: ProblemDocument): Locks {
  const room = nodes.map((node) => new Room(node));
  const places = gangs.map((gang, i) => {
    const start = Math.floor((i * room.length) / gangs.length);
    const turned = [...room.slice(start), ...room.slice(0, start)];
    const found = firstDefined(domainsOf(turned, gang.constraint?.required), (domain) => placeGang(gang, domain));
    if (found === undefined) throw new Error(`no first fit for ${gang.name}`);
    return [gang.name, found] as const;
  });
  return Object.fromEntries(places);
}

/** What a node has left in the resources that generated pods ask for. */
class Room {
  private gpus: number;
  private cpu: number;
  private memory: number;

  constructor(readonly node: NodeDocument) {
    const left = (name: string): number => amount(node.allocatable?.[name]) - amount(node.used?.[name]);
    [this.gpus, this.cpu, this.memory] = [left('nvidia.com/gpu'), left('cpu'), left('memory')];
  }

  take({ pod }: Group, sign: 1 | -1 = 1): boolean {
    if (Object.entries(pod?.nodeSelector ?? {}).some(([key, value]) => this.node.labels?.[key] !== value)) return false;
    const wanted = (name: string): number => sign * amount(pod?.requests?.[name]);
    const next = [this.gpus - wanted('nvidia.com/gpu'), this.cpu - wanted('cpu'), this.memory - wanted('memory')];
    if (next.some((left) => left < 0)) return false;
    [this.gpus = 0, this.cpu = 0, this.memory = 0] = next;
    return true;
  }

  give(group: Group): void {
    this.take(group, -1);
  }
}

/** Of the few spellings that the generator uses: 8, 1500m, 160Gi. */
function amount(quantity: string | number | undefined): number {
  const text = String(quantity ?? 0);
  return text.endsWith('m') ? Number.parseInt(text) / 1000 : Number.parseInt(text);
}

/** Neighbours with one label value; all nodes where no level is asked for. */
function* domainsOf(nodes: readonly Room[], level: string | undefined): Generator<readonly Room[]> {
  if (level === undefined) {
    yield nodes;
    return;
  }
  let from = 0;
  for (let to = 1; to <= nodes.length; to++) {
    if (to < nodes.length && nodes[to]?.node.labels?.[level] === nodes[from]?.node.labels?.[level]) continue;
    yield nodes.slice(from, to);
    from = to;
  }
}

function firstDefined<A, B>(items: Iterable<A>, try_: (item: A) => B | undefined): B | undefined {
  for (const item of items) {
    const result = try_(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

function placeGang(gang: GangDocument, domain: readonly Room[]): Record<string, string[]> | undefined {
  const taken: (readonly [Room, Group])[] = [];
  const placements: Record<string, string[]> = {};
  const bySize = [...gang.groups].sort((a, b) => size(b) - size(a));
  for (const group of bySize) {
    for (let copy = 0; copy < (group.replicas ?? 1); copy++) {
      const rooms = firstDefined(domainsOf(domain, group.constraint?.required), (inner) => placeCopy(group, inner));
      if (rooms === undefined) {
        for (const [room, of] of taken) room.give(of);
        return undefined;
      }
      taken.push(...rooms.map((room) => [room, group] as const));
      placements[`${group.name}/${copy}`] = rooms.map((room) => room.node.name);
    }
  }
  return placements;
}

function size({ pod }: Group): number {
  return amount(pod?.requests?.['nvidia.com/gpu']);
}

function placeCopy(group: Group, domain: readonly Room[]): Room[] | undefined {
  const rooms: Room[] = [];
  for (let left = group.count ?? 1; left > 0; left--) {
    const room = domain.find((candidate) => candidate.take(group));
    if (room === undefined) {
      for (const before of rooms) before.give(group);
      return undefined;
    }
    rooms.push(room);
  }
  return rooms;
}
