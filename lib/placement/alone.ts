import type { GangPods } from './assigned';
import type { Gang } from './instance';
import { makeGround, type Site } from './ground';
import { evaluateGang } from './objective';
import { Search } from './search';
import { allShapes, minimumShape, type RatedShape } from './shape';
import { zeroValue, type Value } from './value';

/** What is known of a gang that has the cluster to itself. */
export interface Alone {
  readonly gang: Gang;
  /** Most copies first. */
  readonly shapes: readonly RatedShape[];
  /** Proven: whatever the others do, it costs no less. */
  readonly bound: Value;
  /** The bound is what the best placement of the gang costs. */
  readonly exact: boolean;
  /** No placement exists, proven. */
  readonly impossible: boolean;
  /** Every other placement moves a pod. */
  readonly kept: boolean;
}

/** Shapes beyond this many are not all looked at. */
const MOST_SHAPES = 2_000;

/** Places a gang as if the others were not there: as it is locked, by tables, or by search. */
export function placeAlone(site: Site, gang: Gang, steps: number): Alone {
  const all = allShapes(gang, MOST_SHAPES);
  const shapes = all ?? [minimumShape(gang)];
  const kept = site.layout.movedLast ? undefined : site.placer.keep([], gang);
  const { pods, complete, exact } = kept
    ? { pods: kept, complete: true, exact: true }
    : firstOf(site, gang, shapes, steps);
  const impossible = pods === undefined && complete;
  const proven = impossible || (complete && (all !== undefined || kept !== undefined));
  const bound = boundOf(site, gang, pods, proven);
  return { gang, shapes, exact: proven && exact, impossible, kept: kept !== undefined, bound };
}

/** A placement, if one was found. */
interface First {
  readonly pods: GangPods | undefined;
  /** It is the best there is, but perhaps for what it breaks; without one, there is none. */
  readonly complete: boolean;
  /** It breaks no more than it must. */
  readonly exact: boolean;
}

function firstOf(site: Site, gang: Gang, shapes: readonly RatedShape[], steps: number): First {
  const answer = site.placer.placeAlone(gang, shapes);
  if (answer) return { ...answer, complete: true };
  const { best, complete } = new Search(makeGround(site, []), [{ gang, shapes, optional: false }], { steps }).run();
  return { pods: best?.pods[0], complete, exact: complete };
}

/** Fragmentation is left out: gangs may break the same nodes. */
function boundOf({ instance, layout, locks }: Site, gang: Gang, pods: GangPods | undefined, proven: boolean): Value {
  const zero = zeroValue(layout);
  if (!proven) return zero;
  if (pods) {
    const value = evaluateGang(instance, layout, locks, gang, pods);
    return { ...value, tail: value.tail.map((x, i) => (i < layout.fragmentation ? x : 0)) };
  }
  const at = layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1);
  return { ...zero, head: zero.head.map((x, i) => (i === at ? 1 : x)) };
}
