import type { CodeInfo } from './code';

/** BAY4xxx. Manifests that the cluster would refuse, or that would not do what the plan says. */
export const verifyCodes = {
  BAY4001: {
    severity: 'error',
    title: 'two objects of one name',
    explanation:
      'Two constructs of a cluster make an object of the same kind, namespace and name. The second would overwrite the first.',
    bad: `new ApiObject(cluster, 'q', { apiVersion: 'scheduling.run.ai/v2', kind: 'Queue', metadata: { name: 'team-a' } });
new Queue(cluster, 'team-a');`,
    good: `new Queue(cluster, 'team-a');`,
  },
  BAY4002: {
    severity: 'error',
    title: 'two objects in one file',
    explanation:
      'Files are named after kind, namespace and name. Two different objects of a folder come to one file name.',
    bad: '// Role b-c in namespace a, and Role c in namespace a-b',
    good: '// rename one of them',
  },
  BAY4003: {
    severity: 'error',
    title: 'an object that its schema refuses',
    explanation:
      'An object that the library writes no longer satisfies the schema of its kind, as after a patch with an unknown field or a value of another type.',
    bad: `graph.podGroup.addJsonPatch(JsonPatch.add('/spec/minMembers', 3))`,
    good: `graph.podGroup.addJsonPatch(JsonPatch.add('/metadata/labels', { team: 'a' }))`,
  },
  BAY4010: {
    severity: 'error',
    title: 'half a membership',
    explanation: `A pod belongs to a PodGroup of ours by four keys: the scheduler's name, the annotations pod-group-name and kai.scheduler/skip-podgrouper, and the label kai.scheduler/subgroup-name. With one of them missing the scheduler ignores the pod, or KAI groups it anew, alone.`,
    bad: `template.metadata.annotations = { 'pod-group-name': 'team-a.graph' }`,
    good: `template.metadata.annotations = { 'pod-group-name': 'team-a.graph', 'kai.scheduler/skip-podgrouper': 'true' }`,
  },
  BAY4011: {
    severity: 'error',
    title: 'a minimum that is not what is made',
    explanation: `A subgroup's minMember is the number of its pods that have to be there before any starts. Above what the workloads make, the gang never starts; below it, the gang starts without some of its pods.`,
    bad: `graph.podGroup.addJsonPatch(JsonPatch.replace('/spec/subGroups/0/minMember', 4)) // where 1 pod is made`,
    good: '// change replicas in the props of the graph instead',
  },
  BAY4012: {
    severity: 'error',
    title: 'two PodGroups of one name',
    explanation:
      'KAI up to 0.17.0 knows PodGroups by bare name, so that pods of one namespace would count for the PodGroup of another.',
    bad: '// PodGroup gang in namespaces a and b',
    good: '// PodGroups a.gang and b.gang',
  },
  BAY4013: {
    severity: 'error',
    title: 'a PodGroup that KAI refuses or never starts',
    explanation: `KAI's webhooks refuse some PodGroups, and let others through that it never schedules: an unknown queue, topology or level, required without preferred, or minima that contradict each other.`,
    bad: `graph.podGroup.addJsonPatch(JsonPatch.replace('/spec/queue', 'no-such-queue'))`,
    good: `new DynamoGraph(cluster, 'g', { queue, ... })`,
  },
  BAY4020: {
    severity: 'error',
    title: 'manifests that differ from the plan',
    explanation:
      'The graph as it would be written runs other pods than were placed: more of them, larger ones, without their pin, or rolled in a way that needs a spare node. A patch may do that. Say it in the props, so that the plan knows of it.',
    bad: `graph.deployment.addJsonPatch(JsonPatch.replace('/spec/components/1/replicas', 8))`,
    good: 'decode: { replicas: 8, gpus: 1 }',
  },
  BAY4030: {
    severity: 'error',
    title: 'a volume of one node for pods on several',
    explanation:
      'A ReadWriteOnce volume is mounted on one node at a time, and the plan has pods of the graph on more than one. All but the first would wait for ever.',
    bad: `modelCache: ModelCache.volume({ size: '200Gi', accessMode: 'ReadWriteOnce' })`,
    good: `modelCache: ModelCache.volume({ size: '200Gi', accessMode: 'ReadWriteMany' })`,
  },
  BAY4031: {
    severity: 'error',
    title: 'a domain with prefill and no decode',
    explanation:
      'With a required transfer policy the router sends a request from a prefill worker only to decode workers of the same domain, and fails it where there are none. The plan has prefill workers in a domain without decode workers.',
    bad: 'kvTransfer: { level: Level.rack() }, placement: { preferred: Level.zone() }',
    good: 'kvTransfer: { level: Level.rack() }, placement: { required: Level.rack() }',
  },
  BAY4032: {
    severity: 'error',
    title: 'prefill and decode on one node with EFA',
    explanation:
      'EFA sends between nodes only. A request that is prefilled on the node of its decode worker is tried again for ever, and the plan has nodes with both. The planner does not keep them apart by itself.',
    bad: "prefill: { gpus: 4, rdma: { fabric: 'efa' } }, decode: { gpus: 4, rdma: { fabric: 'efa' } } // on nodes of 8 GPUs",
    good: "prefill: { gpus: 4, rdma: { fabric: 'efa', count: 16 } }, decode: { gpus: 4, rdma: { fabric: 'efa', count: 32 } } // of 32 devices",
  },
  BAY4040: {
    severity: 'error',
    title: 'feasible, but KAI would do something else',
    explanation:
      'What KAI does with the manifests was played through: the start in every order of arrival that matters, a restart of each component, and the loss of each node. Somewhere a pod did not get the place that the plan has for it.',
    bad: `graph.podGroup.addJsonPatch(JsonPatch.replace('/spec/stalenessGracePeriod', '60s'))`,
    good: "new DynamoGraph(cluster, 'g', { worker: { gpus: 8, replicas: 2 }, ... }) // without the patch",
  },
  BAY4041: {
    severity: 'error',
    title: 'a change that KAI would never finish',
    explanation:
      'The change from the dist that runs to this one was played through: controllers replace pods one after the other, and KAI places what comes. In the end some new pods wait for nodes that old ones hold, and the old ones stay because the new ones wait.',
    bad: '// one commit that gives prefill a node of decode, and decode another one',
    good: "new DynamoGraph(cluster, 'g', { rollout: 'recreate', ... })",
  },
  BAY4043: {
    severity: 'error',
    title: 'a change that needs a new graph',
    explanation:
      'The cluster refuses some changes on a graph that exists, such as a component more or less, and with Grove another number of replicas. Flux would stop at the graph, and none of its changes would be applied.',
    bad: "new DynamoGraph(cluster, 'g', { prefill, decode, worker: undefined, ... }) // was: worker alone",
    good: "new DynamoGraph(cluster, 'g-2', { prefill, decode, ... }) // or recreate: true",
  },
  BAY4044: {
    severity: 'warning',
    title: 'a graph that may be deleted for nothing',
    explanation:
      'recreate: true lets Flux delete a graph for any change that the cluster refuses. The change of this compile needs nothing of the kind.',
    bad: "new DynamoGraph(cluster, 'g', { recreate: true, ... }) // left from the change before",
    good: "new DynamoGraph(cluster, 'g', { ... })",
  },
  BAY4042: {
    severity: 'warning',
    title: 'a change that was not played through',
    explanation:
      'The dist that runs holds a file that is no manifest, such as one with conflict markers. What the change would do to running pods was not looked at.',
    bad: '<<<<<<< HEAD',
    good: '// git checkout origin/main -- dist',
  },
} as const satisfies Record<string, CodeInfo>;
