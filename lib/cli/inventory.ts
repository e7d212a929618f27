import type { CommandGroup } from './command';
import { inventoryDiff } from './inventory-diff';
import { inventoryLevels } from './inventory-levels';
import { inventoryLint } from './inventory-lint';

/** What concerns the nodes of a cluster. */
export const inventory: CommandGroup = {
  name: 'inventory',
  summary: 'The nodes of a cluster: their topology, what is wrong with them, what changed',
  commands: [inventoryLevels, inventoryLint, inventoryDiff],
};
