import type { Outcome } from '../diagnostics/diagnostic';
import type { ClusterInventory } from '../inventory/cluster';
import { Inventory } from '../inventory/inventory';

/**
 * The inventory that a command line names.
 *
 * @param name of the file with the nodes
 * @param pods file with what runs on them, as kubectl lists it
 */
export function readInventory(name: string, pods?: string): Outcome<ClusterInventory> {
  return Inventory.fromKubectl(name, { pods }).load();
}
