import type { RolloutKeys } from '../../backends/stacks';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { writtenComponents, type GraphPins, type WrittenComponent } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { parseQuantity } from '../../model/quantity';
import type { Verified } from '../verify';
import { FieldReader } from '../../inventory/fields';
import { COMPONENT_LABEL, GRAPH_LABEL, readRequests } from '../../inventory/pods';
import { asList, asMap, asText, podTemplates, type FoundTemplate, type RawMap } from './pod-templates';
import { compareKeys } from '../../order';

/**
 * The pods that will run are those that were placed: as many, asking for as much, pinned to the nodes of the plan, and
 * rolled in a way that needs no node beside them.
 */
export function verifyPins({ planned, objects }: Verified): Diagnostic[] {
  const byObject = new Map(objects.map((object) => [object.object, object]));
  return planned.cluster.graphs.flatMap((graph) => {
    const object = byObject.get(graph.deployment);
    const templates = object ? podTemplates(object) : [];
    const pins: GraphPins = planned.pins.get(graph.node.path) ?? new Map();
    return [
      ...writtenComponents(graph.spec).flatMap((component) => checkComponent(graph, component, templates, pins)),
      ...strangers(graph, templates),
    ];
  });
}

function checkComponent(
  graph: DynamoGraph,
  component: WrittenComponent,
  templates: readonly FoundTemplate[],
  pins: GraphPins,
): Diagnostic[] {
  const template = templates.find(({ component: name }) => name === component.name);
  if (!template) return [differs(graph, component.name, 'is not written', 'spec.components')];
  const faults = [
    replicasFault(component, template),
    ownerFault(graph, component, template),
    requestsFault(graph, component, template) ?? limitsFault(template),
    pinFault(template, pins.get(component.name) ?? []),
    selectionFault(graph, component, template),
    apartFault(graph, component, template),
    minimumFault(graph, template),
    rolloutFault(graph, template),
  ];
  return faults
    .filter((text) => text !== undefined)
    .map((text) => differs(graph, component.name, text, template.pointer));
}

function strangers(graph: DynamoGraph, templates: readonly FoundTemplate[]): Diagnostic[] {
  const planned = new Set(writtenComponents(graph.spec).map(({ name }) => name));
  const others = templates.filter(({ component }) => component !== undefined && !planned.has(component));
  return others.map(({ component, pointer }) =>
    differs(graph, component ?? '', 'is written, but was not planned', pointer),
  );
}

function replicasFault(component: WrittenComponent, template: FoundTemplate): string | undefined {
  if (template.nodes !== component.spec.nodes) {
    return `has ${template.nodes} nodes a replica, and ${component.spec.nodes} were placed`;
  }
  if (component.spec.scaled || template.replicas === component.replicas) return undefined;
  return `has ${template.replicas} replicas, and ${component.replicas} were placed`;
}

/** The number of replicas has one owner: Git, which writes it, or the scaling adapter, where there is one. */
function ownerFault({ cluster }: DynamoGraph, { spec }: WrittenComponent, template: FoundTemplate): string | undefined {
  const { saysReplicas, scalingAdapter } = template;
  if (spec.scaled) {
    if (saysReplicas) return 'says its replicas, which Flux would take back from whatever scales it';
    const isMissing = cluster.stack.profile.hasScalingAdapter && scalingAdapter === undefined;
    return isMissing ? 'has no scalingAdapter, and nothing else may scale it' : undefined;
  }
  if (!saysReplicas) return 'says no replicas, and nothing is declared to scale it';
  return scalingAdapter === undefined ? undefined : 'has a scalingAdapter beside the replicas that are declared';
}

/** As the scheduler counts them: a limit stands for a request that is absent, as the API server has it. */
function requestsFault(
  { spec: { manifest } }: DynamoGraph,
  component: WrittenComponent,
  template: FoundTemplate,
): string | undefined {
  const asked = readRequests(template.spec, {}, new FieldReader('pod'), template.pointer);
  const planned = { ...component.spec.limits, ...component.spec.requests };
  for (const name of new Set([...Object.keys(asked), ...Object.keys(planned)])) {
    const text = planned[name];
    const amount = text === undefined ? 0n : (parseQuantity(text) ?? 0n);
    // what the operator adds to the pods of a manifest was planned with: a second engine for failover
    const isLess = manifest !== undefined && (asked[name] ?? 0n) < amount;
    if ((asked[name] ?? 0n) !== amount && !isLess)
      return `asks for another amount of ${name} than was placed (${String(text ?? 0)})`;
  }
  return undefined;
}

/** Kubernetes takes no pod whose limit of a device is not what it requests. */
function limitsFault(template: FoundTemplate): string | undefined {
  const amount = (raw: unknown): bigint | undefined =>
    typeof raw === 'string' || typeof raw === 'number' ? parseQuantity(raw) : undefined;
  for (const container of asList(template.spec.containers).map(asMap)) {
    const { requests, limits } = asMap(container.resources);
    const asked = Object.keys(asMap(requests)).filter((name) => name.includes('/'));
    const other = asked.find((name) => amount(asMap(requests)[name]) !== amount(asMap(limits)[name]));
    if (other !== undefined) return `has another limit of ${other} than request, and the API server takes no such pod`;
  }
  return undefined;
}

