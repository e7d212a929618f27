import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';
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
} from '../../lib';
import type { SynthRow } from '../rows';

/** Graphs for each cluster, and the nodes that hold them: 3 GPUs a graph, so that a quarter of the GPUs stays free. */
const GRAPHS_PER_CLUSTER = 250;
const NODES_PER_CLUSTER = 128;

/** Nodes of a rack. */
const RACK = 16;

/** Namespaces that plain objects are spread over. */
const NAMESPACES = 50;

/** The fleet of a row: its graphs, 250 to a cluster, and its plain objects in the first one. */
export function fleetOf({ graphs = 0, objects = 0 }: Pick<SynthRow, 'graphs' | 'objects'>): Fleet {
  const fleet = new Fleet();
  new PinWaiver(fleet, 'pins', { image: '*', chart: '*', reason: 'nothing of this is pulled' });
  const clusters = Array.from({ length: Math.max(1, Math.ceil(graphs / GRAPHS_PER_CLUSTER)) }, (_, i) =>
    addCluster(fleet, `cluster-${i}`, Math.min(graphs - i * GRAPHS_PER_CLUSTER, GRAPHS_PER_CLUSTER)),
  );
  if (clusters[0]) addObjects(clusters[0], objects);
  return fleet;
}

function addCluster(fleet: Fleet, id: string, graphs: number): Cluster {
  const cluster = new Cluster(fleet, id, {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: nodeList() }),
    topology: new Topology('fabric', [Level.zone(), Level.rack(), Level.host()]),
  });
  const queue = new Queue(cluster, 'team');
  for (let i = 0; i < graphs; i++) addGraph(cluster, queue, i);
  return cluster;
}

/** Disaggregated in one rack where there is room for it: a frontend, a prefill worker of one GPU, a decode one of two. */
function addGraph(cluster: Cluster, queue: Queue, index: number): void {
  new DynamoGraph(cluster, `graph-${index}`, {
    namespace: 'inference',
    queue,
    backend: Backend.vllm(),
    model: Model.huggingFace('example/model', { revision: '0123456789abcdef0123456789abcdef01234567' }),
    placement: { required: Level.zone(), preferred: Level.rack() },
    frontend: {},
    prefill: { gpus: 1 },
    decode: { gpus: 2 },
  });
}

/** Nodes as kubectl lists them: two zones, racks of 16, 8 GPUs each. */
function nodeList(): Record<string, unknown> {
  const items = Array.from({ length: NODES_PER_CLUSTER }, (_, i) => {
    const name = `node-${i}`;
    const labels = {
      'kubernetes.io/hostname': name,
      'topology.kubernetes.io/zone': `zone-${Math.floor((2 * i) / NODES_PER_CLUSTER)}`,
      'topology.kubernetes.io/rack': `rack-${Math.floor(i / RACK)}`,
    };
    const allocatable = { cpu: '190', memory: '2029Gi', pods: '110', 'nvidia.com/gpu': '8' };
    const conditions = [{ type: 'Ready', status: 'True' }];
    return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, status: { allocatable, conditions } };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}

/** Plain objects of three kinds in turn, of the size that such objects have: Deployment, ConfigMap, Service. */
export function addObjects(scope: Construct, count: number): void {
  manifests.forEach((manifest, turn) => {
    for (let i = turn; i < count; i += manifests.length) new ApiObject(scope, `object-${i}`, manifest(i));
  });
}

const manifests: readonly ((index: number) => ApiObjectProps)[] = [deployment, configMap, service];

function metadata(index: number): { name: string; namespace: string; labels: Record<string, string> } {
  const labels = { 'app.kubernetes.io/name': `app-${index}`, 'app.kubernetes.io/part-of': 'bench' };
  return { name: `app-${index}`, namespace: `team-${index % NAMESPACES}`, labels };
}

function deployment(index: number): ApiObjectProps {
  const { labels } = metadata(index);
  const probe = (path: string, periodSeconds: number): object => ({ httpGet: { path, port: 9090 }, periodSeconds });
  const main = {
    name: 'main',
    image: 'registry.example.com/inference/worker:1.5.0',
    command: ['python3', '-m', 'worker'],
    args: ['--model', 'example/model', '--port', '8000', '--seed', String(index), '--dtype=auto'],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'HF_TOKEN' } } },
      { name: 'LOG_LEVEL', value: index % 2 === 0 ? 'info' : 'off' },
    ],
    resources: { requests: { cpu: '8', memory: '96Gi' }, limits: { 'nvidia.com/gpu': 1 + (index % 8) } },
    livenessProbe: probe('/live', 5),
    readinessProbe: probe('/health', 10),
    volumeMounts: [{ name: 'shm', mountPath: '/dev/shm' }],
  };
  const hosts = [{ key: 'kubernetes.io/hostname', operator: 'In', values: [`node-${index}`, `node-${index + 1}`] }];
  const pod = {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: hosts }] } }, // prettier-ignore
    },
    containers: [main],
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    volumes: [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } }],
  };
  const spec = {
    replicas: index % 5,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: pod },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata(index), spec };
}

/** Has a text of several lines, and words that YAML takes for other things than texts. */
function configMap(index: number): ApiObjectProps {
  const engine = `tensor_parallel_size: ${index % 8}\nkv_cache_config:\n  free_gpu_memory_fraction: 0.9\n  dtype: auto\n`;
  const data = { 'engine.yaml': engine, ENABLED: 'on', VERSION: '1.10', SEED: String(index), NOTE: '' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(index), data };
}

function service(index: number): ApiObjectProps {
  const ports = [{ name: 'http', port: 8000, targetPort: 8000, protocol: 'TCP' }];
  const spec = { selector: metadata(index).labels, ports, publishNotReadyAddresses: true };
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(index), spec };
}
