import type { Manifest } from '../../emit/manifest';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { podGroupName } from '../../model/graph';
import type { Verified } from '../verify';
import { asMap, asText } from './pod-templates';

/**
 * The gang is the one that was planned: of that name, in that queue, as important and as lasting. What its pods are is
 * pins.ts.
 */
export function verifyGangs({ planned, objects }: Verified): Diagnostic[] {
  const byObject = new Map(objects.map(({ object, manifest }) => [object, manifest]));
  return planned.cluster.graphs.flatMap((graph) => {
    const deployment = byObject.get(graph.deployment);
    const podGroup = graph.podGroup && byObject.get(graph.podGroup);
    return [
      ...(deployment ? [...deploymentFaults(graph, deployment)].map((text) => differs(graph, text, deployment)) : []),
      ...(podGroup ? [...podGroupFaults(graph, podGroup)].map((text) => differs(graph, text, podGroup)) : []),
    ];
  });
}

function* deploymentFaults({ spec, cluster }: DynamoGraph, { metadata, spec: raw }: Manifest): Generator<string> {
  yield* identityFaults(metadata, spec.name, spec.namespace);
  if (cluster.stack.profile.gang !== 'grove') return;
  const queue = asMap(metadata.annotations)['nvidia.com/kai-scheduler-queue'];
  if (queue !== spec.queue) yield `is put in queue ${JSON.stringify(queue)}, and was planned in "${spec.queue}"`;
  yield* priorityFaults(asText(asMap(raw).priorityClassName), spec.priorityClass.name);
}

function* podGroupFaults({ spec }: DynamoGraph, { metadata, spec: raw }: Manifest): Generator<string> {
  const { queue, priorityClassName, preemptibility } = asMap(raw);
  yield* identityFaults(metadata, podGroupName(spec), spec.namespace);
  if (queue !== spec.queue) yield `is put in queue ${JSON.stringify(queue)}, and was planned in "${spec.queue}"`;
  yield* priorityFaults(asText(priorityClassName), spec.priorityClass.name);
  const wanted = spec.preemptible ? 'preemptible' : 'non-preemptible';
  if (preemptibility !== wanted) yield `is ${JSON.stringify(preemptibility)}, and was planned as "${wanted}"`;
}

/** Labels, claims and memberships go by these names. */
function* identityFaults({ name, namespace }: Manifest['metadata'], own: string, home: string): Generator<string> {
  if (name !== own) yield `is named "${name}", and was planned as "${own}"`;
  if (namespace !== home) yield `is in namespace ${JSON.stringify(namespace ?? '')}, and was planned in "${home}"`;
}

function* priorityFaults(name: string | undefined, planned: string): Generator<string> {
  if (name !== planned) yield `has priority class ${JSON.stringify(name ?? '')}, and was planned with "${planned}"`;
}

function differs(graph: DynamoGraph, text: string, { kind }: Manifest): Diagnostic {
  return diagnostic('BAY4020', {
    message: `${kind} of graph "${graph.spec.name}" ${text}`,
    where: { construct: graph.node.path, ...graph.source },
    notes: ['the manifests differ from what was planned, as by a patch'],
    help: 'say it in the props of the graph, so that the plan knows of it',
  });
}
