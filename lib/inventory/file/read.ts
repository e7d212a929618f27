import { hasErrors, type Outcome } from '../../diagnostics/diagnostic';
import type { RunningPod } from '../cluster';
import { isMap, shown, type Place } from '../fields';
import type { ReadNode } from '../nodes';
import { FileFindings } from './findings';
import { buildNodes } from './nodes';
import { buildPods } from './pods';
import { inventorySchema } from './schema';
import { reportShape } from './shape';

/** What an inventory file says, before nodes are held against each other. */
export interface Declared {
  readonly nodes: readonly ReadNode[];
  readonly pods: readonly RunningPod[];
}

/**
 * Reads an inventory file: its shape, then what its parts say together. Errors: BAY1052 to BAY1060, and those of
 * quantities.
 *
 * @param document what a YAML or JSON parser made of the file
 */
export function readInventoryFile(document: unknown, place: Place): Outcome<Declared> {
  const findings = new FileFindings(place);
  if (!isFormatOne(document, findings)) return { ok: false, diagnostics: findings.all() };
  const parsed = inventorySchema.safeParse(document);
  if (!parsed.success) {
    reportShape(parsed.error.issues, document, findings);
    return { ok: false, diagnostics: findings.all() };
  }
  const nodes = buildNodes(parsed.data, findings);
  const pods = buildPods(parsed.data.pods ?? [], findings);
  const diagnostics = findings.all();
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: { nodes, pods }, diagnostics };
}

/** Of a document of another format, nothing else can be said. */
function isFormatOne(document: unknown, findings: FileFindings): boolean {
  if (isMap(document) && document.format === 1) return true;
  if (isMap(document) && document.format !== undefined) {
    findings.add('BAY1052', 'format', `format is ${shown(document.format)}, not 1`, 'write format: 1');
    return false;
  }
  const isList = isMap(document) && Array.isArray(document.items);
  findings.add(
    'BAY1052',
    '',
    `not an inventory file: ${isList ? 'it is a list as kubectl writes it' : 'there is no format'}`,
    isList
      ? 'import it with bayplan inventory import, or read it with Inventory.fromKubectl'
      : 'begin the file with format: 1, then classes and nodes; docs/inventory.md shows one',
  );
  return false;
}
