import type { Toleration } from '../../model/node';
import { levelCode, topologyCode } from '../topology-code';
import { GRAPH, MODEL, NAMESPACE, STACK, type Starter } from './starter';

/** The files of a cluster, by which its folder refers to them. */
export interface InventoryFiles {
  readonly nodes: string;
  readonly pods?: string;
  /** True where the nodes are an example, and not those of a cluster. */
  readonly declared: boolean;
}

/** main.ts: the cluster and its graph. */
export function mainCode({ cluster, quota, image, preferred, tolerations }: Starter): string {
  const names = [
    'Backend',
    'Cluster',
    'DynamoGraph',
    'Fleet',
    ...(preferred ? ['Level'] : []),
    'Model',
    'Queue',
    'Stack',
  ];
  return `import { ${names.join(', ')} } from 'bayplan';
import * as nodes from './topologies/${cluster}';

const fleet = new Fleet();

const cluster = new Cluster(fleet, '${cluster}', {
  stack: Stack.of({ dynamo: '${STACK.dynamo}', kai: '${STACK.kai}' }),
  inventory: nodes.inventory,
  topology: nodes.topology,
});
const queue = new Queue(cluster, '${NAMESPACE}', { gpu: { quota: ${quota} } });

new DynamoGraph(cluster, '${GRAPH}', {
  namespace: '${NAMESPACE}',
  queue,
${backendCode(image)}
  model: Model.huggingFace('${MODEL.repo}', { revision: '${MODEL.revision}' }),
${preferred === undefined ? '' : `  placement: { preferred: ${levelCode(preferred)} },\n`}${tolerationsCode(tolerations)}  frontend: { replicas: 1 },
  prefill: { replicas: 1, gpus: 1 },
  decode: { replicas: 1, gpus: 1 },
});

fleet.synth();
`;
}

function backendCode(image: string | undefined): string {
  if (image === undefined)
    return '  // Pin an image for your processors: Backend.vllm({ image: ... }).\n  backend: Backend.vllm(),';
  return `  backend: Backend.vllm({\n    image: '${image}',\n  }),`;
}

/** An item a line; nothing where there is none. */
function tolerationsCode(tolerations: readonly Toleration[]): string {
  const lines = tolerations.map((toleration) => {
    const fields = Object.entries(toleration).map(([name, value]) => `${name}: ${textCode(String(value))}`);
    return `    { ${fields.join(', ')} },\n`;
  });
  return lines.length === 0 ? '' : `  tolerations: [\n${lines.join('')}  ],\n`;
}

/** A text in single quotes. */
function textCode(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** topologies/CLUSTER/index.ts: nodes and topology. */
export function topologyFileCode({ levels }: Starter, { nodes, pods, declared }: InventoryFiles): string {
  const second = pods === undefined ? '' : `, { pods: join(__dirname, '${pods}') }`;
  return `import { join } from 'node:path';
import { Inventory, Level, Topology } from 'bayplan';

/** ${declared ? declaredNote : exportedNote(pods !== undefined)} */
export const inventory = Inventory.fromKubectl(join(__dirname, '${nodes}')${second});

/** As \`bayplan inventory levels\` chooses it. KAI lets nobody change the levels of a topology: other levels, other name. */
export const topology = ${topologyCode(levels)};
`;
}

const declaredNote =
  'A small cluster to try things on: put in its place what `kubectl get nodes -o json` says of yours.';

function exportedNote(withPods: boolean): string {
  return `What \`kubectl get nodes -o json\`${withPods ? ' and `kubectl get pods -A -o json`' : ''} said.`;
}
