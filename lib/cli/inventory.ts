import type { CommandGroup } from './command';
import { inventoryCheck } from './inventory-check';
import { inventoryDiff } from './inventory-diff';
import { importInventory } from './inventory-import';
import { inventoryLevels } from './inventory-levels';
import { inventoryLint } from './inventory-lint';

/** What concerns the nodes of a cluster, and what runs there. */
export const inventory: CommandGroup = {
  name: 'inventory',
  summary: 'The nodes of a cluster: what they have, their topology, what is wrong with them, what changed',
  commands: [importInventory, inventoryLevels, inventoryLint, inventoryDiff, inventoryCheck],
};
