import type { Toleration } from '../../model/node';
import { literal } from '../literal';
import { levelCode, topologyCode } from '../topology-code';
import { GRAPH, inventoryFile, MODEL, NAMESPACE, STACK, WAIVER, type Starter } from './starter';

/** main.ts: the cluster and its graph. */
export function mainCode(starter: Starter): string {
  const { cluster, levels, quota, preferred, tolerations } = starter;
  return `import {
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
} from 'bayplan';

const fleet = new Fleet();

// Images, charts and models have no digests yet. Delete this, then run: npx bayplan lock
new PinWaiver(fleet, '${WAIVER.id}', {
  image: '*',
  chart: '*',
  model: '*',
  reason: '${WAIVER.reason}',
});

const cluster = new Cluster(fleet, '${cluster}', {
  stack: Stack.of({ dynamo: '${STACK.dynamo}', kai: '${STACK.kai}' }),
  inventory: Inventory.fromFile('${inventoryFile(starter)}'),
  // As \`bayplan inventory levels\` chooses it. KAI lets nobody change the levels of a topology: other levels, other name.
  topology: ${topologyCode(levels)},
});
const queue = new Queue(cluster, '${NAMESPACE}', { gpu: { quota: ${quota} } });

new DynamoGraph(cluster, '${GRAPH}', {
  namespace: '${NAMESPACE}',
  queue,
  backend: Backend.vllm(),
  model: Model.huggingFace('${MODEL}'),
${preferred === undefined ? '' : `  placement: { preferred: ${levelCode(preferred)} },\n`}${tolerationsCode(tolerations)}  frontend: { replicas: 1 },
  prefill: { replicas: 1, gpus: 1 },
  decode: { replicas: 1, gpus: 1 },
});

fleet.synth();
`;
}

/** An item a line; nothing where there is none. */
function tolerationsCode(tolerations: readonly Toleration[]): string {
  const lines = tolerations.map((toleration) => `    ${literal(toleration)},\n`);
  return lines.length === 0 ? '' : `  tolerations: [\n${lines.join('')}  ],\n`;
}
