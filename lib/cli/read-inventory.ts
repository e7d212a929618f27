import type { Outcome } from '../diagnostics/diagnostic';
import type { ClusterInventory } from '../inventory/cluster';
import { Inventory, isInventoryFile } from '../inventory/inventory';
import { fileSource, standardInput, type ByteSource } from '../inventory/source';
import { STANDARD_INPUT } from './command';
import type { Io } from './io';
import { UsageError } from './usage-error';

/** What a command line names: an inventory file alone, or lists as kubectl writes them. */
export interface InventoryNames {
  /** An inventory file, or a list of nodes. */
  readonly nodes: string;
  readonly pods?: string;
  readonly resourceSlices?: string;
}

/**
 * The inventory that a command line names; standard input may be one of its files.
 *
 * @param name of an inventory file, or of a list of nodes as kubectl writes it
 * @param pods file with what runs on the nodes of a list, as kubectl lists it
 * @throws UsageError where the names contradict each other
 */
export async function readInventory(io: Io, name: string, pods?: string): Promise<Outcome<ClusterInventory>> {
  return (await openInventory(io, { nodes: name, pods })).load();
}

/** The same with all that may be named, not yet read but for standard input. */
export async function openInventory(
  io: Pick<Io, 'pieces'>,
  { nodes, pods, resourceSlices }: InventoryNames,
): Promise<Inventory> {
  const names = [nodes, pods, resourceSlices].filter((name) => name === STANDARD_INPUT);
  if (names.length > 1) {
    throw new UsageError(`standard input is named ${names.length} times`, 'write all lists but one to files');
  }
  const piped = names.length === 0 ? [] : await io.pieces();
  const source = (name: string): ByteSource => (name === STANDARD_INPUT ? standardInput(piped) : fileSource(name));
  const bytes = {
    nodes: source(nodes),
    pods: pods === undefined ? undefined : source(pods),
    resourceSlices: resourceSlices === undefined ? undefined : source(resourceSlices),
  };
  if ((bytes.pods ?? bytes.resourceSlices) && isInventoryFile(bytes.nodes)) {
    throw new UsageError(
      `${bytes.nodes.file} is an inventory file, which says itself what runs on its nodes`,
      'name it alone, or a list of nodes as kubectl writes it',
    );
  }
  return Inventory.fromBytes(bytes);
}
