import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { groupBy } from '../groups';
import { pinnedValues } from '../backends/flux/chart-images';
import type { Values } from '../backends/flux/charts/chart';
import { withPinnedImages, type PinImage } from '../pins/images';
import { emptyLock, entryOf, type Lock } from '../pins/lock';
import { isDigest, splitReference, type Digest } from '../pins/registry/reference';
import { settle, type Settled, type Wanted } from '../pins/wanted';
import { targetOf, type ClusterModel, type FleetModel } from './collect';
import type { LoweredObject } from './lower';
import type { BroughtImages } from './pin/brought';
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
  /** What charts run that nobody here knows, in words. */
  readonly notKnown: readonly string[];
}

/** Manifests in which every image and chart stands at the digest that is locked. */
export interface Pinned {
  readonly objects: readonly LoweredObject[];
  readonly clusters: readonly PinnedCluster[];
}

/**
 * Puts the digests of the lock into the manifests, whoever wrote them, and into the values of charts for what those
 * run by themselves; and says what has none.
 */
export function pin(
  fleet: FleetModel,
  planned: readonly PlannedCluster[],
  lowered: readonly LoweredObject[],
): Outcome<Pinned> {
  const waivers = new Waivers(fleet.pinWaivers);
  const plans = new Map(planned.map((each) => [targetOf(each.cluster), each]));
  const clusters: PinnedCluster[] = [];
  const diagnostics: Diagnostic[] = [];
  const fresh = new Map<LoweredObject, Manifest>();
  for (const [target, objects] of groupBy(lowered, (object) => object.target)) {
    const plan = plans.get(target);
    const { cluster } = plan ?? {};
    const found = survey(cluster, objects, waivers);
    const settled = settle(found.wanted, cluster?.lock ?? emptyLock);
    clusters.push({ cluster, wanted: found.wanted, settled, notKnown: found.brought.notKnown });
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

/** The manifests that change where digests are put into them. */
function withDigests({ holders, charts, brought }: Survey, settled: Settled): Map<LoweredObject, Manifest> {
  const fresh = new Map<LoweredObject, Manifest>();
  const change = (object: LoweredObject, make: (manifest: Manifest) => Manifest): void => {
    fresh.set(object, make(fresh.get(object) ?? object.manifest));
  };
  // Before what is named in the values like any image: a chart may have another place for the digest.
  for (const one of brought.releases) {
    const values = withChartImages(one, settled);
    if (values) change(one.release, (manifest) => withValues(manifest, values));
  }
  const pinImage: PinImage = ({ reference }) => pinnedReference(reference, settled);
  for (const object of holders) change(object, (manifest) => withPinnedImages(manifest, pinImage));
  for (const { object, name, unpinnable } of charts) {
    const found = digestOf(entryOf(settled.charts, name));
    if (found !== undefined && unpinnable === undefined) change(object, (manifest) => withDigest(manifest, found));
  }
  return fresh;
}

function pinnedReference(reference: string, { images }: Pick<Lock, 'images'>): string | undefined {
  const found = digestOf(entryOf(images, reference));
  return found === undefined || splitReference(reference).digest !== undefined ? undefined : `${reference}@${found}`;
}

function digestOf(pinned: object | undefined): Digest | undefined {
  if (!pinned || !('digest' in pinned) || typeof pinned.digest !== 'string') return undefined;
  return isDigest(pinned.digest) ? pinned.digest : undefined;
}

/** The values of a release with a digest for whatever its chart runs; nothing where there is none to add. */
function withChartImages({ chart, images }: BroughtImages, settled: Settled): Values | undefined {
  const digests = images.flatMap(({ reference }) => {
    const found = digestOf(entryOf(settled.images, reference));
    return found === undefined ? [] : [[reference, found] as const];
  });
  const pinned = pinnedValues(chart.chart, chart.version, chart.values, new Map(digests));
  return pinned === chart.values ? undefined : pinned;
}

function withValues(manifest: Manifest, values: Values): Manifest {
  return { ...manifest, spec: { ...asMap(manifest['spec']), values } };
}
