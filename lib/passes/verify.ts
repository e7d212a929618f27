import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import { checkObjects } from '../schemas/check';
import { targetOf, type FleetModel } from './collect';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { verifyAdmission } from './verify/admission';
import { verifyCache } from './verify/cache';
import { verifyGangs } from './verify/gangs';
import { verifyImages } from './verify/gone-images';
import { verifyIdentity } from './verify/identity';
import { verifyMembership } from './verify/membership';
import { verifyPins } from './verify/pins';
import { verifySchemas } from './verify/schemas';
import { verifyTransfer } from './verify/transfer';

/** What the rules of a cluster look at: the manifests as they will be written, user patches included. */
export interface Verified {
  readonly planned: PlannedCluster;
  readonly objects: readonly LoweredObject[];
}

/** The CRDs of the cluster, where the user imported them. */
function verifyCrds({ planned, objects }: Verified): Diagnostic[] {
  const { schemas } = planned.cluster;
  if (!schemas) return [];
  return checkObjects(
    schemas,
    objects.map(({ manifest, object }) => ({ manifest, construct: object.node.path })),
  );
}

/** Rules over the manifests of one cluster. */
const rules: readonly ((verified: Verified) => readonly Diagnostic[])[] = [
  verifySchemas,
  verifyCrds,
  verifyMembership,
  verifyAdmission,
  verifyGangs,
  verifyPins,
  verifyCache,
  verifyTransfer,
  verifyImages,
];

/** That the manifests are what the cluster takes, and say what the plan says. */
export function verify(
  fleet: FleetModel,
  planned: readonly PlannedCluster[],
  objects: readonly LoweredObject[],
): Outcome<readonly LoweredObject[]> {
  const diagnostics = planned.flatMap((cluster) => {
    const name = targetOf(cluster.cluster);
    const own = objects.filter(({ target }) => target === name);
    return rules.flatMap((rule) => rule({ planned: cluster, objects: own }));
  });
  return { ok: true, value: objects, diagnostics: [...verifyIdentity(objects), ...diagnostics] };
}
