import { Fleet, PinWaiver } from '../../lib';

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
