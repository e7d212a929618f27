import { text, type Arguments } from './command';
import { UsageError } from './usage-error';

/** How many gangs more than must be may move, as `--rebalance` says it. */
export function rebalanceOf(args: Arguments): number {
  const asked = text(args, 'rebalance') ?? '0';
  if (/^\d{1,9}$/.test(asked)) return Number(asked);
  throw new UsageError(
    `--rebalance is ${JSON.stringify(asked)}, not a number of gangs`,
    'give a whole number: 0, 1, 2, …',
  );
}
