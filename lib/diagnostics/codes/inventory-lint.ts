import type { CodeInfo } from './code';

/** BAY1070 to BAY1099. What bayplan inventory lint finds in the nodes of a cluster, and what bayplan init refuses. */
export const inventoryLintCodes = {
  BAY1070: {
    severity: 'warning',
    title: 'a label that could be a level, missing on some nodes',
    explanation: `
The label tells where a node is, and most nodes of this kind have it, but so many nodes with GPUs lack it that it makes no
level: KAI leaves a node without one of the labels out of the topology. Kinds of nodes of which none has it are not told.`,
    bad: 'kubectl label node n7 topology.kubernetes.io/rack-   # of eight',
    good: 'kubectl label node n7 topology.kubernetes.io/rack=rack-2',
  },
  BAY1071: {
    severity: 'warning',
    title: 'a value of a level in several domains of the level above',
    explanation: `
A domain is the value with all values above it, so rack-1 in zone a and rack-1 in zone b are two racks, and that is fine
where racks are numbered anew in each zone. A switch or an NVLink domain is one thing: where it has one name in two
zones, one of the labels is wrong, and what is one domain counts as two.`,
    bad: 'kubectl label node n3 topology.kubernetes.io/zone=b --overwrite   # its rack is in zone a',
    good: 'kubectl label node n3 topology.kubernetes.io/zone=a --overwrite',
  },
  BAY1072: {
    severity: 'warning',
    title: 'labels whose domains cross',
    explanation: `
Levels nest: each domain of a level lies in one domain of the level above. Of two labels of different origin neither
holds the other here, and no dialect says which is above, so one was left out. A label of NVLink is kept before others.`,
    bad: 'kubectl label node n3 accelerator.topograph.run/domain=nvl-2 --overwrite   # n3 is in nvl-1, with its rack',
    good: 'kubectl label node n3 accelerator.topograph.run/domain=nvl-1 --overwrite',
  },
  BAY1073: {
    severity: 'warning',
    title: 'a node that gives fewer GPUs than it has',
    explanation: `
GPU Feature Discovery labels a node with the number of its GPUs; the device plugin hands out those that are healthy. The
difference is lost until it is repaired. A graph whose pods take all GPUs of a node has no place there.`,
    bad: '{labels: {nvidia.com/gpu.count: "8"}, allocatable: {nvidia.com/gpu: "7"}}',
    good: '{labels: {nvidia.com/gpu.count: "8"}, allocatable: {nvidia.com/gpu: "8"}}',
  },
  BAY1074: {
    severity: 'warning',
    title: 'a taint of GPU nodes that no graph tolerates',
    explanation: `
Pods with GPUs tolerate the taint nvidia.com/gpu by themselves, and every other one only where the graph or the component
says so. No pod of a graph goes to these nodes. Taints that come and go with the state of a node are not told.`,
    bad: 'tolerations: []   # of a graph, where nodes have the taint sku=gpu:NoSchedule',
    good: "tolerations: [{ key: 'sku', operator: 'Equal', value: 'gpu', effect: 'NoSchedule' }]",
  },
  BAY1075: {
    severity: 'warning',
    title: 'different GPUs in one type of instance',
    explanation: `
Nodes of one type of instance have different products of GPU. A graph asks for a number of GPUs and not for a product,
so a gang may get both; the slower one sets the pace, and a configuration made for one may not fit the other.`,
    bad: 'node.kubernetes.io/instance-type: gpu-8x   # on nodes with H100 and on nodes with H200',
    good: 'node.kubernetes.io/instance-type: gpu-8x-h200',
  },
  BAY1076: {
    severity: 'warning',
    title: 'different drivers for one product of GPU',
    explanation: `
By the label nvidia.com/cuda.driver-version.full some nodes run another driver than most with the same GPUs, as in the
middle of an upgrade. A gang may get nodes of both, and multi-node NVLink asks for one version in all of a domain.`,
    bad: '{nvidia.com/cuda.driver-version.full: 570.124.06}   # on one node of many with 580.95.05',
    good: '{nvidia.com/cuda.driver-version.full: 580.95.05}',
  },
  BAY1077: {
    severity: 'warning',
    title: 'a node outside every NVLink domain, unlike its neighbours',
    explanation: `
GPU Feature Discovery writes nvidia.com/gpu.clique when Fabric Manager is done and the GPUs have joined an NVLink domain.
Where most nodes of a kind have the label, one without it is not ready for multi-node NVLink, whatever else it says.`,
    bad: '{nvidia.com/gpu.product: NVIDIA-GB200}   # and no nvidia.com/gpu.clique',
    good: '{nvidia.com/gpu.product: NVIDIA-GB200, nvidia.com/gpu.clique: 6f9d0c1e-….0}',
  },
  BAY1078: {
    severity: 'warning',
    title: 'a node pool without a queue',
    explanation: `
A scheduler of KAI sees the nodes, queues and PodGroups that carry the value of its pool. Nodes of a pool that no queue
carries are used by nobody, and a gang there fails with QueueDoesNotExist.`,
    bad: 'kubectl label node n1 kai.scheduler/node-pool=h200   # and all queues have kai.scheduler/node-pool: h100',
    good: 'kubectl label queue team-a-h200 kai.scheduler/node-pool=h200',
  },
  BAY1079: {
    severity: 'warning',
    title: 'a hostname label that is not the name of its node',
    explanation: `
A pin is an affinity to the label kubernetes.io/hostname; plans and reports name nodes by their names. Some providers
make the two differ by rule, and nothing is wrong then. On a single node it is a label that somebody copied.`,
    bad: '{name: gpu-07, labels: {kubernetes.io/hostname: gpu-06-old}}',
    good: '{name: gpu-07, labels: {kubernetes.io/hostname: gpu-07}}',
  },
  BAY1080: {
    severity: 'warning',
    title: 'slices of GPUs beside whole ones on a node',
    explanation: `
The node gives whole GPUs and MIG slices of others. Graphs take whole GPUs; how many are left whole changes with the
partitioning, and with it the plan.`,
    bad: '{nvidia.com/gpu: "4", nvidia.com/mig-3g.40gb: "8"}',
    good: '{nvidia.com/gpu: "8"}',
  },
  BAY1081: {
    severity: 'warning',
    title: 'GPUs that no pod can ask for by a resource',
    explanation: `
Labels speak of GPUs, and the node reports no nvidia.com/gpu at all. Either a driver of dynamic resource allocation hands
out its GPUs, by claims, which are not planned; or the device plugin is not running. Labels of GPU Feature Discovery stay
when it is removed, so they prove nothing on such a node.`,
    bad: '{labels: {nvidia.com/gpu.count: "8"}, allocatable: {cpu: "192", pods: "110"}}',
    good: '{labels: {nvidia.com/gpu.count: "8"}, allocatable: {cpu: "192", pods: "110", nvidia.com/gpu: "8"}}',
  },
  BAY1082: {
    severity: 'warning',
    title: 'a cordoned node',
    explanation: `
Somebody, or the upgrade of a driver, has marked the node unschedulable. Nothing is planned on it, and pods that run on
it stay. The inventory keeps saying so until it is exported again.`,
    bad: 'kubectl cordon gpu-05 && kubectl get nodes -o json > nodes.json',
    good: 'kubectl uncordon gpu-05 && kubectl get nodes -o json > nodes.json',
  },
  BAY1083: {
    severity: 'warning',
    title: 'a node that is not ready',
    explanation: `
Its conditions keep KAI from placing pods there: Ready is not True, or it is short of memory, disk or process ids, or its
network is not up. Nothing is planned on it.`,
    bad: '{conditions: [{type: Ready, status: Unknown}]}',
    good: '{conditions: [{type: Ready, status: "True"}]}',
  },
  BAY1084: {
    severity: 'error',
    title: "a file that is no list of KAI's queues",
    explanation: `
Queues of KAI are of scheduling.run.ai. Their list is read for the label of the node pool that each of them carries;
everything else in it is left alone.`,
    bad: 'kubectl get nodes -o json > queues.json',
    good: 'kubectl get queues.scheduling.run.ai -o json > queues.json',
  },
  BAY1085: {
    severity: 'error',
    title: 'a folder that is not empty',
    explanation: `
A new stack repository is written to a folder that is not there, or in which there is nothing but an empty repository of
Git: no file that is there is ever replaced.`,
    bad: 'bayplan init .   # among other things',
    good: 'bayplan init stack',
  },
} as const satisfies Record<string, CodeInfo>;
