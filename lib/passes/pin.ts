import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { joinedValues, type ImagesOfChart } from '../pins/chart-images';
import { withPinnedImages } from '../pins/images';
import { emptyLock, entryOf, type Lock } from '../pins/lock';
import { splitReference } from '../pins/registry/reference';
import { settle, type Settled, type Wanted } from '../pins/wanted';
import { targetOf, type ClusterModel, type FleetModel } from './collect';
import type { LoweredObject } from './lower';
import { withDigest } from './pin/charts';
import { unpinned } from './pin/findings';
import { checkPlatforms } from './pin/platforms';
import { survey, type Survey } from './pin/survey';
import { Waivers } from './pin/waivers';
import type { PlannedCluster } from './plan';
import { asMap } from './verify/pod-templates';

/** What can change by itself in what is written for a cluster, and what pins it. */
export interface PinnedCluster {
  /** Absent for a chart of cdk8s outside every cluster. */
  readonly cluster?: ClusterModel;
  readonly wanted: readonly Wanted[];
  readonly settled: Settled;
}

/** Manifests in which every image and chart stands at the digest that is locked. */
export interface Pinned {
  readonly objects: readonly LoweredObject[];
  readonly clusters: readonly PinnedCluster[];
}

/**
 * Puts the digests of the lock into the manifests, whoever wrote them, and says what has none.
 *
 * @param imagesOf images that charts bring
 */
export function pin(
  fleet: FleetModel,
  planned: readonly PlannedCluster[],
  lowered: readonly LoweredObject[],
  imagesOf: ImagesOfChart = () => [],
): Outcome<Pinned> {
  const waivers = new Waivers(fleet.pinWaivers);
  const plans = new Map(planned.map((each) => [targetOf(each.cluster), each]));
  const clusters: PinnedCluster[] = [];
  const diagnostics: Diagnostic[] = [];
  const fresh = new Map<LoweredObject, Manifest>();
  for (const [target, objects] of byTarget(lowered)) {
    const plan = plans.get(target);
    const { cluster } = plan ?? {};
    const found = survey(cluster, objects, waivers, imagesOf);
    const settled = settle(found.wanted, cluster?.lock ?? emptyLock);
    clusters.push({ cluster, wanted: found.wanted, settled });
    diagnostics.push(
      ...found.faults,
      ...settled.missing.map((one) => unpinned(one, found.uses.get(one.name) ?? [], cluster)),
      ...(plan ? checkPlatforms(plan, objects, settled.images) : []),
    );
    for (const [object, manifest] of withDigests(found, settled)) fresh.set(object, manifest);
  }
  const objects = lowered.map((object) => {
    const manifest = fresh.get(object);
    return manifest ? { ...object, manifest } : object;
  });
  return { ok: true, value: { objects, clusters }, diagnostics: [...diagnostics, ...waivers.findings()] };
}

function byTarget(objects: readonly LoweredObject[]): Map<string, LoweredObject[]> {
  const targets = new Map<string, LoweredObject[]>();
  for (const object of objects) {
    const own = targets.get(object.target);
    if (own) own.push(object);
    else targets.set(object.target, [object]);
  }
  return targets;
}

/** The manifests that change where digests are put into them. */
function withDigests({ holders, charts, brought }: Survey, settled: Settled): Map<LoweredObject, Manifest> {
  const fresh = new Map<LoweredObject, Manifest>();
  const change = (object: LoweredObject, make: (manifest: Manifest) => Manifest): void => {
    fresh.set(object, make(fresh.get(object) ?? object.manifest));
  };
  for (const object of holders) change(object, (manifest) => withPinnedImages(manifest, ({ reference }) => pinnedReference(reference, settled))); // prettier-ignore
  for (const { object, name, unpinnable } of charts) {
    const found = digestOf(entryOf(settled.charts, name));
    if (found !== undefined && unpinnable === undefined) change(object, (manifest) => withDigest(manifest, found));
  }
  for (const { image, releases } of brought) {
    const found = digestOf(entryOf(settled.images, image.reference));
    const { values } = image;
    if (found === undefined || values === undefined) continue;
    for (const release of releases) change(release, (manifest) => withValues(manifest, values(found)));
  }
  return fresh;
}

function pinnedReference(reference: string, { images }: Pick<Lock, 'images'>): string | undefined {
  const found = digestOf(entryOf(images, reference));
  return found === undefined || splitReference(reference).digest !== undefined ? undefined : `${reference}@${found}`;
}

function digestOf(pinned: object | undefined): string | undefined {
  return pinned && 'digest' in pinned && typeof pinned.digest === 'string' ? pinned.digest : undefined;
}

/** What the release says by itself stands over the values that are added. */
function withValues(manifest: Manifest, added: Readonly<Record<string, unknown>>): Manifest {
  const spec = asMap(manifest['spec']);
  return { ...manifest, spec: { ...spec, values: joinedValues(asMap(spec['values']), added) } };
}
