import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { DiagnosticCode } from '../../diagnostics/registry';
import type { ClusterInventory } from '../cluster';
import { listNames, namesPayload } from '../names';
import { placeOfNodes } from '../topology';

/** A node that something is wrong with, and what is peculiar to it, such as `7 of 8`. */
export interface Concerned {
  readonly name: string;
  readonly note?: string;
}

/** How a finding speaks of nodes. */
export interface Told {
  /** What follows the name of one node, such as `is cordoned`. */
  readonly one: string;
  /** What follows the number of several, such as `are cordoned`. */
  readonly many: string;
  readonly help: string;
  readonly notes?: readonly string[];
  readonly data?: Readonly<Record<string, string | number>>;
}

/** One finding about nodes, or none where there are none: `node a is cordoned`, `2 nodes are cordoned: a, b`. */
export function aboutNodes(
  code: DiagnosticCode,
  inventory: ClusterInventory,
  nodes: readonly Concerned[],
  { one, many, help, notes = [], data }: Told,
): Diagnostic[] {
  const [first] = nodes;
  if (first === undefined) return [];
  const names = nodes.map(({ name, note }) => (note === undefined ? name : `${name} (${note})`));
  const message = nodes.length === 1 ? `node ${names[0]} ${one}` : `${nodes.length} nodes ${many}: ${listNames(names)}`;
  const where = placeOfNodes(inventory);
  const payload = namesPayload(
    'node',
    nodes.map(({ name }) => name),
  );
  return [diagnostic(code, { message, where, notes, help, data: { ...data, ...payload } })];
}
