import * as fc from 'fast-check';
import { conflictsOf, type Conflict } from '../../lib/passes/change/rule';
import { replayChange, type Hang, type Order, type Side } from '../../lib/passes/replay/change';
import { runs } from '../placement/arbitraries';
import {
  classes,
  cluster,
  direct,
  grove,
  noSurge,
  platform,
  RACK,
  recreate,
  TOPOLOGY,
  world,
  ZONE,
  type Gang,
  type Part,
} from './manifests';

/**
 * The rule by which a change finishes whatever goes first, held against the replay of controllers and scheduler: random
 * changes between pin-safe plans of two or three graphs on twelve nodes of eight GPUs.
 */

const names = Array.from({ length: 12 }, (_, i) => `n${String(i).padStart(2, '0')}`);
const nodes = cluster(
  Object.fromEntries(names.map((name, i) => [name, { zone: `z${Math.floor(i / 6)}`, rack: `r${Math.floor(i / 3)}` }])),
);

type Both = readonly [number, number];

interface RawPart {
  /** Before and after, as all that follows. */
  readonly pods: Both;
  readonly gpus: Both;
  readonly apart: boolean;
  /** How many nodes, and which first: taken modulo what there is. */
  readonly width: Both;
  readonly start: Both;
}

interface RawChange {
  readonly graphs: readonly (readonly RawPart[])[];
  /** Graphs that are only there before, or only after. */
  readonly only: readonly ('both' | 'before' | 'after')[];
  readonly image: boolean;
  /** Graphs that recreate their pods, without Grove. */
  readonly recreates: readonly boolean[];
  readonly level: typeof ZONE | typeof RACK | undefined;
  readonly grove: boolean;
  readonly dice: readonly number[];
}

/** Mostly the same before and after. */
const both = (of: fc.Arbitrary<number>, same: number): fc.Arbitrary<Both> =>
  fc.oneof({ weight: same, arbitrary: of.map((one): Both => [one, one]) }, { weight: 1, arbitrary: fc.tuple(of, of) });

const rawPart: fc.Arbitrary<RawPart> = fc.record({
  pods: both(fc.integer({ min: 1, max: 3 }), 5),
  gpus: both(fc.constantFrom(2, 4, 8, 8), 9),
  apart: fc.boolean(),
  width: both(fc.nat(2), 1),
  start: both(fc.nat(11), 1),
});

const rawChange: fc.Arbitrary<RawChange> = fc.record({
  graphs: fc.array(fc.array(rawPart, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
  only: fc.array(fc.constantFrom('both', 'both', 'both', 'both', 'before', 'after'), { minLength: 3, maxLength: 3 }),
  image: fc.boolean(),
  recreates: fc.array(fc.constantFrom(false, false, true), { minLength: 3, maxLength: 3 }),
  level: fc.constantFrom(undefined, ZONE, RACK),
  grove: fc.boolean(),
  dice: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
});

/** The nodes of a component, taking their room; undefined where there is no safe room. */
function pinOf(part: RawPart, side: 0 | 1, left: Map<string, number>, level: RawChange['level']): string[] | undefined {
  const [pods, gpus, { apart }] = [part.pods[side], part.gpus[side], part];
  const width = Math.min(pods, apart ? pods : 1 + (part.width[side] % pods));
  const most = width === 1 ? pods : apart ? 1 : Math.min(pods, Math.floor(8 / gpus));
  if (width > 1 && most * width < pods) return undefined;
  const first = part.start[side];
  const turned = [...names.slice(first), ...names.slice(0, first)];
  const domain = (name: string): number =>
    Math.floor(names.indexOf(name) / (level === ZONE ? 6 : level === RACK ? 3 : 12));
  const among = turned.filter((name) => level === undefined || domain(name) === domain(turned[0] ?? ''));
  const own = among.filter((name) => (left.get(name) ?? 0) >= most * gpus).slice(0, width);
  if (own.length < width) return undefined;
  for (const name of own) left.set(name, (left.get(name) ?? 0) - most * gpus);
  return own;
}

/** One side, written by hand; undefined where a graph has no safe place. */
function sideOf(raw: RawChange, side: 0 | 1): Side | undefined {
  const left = new Map(names.map((name) => [name, 8]));
  const written = raw.graphs.map((parts, g): Gang | undefined | 'absent' => {
    if (raw.only[g] === (side === 0 ? 'after' : 'before')) return 'absent';
    const found = parts.map((part, c): Part | undefined => {
      const pin = pinOf(part, side, left, raw.level);
      const constraint = raw.level && {
        topology: TOPOLOGY,
        requiredTopologyLevel: raw.level,
        preferredTopologyLevel: raw.level,
      };
      return (
        pin && {
          name: `c${c}`,
          replicas: part.pods[side],
          gpus: part.gpus[side],
          apart: part.apart,
          pin,
          constraint,
          annotations: raw.recreates[g] ? recreate : noSurge,
          image: raw.image ? `image:${side}` : 'image:0',
        }
      );
    });
    const complete = found.filter((part) => part !== undefined);
    return complete.length === parts.length ? { name: `g${g}`, parts: complete } : undefined;
  });
  if (written.includes(undefined)) return undefined;
  const gangs = written.filter((each): each is Gang => each !== 'absent' && each !== undefined);
  const manifests = [...platform(), ...gangs.flatMap((gang) => (raw.grove ? grove(gang) : direct(gang)))];
  return { manifests, world: world(nodes, manifests) };
}

interface Change {
  readonly raw: RawChange;
  readonly before: Side;
  readonly after: Side;
  readonly dice: readonly number[];
}

const changes: fc.Arbitrary<Change> = rawChange
  .map((raw) => ({ raw, before: sideOf(raw, 0), after: sideOf(raw, 1), dice: raw.dice }))
  .filter((each): each is Change => each.before !== undefined && each.after !== undefined);

/** From both ends, and in some other order. */
const ordersOf = (dice: readonly number[]): readonly Order[] => [
  (replicas) => replicas,
  (replicas) => [...replicas].reverse(),
  (replicas) => {
    const keyed = replicas.map((replica, i) => ({
      replica,
      key: (dice[(i + replica.join().length) % dice.length] ?? 0) * 31 + i,
    }));
    return keyed.sort((a, b) => a.key - b.key).map(({ replica }) => replica);
  },
];

function outcome({ before, after, dice }: Change): { conflicts: readonly Conflict[]; hangs: readonly Hang[] } {
  const known = classes(before.manifests, after.manifests);
  return {
    conflicts: conflictsOf(before, after, known),
    hangs: replayChange(before, after, known, ordersOf(dice)),
  };
}

test('a change that holds the rule finishes in whatever order pods go, and one that hangs does not hold it', () => {
  let [held, hung] = [0, 0];
  fc.assert(
    fc.property(changes, (change) => {
      const { conflicts, hangs } = outcome(change);
      if (conflicts.length === 0) held++;
      if (hangs.length > 0) hung++;
      expect({ raw: change.raw, hangs: conflicts.length > 0 ? [] : hangs }).toEqual({ raw: change.raw, hangs: [] });
    }),
    runs(120),
  );
  expect(held).toBeGreaterThan(0);
  expect(hung).toBeGreaterThan(0);
});
