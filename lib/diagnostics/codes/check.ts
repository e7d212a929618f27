import type { CodeInfo } from './code';

/** BAY2xxx. What can be said of a fleet without placing it. */
export const checkCodes = {
  BAY2001: {
    severity: 'error',
    title: 'construct outside a cluster',
    explanation:
      'Queues, graphs and priority classes belong to one cluster: it has the stack, the topology and the nodes that they mean. Pass the cluster, or a construct inside it, as the scope.',
    bad: `new Queue(fleet, 'team-a')`,
    good: `new Queue(cluster, 'team-a')`,
  },
  BAY2002: {
    severity: 'error',
    title: 'a validation of a construct failed',
    explanation:
      'A construct in the fleet has a validation of its own (node.addValidation), and it found something. The text is that of the validation.',
    bad: `construct.node.addValidation({ validate: () => ['no owner label'] })`,
    good: 'construct.node.addValidation({ validate: () => [] })',
  },
  BAY2003: {
    severity: 'error',
    title: 'a fleet without clusters',
    explanation:
      'A fleet compiles clusters, and this one has none, so there is nothing to place and nothing to write. dist is left as it was rather than emptied.',
    bad: 'new Fleet().synth()',
    good: `const fleet = new Fleet();
new Cluster(fleet, 'eu-west', { stack, inventory, topology });
fleet.synth();`,
  },
  BAY2010: {
    severity: 'error',
    title: 'a stack that graphs cannot be written for',
    explanation: `Dynamo's API, its operator's annotations and KAI's PodGroups change between versions. Manifests are written only for versions whose behaviour is known; others would be accepted by the cluster and hold nothing.`,
    bad: `Stack.of({ dynamo: '1.5.0', kai: '0.13.4' })`,
    good: `Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })`,
  },
  BAY2011: {
    severity: 'warning',
    title: 'a stack that is assumed to work',
    explanation:
      'The combination of versions is none that is known to work, and the stack says why it is taken nevertheless. Manifests are written as for the nearest that is known. Pairings that are known to hold no gang are refused all the same.',
    bad: "Stack.of({ dynamo: '1.6.0', kai: '0.17.0', assume: 'tried on the lab cluster' })",
    good: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })",
  },
  BAY2020: {
    severity: 'error',
    title: 'a name that Kubernetes refuses',
    explanation:
      'Names of clusters, graphs and namespaces are DNS labels: lower-case letters, digits and dashes, at most 63 characters, beginning and ending with a letter or digit. Queues and topologies may have dots as well.',
    bad: `new DynamoGraph(cluster, 'vLLM_disagg', props)`,
    good: `new DynamoGraph(cluster, 'vllm-disagg', props)`,
  },
  BAY2021: {
    severity: 'error',
    title: `workloads in KAI's own namespace`,
    explanation: 'KAI schedules no workloads in the namespace that it runs in. A graph there would stay pending.',
    bad: `namespace: 'kai-scheduler'`,
    good: `namespace: 'inference'`,
  },
  BAY2022: {
    severity: 'error',
    title: 'a component name that Dynamo or KAI refuses',
    explanation: `A component's name becomes part of the names of Deployments, Services and labels, and in lower case the name of a PodGroup's subgroup. Letters, digits and dashes, beginning and ending with a letter or digit; with the graph's name and what the operator adds at most 63 characters.`,
    bad: `prefill: { name: 'prefill_worker', gpus: 1 }`,
    good: `prefill: { name: 'prefill-worker', gpus: 1 }`,
  },
  BAY2023: {
    severity: 'error',
    title: 'two components of one name',
    explanation:
      'Dynamo compares names of components without regard to case, and a subgroup is named after its component in lower case. A component pinned by replica is written as one component for each, with the index behind a dash. By default all components of a role have its name, so each of a list needs one of its own.',
    bad: `prefill: { name: 'Worker', gpus: 1 }, decode: { name: 'worker', gpus: 1 }`,
    good: `prefill: { name: 'prefill', gpus: 1 }, decode: { name: 'decode', gpus: 1 }`,
  },
  BAY2024: {
    severity: 'error',
    title: 'more components than Dynamo takes',
    explanation:
      'A DynamoGraphDeployment has 25 components at the most. With pinning by replica each replica is a component.',
    bad: `decode: { replicas: 30, gpus: 1, pinning: 'replica' }`,
    good: 'decode: { replicas: 30, gpus: 1 }',
  },
  BAY2025: {
    severity: 'error',
    title: 'namespace and graph name too long together',
    explanation: `Dynamo's operator labels every pod with namespace and graph, joined with a dash, and a label's value has at most 63 characters.`,
    bad: `namespace: 'a-namespace-with-a-really-long-name', name: 'a-graph-with-a-name-as-long-as-that'`,
    good: `namespace: 'inference', name: 'llama-70b'`,
  },
  BAY2026: {
    severity: 'error',
    title: 'two graphs of one name or id',
    explanation:
      'A graph is written under its name in its namespace, into a folder named after its id. Two graphs of one name in one namespace would be one object; two of one id, below different constructs, would be one folder. Graphs of one name in two namespaces are fine, with ids of their own.',
    bad: "new DynamoGraph(cluster, 'a', { name: 'llama', ... });\nnew DynamoGraph(cluster, 'b', { name: 'llama', ... });",
    good: "new DynamoGraph(cluster, 'a', { name: 'llama-a', ... });\nnew DynamoGraph(cluster, 'b', { name: 'llama-b', ... });",
  },
  BAY2027: {
    severity: 'error',
    title: 'an id that is taken',
    explanation:
      'Constructs of one scope have ids of their own: the path made of them is what names a construct in findings, and for queues, graphs and clusters the id is also the name of what is written.',
    bad: "new Queue(cluster, 'team-a');\nnew Queue(cluster, 'team-a');",
    good: "new Queue(cluster, 'team-a');\nnew Queue(cluster, 'team-b');",
  },
  BAY2028: {
    severity: 'error',
    title: 'two graphs of one name on Grove',
    explanation:
      'Grove names the PodGroup of a graph after the graph alone, and KAI up to 0.17.0 knows PodGroups by bare name, so that pods of a graph in one namespace would count for the graph of that name in another.',
    bad: "new DynamoGraph(cluster, 'a', { name: 'llama', namespace: 'a', ... });\nnew DynamoGraph(cluster, 'b', { name: 'llama', namespace: 'b', ... });",
    good: "new DynamoGraph(cluster, 'llama-a', { namespace: 'a', ... });\nnew DynamoGraph(cluster, 'llama-b', { namespace: 'b', ... });",
  },
  BAY2029: {
    severity: 'error',
    title: 'names too long for Grove',
    explanation:
      "Grove makes names of graph and component, and takes 45 characters of both. A component whose replicas are several pods counts twice, and once -ldr or -wkr: as the group of its replicas, and as the leaders and the workers in it. Beyond that Dynamo's operator would cut the graph's name and add a hash.",
    bad: "new DynamoGraph(cluster, 'deepseek-r1-in-wide-expert-parallel-on-gb200', ...)",
    good: "new DynamoGraph(cluster, 'deepseek-r1', ...)",
  },
  BAY2030: {
    severity: 'error',
    title: 'a topology that KAI refuses',
    explanation:
      'A KAI Topology has one to sixteen levels, each a node label of its own, from the broadest to the narrowest; kubernetes.io/hostname only as the last.',
    bad: `new Topology('t', [Level.host(), Level.rack()])`,
    good: `new Topology('t', [Level.rack(), Level.host()])`,
  },
  BAY2031: {
    severity: 'error',
    title: 'an unknown level',
    explanation:
      'A graph or component is placed by a level that the topology of its cluster does not have. KAI would accept the manifest and never schedule the pods.',
    bad: `placement: { required: Level.of('topology.kubernetes.io/zones') }`,
    good: 'placement: { required: Level.zone() }',
  },
  BAY2032: {
    severity: 'error',
    title: 'a level broader than the one around it',
    explanation: `preferred has to be as narrow as required or narrower, and a component's required level lies inside the graph's. A broader one says nothing, and KAI never schedules such a group.`,
    bad: 'placement: { required: Level.rack(), preferred: Level.zone() }',
    good: 'placement: { required: Level.zone(), preferred: Level.rack() }',
  },
  BAY2034: {
    severity: 'error',
    title: 'a node pool with Grove',
    explanation:
      'A shard of KAI sees only PodGroups that carry the label of its pool. Grove makes the PodGroups of a graph itself, and passes no such label on, so that no scheduler would look at them.',
    bad: "stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }), nodePool: 'inference'",
    good: "stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }), nodePool: 'inference'",
  },
  BAY2035: {
    severity: 'error',
    title: 'a node pool without nodes',
    explanation:
      'No node of the inventory carries the label kai.scheduler/node-pool with the value that the cluster names.',
    bad: "nodePool: 'inferense'",
    good: "nodePool: 'inference'",
  },
  BAY2036: {
    severity: 'warning',
    title: 'nodes that belong to a node pool',
    explanation:
      "KAI's default shard does not see nodes with the label kai.scheduler/node-pool: they are left to the shards of their pools, and so nothing is planned on them where the cluster names no pool.",
    bad: '// nodes labelled kai.scheduler/node-pool=training, and a cluster without nodePool',
    good: "nodePool: 'training'",
  },
  BAY2040: {
    severity: 'error',
    title: 'a number that is no count',
    explanation:
      'Replicas and GPUs are whole numbers of 0 or more; a smoke test asks for 1 to 600 whole seconds, in which Flux still waits for it.',
    bad: 'decode: { replicas: 1.5, gpus: 8 }',
    good: 'decode: { replicas: 2, gpus: 8 }',
  },
  BAY2041: {
    severity: 'error',
    title: 'a quantity that cannot be read',
    explanation:
      'Amounts are Kubernetes quantities: a number with a decimal (m, k, M, G, T) or binary (Ki, Mi, Gi, Ti) suffix, or none.',
    bad: `memory: '128 GB'`,
    good: `memory: '128Gi'`,
  },
  BAY2042: {
    severity: 'error',
    title: 'an image without a version',
    explanation: `Since 1.4 Dynamo's operator reads the version of the runtime from the image's tag and refuses a graph where it cannot: latest, other words, or a digest without a tag. A tag is a semantic version with a suffix behind a dash or without, and the digest of the image may follow it. For any other image, say which version of Dynamo is in it. What is no reference at all, such as a name with a space or half a digest, is refused on every stack.`,
    bad: `Backend.vllm({ image: 'registry.example/vllm-runtime:latest' })`,
    good: `Backend.vllm({ image: 'registry.example/vllm-runtime:nightly', runtimeVersion: '1.5.0' })`,
  },
  BAY2043: {
    severity: 'warning',
    title: 'a model whose revision is not used',
    explanation: `TensorRT-LLM takes no revision on its command line, so each pod reads whatever the default branch of the model's repository is when it starts, and replicas of one graph may serve different weights. A model cache holds one revision, and pods read it by its path.`,
    bad: `backend: Backend.tensorrtLlm(), model: Model.huggingFace('Qwen/Qwen3-0.6B', { revision: 'c1899de289a04d12100db370d81485cdf75e47ca' })`,
    good: `the same, with modelCache: ModelCache.volume({ size: '100Gi' })`,
  },
  BAY2044: {
    severity: 'error',
    title: 'a version of the runtime that cannot be declared',
    explanation:
      'runtimeVersion is written as runtimeVersionOverride, which has three numbers and no more, and which operators before Dynamo 1.4 do not know.',
    bad: `Backend.vllm({ image: 'registry.example/vllm-runtime:nightly', runtimeVersion: 'v1.5' })`,
    good: `Backend.vllm({ image: 'registry.example/vllm-runtime:nightly', runtimeVersion: '1.5.0' })`,
  },
  BAY2048: {
    severity: 'error',
    title: 'prefill and decode on two fabrics',
    explanation:
      'KV caches are sent from prefill to decode workers. InfiniBand, RoCE and EFA do not reach each other, and a worker that names no fabric does not use the libraries of EFA.',
    bad: "prefill: { gpus: 1, rdma: { fabric: 'efa' } }, decode: { gpus: 1, rdma: { resource: 'vpc.amazonaws.com/efa' } }",
    good: "prefill: { gpus: 1, rdma: { fabric: 'efa' } }, decode: { gpus: 1, rdma: { fabric: 'efa' } }",
  },
  BAY2049: {
    severity: 'error',
    title: 'EFA on a Dynamo without images for it',
    explanation:
      "EFA is reached through AWS's libfabric. The variants of the runtime images that have it came after Dynamo 0.5.1, and its NIXL knows no such backend.",
    bad: "Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) // with rdma: { fabric: 'efa' }",
    good: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })",
  },
  BAY2050: {
    severity: 'error',
    title: 'aggregated and disaggregated workers in one graph',
    explanation:
      'A worker does prefill and decode in one; prefill and decode workers share a request. A graph has either kind.',
    bad: 'worker: { gpus: 1 }, prefill: { gpus: 1 }, decode: { gpus: 1 }',
    good: 'prefill: { gpus: 1 }, decode: { gpus: 1 }',
  },
  BAY2051: {
    severity: 'error',
    title: 'a graph without workers',
    explanation: 'A graph with only frontends answers nothing.',
    bad: 'frontend: {}',
    good: 'frontend: {}, worker: { gpus: 1 }',
  },
  BAY2052: {
    severity: 'error',
    title: 'half of a disaggregated graph',
    explanation:
      'A request needs a prefill and a decode worker. With replicas of only one of them no request is ever answered.',
    bad: 'prefill: { replicas: 0, gpus: 1 }, decode: { replicas: 2, gpus: 1 }',
    good: 'prefill: { replicas: 1, gpus: 1 }, decode: { replicas: 2, gpus: 1 }',
  },
  BAY2053: {
    severity: 'error',
    title: 'a replica of several nodes that has fewer than two',
    explanation:
      'multinode is for replicas that run as several pods, each on a node of its own plan. One pod needs no word.',
    bad: 'decode: { gpus: 8, multinode: { nodes: 1 } }',
    good: 'decode: { gpus: 8, multinode: { nodes: 2 } }',
  },
  BAY2054: {
    severity: 'error',
    title: 'replicas of several nodes without Grove',
    explanation:
      "Without Grove Dynamo's operator makes LeaderWorkerSets of such a component, which need Volcano as a second gang scheduler beside KAI. Grove starts them with everything else of the graph.",
    bad: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }) // with decode: { gpus: 8, multinode: { nodes: 2 } }",
    good: "Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' })",
  },
  BAY2055: {
    severity: 'error',
    title: 'replicas that a set of nodes cannot keep together',
    explanation:
      'With one pin for all replicas the scheduler chooses which pods of the set make a replica, so that a replica could lie in two domains. Grove can pack each replica, but KAI never schedules a group that is packed by a level above the one in which its nodes happen to lie. Only the last level above the host is safe. With pinning by replica each has its own nodes.',
    bad: 'decode: { replicas: 2, gpus: 8, multinode: { nodes: 2, required: Level.zone() } }',
    good: "decode: { replicas: 2, gpus: 8, multinode: { nodes: 2, required: Level.zone() }, pinning: 'replica' }",
  },
  BAY2056: {
    severity: 'error',
    title: 'a ComputeDomain on an operator without resource claims',
    explanation:
      'Pods get a channel of a ComputeDomain by a resource claim, and Dynamo 0.5.1 has no place for claims in a graph. NCCL would fall back to a slower fabric without an error.',
    bad: "Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) // with computeDomain: { level: nvlinkDomain }",
    good: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })",
  },
  BAY2057: {
    severity: 'error',
    title: 'engine options in a file for an engine that reads none',
    explanation:
      'engineConfig is the file that TensorRT-LLM reads its options from. vLLM and SGLang take theirs as arguments.',
    bad: 'backend: Backend.vllm(), worker: { gpus: 1, engineConfig: { max_batch_size: 32 } }',
    good: "backend: Backend.vllm(), worker: { gpus: 1, args: ['--max-num-seqs', '32'] }",
  },
  BAY2058: {
    severity: 'error',
    title: 'a transfer policy on an operator that knows none',
    explanation:
      'The router keeps KV transfer within a domain since Dynamo 1.4. Before, the field does not exist and the graph is refused.',
    bad: "Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) // with kvTransfer: { level: Level.zone() }",
    good: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })",
  },
  BAY2060: {
    severity: 'error',
    title: 'a secret in the stack',
    explanation:
      'What is compiled is committed to Git, so a token in an environment variable or argument would be published with it. Only references to Secrets are written. A value that was ever committed has to be replaced at its source.',
    bad: `env: { HF_TOKEN: 'the token itself' }`,
    good: `env: { HF_TOKEN: SecretRef.of('hf-token-secret', 'HF_TOKEN') }`,
  },
  BAY2070: {
    severity: 'error',
    title: 'a queue of another cluster',
    explanation: 'Queues are objects of one cluster; a graph can only count in a queue of its own.',
    bad: `new DynamoGraph(west, 'g', { queue: new Queue(east, 'q'), ... })`,
    good: `new DynamoGraph(west, 'g', { queue: new Queue(west, 'q'), ... })`,
  },
  BAY2071: {
    severity: 'error',
    title: 'a graph in a queue with children',
    explanation: 'KAI runs workloads in queues without children only.',
    bad: `const parent = new Queue(cluster, 'parent');
new Queue(cluster, 'child', { parent });
new DynamoGraph(cluster, 'g', { queue: parent, ... })`,
    good: `const child = new Queue(cluster, 'child', { parent });
new DynamoGraph(cluster, 'g', { queue: child, ... })`,
  },
  BAY2072: {
    severity: 'error',
    title: 'a queue smaller than what its graphs need',
    explanation:
      'All graphs of a fleet have to run at once. Together with what other pods use, they must fit in the limit of their queue and of every queue above it, and graphs that may not be preempted (the default) also in the quota: KAI never starts them above it.',
    bad: `const queue = new Queue(cluster, 'q', { gpu: { quota: 4 } });
new DynamoGraph(cluster, 'g', { queue, worker: { replicas: 1, gpus: 8 }, ... })`,
    good: `const queue = new Queue(cluster, 'q', { gpu: { quota: 8 } });`,
  },
  BAY2073: {
    severity: 'error',
    title: 'a graph outside the namespace of its project',
    explanation:
      'On Run:ai a queue is a project, and a project stands for the namespace runai-<project>. Pods elsewhere are not scheduled in it.',
    bad: "new DynamoGraph(cluster, 'g', { namespace: 'inference', queue: new Queue(cluster, 'project-a'), ... })",
    good: "new DynamoGraph(cluster, 'g', { namespace: 'runai-project-a', queue: new Queue(cluster, 'project-a'), ... })",
  },
  BAY2074: {
    severity: 'error',
    title: 'preemption that the priority class contradicts',
    explanation:
      'Grove makes the PodGroup of a graph and says nothing of preemption in it, so KAI goes by the priority class: below 100 a graph may be evicted, from 100 on it never is, and then has to fit in the quota of its queue.',
    bad: "new DynamoGraph(cluster, 'g', { preemptible: true, ... }) // with Grove, and the class inference",
    good: "new DynamoGraph(cluster, 'g', { preemptible: true, priorityClass: PriorityClass.train, ... })",
  },
  BAY2080: {
    severity: 'error',
    title: 'a range of replicas that is none',
    explanation:
      'Replicas that something in the cluster scales are a range of whole numbers: at least 1, since the gang waits for one and Dynamo makes one to begin with, up to all that are planned, pinned and counted in the queue.',
    bad: 'decode: { replicas: { min: 4, max: 2 }, gpus: 8 }',
    good: 'decode: { replicas: { min: 2, max: 4 }, gpus: 8 }',
  },
  BAY2081: {
    severity: 'error',
    title: 'a pin for each replica of a number that may change',
    explanation:
      "With pinning by replica each replica is a component of its own, and Dynamo's operator lets nobody add or remove a component. So nothing could scale them. One component with one pin for all of its replicas can be scaled within the pin.",
    bad: "decode: { replicas: { min: 1, max: 4 }, gpus: 8, pinning: 'replica' }",
    good: 'decode: { replicas: { min: 1, max: 4 }, gpus: 8 }',
  },
  BAY2082: {
    severity: 'error',
    title: 'a ComputeDomain of a number of nodes that may change',
    explanation:
      'A ComputeDomain says how many nodes it has, and its pods wait until all of them have one. With fewer replicas than are planned they would wait for ever.',
    bad: 'computeDomain: { level: nvlinkDomain }, decode: { replicas: { min: 1, max: 4 }, gpus: 4 }',
    good: 'computeDomain: { level: nvlinkDomain }, decode: { replicas: 4, gpus: 4 }',
  },
  BAY2083: {
    severity: 'error',
    title: 'a planner with nothing to scale',
    explanation:
      'The planner scales workers whose replicas are a range. Where all are numbers Git owns them, and whatever the planner sets would be taken back.',
    bad: 'planner: { settings: PlannerSettings.latency() }, worker: { replicas: 2, gpus: 8 }',
    good: 'planner: { settings: PlannerSettings.latency() }, worker: { replicas: { min: 1, max: 2 }, gpus: 8 }',
  },
  BAY2084: {
    severity: 'error',
    title: 'planner settings of another version of Dynamo',
    explanation:
      'The planner of Dynamo 0.5.1 scales by a profile of the engines and is told so by flags; that of 1.x has other goals, in a config. Settings of one are not understood by the other.',
    bad: "Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }) // with planner: { settings: PlannerSettings.latency() }",
    good: "Stack.of({ dynamo: '1.5.0', kai: '0.17.0' })",
  },
  BAY2085: {
    severity: 'error',
    title: 'workers that the planner cannot scale',
    explanation:
      'The planner knows prefill and decode by their type: it stops where a type has two components, as with pinning by replica. It has one least for all that it scales. Before 1.5 it counts the GPUs of one pod of a replica. That of 0.5.1 knows workers by fixed names, and scales both halves of a disaggregated graph.',
    bad: "planner, decode: [{ name: 'a', replicas: { min: 1, max: 4 }, gpus: 8 }, { name: 'b', gpus: 8 }]",
    good: 'planner, decode: { replicas: { min: 1, max: 5 }, gpus: 8 }',
  },
  BAY2086: {
    severity: 'error',
    title: 'a planner setting that the planner would refuse',
    explanation:
      'Times are above 0, an upper threshold is above its lower one, decisions by load come more often than those by traffic, and the GPU budget is between what all workers need at their least and what was planned for them. The planner ends at its start otherwise.',
    bad: 'settings: PlannerSettings.sla({ ttftMs: 0, itlMs: 50 })',
    good: 'settings: PlannerSettings.sla({ ttftMs: 500, itlMs: 50 })',
  },
  BAY2087: {
    severity: 'warning',
    title: 'a planner that may make more of a worker than was planned',
    explanation:
      'The planner has one budget of GPUs for all workers that it scales, and no most for each. Where one of them can have what was planned for another, its further pods find no room in its pin: they stay pending, and the planner waits for them and scales nothing more. Say a budget: the smaller one in the help keeps every worker within its plan, the larger one accepts this.',
    bad: 'planner: { settings }, prefill: { replicas: { min: 1, max: 4 }, gpus: 1 }, decode: { replicas: { min: 1, max: 4 }, gpus: 1 }',
    good: 'planner: { settings, maxGpuBudget: 5 }, prefill: { replicas: { min: 1, max: 4 }, gpus: 1 }, decode: { replicas: { min: 1, max: 4 }, gpus: 1 }',
  },
} as const satisfies Record<string, CodeInfo>;
