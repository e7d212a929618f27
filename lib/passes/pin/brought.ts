import type { ReleaseImage } from '../../backends/flux/chart-images';
import { chartOf, releaseImages, type ReleaseChart } from '../../backends/flux/release-charts';
import type { LoweredObject } from '../lower';

/** A HelmRelease, and what is known of the images that its chart runs. */
export interface BroughtImages {
  readonly release: LoweredObject;
  readonly chart: ReleaseChart;
  readonly images: readonly ReleaseImage[];
}

/** An image, and the chart that runs it. */
export interface RunByChart {
  readonly chart: ReleaseChart;
  readonly image: ReleaseImage;
}

/** What the charts of a cluster run. */
export interface Brought {
  readonly releases: readonly BroughtImages[];
  /** What runs besides, in words, such as `HelmRelease "app": the images of chart "app" 1.2.3`. */
  readonly notKnown: readonly string[];
}

/** Where the values of a release stand in it. */
const VALUES = 'spec.values';

/** Of a release that refers to a chart that nobody sees here. */
const WITHOUT_CHART = 'the images of its chart, which is not among the objects';

/** Looks through the releases of a cluster, those of its users as well. */
export function broughtBy(objects: readonly LoweredObject[]): Brought {
  const manifests = objects.map(({ manifest }) => manifest);
  const sources = manifests.filter(({ kind }) => kind === 'OCIRepository' || kind === 'HelmChart');
  const releases: BroughtImages[] = [];
  const notKnown: string[] = [];
  for (const release of objects) {
    if (release.manifest.kind !== 'HelmRelease') continue;
    const chart = chartOf(release.manifest, sources);
    const known = chart ? releaseImages(chart) : { images: [], notKnown: [WITHOUT_CHART] };
    notKnown.push(...known.notKnown.map((what) => `HelmRelease "${release.manifest.metadata.name}": ${what}`));
    if (chart) releases.push({ release, chart, images: known.images });
  }
  return { releases, notKnown };
}

/** Place in the release that decides which image it is. */
export function pointerOf({ pin, replace }: ReleaseImage): string {
  const place = pin.kind === 'values' ? pin.path : replace;
  return place === undefined ? VALUES : `${VALUES}.${place}`;
}

/** Whether a place in a release is part of what the chart's own list says of an image. */
export function tells(images: readonly ReleaseImage[], pointer: string): boolean {
  return images.some(({ pin, replace }) =>
    [pin.kind === 'values' ? pin.path : undefined, replace].some(
      (place) => place !== undefined && `${VALUES}.${place}.`.startsWith(`${pointer}.`),
    ),
  );
}
