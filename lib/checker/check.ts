import type { ProblemDocument } from '../placement/document';
import type { Plan } from '../placement/plan';
import { checkCertificate } from './certificate';
import { clusterOf, placedGangs } from './cluster';
import type { PlanFault } from './fault';
import { checkDomains, checkRequired } from './levels';
import { checkCapacity, checkEligibility, checkExclusive } from './nodes';
import { checkNumbering } from './numbering';
import { objectiveOf } from './objective';
import { checkPins } from './pins';
import { checkQueues } from './queues';
import { checkStructure } from './structure';
import { checkBounds, checkObjective } from './terms';

/**
 * Confirms a plan against its problem, sharing no code with the solver: that it is valid in every respect of the file
 * format, that its objective, domains and moves are what its placements say, and that the counts hold on which
 * refusals rest. It does not confirm that nothing better exists. Simple rather than fast, but linear in the number of
 * nodes.
 *
 * @param document a problem without errors: one that `readProblem` accepts
 * @returns everything that is wrong; empty for a sound plan
 */
export function checkPlan(document: ProblemDocument, plan: Plan): readonly PlanFault[] {
  const cluster = clusterOf(document);
  const structure = checkStructure(cluster, plan);
  // Where copies or nodes are not what they should be, everything counted from them would be wrong a second time.
  if (structure.length > 0) return structure;
  const placed = placedGangs(cluster, plan);
  return [
    ...checkEligibility(cluster, placed),
    ...checkCapacity(cluster, placed),
    ...checkRequired(cluster, placed),
    ...checkExclusive(cluster, placed),
    ...checkQueues(cluster, placed),
    ...checkPins(cluster, placed),
    ...checkDomains(cluster, placed, plan),
    ...checkNumbering(cluster, placed, plan),
    ...checkObjective(plan, objectiveOf(cluster, placed)),
    ...checkBounds(plan),
    ...checkCertificate(cluster, placed, plan),
  ];
}
