import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Queue } from '../../constructs/queue';
import { diagnostic, type Diagnostic, type Where } from '../../diagnostics/diagnostic';
import type { ComponentSpec } from '../../model/graph';
import { parseQuantity, type QuantityLike } from '../../model/quantity';
import { placeOf, type ClusterModel } from '../collect';

/** Numbers and quantities that cannot be read, and revisions of models that nobody uses. */
export function checkValues(cluster: ClusterModel): Diagnostic[] {
  return [...cluster.queues.flatMap(checkQueue), ...cluster.graphs.flatMap(checkGraph)];
}

function checkQueue(queue: Queue): Diagnostic[] {
  const { bounds } = queue.model();
  return Object.entries(bounds).flatMap(([resource, { quota, limit }]) => [
    ...checkQuantity(placeOf(queue), `${resource}.quota`, quota),
    ...checkQuantity(placeOf(queue), `${resource}.limit`, limit),
  ]);
}

function checkGraph(graph: DynamoGraph): Diagnostic[] {
  const where = placeOf(graph);
  const { model, cache, components, framework } = graph.spec;
  const ignoresRevision = framework === 'trtllm' && !cache;
  return [
    ...(model.revision !== undefined && ignoresRevision ? [floatingModel(where, model.repository)] : []),
    ...checkQuantity(where, 'modelCache.size', cache?.volume?.size),
    ...components.flatMap((component) => checkComponent(where, component)),
  ];
}

function checkComponent(where: Where, component: ComponentSpec): Diagnostic[] {
  const { pointer, replicas, scaled, gpus, requests, limits, sharedMemory } = component;
  return [
    ...(scaled ? [] : checkCount(where, `${pointer}.replicas`, replicas)),
    ...checkCount(where, `${pointer}.gpus`, gpus),
    ...Object.entries(requests).flatMap(([name, amount]) => checkQuantity(where, `${pointer}.${name}`, amount)),
    ...Object.entries(limits).flatMap(([name, amount]) => checkQuantity(where, `${pointer}.limits.${name}`, amount)),
    ...checkQuantity(where, `${pointer}.sharedMemory`, sharedMemory),
  ];
}

function checkCount(where: Where, pointer: string, value: number): Diagnostic[] {
  if (Number.isSafeInteger(value) && value >= 0) return [];
  return [
    diagnostic('BAY2040', {
      message: `${pointer} is ${String(value)}, which is no whole number of 0 or more`,
      where: { ...where, pointer },
      help: 'write a whole number',
      data: { value: String(value) },
    }),
  ];
}

function checkQuantity(where: Where, pointer: string, value: QuantityLike | undefined): Diagnostic[] {
  if (value === undefined) return [];
  const amount = parseQuantity(value);
  if (amount !== undefined && amount >= 0n) return [];
  return [
    diagnostic('BAY2041', {
      message: `${pointer} is ${JSON.stringify(value)}, which is no quantity of 0 or more`,
      where: { ...where, pointer },
      help: "write a Kubernetes quantity, such as 16, '500m' or '128Gi'",
      data: { value },
    }),
  ];
}

function floatingModel(where: Where, repository: string): Diagnostic {
  return diagnostic('BAY2043', {
    message: `the revision of model "${repository}" is not used: TensorRT-LLM takes none`,
    where: { ...where, pointer: 'model.revision' },
    help: "add a model cache, which pods read by its path: modelCache: ModelCache.volume({ size: '…' })",
    data: { repository },
  });
}
