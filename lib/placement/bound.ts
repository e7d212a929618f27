import { compareFractions, ZERO, type Fraction } from './fraction';
import { addValues, zeroValue, type Layout, type Value } from './value';

/**
 * A bound for every term from what each gang costs at least. As long as all earlier terms equal the sum of those
 * costs, each gang must be at its own least in them, so that the sum bounds the next term too; from the first term
 * that is above it, nothing is claimed.
 */
export function proveBound(layout: Layout, value: Value, alone: readonly { readonly bound: Value }[]): Value {
  const least = alone.reduce((sum, { bound }) => addValues(sum, bound), zeroValue(layout));
  let met = true;
  const take = (mine: number, bound: number): number => {
    const result = met ? bound : 0;
    met &&= mine === bound;
    return result;
  };
  const head = value.head.map((x, i) => take(x, least.head[i] ?? 0));
  const distance: Fraction = met ? least.distance : ZERO;
  met &&= compareFractions(value.distance, least.distance) === 0;
  return { head, distance, tail: value.tail.map((x, i) => take(x, least.tail[i] ?? 0)) };
}
