import type { CodeInfo } from './code';

/** BAY11xx. Manifests that people already have: reading them, and asking whether they fit. */
export const workloadCodes = {
  BAY1100: {
    severity: 'error',
    title: 'a file is not UTF-8',
    explanation:
      'Kubernetes and its tools write UTF-8 (UTF-16 with a byte order mark, as PowerShell writes it, is understood as well). The place given is that of the first byte that cannot stand there: most often the file was saved in an older encoding, or it is no text at all.',
    bad: 'name: caf\\xe9            # ISO 8859-1',
    good: 'name: caf\\xc3\\xa9       # UTF-8',
  },
  BAY1101: {
    severity: 'error',
    title: 'not a Kubernetes object',
    explanation:
      'Each document of a file of manifests is an object with apiVersion, kind and metadata.name, or a list of such objects as kubectl writes it. Values of a chart, a bare list and plain text are none.',
    bad: 'replicas: 2\nimage: example/runtime:1.5.0',
    good: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: router}\nspec: ...',
  },
  BAY1102: {
    severity: 'error',
    title: 'a template instead of a manifest',
    explanation:
      'The file holds actions of a Go template, as the templates of a Helm chart do: what they become is known only when they are rendered. The other files are read all the same. Render the chart first and hand on what comes out.',
    bad: 'bayplan fit -f charts/graph/templates/graph.yaml --inventory nodes.json',
    good: 'helm template graph charts/graph | bayplan fit -f - --inventory nodes.json',
  },
  BAY1103: {
    severity: 'error',
    title: 'a document that is too large or too deep',
    explanation:
      'YAML is read one document at a time, up to 32 million signs each, and up to 300 maps and lists within each other. Manifests are far below both; beyond them a parser would run out of memory. JSON of up to half a gigabyte is read.',
    bad: 'kubectl get all -A -o yaml > everything.yaml',
    good: 'kubectl get all -A -o json > everything.json',
  },
  BAY1104: {
    severity: 'error',
    title: 'an object that is declared twice',
    explanation:
      'Two documents have the same kind, namespace and name: applied one after the other, the second would take the place of the first, and counted together they would need room twice. Leave one of them out.',
    bad: 'bayplan fit -f graph.yaml -f graph-copy.yaml --inventory nodes.json',
    good: 'bayplan fit -f graph.yaml --inventory nodes.json',
  },
  BAY1105: {
    severity: 'warning',
    title: 'a patch instead of a graph',
    explanation:
      'None of the components says what it is, and there is one without an image: a DynamoGraphDeployment like that is a patch of Kustomize, to be laid over another one. It is left out. Build the overlay first and hand on what comes out.',
    bad: 'bayplan fit -f overlays/eks/patch-dgd.yaml --inventory nodes.json',
    good: 'kubectl kustomize overlays/eks | bayplan fit -f - --inventory nodes.json',
  },
  BAY1106: {
    severity: 'error',
    title: 'a workload that makes no pods',
    explanation:
      'The object has nothing that pods could be made of: no components (`spec.components` in v1beta1, `spec.services` in v1alpha1), no pod template, or a template without containers or without an image. The API server or the operator would refuse it; often the file was cut short.',
    bad: 'apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeployment\nmetadata: {name: vllm}\nspec: {services: {Frontend: {}}}',
    good: 'apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: vllm}\nspec: {services: {Frontend: {}}}',
  },
  BAY1107: {
    severity: 'warning',
    title: 'something a pod asks for is not counted',
    explanation:
      'Devices that pods get by a resource claim are known where the claim is of GPUs (class gpu.nvidia.com) or of a ComputeDomain; what other devices nodes have, a list of nodes does not say. Pods that a feature of the operator adds beside those declared are not counted either. The rest of the answer holds.',
    bad: 'resourceClaims: [{name: nic, resourceClaimTemplateName: nic-template}]',
    good: 'resources: {limits: {rdma/ib: 8}}',
  },
  BAY1110: {
    severity: 'error',
    title: 'nothing to place',
    explanation:
      'None of the files holds anything that makes pods: DynamoGraphDeployments and DynamoComponentDeployments, Deployments, ReplicaSets, StatefulSets, Jobs, CronJobs, LeaderWorkerSets and Pods are read. A DynamoGraphDeploymentRequest makes its graph on the cluster, so what it will ask for is not known before.',
    bad: 'bayplan fit -f configmap.yaml --inventory nodes.json',
    good: 'bayplan fit -f graph.yaml --inventory nodes.json',
  },
  BAY1111: {
    severity: 'error',
    title: 'not a level of the cluster',
    explanation:
      'Levels are the labels of nodes that tell where a node is, broadest first, the host last. They are taken from --level, or from a Topology among the files, or from the labels that the nodes have. A level is named by its label or by a word such as zone, rack or host.',
    bad: 'bayplan fit -f graph.yaml --inventory nodes.json --require rak',
    good: 'bayplan fit -f graph.yaml --inventory nodes.json --require rack',
  },
  BAY1112: {
    severity: 'error',
    title: 'not a stack',
    explanation:
      'A stack is what runs on the cluster: dynamo with its version, and kai or runai, and grove where it is installed. Whether the pods of a graph wait for each other, and how they are rolled, depends on it.',
    bad: '--stack dynamo-1.5.0',
    good: '--stack dynamo=1.5.0,kai=0.17.0',
  },
  BAY1120: {
    severity: 'warning',
    title: 'nothing holds the gang',
    explanation:
      'The pods of the graph are not started together or not at all: some can take their nodes while others wait, and no level holds for all of them. On KAI without Grove, annotations on the graph make one PodGroup of minMember 1 for the Deployment of each component, whatever they say; a PodGroup whose subgroups are the components is the way (bayplan synth writes one). With Grove a gang waits for minAvailable of each component, which is 1 unless the component says more.',
    bad: 'metadata: {annotations: {kai.scheduler/topology: topology-1}}   # Dynamo on KAI, without Grove',
    good: 'a PodGroup, and kai.scheduler/skip-podgrouper, pod-group-name and kai.scheduler/subgroup-name on each pod template',
  },
  BAY1121: {
    severity: 'warning',
    title: 'a rollout that cannot finish',
    explanation:
      'A new image is rolled by first making one pod more (a quarter of the replicas, rounded up) while none may be missing (a quarter, rounded down), and no node where that pod may go has room for it beside all others: it waits for ever, and the old ones are kept. Without surge an old pod goes first and its room is used again.',
    bad: 'replicas: 3   # 25 % is one pod more and none missing, on nodes that are full',
    good: 'annotations: {nvidia.com/deployment-rolling-update-max-surge: "0", nvidia.com/deployment-rolling-update-max-unavailable: "1"}',
  },
  BAY1122: {
    severity: 'warning',
    title: 'a constraint that keeps a graph from starting',
    explanation:
      'The pods have a place, but the scheduler would never give it to them: KAI 0.17 gives up a group with a required level and no preferred one where all nodes that it may use are in one narrower domain; it fills pinned nodes in an order of its own, so that a pod with one node left to it may find that taken; and it waits for as many pods as a minimum says, be they ever made or not.',
    bad: 'topologyConstraint: {topology: topology-1, requiredTopologyLevel: topology.kubernetes.io/zone}   # pins in one rack',
    good: 'topologyConstraint: {topology: topology-1, requiredTopologyLevel: topology.kubernetes.io/zone, preferredTopologyLevel: topology.kubernetes.io/zone}',
  },
  BAY1123: {
    severity: 'warning',
    title: 'a pin to a node that takes no pods',
    explanation:
      'A component is pinned by host name, and one of its nodes is not ready, cordoned, or not in the inventory. Where the pods have to use it, they never start; where not, the pin is wider than it seems.',
    bad: 'nodeAffinity: kubernetes.io/hostname In [gpu-node-12]   # not ready',
    good: 'nodeAffinity: kubernetes.io/hostname In [gpu-node-13]',
  },
  BAY1124: {
    severity: 'warning',
    title: 'pins that can leave a pod without a place',
    explanation:
      'Pods of a component are interchangeable, and the scheduler chooses among the nodes of their pin. Where a node has not room for the most pods that every component pinned to it could put there, pods that come first can take the place of others that have none but this: at the start, after a restart, or when another graph comes. Safe pins have room for the most, on every node.',
    bad: 'a: 2 pods of 4 GPUs on [n1, n2]; c: 1 pod of 4 GPUs on [n1]   # both of a on n1, and c has no place',
    good: 'a: 2 pods of 4 GPUs on [n2, n3]; c: 1 pod of 4 GPUs on [n1]',
  },
  BAY1125: {
    severity: 'warning',
    title: 'a constraint that was not looked at',
    explanation:
      'Some of what Kubernetes takes cannot be said in a placement problem: spread constraints, anti-affinity between components by a label that is not the host name, and levels that no node has. The answer is given without it.',
    bad: 'topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule, ...}]',
    good: 'podAntiAffinity by kubernetes.io/hostname',
  },
  BAY1126: {
    severity: 'warning',
    title: 'a graph of that name runs in another namespace',
    explanation:
      'Pods of the workloads that are asked about do not count as use of the nodes, since they are placed anew. They are known by namespace and name; a manifest without a namespace is taken for one of the namespace default. Say with --namespace where it is to go.',
    bad: 'bayplan fit -f graph.yaml --inventory nodes.json --pods pods.json                     # runs in team-a',
    good: 'bayplan fit -f graph.yaml --inventory nodes.json --pods pods.json --namespace team-a',
  },
} as const satisfies Record<string, CodeInfo>;
