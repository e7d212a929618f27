import { compareFractions, ZERO, type Fraction } from './fraction';
import { addValues, zeroValue, type Layout, type Value } from './value';

/**
 * A bound for every term from what each gang costs at least. As long as all earlier terms equal the sum of those
 * costs, each gang must be at its own least in them, so that the sum bounds the next term too; from the first term
 * that is above it, nothing is claimed.
 */
export function proveBound(layout: Layout, value: Value, alone: readonly { readonly bound: Value }[]): Value {
  const least = alone.reduce((sum, { bound }) => addValues(sum, bound), zeroValue(layout));
  const head = claim(value.head, least.head, true);
  const distance: Fraction = head.met ? least.distance : ZERO;
  const met = head.met && compareFractions(value.distance, least.distance) === 0;
  return { head: head.bound, distance, tail: claim(value.tail, least.tail, met).bound };
}

/** The least, up to and with the first number that is above it. */
function claim(numbers: readonly number[], least: readonly number[], met: boolean): { bound: number[]; met: boolean } {
  const first = met ? numbers.findIndex((x, i) => x !== (least[i] ?? 0)) : -1;
  if (!met) return { bound: numbers.map(() => 0), met };
  const bound = numbers.map((_, i) => (first < 0 || i <= first ? (least[i] ?? 0) : 0));
  return { bound, met: first < 0 };
}
