import {
  Backend,
  Cluster,
  DynamoGraph,
  Fleet,
  Inventory,
  Level,
  Model,
  PinWaiver,
  Queue,
  Stack,
  Topology,
  type Diagnostic,
} from '../..';
import { DiagnosticError } from '../../diagnostics/error';
import { textSource } from '../../inventory/source';
import { GRAPH, inventoryFile, MODEL, NAMESPACE, STACK, WAIVER, type Starter } from './starter';

/**
 * Findings of a first compile, in which nothing is written: an error among them means that the starter does not fit.
 *
 * @param inventory text of the inventory file that it is to have
 */
export function tryOut(starter: Starter, inventory: string): readonly Diagnostic[] {
  const fleet = new Fleet();
  new PinWaiver(fleet, WAIVER.id, { image: '*', chart: '*', model: '*', reason: WAIVER.reason });
  const cluster = new Cluster(fleet, starter.cluster, {
    stack: Stack.of(STACK),
    inventory: Inventory.fromBytes({ nodes: textSource(inventoryFile(starter), inventory) }),
    topology: new Topology(
      'topology-1',
      starter.levels.map((label) => Level.of(label)),
    ),
    lock: false,
  });
  new DynamoGraph(cluster, GRAPH, {
    namespace: NAMESPACE,
    queue: new Queue(cluster, NAMESPACE, { gpu: { quota: starter.quota } }),
    backend: Backend.vllm(),
    model: Model.huggingFace(MODEL),
    placement: starter.preferred === undefined ? undefined : { preferred: Level.of(starter.preferred) },
    tolerations: starter.tolerations,
    frontend: { replicas: 1 },
    prefill: { replicas: 1, gpus: 1 },
    decode: { replicas: 1, gpus: 1 },
  });
  try {
    return fleet.compile().diagnostics;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}
