/** An exact fraction; the denominator is above 0. */
export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

export function fraction(over: bigint, under: bigint): Fraction {
  const divisor = greatestDivisor(over < 0n ? -over : over, under);
  return { over: over / divisor, under: under / divisor };
}

export function sum(a: Fraction, b: Fraction): Fraction {
  return fraction(a.over * b.under + b.over * a.under, a.under * b.under);
}

/** Reduced, such as `7/3` or `4/1`. */
export function fractionText({ over, under }: Fraction): string {
  return `${over}/${under}`;
}

/** Negative where a is less, 0 where they are equal. */
export function compareFractions(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Reads `20000/3`; undefined where the text is no such fraction. */
export function parseFraction(text: string): Fraction | undefined {
  const parts = /^(\d+)\/([1-9]\d*)$/.exec(text);
  return parts ? { over: BigInt(parts[1] ?? 0), under: BigInt(parts[2] ?? 1) } : undefined;
}

/** A decimal number as the fraction that it is written as: 0.1 is 1/10. */
export function decimal(value: number): Fraction {
  const [digits = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', rest = ''] = digits.split('.');
  const power = BigInt(exponent) - BigInt(rest.length);
  const over = BigInt(whole + rest);
  return power < 0n ? fraction(over, 10n ** -power) : fraction(over * 10n ** power, 1n);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}
