import { hasErrors, type Outcome } from '../diagnostics/diagnostic';
import { problemSchema } from './document';
import type { Problem } from './problem';
import { buildProblem } from './reading/build';
import { checkGangs } from './reading/groups';
import { Findings, key, Placed, shown, type Loose } from './reading/loose';
import { checkNames } from './reading/names';
import { checkQuantities, QuantityReader } from './reading/quantities';
import { checkQueues } from './reading/queues';
import { reportShape } from './reading/shape';
import { checkTopologies, knownTopologies } from './reading/topologies';
import { reportUnlabelled } from './reading/unlabelled';

/**
 * Reads a problem document: its shape, then the rules of input of the file format, all errors together (BAY3001 and
 * following); defaults are filled in and quantities made exact. Nodes that lack a label of a topology in use give a
 * warning.
 *
 * @param document what a YAML or JSON parser made of the file
 * @param file the file as the user named it, for diagnostics
 */
export function readProblem(document: unknown, file?: string): Outcome<Problem> {
  const findings = new Findings(file);
  const reader = new QuantityReader();
  const root = new Placed(document);
  if (!isVersionOne(root, findings)) return { ok: false, diagnostics: findings.all() };
  const parsed = problemSchema.safeParse(document);
  if (!parsed.success) reportShape(parsed.error.issues, document, findings);
  checkRules(root, reader, findings);
  if (!parsed.success || hasErrors(findings.all())) return { ok: false, diagnostics: findings.all() };
  const value = buildProblem(parsed.data, reader);
  reportUnlabelled(value, findings);
  return { ok: true, value, diagnostics: findings.all() };
}

/** Of a document of another version, nothing else can be said. */
function isVersionOne(root: Placed, findings: Findings): boolean {
  const version: Loose = key(root, 'version').value;
  if (version === undefined || version === 1) return true;
  findings.add(
    'BAY3004',
    'version',
    `version is ${shown(version)}, not 1`,
    'write version: 1, the one that this compiler reads',
  );
  return false;
}

function checkRules(root: Placed, reader: QuantityReader, findings: Findings): void {
  const topologies = key(root, 'topologies');
  checkNames(root, findings);
  checkQuantities(root, reader, findings);
  checkTopologies(topologies, findings);
  checkQueues(root, findings);
  checkGangs(key(root, 'gangs'), knownTopologies(topologies), findings);
}
