/**
 * Numbers that look random and are the same on every machine: mulberry32, one 32-bit state. Good enough to draw a
 * cluster, and nothing else.
 */
export class Draw {
  constructor(private state: number) {}

  /** From 0 to n - 1. */
  below(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  }

  /** One of a list in which each stands with its weight. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[], otherwise: T): T {
    let left = this.below(list.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of list) {
      left -= weight;
      if (left < 0) return value;
    }
    return otherwise;
  }
}
