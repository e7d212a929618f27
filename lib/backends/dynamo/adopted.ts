import { asList, asMap } from '../../inventory/raw';
import {
  writtenComponents,
  type GraphManifest,
  type GraphPins,
  type GraphSpec,
  type WrittenComponent,
} from '../../model/graph';
import type { StackProfile } from '../stacks';
import { componentPod, rolloutAnnotations, type ComponentPod } from './pod';

type Map = Readonly<Record<string, unknown>>;

/**
 * The spec of a graph that was a manifest before, with what placing it needs and nothing else changed: membership of the
 * gang, pins, rollout. A pin takes the place of required node affinity, since its nodes satisfy that; a constraint of
 * Grove's is held by the pins, because with pins Grove's own keeps a graph from starting.
 *
 * @param pins hostnames for each component that has pods
 */
export function adoptedSpec(graph: GraphSpec, manifest: GraphManifest, pins: GraphPins, profile: StackProfile): object {
  const { topologyConstraint: _held, components, services, ...spec } = manifest.spec;
  const written = new Map(writtenComponents(graph).map((component) => [component.name, component]));
  const placed = (name: string, raw: unknown): object => {
    const component = written.get(name);
    const place = { graph, pins: pins.get(name) ?? [], profile };
    if (!component) return asMap(raw);
    return manifest.graphApi === 'v1beta1'
      ? placedComponent(asMap(raw), component, place)
      : placedService(asMap(raw), component, place);
  };
  const shared = { ...spec, ...(profile.gang === 'grove' ? { priorityClassName: graph.priorityClass.name } : {}) };
  if (manifest.graphApi === 'v1beta1') {
    return { ...shared, components: asList(components).map((raw) => placed(String(asMap(raw).name), raw)) };
  }
  const named = Object.entries(asMap(services)).map(([name, raw]) => [name, placed(name, raw)] as const);
  return { ...shared, services: Object.fromEntries(named) };
}

/** What the components of a graph are placed with. */
interface Placing {
  readonly graph: GraphSpec;
  readonly pins: readonly string[];
  readonly profile: StackProfile;
}

function placedComponent(raw: Map, component: WrittenComponent, { graph, pins, profile }: Placing): object {
  const { podTemplate, topologyConstraint: _held, ...rest } = raw;
  const template = asMap(podTemplate);
  const metadata = asMap(template.metadata);
  const pod = componentPod(graph, component, pins, profile);
  const annotations = { ...asMap(metadata.annotations), ...pod.annotations, ...rolloutAnnotations(graph, profile) };
  return {
    ...rest,
    ...counted(component, profile),
    podTemplate: {
      ...template,
      metadata: { ...metadata, annotations, labels: { ...asMap(metadata.labels), ...pod.labels } },
      spec: placedPod(asMap(template.spec), pod),
    },
  };
}

function placedService(raw: Map, component: WrittenComponent, { graph, pins, profile }: Placing): object {
  const { extraPodSpec, extraPodMetadata, topologyConstraint: _held, ...rest } = raw;
  const metadata = asMap(extraPodMetadata);
  const pod = componentPod(graph, component, pins, profile);
  return {
    ...rest,
    ...counted(component, profile),
    annotations: { ...asMap(raw.annotations), ...rolloutAnnotations(graph, profile) },
    extraPodMetadata: {
      ...metadata,
      annotations: { ...asMap(metadata.annotations), ...pod.annotations },
      labels: { ...asMap(metadata.labels), ...pod.labels },
    },
    extraPodSpec: placedPod(asMap(extraPodSpec), pod),
  };
}

/** Git owns the number of replicas unless an adapter does; Grove's gang is as large as its minimum. */
function counted({ spec, replicas, leastReplicas }: WrittenComponent, { gang }: StackProfile): object {
  return {
    replicas: spec.scaled ? undefined : replicas,
    ...(gang === 'grove' ? { minAvailable: leastReplicas > 0 ? leastReplicas : undefined } : {}),
  };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

function placedPod(spec: Map, { spec: { schedulerName, affinity } }: ComponentPod): object {
  const own = asMap(spec.affinity);
  const pin = asMap(asMap(affinity).nodeAffinity);
  const nodeAffinity = REQUIRED in pin ? { ...asMap(own.nodeAffinity), ...pin } : own.nodeAffinity;
  const merged = { ...own, ...(nodeAffinity === undefined ? {} : { nodeAffinity }) };
  return {
    ...spec,
    ...(schedulerName === undefined ? {} : { schedulerName }),
    ...(Object.keys(merged).length > 0 ? { affinity: merged } : {}),
  };
}