function pinFault(template: FoundTemplate, hostnames: readonly string[]): string | undefined {
  const affinity = asMap(asMap(template.spec.affinity).nodeAffinity);
  const terms = asList(asMap(affinity.requiredDuringSchedulingIgnoredDuringExecution).nodeSelectorTerms).map(asMap);
  const requirements = terms.flatMap(({ matchExpressions, matchFields }) => [
    ...asList(matchExpressions).map(asMap),
    ...asList(matchFields).map(asMap),
  ]);
  const isPinned = terms.length === 1 && requirements.length === 1 && isPin(requirements[0] ?? {}, hostnames);
  if (hostnames.length === 0 || isPinned) return undefined;
  return `is not pinned to ${hostnames.join(', ')} and nothing else, where the plan has it`;
}

function isPin({ key, operator, values }: RawMap, hostnames: readonly string[]): boolean {
  const named = asList(values).map((value) => asText(value) ?? '');
  return key === HOSTNAME_LABEL && operator === 'In' && named.sort().join(' ') === [...hostnames].sort().join(' ');
}

/** A node selector that was not planned with may leave out a planned node; a toleration that is gone, too. */
function selectionFault(
  { spec: { manifest } }: DynamoGraph,
  { spec }: WrittenComponent,
  template: FoundTemplate,
): string | undefined {
  const tolerations = asList(template.spec.tolerations).map(textOf);
  if (textOf(asMap(template.spec.nodeSelector)) !== textOf(spec.nodeSelector)) {
    return 'has another node selector than was planned with';
  }
  // what a manifest lacks the operator adds, such as for a memory service
  if (manifest) return undefined;
  const missing = spec.tolerations.map(textOf).find((toleration) => !tolerations.includes(toleration));
  return missing === undefined ? undefined : `lacks the toleration ${missing}, which was planned with`;
}

/** Pods that were placed on a node each keep apart by a term that selects themselves, or KAI packs them. */
function apartFault(graph: DynamoGraph, component: WrittenComponent, template: FoundTemplate): string | undefined {
  if (!component.spec.exclusive || component.pods === 1) return undefined;
  const affinity = asMap(asMap(template.spec.affinity).podAntiAffinity);
  const terms = asList(affinity.requiredDuringSchedulingIgnoredDuringExecution).map(asMap);
  const own = { ...asMap(template.metadata.labels), [GRAPH_LABEL]: graph.spec.name, [COMPONENT_LABEL]: component.name };
  const isApart = terms.some(({ topologyKey, labelSelector, ...others }) => {
    const { matchLabels, ...more } = asMap(labelSelector);
    const wanted = Object.entries(asMap(matchLabels));
    const isPlain = Object.keys({ ...others, ...more }).length === 0 && wanted.length > 0;
    return topologyKey === HOSTNAME_LABEL && isPlain && wanted.every(([key, value]) => asMap(own)[key] === value);
  });
  return isApart ? undefined : 'does not keep its pods on a node each, and was planned so';
}

/** One text for equal maps, whatever the order of their keys. */
function textOf(value: unknown): string {
  return JSON.stringify(Object.entries(asMap(value)).sort(compareKeys));
}

/** Grove's gang is as large as the minimum, and never starts where less is made. */
function minimumFault({ cluster }: DynamoGraph, template: FoundTemplate): string | undefined {
  const { minAvailable, replicas } = template;
  if (cluster.stack.profile.gang !== 'grove' || minAvailable === replicas) return undefined;
  const effect = Number(minAvailable) > replicas ? 'it would never start' : 'it would start without some of its pods';
  return `has minAvailable ${JSON.stringify(minAvailable ?? null)} of ${replicas}, so ${effect}`;
}

/** Annotations stand on the pods in v1beta1, on the component in v1alpha1. */
function rolloutFault({ cluster }: DynamoGraph, template: FoundTemplate): string | undefined {
  const { rollout } = cluster.stack.profile;
  const annotations = { ...asMap(template.metadata.annotations), ...template.annotations };
  const has = (keys: RolloutKeys['rolling']): boolean =>
    Object.entries(keys).every(([key, value]) => annotations[key] === value);
  if (!rollout || has(rollout.rolling) || has(rollout.recreate)) return undefined;
  return 'rolls with a spare pod that no node has room for, so a change never finishes';
}

function differs(graph: DynamoGraph, component: string, text: string, pointer: string): Diagnostic {
  return diagnostic('BAY4020', {
    message: `component "${component}" of graph "${graph.spec.name}" ${text}`,
    where: { construct: graph.node.path, ...graph.source, pointer },
    notes: ['the manifests differ from what was planned, as by a patch'],
    help: 'say it in the props of the graph, so that the plan knows of it',
  });
}
