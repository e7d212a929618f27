import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import { checkChartSources } from './check/chart-sources';
import { checkComponents } from './check/components';
import { checkFabrics } from './check/fabric';
import { checkImages } from './check/image';
import { checkInventory } from './check/inventory';
import { checkLevels } from './check/levels';
import { checkNames } from './check/names';
import { checkNodePool } from './check/node-pool';
import { checkPlanners } from './check/planner';
import { checkPreemption } from './check/preemption';
import { checkQueues } from './check/queues';
import { checkDeclaredSecrets } from './check/declared-secrets';
import { checkRanges } from './check/ranges';
import { checkSecrets } from './check/secrets';
import { checkSignatures } from './check/signatures';
import { checkSmokeTests } from './check/smoke-test';
import { checkStack } from './check/stack';
import { checkValues } from './check/values';
import type { ClusterModel, FleetModel } from './collect';

/** Rules of a cluster, each of its own subject; their order does not matter, since findings are sorted. */
const rules: readonly ((cluster: ClusterModel) => readonly Diagnostic[])[] = [
  checkStack,
  checkNodePool,
  checkNames,
  checkValues,
  checkImages,
  checkFabrics,
  checkComponents,
  checkRanges,
  checkPlanners,
  checkLevels,
  checkInventory,
  checkQueues,
  checkPreemption,
  checkSecrets,
  checkDeclaredSecrets,
  checkSignatures,
  checkChartSources,
  checkSmokeTests,
];

/** Everything that can be said without placing anything. */
export function check(fleet: FleetModel): Outcome<FleetModel> {
  const diagnostics = fleet.clusters.flatMap((cluster) => rules.flatMap((rule) => rule(cluster)));
  return { ok: true, value: fleet, diagnostics: [...fleet.validations, ...diagnostics] };
}
