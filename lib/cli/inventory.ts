import type { CommandGroup } from './command';
import { importInventory } from './inventory-import';

/** What concerns inventories of clusters. */
export const inventory: CommandGroup = {
  name: 'inventory',
  summary: 'What a cluster has, and what runs there',
  commands: [importInventory],
};
