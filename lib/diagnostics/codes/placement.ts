import type { CodeInfo } from './code';

/** BAY3xxx. Problems that have no plan, and problems that make no sense. */
export const placementCodes = {
  BAY3001: {
    severity: 'error',
    title: 'problem: value of the wrong kind',
    explanation:
      'A value of the problem document is missing, or is not of the kind that the format asks for: a text where a ' +
      'number belongs, a list where a map belongs, a word that is none of those allowed. An empty value in YAML is ' +
      'null; to get the default, leave the key out.',
    bad: 'groups: [{name: prefill, replicas: four, pod: {}}]',
    good: 'groups: [{name: prefill, replicas: 4, pod: {}}]',
  },
  BAY3002: {
    severity: 'error',
    title: 'problem: unknown key',
    explanation:
      'The format does not know this key at this place. Unknown keys are errors, because a misspelt key would ' +
      'otherwise be a wish that is silently not met.',
    bad: 'groups: [{name: prefill, replica: 4, pod: {}}]',
    good: 'groups: [{name: prefill, replicas: 4, pod: {}}]',
  },
  BAY3003: {
    severity: 'error',
    title: 'problem: not a quantity',
    explanation:
      'Amounts are Kubernetes quantities of 0 or more: a number, or a text with a binary suffix (Ki, Mi, Gi, Ti, Pi, ' +
      'Ei), a decimal suffix (n, u, m, k, M, G, T, P, E) or an exponent.',
    bad: 'allocatable: {memory: 2029GiB, nvidia.com/gpu: 8}',
    good: 'allocatable: {memory: 2029Gi, nvidia.com/gpu: 8}',
  },
  BAY3004: {
    severity: 'error',
    title: 'problem: version that is not known',
    explanation: 'The number that says which version of the format the document is written in must be 1.',
    bad: 'version: 2',
    good: 'version: 1',
  },
  BAY3005: {
    severity: 'error',
    title: 'problem: name used twice',
    explanation:
      'Nodes, topologies, queues and gangs each have a name of their own, and so have groups side by side: plans and ' +
      'locks tell them apart by name.',
    bad: 'nodes: [{name: gpu-01}, {name: gpu-01}]',
    good: 'nodes: [{name: gpu-01}, {name: gpu-02}]',
  },
  BAY3006: {
    severity: 'error',
    title: 'problem: name that cannot be used',
    explanation:
      'A name must not be empty. A group name must have no slash in it either, because slashes join the names and ' +
      'indices of a path, as in stage/1/worker/0.',
    bad: 'groups: [{name: prefill/a, pod: {}}]',
    good: 'groups: [{name: prefill-a, pod: {}}]',
  },
  BAY3007: {
    severity: 'error',
    title: 'problem: number of copies or pods out of range',
    explanation:
      'count (pods in each copy) and replicas (copies) are whole numbers from 1. minReplicas is from 1 to replicas: ' +
      'a gang is placed with at least so many copies of the group or not at all.',
    bad: '{name: decode, replicas: 2, minReplicas: 3, pod: {}}',
    good: '{name: decode, replicas: 3, minReplicas: 2, pod: {}}',
  },
  BAY3008: {
    severity: 'error',
    title: 'problem: group that holds neither or both of pods and groups',
    explanation:
      'A group holds pods (pod, with count and pinned if wanted) or groups (groups). A group of groups has copies by ' +
      'replicas, and is not pinned itself: the groups within it are.',
    bad: '{name: stage, count: 2, groups: [{name: worker, pod: {}}]}',
    good: '{name: stage, replicas: 2, groups: [{name: worker, pod: {}}]}',
  },
  BAY3009: {
    severity: 'error',
    title: 'problem: pods among requests',
    explanation: 'Every pod takes one of the pods that a node can run, by itself. It cannot ask for more or for none.',
    bad: 'requests: {nvidia.com/gpu: 8, pods: 1}',
    good: 'requests: {nvidia.com/gpu: 8}',
  },
  BAY3010: {
    severity: 'error',
    title: 'problem: constraint without a level',
    explanation: 'A constraint names the level that is required, the level that is preferred, or both.',
    bad: 'constraint: {topology: topology-1}',
    good: 'constraint: {topology: topology-1, required: topology.kubernetes.io/zone}',
  },
  BAY3011: {
    severity: 'error',
    title: 'problem: unknown topology',
    explanation: 'A constraint names a topology that the problem does not list under topologies.',
    bad: 'topologies: [{name: topology-1, levels: [rack]}]\nconstraint: {topology: topology-2, required: rack}',
    good: 'topologies: [{name: topology-1, levels: [rack]}]\nconstraint: {topology: topology-1, required: rack}',
  },
  BAY3012: {
    severity: 'error',
    title: 'problem: unknown level',
    explanation:
      'A constraint names a level that its topology does not have. Levels are node labels, written out whole.',
    bad: 'levels: [topology.kubernetes.io/zone]\nconstraint: {topology: topology-1, required: zone}',
    good: 'levels: [topology.kubernetes.io/zone]\nconstraint: {topology: topology-1, required: topology.kubernetes.io/zone}',
  },
  BAY3013: {
    severity: 'error',
    title: 'problem: preferred level broader than the required one',
    explanation:
      'What is in one domain of the required level is in one domain of every broader level already, so that a broader ' +
      'preferred level wishes for nothing.',
    bad: 'constraint: {topology: topology-1, required: rack, preferred: zone}',
    good: 'constraint: {topology: topology-1, required: zone, preferred: rack}',
  },
  BAY3014: {
    severity: 'error',
    title: 'problem: required level broader than one around it',
    explanation:
      'A constraint further out, on the same topology, already holds everything within one domain of a narrower ' +
      'level. One of the two is not what was meant.',
    bad: 'constraint: {topology: t, required: rack}\ngroups: [{name: a, constraint: {topology: t, required: zone}, pod: {}}]',
    good: 'constraint: {topology: t, required: zone}\ngroups: [{name: a, constraint: {topology: t, required: rack}, pod: {}}]',
  },
  BAY3015: {
    severity: 'error',
    title: 'problem: levels of a topology out of order',
    explanation:
      'Levels go from the broadest to the narrowest, each once. kubernetes.io/hostname is a node, which nothing is ' +
      'narrower than, so it can only be the last.',
    bad: 'levels: [kubernetes.io/hostname, rack]',
    good: 'levels: [rack, kubernetes.io/hostname]',
  },
  BAY3016: {
    severity: 'error',
    title: 'problem: bandwidth that makes no sense',
    explanation:
      'Bandwidths are in GB/s per GPU, above 0, for levels of the topology, for kubernetes.io/hostname, and for none: ' +
      'two pods that share no level.',
    bad: 'levels: [zone, rack]\nbandwidth: {zone: 0, row: 50}',
    good: 'levels: [zone, rack]\nbandwidth: {zone: 3, rack: 50, none: 1}',
  },
  BAY3017: {
    severity: 'error',
    title: 'problem: traffic between what are not two groups',
    explanation:
      'An edge names two groups of its gang by their paths without indices, such as stage/worker, or one group twice ' +
      'for traffic within it. Neither may be beneath the other. Its weight is a whole number from 0.',
    bad: 'traffic: [{between: [stage, stage/worker], weight: 1}]',
    good: 'traffic: [{between: [stage/loader, stage/worker], weight: 1}]',
  },
  BAY3018: {
    severity: 'error',
    title: 'problem: unknown queue',
    explanation:
      'A gang names a queue that the problem does not list under queues. (A parent that is not listed is no error: it ' +
      'has no bounds.)',
    bad: 'queues: [{name: team-a}]\ngangs: [{name: g, queue: team-b, groups: [{name: a, pod: {}}]}]',
    good: 'queues: [{name: team-a}]\ngangs: [{name: g, queue: team-a, groups: [{name: a, pod: {}}]}]',
  },
  BAY3019: {
    severity: 'error',
    title: 'problem: queues that are their own ancestors',
    explanation: 'The parents of queues make a tree. Here, going from parent to parent comes back to where it began.',
    bad: 'queues: [{name: a, parent: b}, {name: b, parent: a}]',
    good: 'queues: [{name: a, parent: b}, {name: b}]',
  },
  BAY3020: {
    severity: 'error',
    title: 'problem: bound of a queue below 0',
    explanation:
      'quota and limit are 0 or more. A bound that is not there is left out; -1 does not stand for that here.',
    bad: 'resources: {nvidia.com/gpu: {quota: 64, limit: -1}}',
    good: 'resources: {nvidia.com/gpu: {quota: 64}}',
  },
  BAY3021: {
    severity: 'error',
    title: 'problem: taint or toleration that Kubernetes does not know',
    explanation:
      'Effects are NoSchedule, PreferNoSchedule and NoExecute. Operators of a toleration are Exists and Equal, and ' +
      'Equal, which is the default, needs a key.',
    bad: 'tolerations: [{effect: NoSchedule}]',
    good: 'tolerations: [{operator: Exists, effect: NoSchedule}]',
  },
  BAY3022: {
    severity: 'error',
    title: 'problem: node affinity that Kubernetes would refuse',
    explanation:
      'Operators are In, NotIn, Exists, DoesNotExist, Gt and Lt; In and NotIn need values, Exists and DoesNotExist take ' +
      'none, Gt and Lt take one. matchFields knows metadata.name alone, with In or NotIn and one value.',
    bad: 'matchFields: [{key: metadata.uid, operator: In, values: [a]}]',
    good: 'matchFields: [{key: metadata.name, operator: In, values: [gpu-01]}]',
  },
  BAY3023: {
    severity: 'warning',
    title: 'problem: nodes without a label of a topology',
    explanation:
      'A node that lacks a label of a topology, any level of it, takes no pod that is constrained by that topology. ' +
      'It is left to pods without such a constraint.',
    bad: 'levels: [zone, rack]\nnodes: [{name: gpu-01, labels: {zone: a}}]',
    good: 'levels: [zone, rack]\nnodes: [{name: gpu-01, labels: {zone: a, rack: r1}}]',
  },
  BAY3024: {
    severity: 'error',
    title: 'requests that span too many orders of magnitude',
    explanation:
      'All requests for a resource are counted in the largest unit that divides them, exactly. One request of a single byte beside petabytes leaves no unit in which their sum is a whole number that can be held exactly.',
    bad: 'requests: {memory: 1}        # beside a pod that asks for 16Pi',
    good: 'requests: {memory: 1Mi}',
  },
  BAY3201: {
    severity: 'error',
    title: 'no node may take the pods',
    explanation:
      'Every node is left out: not ready, cordoned, tainted, without a label that a selector or the topology asks for, or with less free than one pod asks for. The note counts nodes by reason.',
    bad: `nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-H1OO' }`,
    good: `nodeSelector: { 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' }`,
  },
  BAY3202: {
    severity: 'error',
    title: 'a graph larger than any domain it may be in',
    explanation:
      'The nodes that may take the pods have too little of a resource, in every domain of the required level. The message says which domain comes closest, what it has and what is needed.',
    bad: 'placement: { required: Level.rack() }, decode: { replicas: 40, gpus: 8 }',
    good: 'placement: { required: Level.rack() }, decode: { replicas: 4, gpus: 8 }',
  },
  BAY3203: {
    severity: 'error',
    title: 'room in pieces that fit no arrangement',
    explanation:
      'There is enough of every resource in total, but in pieces: nodes with a few free GPUs each do not make one with eight. Smaller pods, a wider level or a node set free would do.',
    bad: 'decode: { replicas: 1, gpus: 8 } // where every node has 4 free',
    good: 'decode: { replicas: 2, gpus: 4 }',
  },
  BAY3204: {
    severity: 'error',
    title: 'a plan exists, but not one that is safe',
    explanation: `Pods of one component are interchangeable: the scheduler chooses among the nodes of their pin, and may put a pod where the plan has another component's. Unless every node has room for all that could come to it, some order of starts or restarts leaves a pod without a place, for ever. With pinning by replica each pod has its own node.`,
    bad: `// prefill 2 x 4 GPUs on two nodes, decode and draft 1 x 4 on one of them each
prefill: { replicas: 2, gpus: 4 }`,
    good: `prefill: { replicas: 2, gpus: 4, pinning: 'replica' }`,
  },
  BAY3205: {
    severity: 'error',
    title: 'over quota or limit of a queue',
    explanation:
      'Placing the gang would take its queue, or one above it, over its limit; or over its quota, which is what counts for a gang that may not be preempted.',
    bad: `new Queue(cluster, 'q', { gpu: { quota: 0 } })`,
    good: `new Queue(cluster, 'q', { gpu: { quota: 64 } })`,
  },
  BAY3206: {
    severity: 'error',
    title: 'room that another graph of the fleet holds',
    explanation:
      'The graph would have a place if it were alone, but graphs of higher priority, or others that do not fit otherwise, hold it.',
    bad: '// two graphs that both need the only whole rack',
    good: '// give one of them another level, or fewer replicas',
  },
  BAY3207: {
    severity: 'error',
    title: 'a search that was ended before it was decided',
    explanation:
      'The number of steps that the engine may take was used up before a placement was found or excluded. That is counted, not timed, so the same problem gives the same answer everywhere. It is no statement that there is no place.',
    bad: '// hundreds of components of mixed sizes with required levels of their own',
    good: '// split the graph, or drop constraints that say the same',
  },
  BAY3290: {
    severity: 'error',
    title: 'a plan that the independent checker refuses',
    explanation:
      'Every plan is confirmed by a checker that shares no code with the engine. It found something wrong, so nothing is written. This is a fault of Bayplan.',
    bad: '// none is known',
    good: '// please report it',
  },
} as const satisfies Record<string, CodeInfo>;
