import { Fleet, PinWaiver } from '../../lib';
import { imagesOf } from '../../lib/backends/flux/chart-images';
import type { Lock } from '../../lib/pins/lock';

/** A fleet in which nothing has to be pinned: tests ask no registry. */
export function testFleet(): Fleet {
  const fleet = new Fleet();
  waivePins(fleet);
  return fleet;
}

/** Lets everything in a fleet go without a digest or a commit. */
export function waivePins(fleet: Fleet): void {
  new PinWaiver(fleet, 'no-pins', { image: '*', chart: '*', model: '*', reason: 'tests ask no registry' });
}

/** The images that charts run with no values of their own, at one digest, as a lock has them. @param charts name and version */
export function chartImages(charts: Readonly<Record<string, string>>, digest: string): Lock['images'] {
  const images = Object.entries(charts).flatMap(([chart, version]) => imagesOf(chart, version, {}).images);
  return Object.fromEntries(images.map(({ reference }) => [reference, { digest, platforms: ['linux/amd64'] }]));
}
