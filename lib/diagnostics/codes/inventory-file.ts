import type { CodeInfo } from './code';

/** BAY1050 to BAY1069. Inventory files, and lists too large or too odd to be read. */
export const inventoryFileCodes = {
  BAY1050: {
    severity: 'error',
    title: 'a file too large for its form',
    explanation:
      'A list in JSON is read item by item, whatever its size. YAML, UTF-16, a text without items, and a single item are read as a whole, which has a limit: beyond it the memory that they take is many times their size. Export large clusters as JSON.',
    bad: 'kubectl get nodes -o yaml > nodes.yaml              # 100,000 nodes: 400 MB of YAML',
    good: 'kubectl get nodes -o json > nodes.json',
  },
  BAY1051: {
    severity: 'error',
    title: 'a file that is not UTF-8',
    explanation:
      'The file holds bytes that are no UTF-8, so names in it could not be told apart: a reader would put the same sign for each of them. Most often an editor saved it in an older encoding, or a download was damaged. UTF-16 with a byte order mark, as PowerShell writes it, is understood.',
    bad: 'iconv -t latin1 nodes.yaml > inventory.yaml',
    good: 'iconv -f latin1 -t utf8 inventory.yaml > nodes.yaml',
  },
  BAY1052: {
    severity: 'error',
    title: 'not an inventory file',
    explanation:
      'An inventory file says format: 1, so that a later format is not taken for this one. A list as kubectl writes it is no inventory file: bayplan inventory import makes one of it, and Inventory.fromKubectl reads it as it is.',
    bad: 'classes: {h100: {allocatable: {cpu: 96}}}\nnodes: [{names: "gpu-[01-16]", class: h100}]',
    good: 'format: 1\nclasses: {h100: {allocatable: {cpu: 96}}}\nnodes: [{names: "gpu-[01-16]", class: h100}]',
  },
  BAY1053: {
    severity: 'error',
    title: 'an unknown key in an inventory file',
    explanation:
      'The file has a key that its format does not know. It would be passed over, and what it was meant to say with it; most often it is misspelt.',
    bad: 'nodes: [{names: gpu-01, class: h100, unschedulabel: true}]',
    good: 'nodes: [{names: gpu-01, class: h100, unschedulable: true}]',
  },
  BAY1054: {
    severity: 'error',
    title: 'a missing or wrong value in an inventory file',
    explanation:
      'The value at this place is missing or not of the kind that the format has there. bayplan schema inventory prints the whole format as a JSON Schema, by which editors complete and check such files.',
    bad: 'nodes: {names: "gpu-[01-16]", class: h100}',
    good: 'nodes: [{names: "gpu-[01-16]", class: h100}]',
  },
  BAY1055: {
    severity: 'error',
    title: 'a list of names that cannot be read',
    explanation:
      'Names are written in short, as Slurm writes hosts: gpu-[01-16] for sixteen, a,b for two, rack-[1-4]-tray-[01-18] for seventy-two, the last bracket running fastest. A number that begins with a zero gives the width of all numbers of its range.',
    bad: 'names: gpu-[16-01]',
    good: 'names: gpu-[01-16]',
  },
  BAY1056: {
    severity: 'error',
    title: 'a node that is named twice',
    explanation:
      'Every node stands in one entry of nodes, and in one exception at most: of two entries nobody could say which holds. A node that differs from its neighbours stands among them in nodes, and what differs in exceptions.',
    bad: 'nodes: [{names: "gpu-[01-16]", class: h100}, {names: gpu-05, class: h100, unschedulable: true}]',
    good: 'nodes: [{names: "gpu-[01-16]", class: h100}]\nexceptions: [{names: gpu-05, unschedulable: true}]',
  },
  BAY1057: {
    severity: 'error',
    title: 'an unknown class of nodes',
    explanation: 'A class that nodes name is not among the classes of the file.',
    bad: 'classes: {h100: {...}}\nnodes: [{names: "gpu-[01-16]", class: h200}]',
    good: 'classes: {h100: {...}}\nnodes: [{names: "gpu-[01-16]", class: h100}]',
  },
  BAY1058: {
    severity: 'error',
    title: 'labels that do not divide the nodes',
    explanation:
      'A label with several values is laid over the nodes of its entry in order, each value over equally many: rack-[1-2] over sixteen nodes is eight in each. Where the values do not divide the nodes, some rack would get more, and which one is not for the reader to guess.',
    bad: 'names: gpu-[01-16]\nlabels: {topology.kubernetes.io/rack: "rack-[1-3]"}',
    good: 'names: gpu-[01-16]\nlabels: {topology.kubernetes.io/rack: "rack-[1-2]"}',
  },
  BAY1059: {
    severity: 'error',
    title: 'an exception for a node that is not there',
    explanation:
      'Exceptions say what differs on single nodes. They add none: a name that is not in nodes is misspelt, or of a node that was taken out.',
    bad: 'nodes: [{names: "gpu-[01-16]", class: h100}]\nexceptions: [{names: gpu-5, unschedulable: true}]',
    good: 'nodes: [{names: "gpu-[01-16]", class: h100}]\nexceptions: [{names: gpu-05, unschedulable: true}]',
  },
  BAY1060: {
    severity: 'error',
    title: 'not a taint',
    explanation:
      'Taints are written as kubectl taint takes them, key=value:Effect or key:Effect, or as a map of key, value and effect. Effects are NoSchedule, PreferNoSchedule and NoExecute.',
    bad: 'taints: ["nvidia.com/gpu=present"]',
    good: 'taints: ["nvidia.com/gpu=present:NoSchedule"]',
  },
  BAY1061: {
    severity: 'warning',
    title: 'devices of nodes that are not in the inventory',
    explanation:
      'A ResourceSlice names a node that the node list does not have. Either nodes were left out on purpose, by a label selector, and all is well; or the lists are of different times or clusters.',
    bad: 'kubectl --context eu-west get nodes -o json; kubectl --context us-east get resourceslices -o json',
    good: 'kubectl --context eu-west get nodes -o json; kubectl --context eu-west get resourceslices -o json',
  },
} as const satisfies Record<string, CodeInfo>;
