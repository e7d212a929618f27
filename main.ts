import {
  Backend,
  Cluster,
  DynamoGraph,
  Fleet,
  Level,
  Model,
  ModelCache,
  PinWaiver,
  Queue,
  Router,
  SecretRef,
  Stack,
  type StackProps,
} from './lib';
import * as euWest from './topologies/eu-west';
import * as lab from './topologies/lab';
import * as usEast from './topologies/us-east';

const fleet = new Fleet();
const namespace = 'runai-project-a';
const token = SecretRef.of('hf-token-secret', 'HF_TOKEN');
// Which commits and digests these names stand for is kept in the locks beside the inventories.
const qwen = Model.huggingFace('Qwen/Qwen3-0.6B', { token });

// eu-west: 32 H100 nodes in two zones, in production.
const cluster = new Cluster(fleet, 'eu-west', {
  stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
  inventory: euWest.inventory,
  topology: euWest.topology,
});
const queue = new Queue(cluster, 'runai-project-a', { gpu: { quota: 64 } });
const backend = Backend.vllm();

new DynamoGraph(cluster, 'vllm-disagg', {
  namespace,
  queue,
  backend,
  model: qwen,
  placement: { preferred: Level.zone() },
  frontend: { replicas: 1, router: Router.kvAware() },
  prefill: { replicas: 1, gpus: 1 },
  decode: { replicas: 1, gpus: 1 },
});

new DynamoGraph(cluster, 'llama-70b', {
  namespace,
  queue,
  backend,
  model: Model.huggingFace('meta-llama/Llama-3.3-70B-Instruct', { token }),
  modelCache: ModelCache.volume({ size: '300Gi', storageClass: 'shared-nvme' }),
  placement: { required: Level.zone(), preferred: Level.rack() },
  smokeTest: true,
  frontend: { replicas: 2, cpu: 8, memory: '16Gi', router: Router.kvAware() },
  prefill: { replicas: 4, gpus: 2, cpu: 16, memory: '128Gi', rdma: { fabric: 'infiniband' }, sharedMemory: '16Gi' },
  decode: { replicas: 3, gpus: 8, cpu: 64, memory: '512Gi', rdma: { fabric: 'infiniband' }, sharedMemory: '64Gi' },
});

// us-east: four NVL72 racks of GB200, where Grove owns the gangs.
const gb200 = new Cluster(fleet, 'us-east', {
  stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
  inventory: usEast.inventory,
  topology: usEast.topology,
});
const wideExpertParallel = { moe_config: { backend: 'WIDEEP' }, enable_attention_dp: true };

new DynamoGraph(gb200, 'deepseek-r1', {
  namespace: 'deepseek',
  queue: new Queue(gb200, 'deepseek', { gpu: { quota: 72 } }),
  backend: Backend.tensorrtLlm(),
  model: Model.huggingFace('deepseek-ai/DeepSeek-R1', { token }),
  modelCache: ModelCache.volume({ size: '2Ti', storageClass: 'shared-nvme' }),
  computeDomain: { level: usEast.nvlinkDomain },
  frontend: { replicas: 2, cpu: 8, memory: '32Gi', router: Router.kvAware() },
  prefill: {
    gpus: 4,
    multinode: { nodes: 2 },
    cpu: 120,
    memory: '800Gi',
    sharedMemory: '256Gi',
    engineConfig: { ...wideExpertParallel, tensor_parallel_size: 8, moe_expert_parallel_size: 8, max_num_tokens: 4608 },
  },
  decode: {
    gpus: 4,
    multinode: { nodes: 8 },
    cpu: 120,
    memory: '800Gi',
    sharedMemory: '256Gi',
    engineConfig: { ...wideExpertParallel, tensor_parallel_size: 32, moe_expert_parallel_size: 32, max_batch_size: 32 },
  },
});

// Two labs of three nodes, as they were set up with Dynamo 0.5.1: one on KAI, one on Run:ai.
walkThrough('lab', { dynamo: '0.5.1', kai: '0.17.0' }, 'runai-project-a');
walkThrough('lab-runai', { dynamo: '0.5.1', runai: '2.23' }, 'project-a');

function walkThrough(id: string, stack: StackProps, queueName: string): void {
  const { inventory, topology } = lab;
  const small = new Cluster(fleet, id, { stack: Stack.of(stack), inventory, topology });
  new DynamoGraph(small, 'vllm-disagg', {
    namespace,
    queue: new Queue(small, queueName, { gpu: { quota: 2 } }),
    backend: Backend.vllm(),
    model: qwen,
    placement: { preferred: Level.zone() },
    frontend: { name: 'Frontend' },
    prefill: { name: 'VllmPrefillWorker', gpus: 1 },
    decode: { name: 'VllmDecodeWorker', gpus: 1 },
  });
}

// What no public record has a digest of: `bayplan lock` looks it up once the waiver is gone.
const unrecorded = [
  { chart: 'oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler:v0.17.0' },
  { chart: 'oci://ghcr.io/ai-dynamo/grove/grove-charts:v0.1.0-alpha.13' },
  { image: 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.5.0' },
  { image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:0.5.1' },
  // Images that the charts run: KAI's and Grove's services, Dynamo's operator, and what 0.5.1 brings beside it.
  { image: 'ghcr.io/kai-scheduler/kai-scheduler/*:v0.17.0' },
  { image: 'ghcr.io/ai-dynamo/grove/grove-operator:v0.1.0-alpha.13' },
  { image: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:*' },
  { image: 'nats:2.10.21-alpine' },
  { image: 'natsio/nats-server-config-reloader:0.16.0' },
  { image: 'docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5' },
  { image: 'python:3.12-slim' },
];
unrecorded.forEach((named, index) => {
  new PinWaiver(fleet, `unrecorded-${index}`, { ...named, reason: 'no public record of its digest was at hand' });
});
new PinWaiver(gb200, 'grove-initc', {
  image: 'ghcr.io/ai-dynamo/grove/grove-initc:v0.1.0-alpha.13',
  reason: "Grove's operator writes its own version behind the name, where a digest has no place",
});

fleet.synth();
