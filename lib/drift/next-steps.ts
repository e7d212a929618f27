import { stands, type ComparedGraph, type ComparedPod } from './compare';
import type { Verification } from './verify';

/** What to do about a graph that is not as planned, the most likely first; docs/operate.md has the rest. */
export function nextSteps(graph: ComparedGraph, { cluster, notes, asked }: Verification): readonly string[] {
  const { namespace, name, id, components, says } = graph;
  const pods = components.flatMap((component) => component.pods);
  const has = (status: ComparedPod['status']): boolean => pods.some((pod) => pod.status === status);
  const lost = [...new Set(components.flatMap(({ open }) => open).filter((node) => notes(node) !== undefined))].sort();
  const unready = pods.find((pod) => stands(pod) && !pod.ready);
  const isPending = has('pending');
  const steps = [
    lost.length > 0 && `bring back ${lost.join(', ')}; else plan without: docs/operate.md, "A node is gone"`,
    isPending &&
      lost.length === 0 &&
      !asked.nodes &&
      "give today's nodes too: kubectl get nodes -o json > nodes.json, and --nodes nodes.json",
    isPending &&
      lost.length === 0 &&
      `see who holds the room: bayplan inventory check --cluster ${cluster} --nodes nodes.json --pods pods.json`,
    isPending &&
      says.length === 0 &&
      !asked.podGroups &&
      `ask KAI: kubectl get podgroups.scheduling.run.ai -n ${namespace} -o json > podgroups.json, and --podgroups podgroups.json`,
    components.some(({ missing }) => missing > 0) &&
      `kubectl -n ${namespace} describe dynamographdeployment ${name}; flux get kustomization graph-${id}`,
    (has('elsewhere') || graph.strangers.length > 0 || components.some(({ extra }) => extra > 0)) &&
      `put back what dist says: flux reconcile kustomization graph-${id} --with-source`,
    unready &&
      `kubectl -n ${namespace} logs ${unready.name} --all-containers --tail=50; kubectl -n ${namespace} describe pod ${unready.name}`,
  ];
  return steps.filter((step): step is string => typeof step === 'string');
}
