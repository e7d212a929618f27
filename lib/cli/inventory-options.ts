import type { Options } from 'yargs';
import type { ClusterInventory } from '../inventory/cluster';
import type { Outcome } from '../diagnostics/diagnostic';
import { text, type Arguments } from './command';
import type { Io } from './io';
import { readInventory } from './read-inventory';
import { UsageError } from './usage-error';

/** Options of every command about one inventory. */
export const inventoryOptions = {
  inventory: {
    alias: 'i',
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'The nodes, such as the output of kubectl get nodes -o json; - reads standard input',
  },
  pods: { type: 'string', requiresArg: true, describe: 'What runs on them: kubectl get pods -A -o json' },
} as const satisfies Readonly<Record<string, Options>>;

/** Labels that no dialect has. */
export const labelOption = {
  type: 'string',
  array: true,
  requiresArg: true,
  describe: 'A label of your own that tells where a node is, such as example.com/row',
} as const satisfies Options;

/** Form of what goes to standard output. */
export const outputOption = {
  alias: 'o',
  choices: ['text', 'json'],
  requiresArg: true,
  default: 'text',
  describe: 'Form of the answer',
} as const satisfies Options;

/** The inventory that the options name. */
export async function askedInventory(io: Io, args: Arguments): Promise<Outcome<ClusterInventory>> {
  const name = text(args, 'inventory') ?? '';
  if (name === '') throw new UsageError('the name of the inventory is empty', 'a dash reads standard input');
  return readInventory(io, name, text(args, 'pods'));
}
