import type { CodeInfo } from './code';

/** BAY2100 to BAY2109. Graphs that were manifests before. */
export const adoptedCodes = {
  BAY2100: {
    severity: 'error',
    title: 'manifests of a graph that are not those of one graph',
    explanation: `
A graph that exists is taken over with its manifests: one DynamoGraphDeployment, and the objects that are applied with it,
such as its ConfigMaps. Two graphs are two constructs, each with a plan and a folder of its own.`,
    bad: "new DynamoGraph(cluster, 'qwen', { queue, manifests: [configMap] })",
    good: "new DynamoGraph(cluster, 'qwen', { queue, manifests: [configMap, graphDeployment] })",
  },
  BAY2101: {
    severity: 'error',
    title: 'nothing to take over',
    explanation:
      'bayplan adopt writes a stack for each DynamoGraphDeployment of its input. Other workloads stay as they are: they run beside graphs, and the list of pods says what they use.',
    bad: 'bayplan adopt -f service.yaml',
    good: 'kubectl get dynamographdeployments qwen -o yaml | bayplan adopt -f -',
  },
  BAY2102: {
    severity: 'error',
    title: 'a manifest with blanks',
    explanation:
      'An image or the namespace is a placeholder that a person, envsubst or a chart is to fill in. A stack holds the graph as the cluster gets it, so the blanks have to be filled in before: with envsubst, helm template or by hand. A graph with generateName in place of a name is a template too.',
    bad: 'image: ${VLLM_IMAGE}',
    good: 'image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0',
  },
  BAY2103: {
    severity: 'warning',
    title: 'objects that a stack does not hold',
    explanation:
      'A stack holds graphs, and what graphs are applied with: ConfigMaps, volume claims, claims of devices, Services and accounts. What makes pods of its own is not planned here, and Secrets stay out of repositories.',
    bad: 'bayplan adopt -f deploy.yaml   # with a Job for a benchmark and a Secret in it',
    good: 'bayplan adopt -f graph.yaml',
  },
} as const satisfies Record<string, CodeInfo>;
