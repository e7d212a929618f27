import type { CodeInfo } from './code';

/** BAY1xxx. Files that are read: inventories, problems, stacks. */
export const inputCodes = {
  BAY1001: {
    severity: 'error',
    title: 'a file cannot be read',
    explanation:
      'The file is not there, is a folder, or may not be read. Relative names start from the folder in which the command runs, not from the file that names them.',
    bad: "Inventory.fromKubectl('nodes.json')                      // the file lies in topologies/eu-west/",
    good: "Inventory.fromKubectl('topologies/eu-west/nodes.json')",
  },
  BAY1002: {
    severity: 'error',
    title: 'a file is neither JSON nor YAML',
    explanation:
      'A file whose first character is a brace or a bracket is read as JSON (or as YAML, if its name ends in .yaml or .yml), any other as one YAML document. The place given is that of the first character that cannot stand there. Most often the export was cut short, or two commands wrote to one file.',
    bad: '{"kind": "List", "items": [{"kind": "Node", "metadata": {"na',
    good: 'kubectl get nodes -o json > nodes.json',
  },
  BAY1003: {
    severity: 'error',
    title: 'not the list that is expected',
    explanation:
      'An inventory is read from a whole list as kubectl or the Kubernetes API writes it: a v1 List of Nodes or a NodeList, and for what runs there a v1 List of Pods or a PodList. A single object, a list of something else or of several kinds, and the tables that kubectl prints without -o are not that.',
    bad: 'kubectl get node gpu-node-01 -o json > nodes.json',
    good: 'kubectl get nodes -o json > nodes.json',
  },
  BAY1004: {
    severity: 'error',
    title: 'an empty node list',
    explanation:
      'Nothing can be placed on no nodes. kubectl writes an empty list, without an error, when a label selector matches no node; look at the -l option of the export and at the cluster that kubectl talks to.',
    bad: '{"apiVersion": "v1", "kind": "List", "items": []}',
    good: '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Node", ...}]}',
  },
  BAY1005: {
    severity: 'error',
    title: 'a list is one page of several',
    explanation:
      'The list carries metadata.continue, by which the Kubernetes API says that more pages follow. Planned on the first page alone, nodes would be missing, or pods would seem not to be there. kubectl get follows the pages by itself.',
    bad: "kubectl get --raw '/api/v1/nodes?limit=500' > nodes.json",
    good: 'kubectl get nodes -o json > nodes.json',
  },
  BAY1006: {
    severity: 'error',
    title: 'a field is missing or of the wrong kind',
    explanation:
      'A field that the inventory depends on is not there or does not hold what Kubernetes puts there. Fields that are not read are not looked at, so additions of other tools do no harm; but a list that was stripped of its status, or edited by hand, is no inventory.',
    bad: '{"kind": "Node", "metadata": {"name": "gpu-node-01", "labels": ["a100"]}}',
    good: '{"kind": "Node", "metadata": {"name": "gpu-node-01", "labels": {"gpu": "a100"}}, "status": {"allocatable": {...}}}',
  },
  BAY1007: {
    severity: 'error',
    title: 'not a quantity',
    explanation:
      'Amounts of resources are Kubernetes quantities: a number with a binary suffix (Ki to Ei), a decimal one (n, u, m, k, M to E), an exponent, or none. They are read exactly, without floating point; for that reason a bare number above 2^53 is refused as well, because JSON has already rounded it: put it in quotes.',
    bad: '"allocatable": {"memory": "2029 GB"}',
    good: '"allocatable": {"memory": "2029Gi"}',
  },
  BAY1008: {
    severity: 'error',
    title: 'an amount below 0',
    explanation: 'A node cannot offer, and a pod cannot ask for, less than nothing of a resource.',
    bad: '"allocatable": {"nvidia.com/gpu": "-1"}',
    good: '"allocatable": {"nvidia.com/gpu": "0"}',
  },
  BAY1009: {
    severity: 'error',
    title: 'a fraction of a device',
    explanation:
      'GPUs, network devices and all other extended resources, and pods, are counted in whole numbers: Kubernetes accepts no fraction of them. Parts of a GPU are asked for by the annotation gpu-fraction or gpu-memory, not by a request.',
    bad: '"requests": {"nvidia.com/gpu": "0.5"}',
    good: '"annotations": {"gpu-fraction": "0.5"}',
  },
  BAY1010: {
    severity: 'error',
    title: 'two nodes of one name',
    explanation:
      'Node names are unique in a cluster. A name that occurs twice means that the lists of two clusters were joined, or one list was appended to itself.',
    bad: 'items: [{metadata: {name: gpu-node-01}}, {metadata: {name: gpu-node-01}}]',
    good: 'items: [{metadata: {name: gpu-node-01}}, {metadata: {name: gpu-node-02}}]',
  },
  BAY1011: {
    severity: 'error',
    title: 'two nodes with one hostname',
    explanation:
      'Pods are pinned to nodes by the value of the label kubernetes.io/hostname, which need not be the name of the node. Where two nodes share a value, a pin to one of them allows the other, and the plan does not hold. This happens with machines cloned from one image, and with kubelets started with the same --hostname-override.',
    bad: 'gpu-node-01: {kubernetes.io/hostname: worker}, gpu-node-02: {kubernetes.io/hostname: worker}',
    good: 'gpu-node-01: {kubernetes.io/hostname: worker-01}, gpu-node-02: {kubernetes.io/hostname: worker-02}',
  },
  BAY1012: {
    severity: 'error',
    title: 'a node without a hostname',
    explanation:
      'Pods are pinned to nodes by the value of the label kubernetes.io/hostname. Every kubelet sets it; a node that lacks it, or has it empty, was made by hand or had it removed, and no pod could be pinned there.',
    bad: 'labels: {topology.kubernetes.io/zone: eu-west-1a}',
    good: 'labels: {topology.kubernetes.io/zone: eu-west-1a, kubernetes.io/hostname: gpu-node-01}',
  },
  BAY1013: {
    severity: 'error',
    title: 'two pods of one name',
    explanation:
      'Names of pods are unique in a namespace. A pod that is listed twice would be counted twice, and room that is free would seem to be taken.',
    bad: 'jq -s ".[0].items += .[1].items | .[0]" pods-a.json pods-b.json > pods.json',
    good: 'kubectl get pods -A -o json > pods.json',
  },
  BAY1014: {
    severity: 'warning',
    title: 'pods on nodes that are not in the inventory',
    explanation:
      'Pods run on nodes that the node list does not have. Either nodes were left out on purpose, by a label selector, and all is well; or the two lists are of different times or clusters, and then what is taken on the nodes is not known.',
    bad: 'kubectl --context eu-west get nodes -o json; kubectl --context us-east get pods -A -o json',
    good: 'kubectl --context eu-west get nodes -o json; kubectl --context eu-west get pods -A -o json',
  },
  BAY1015: {
    severity: 'warning',
    title: 'a node that holds more than it can give',
    explanation:
      'The pods that run on a node request more than the node has to allocate. That comes about when a device is lost after its pods were started, when pods are bound past the scheduler by spec.nodeName, or when the lists are of different times. Nothing more of the resource is placed there.',
    bad: 'allocatable: {nvidia.com/gpu: 7}, running: 8 pods of 1 GPU',
    good: 'allocatable: {nvidia.com/gpu: 8}, running: 8 pods of 1 GPU',
  },
  BAY1016: {
    severity: 'warning',
    title: 'pods without a queue of their own',
    explanation:
      'KAI finds the queue of a pod by the label kai.scheduler/queue of its topmost owner, then of the pod, then by the label project of both. A pod list shows the pods alone. Pods that KAI schedules and that name no queue themselves are counted on their nodes, but not in the queue that pays for them, so that a quota may look freer than it is.',
    bad: 'kind: Deployment; metadata.labels: {kai.scheduler/queue: team-a}',
    good: 'kind: Deployment; spec.template.metadata.labels: {kai.scheduler/queue: team-a}',
  },
  BAY1017: {
    severity: 'warning',
    title: "nodes without a level's label",
    explanation:
      'KAI leaves a node that lacks the label of any level out of the whole topology: no pod of a group that the topology constrains goes there, be the level required or preferred. The plan keeps to that, so room on such nodes counts for nothing in those graphs.',
    bad: 'levels: [zone, rack], labels: {zone: eu-west-1b}',
    good: 'levels: [zone, rack], labels: {zone: eu-west-1b, rack: rack-42}',
  },
  BAY1018: {
    severity: 'error',
    title: 'a level that no node has',
    explanation:
      'No node of the inventory carries the label of this level, so KAI would find no node in the topology at all and schedule nothing that it constrains. Mostly the key is misspelt, or the tool that labels the nodes writes other keys since its last upgrade.',
    bad: "new Level('topology.kubernetes.io/racks')",
    good: "new Level('topology.kubernetes.io/rack')",
  },
  BAY1019: {
    severity: 'warning',
    title: 'domains that KAI takes for one',
    explanation:
      'KAI names a domain by its label values from the broadest level down, joined with dots. Where values hold dots themselves, two different domains can come out with one name, and KAI takes them for one: what requires a single rack may be spread over both. Pins still hold pods where the plan puts them; a pod that is not pinned is not held.',
    bad: 'node a: {zone: a, rack: b.c}, node b: {zone: a.b, rack: c}        # both are a.b.c',
    good: 'node a: {zone: a, rack: b-c}, node b: {zone: a-b, rack: c}',
  },
  BAY1020: {
    severity: 'warning',
    title: 'pods with resource claims',
    explanation:
      "Pods hold devices by claims of dynamic resource allocation, and a list of pods says the names of the claims, not what is allocated. A node has one channel of a ComputeDomain, so it counts as taken where any other pod has a claim: a second domain would not be let onto the node. Where the node carries the label resource.nvidia.com/computeDomain, which NVIDIA's driver sets for as long as a pod has a channel there, nothing is in doubt and no warning is given. GPUs that are handed out by claims need no counting: their nodes report no nvidia.com/gpu, and nothing is planned on them.",
    bad: 'spec: {resourceClaims: [{name: nics, resourceClaimTemplateName: four-nics}]}   # on a node without the label',
    good: 'spec: {resourceClaims: [{name: channel, resourceClaimTemplateName: imex}]}    # on a node with it',
  },
} as const satisfies Record<string, CodeInfo>;
