import { formatQuantity, type Amount } from './quantity';

/** Amounts by resource name; a resource that is absent is 0. */
export type Resources = Readonly<Record<string, Amount>>;

/** Resources that are counted in bytes and printed with binary suffixes. */
function isBytes(resource: string): boolean {
  return resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-');
}

/** An amount of a resource in its usual unit, such as `191450m`, `2029Gi` or `8`. */
export function formatAmount(resource: string, amount: Amount): string {
  return formatQuantity(amount, { bytes: isBytes(resource) });
}

/** The sum of two sets of amounts. */
export function addResources(a: Resources, b: Resources): Resources {
  const sum: Record<string, Amount> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0n) + amount;
  return sum;
}

/** Every amount times `count`. */
export function scaleResources(resources: Resources, count: number): Resources {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, amount * BigInt(count)]));
}
