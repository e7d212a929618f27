import { join } from 'node:path';
import { Inventory, Level, Topology } from '../../lib';

/** What `kubectl get nodes -o json` said: 72 GB200 trays in four NVL72 racks, and three nodes without GPUs. */
export const inventory = Inventory.fromKubectl(join(__dirname, 'nodes.json'));

/** The NVLink domain of a tray: one NVL72 rack, as Topograph labels it. */
export const nvlinkDomain = Level.of('accelerator.topograph.run/domain');

/** Zones, NVLink domains within them, and hosts. */
export const topology = new Topology('topology-1', [Level.region(), Level.zone(), nvlinkDomain, Level.host()]);
