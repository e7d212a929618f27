/**
 * Kubernetes quantities, exactly: no floating point anywhere.
 * Grammar and rounding follow k8s.io/apimachinery/pkg/api/resource: a decimal number with a binary suffix
 * (Ki … Ei), a decimal suffix (n u m k M G T P E) or an exponent; finer than a billionth rounds away from zero.
 */

/** An exact amount of a resource in billionths of its base unit (cores, bytes, devices). */
export type Amount = bigint;

/** How a quantity stands in YAML or JSON. */
export type QuantityLike = string | number;

const NANO = 1_000_000_000n;

const suffixes: Readonly<Record<string, { readonly num: bigint; readonly den: bigint }>> = {
  n: { num: 1n, den: 1_000_000_000n },
  u: { num: 1n, den: 1_000_000n },
  m: { num: 1n, den: 1_000n },
  '': { num: 1n, den: 1n },
  k: { num: 1_000n, den: 1n },
  M: { num: 1_000n ** 2n, den: 1n },
  G: { num: 1_000n ** 3n, den: 1n },
  T: { num: 1_000n ** 4n, den: 1n },
  P: { num: 1_000n ** 5n, den: 1n },
  E: { num: 1_000n ** 6n, den: 1n },
  Ki: { num: 1_024n, den: 1n },
  Mi: { num: 1_024n ** 2n, den: 1n },
  Gi: { num: 1_024n ** 3n, den: 1n },
  Ti: { num: 1_024n ** 4n, den: 1n },
  Pi: { num: 1_024n ** 5n, den: 1n },
  Ei: { num: 1_024n ** 6n, den: 1n },
};

const pattern = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * Reads a quantity, or gives undefined where the text is none.
 *
 * @example parseQuantity('500m') // 500_000_000n
 */
export function parseQuantity(text: QuantityLike): Amount | undefined {
  const match = pattern.exec(typeof text === 'number' ? numberText(text) : text);
  if (!match) return undefined;
  const [, sign, digits = '', exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const scale = exponent === undefined ? suffixes[suffix] : powerOfTen(Number(exponent));
  if (!scale) return undefined;
  const numerator = BigInt(whole + fraction) * scale.num * NANO;
  const denominator = 10n ** BigInt(fraction.length) * scale.den;
  const magnitude = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -magnitude : magnitude;
}

/** A number as a decimal text that the pattern takes: JavaScript writes 1e21 and above with an exponent sign. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : 'not a number';
}

function powerOfTen(exponent: number): { num: bigint; den: bigint } {
  return exponent < 0 ? { num: 1n, den: 10n ** BigInt(-exponent) } : { num: 10n ** BigInt(exponent), den: 1n };
}

const binary = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'] as const;

/**
 * Writes an amount in its shortest canonical form: `16`, `191450m`, `2029Gi`.
 * Whole multiples of 1024 from 1Ki up are written with a binary suffix only where `bytes` is set.
 */
export function formatQuantity(amount: Amount, options: { readonly bytes?: boolean } = {}): string {
  if (amount < 0n) return `-${formatQuantity(-amount, options)}`;
  if (amount % NANO === 0n) {
    const whole = amount / NANO;
    const suffix = options.bytes && whole > 0n ? binary.find((s) => whole % suffixNumber(s) === 0n) : undefined;
    return suffix ? `${whole / suffixNumber(suffix)}${suffix}` : `${whole}`;
  }
  if (amount % (NANO / 1_000n) === 0n) return `${amount / (NANO / 1_000n)}m`;
  if (amount % (NANO / 1_000_000n) === 0n) return `${amount / (NANO / 1_000_000n)}u`;
  return `${amount}n`;
}

function suffixNumber(suffix: string): bigint {
  return suffixes[suffix]?.num ?? 1n;
}

/** The amount of `count` whole units. */
export function wholeUnits(count: number): Amount {
  return BigInt(count) * NANO;
}
