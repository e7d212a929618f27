import { formatAmount, type Resources } from '../../model/resources';
import { compareKeys } from '../../order';

/** Items by a key, in the order in which keys and items come. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Amounts as they are written, in order of their names. */
export function quantitiesOf(resources: Resources): Record<string, string> {
  const entries = Object.entries(resources).sort(compareKeys);
  return Object.fromEntries(entries.map(([name, amount]) => [name, formatAmount(name, amount)]));
}
