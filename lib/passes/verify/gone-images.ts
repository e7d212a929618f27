import { goneImage, type GoneImage } from '../../backends/flux/gone-images';
import { chartOf, releaseImages, type ReleaseChart } from '../../backends/flux/release-charts';
import type { ReleaseImage } from '../../backends/flux/chart-images';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Manifest } from '../../emit/manifest';
import { imagesIn, type ImageUse } from '../../pins/images';
import type { Verified } from '../verify';

/** A manifest, and the path of the construct that it comes from. */
export interface ConstructManifest {
  readonly manifest: Manifest;
  readonly construct: string;
}

/** No image comes from where it cannot be had, or not tomorrow. */
export function verifyImages({ objects }: Verified): Diagnostic[] {
  return goneImages(objects.map(({ manifest, object }) => ({ manifest, construct: object.node.path })));
}

/**
 * Images that are gone or cannot be relied on: those of containers, of charts that are known, and those that stand in
 * the values of other charts.
 *
 * @param objects of one cluster: releases refer to the sources beside them
 */
export function goneImages(objects: readonly ConstructManifest[]): Diagnostic[] {
  const manifests = objects.map(({ manifest }) => manifest);
  return objects.flatMap((object) => {
    const release = chartOf(object.manifest, manifests);
    const { images = [], notKnown = [] } = release ? releaseImages(release) : {};
    if (release && (images.length > 0 || notKnown.length === 0)) {
      return images.flatMap((image) => ofChart(object, release, image));
    }
    return imagesIn(object.manifest).flatMap((image) => ofManifest(object, image));
  });
}

function ofManifest({ construct }: ConstructManifest, { reference, pointer }: ImageUse): Diagnostic[] {
  const gone = goneImage(reference);
  // Any image of a manifest can have a digest, and is asked for one: only what no digest mends is told here.
  if (!gone || gone.status === 'moving') return [];
  const help = gone.replacement === undefined ? gone.advice : `use ${gone.replacement}`;
  return [finding(reference, `image ${reference}`, gone, { construct, pointer }, help)];
}

function ofChart(
  { construct }: ConstructManifest,
  { chart, version }: ReleaseChart,
  { reference, runs, pin, replace, instead }: ReleaseImage,
): Diagnostic[] {
  const gone = goneImage(reference);
  if (!gone || (gone.status === 'moving' && pin.kind === 'values')) return [];
  const place = replace ?? (pin.kind === 'values' ? pin.path : undefined);
  const pointer = place === undefined ? 'spec.values' : `spec.values.${place}`;
  const help =
    replace !== undefined && gone.replacement !== undefined
      ? `set ${replace} in the values so that it becomes ${gone.replacement}`
      : (instead ?? gone.advice);
  const what = `image ${reference}, which chart "${chart}" ${version} runs as ${runs},`;
  return [finding(reference, what, gone, { construct, pointer }, help)];
}

const kinds = {
  gone: { code: 'BAY6050', says: 'is gone' },
  moving: { code: 'BAY6051', says: 'changes, and cannot be pinned' },
  frozen: { code: 'BAY6052', says: 'is mended by nobody' },
} as const;

function finding(
  reference: string,
  what: string,
  { status, what: note, replacement, sources }: GoneImage,
  where: { readonly construct: string; readonly pointer: string },
  help: string,
): Diagnostic {
  const { code, says } = kinds[status];
  const data = { reference, sources, ...(replacement === undefined ? {} : { replacement }) };
  return diagnostic(code, { message: `${what} ${says}`, where, notes: [note], help, data });
}
