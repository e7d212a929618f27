import { join } from 'node:path';
import { Inventory, Level, Topology } from '../../lib';

/** Three nodes with one GPU each: two in one zone, one in another. */
export const inventory = Inventory.fromKubectl(join(__dirname, 'nodes.json'));

/** Regions and zones; there is one node to a host and no rack worth naming. */
export const topology = new Topology('topology-1', [Level.region(), Level.zone(), Level.host()]);
