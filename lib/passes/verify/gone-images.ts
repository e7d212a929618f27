import { goneImage, type GoneImage } from '../../backends/flux/gone-images';
import { chartOf, releaseImages, type ReleaseChart } from '../../backends/flux/release-charts';
import type { ReleaseImage } from '../../backends/flux/chart-images';
import { textAt } from '../../backends/flux/charts/values';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Manifest } from '../../emit/manifest';
import { below, isMap } from '../../schemas/schema';
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
    return written(object.manifest, '').flatMap((image) => ofManifest(object, image));
  });
}

/** An image that stands in a manifest. */
interface WrittenImage {
  readonly reference: string;
  readonly pointer: string;
}

/** Every text named `image`, and every map of a repository and a tag, as values of charts have it. */
function written(value: unknown, pointer: string): WrittenImage[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => written(item, `${pointer}[${index}]`));
  if (!isMap(value)) return [];
  const image = typeof value.image === 'string' ? [{ reference: value.image, pointer: below(pointer, 'image') }] : [];
  const inner = Object.entries(value).flatMap(([key, item]) => written(item, below(pointer, key)));
  return [...image, ...ofParts(value, pointer), ...inner];
}

function ofParts(value: unknown, pointer: string): WrittenImage[] {
  const [registry, repository, tag] = ['registry', 'repository', 'tag'].map((key) => textAt(value, key));
  if (!repository || !tag) return [];
  return [{ reference: `${registry ? `${registry}/` : ''}${repository}:${tag}`, pointer }];
}

function ofManifest({ construct }: ConstructManifest, { reference, pointer }: WrittenImage): Diagnostic[] {
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
