import type { Gang } from './instance';
import { makeGround, type Site } from './ground';
import { Search, type SearchResult } from './search';
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
}

/** Shapes beyond this many are not all looked at. */
const MOST_SHAPES = 2_000;

/** Places a gang as if the others were not there. */
export function placeAlone(site: Site, gang: Gang, steps: number): Alone {
  const all = allShapes(gang, MOST_SHAPES);
  const shapes = all ?? [minimumShape(gang)];
  const result = new Search(makeGround(site, []), [{ gang, shapes, optional: false }], { steps }).run();
  const impossible = result.best === undefined && result.complete;
  const exact = impossible || (result.complete && all !== undefined);
  return { gang, shapes, exact, impossible, bound: boundOf(site, gang, result, exact) };
}

/** Fragmentation is left out: gangs may break the same nodes. */
function boundOf({ layout, locks }: Site, gang: Gang, result: SearchResult, exact: boolean): Value {
  const zero = zeroValue(layout);
  if (!exact) return zero;
  if (result.best) {
    const { value } = result.best;
    return { ...value, tail: value.tail.map((x, i) => (i < layout.fragmentation ? x : 0)) };
  }
  const at = layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1);
  return { ...zero, head: zero.head.map((x, i) => (i === at ? 1 : x)) };
}
