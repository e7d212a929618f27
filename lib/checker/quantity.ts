/**
 * Kubernetes quantities as whole billionths, read apart from the rest of the compiler so that one mistake in reading
 * cannot hide in both. Grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */

type Quantities = Readonly<Record<string, string | number>>;

const powers: Readonly<Record<string, readonly [base: bigint, exponent: bigint]>> = {
  n: [10n, -9n],
  u: [10n, -6n],
  m: [10n, -3n],
  k: [10n, 3n],
  M: [10n, 6n],
  G: [10n, 9n],
  T: [10n, 12n],
  P: [10n, 15n],
  E: [10n, 18n],
  Ki: [2n, 10n],
  Mi: [2n, 20n],
  Gi: [2n, 30n],
  Ti: [2n, 40n],
  Pi: [2n, 50n],
  Ei: [2n, 60n],
};

const known = new Map<string | number, bigint>();

/** Billionths of the unit. The problem has been read before: what is no quantity is a mistake of the program. */
export function billionths(quantity: string | number): bigint {
  const before = known.get(quantity);
  if (before !== undefined) return before;
  const value = read(String(quantity));
  // Bounded, since a long-running process may check many problems.
  if (known.size < 10_000) known.set(quantity, value);
  return value;
}

function read(text: string): bigint {
  const parts = /^([+-]?)([0-9]*)\.?([0-9]*)(.*)$/.exec(text);
  if (!parts) throw new Error(`not a quantity: ${text}`);
  const [, sign, whole = '', fraction = '', unit = ''] = parts;
  const [base, exponent] = powerOf(unit, text);
  const up = exponent > 0n ? base ** exponent : 1n;
  const down = 10n ** BigInt(fraction.length) * (exponent < 0n ? base ** -exponent : 1n);
  const dividend = BigInt(whole + fraction) * up * 1_000_000_000n;
  // What is finer than a billionth rounds away from zero, as in Kubernetes.
  const magnitude = dividend / down + (dividend % down > 0n ? 1n : 0n);
  return sign === '-' ? -magnitude : magnitude;
}

function powerOf(unit: string, text: string): readonly [bigint, bigint] {
  if (unit === '') return [10n, 0n];
  const power = powers[unit];
  if (power) return power;
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(unit)?.[1];
  if (exponent === undefined) throw new Error(`not a quantity: ${text}`);
  return [10n, BigInt(exponent)];
}

/** The amount of one resource; absent is 0. */
export function amountOf(quantities: Quantities | undefined, resource: string): bigint {
  if (quantities === undefined || !Object.hasOwn(quantities, resource)) return 0n;
  return billionths(quantities[resource] ?? 0);
}

/** One pod, as it is counted in the resource `pods`. */
const onePod = 1_000_000_000n;

/** What one pod takes: its requests above 0, and one of `pods`. */
export function demandOf(requests: Quantities | undefined): ReadonlyMap<string, bigint> {
  const demand = new Map<string, bigint>([['pods', onePod]]);
  for (const resource of Object.keys(requests ?? {})) {
    const amount = amountOf(requests, resource);
    if (amount > 0n) demand.set(resource, amount);
  }
  return demand;
}

/** Adds `times` times the demand to a running sum. */
export function addDemand(sum: Map<string, bigint>, demand: ReadonlyMap<string, bigint>, times: bigint): void {
  for (const [resource, amount] of demand) sum.set(resource, (sum.get(resource) ?? 0n) + amount * times);
}

/** What a node has left of a resource beside what `used` says; undefined where it is unlimited. */
export function freeOf(
  node: { readonly allocatable?: Quantities; readonly used?: Quantities },
  resource: string,
): bigint | undefined {
  if (resource === 'pods' && !Object.hasOwn(node.allocatable ?? {}, 'pods')) return undefined;
  return amountOf(node.allocatable, resource) - amountOf(node.used, resource);
}

/** An amount as text, for messages: whole units where it is whole. */
export function amountText(amount: bigint): string {
  return amount % onePod === 0n ? `${amount / onePod}` : `${amount}n`;
}
