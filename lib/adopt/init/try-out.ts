import {
  Backend,
  Cluster,
  DynamoGraph,
  Fleet,
  Level,
  Model,
  Queue,
  Stack,
  Topology,
  type Diagnostic,
  type Inventory,
} from '../..';
import { DiagnosticError } from '../../diagnostics/error';
import { GRAPH, MODEL, NAMESPACE, STACK, type Starter } from './starter';

/** Findings of a first compile, in which nothing is written: an error among them means that the starter does not fit. */
export function tryOut(starter: Starter, inventory: Inventory): readonly Diagnostic[] {
  const fleet = new Fleet();
  const cluster = new Cluster(fleet, starter.cluster, {
    stack: Stack.of(STACK),
    inventory,
    topology: new Topology(
      'topology-1',
      starter.levels.map((label) => Level.of(label)),
    ),
    lock: false,
  });
  new DynamoGraph(cluster, GRAPH, {
    namespace: NAMESPACE,
    queue: new Queue(cluster, NAMESPACE, { gpu: { quota: starter.quota } }),
    backend: Backend.vllm({ image: starter.image }),
    model: Model.huggingFace(MODEL.repo, { revision: MODEL.revision }),
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
