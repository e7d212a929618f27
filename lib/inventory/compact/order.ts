import { formatAmount, type Resources } from '../../model/resources';
import { compareKeys } from '../../order';

/** Amounts as they are written, in order of their names. */
export function quantitiesOf(resources: Resources): Record<string, string> {
  const entries = Object.entries(resources).sort(compareKeys);
  return Object.fromEntries(entries.map(([name, amount]) => [name, formatAmount(name, amount)]));
}
