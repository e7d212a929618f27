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
} as const satisfies Record<string, CodeInfo>;
