import type { ClusterInventory } from '../../lib/inventory/cluster';
import { Inventory } from '../../lib/inventory/inventory';
import { standardInput } from '../../lib/inventory/source';

/** An inventory file that must be sound, read from its text. */
export function reread(text: string): ClusterInventory {
  const outcome = Inventory.fromBytes({ nodes: standardInput([Buffer.from(text)]) }).load();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics, null, 2));
  return outcome.value;
}
