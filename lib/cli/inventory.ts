import type { CommandGroup } from './command';
import { inventoryCheck } from './inventory-check';

/** Everything about the nodes of a cluster. */
export const inventory: CommandGroup = {
  name: 'inventory',
  summary: "A cluster's nodes, and what was planned on them",
  commands: [inventoryCheck],
};
