import { hasErrors, type Outcome } from '../diagnostics/diagnostic';
import { problemSchema, type ProblemDocument } from './document';
import type { Problem } from './problem';
import { buildProblem } from './reading/build';
import { checkGangs } from './reading/groups';
import { asMap, Findings, key, Placed, shown, type Loose } from './reading/loose';
import { unscalable } from './amounts';
import { checkNames } from './reading/names';
import { arePlainNodes } from './reading/plain';
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
  const parsed = parse(document, findings);
  checkRules(root, reader, findings);
  if (parsed === undefined || hasErrors(findings.all())) return { ok: false, diagnostics: findings.all() };
  const value = buildProblem(parsed, reader);
  reportUnlabelled(value, findings);
  for (const resource of unscalable(value.gangs)) {
    findings.add(
      'BAY3024',
      'gangs',
      `requests for ${resource} span more orders of magnitude than can be counted exactly`,
      'write the small ones as multiples of a larger unit, such as Mi rather than single bytes',
    );
  }
  const diagnostics = findings.all();
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

function parse(document: unknown, findings: Findings): ProblemDocument | undefined {
  const map = asMap(document);
  const arePlain = map !== undefined && arePlainNodes(map['nodes']);
  const parsed = problemSchema.safeParse(arePlain ? { ...map, nodes: [] } : document);
  if (!parsed.success) reportShape(parsed.error.issues, document, findings);
  // A cast: plain nodes are of the shape that the schema has for nodes.
  else if (arePlain) return { ...parsed.data, nodes: map['nodes'] as ProblemDocument['nodes'] };
  return parsed.data;
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
