import { join } from 'node:path';
import { Inventory, Level, Topology } from '../../lib';

/** What `kubectl get nodes` and `kubectl get pods -A` said, with `-o json`. */
export const inventory = Inventory.fromKubectl(join(__dirname, 'nodes.json'), { pods: join(__dirname, 'pods.json') });

/** Two zones with two racks each. */
export const topology = new Topology('topology-1', [Level.region(), Level.zone(), Level.rack(), Level.host()]);
