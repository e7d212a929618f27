import { COMPONENT_LABEL, GRAPH_LABEL } from '../../inventory/pods';
import { podGroupName, type GraphSpec, type WrittenComponent } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { membership } from '../kai/pod-group';
import type { StackProfile } from '../stacks';
import { claimedChannel, domainEnvironment, isInDomain } from './compute-domain';
import { mountedConfig } from './engine-config';
import { CACHE_PATH, commandLine, HUB_PATH } from './engines';
import { fabricEnvironment } from './fabric';
import { scalingContainer } from './planner';

/** Metadata and spec of the pods of a component, in core/v1's words; each API version wraps them in its own way. */
export interface ComponentPod {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** All of a PodSpec but the container. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly container: Container;
}

/** What we write of a container; its name differs between API versions. */
export interface Container {
  readonly image: string;
  readonly workingDir?: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly resources?: {
    readonly requests?: Record<string, string>;
    readonly limits?: Record<string, string>;
    readonly claims?: readonly object[];
  };
  readonly securityContext?: object;
  readonly volumeMounts?: readonly object[];
}

/**
 * The pods of a component: members of the graph's gang, and pinned.
 *
 * @param hostnames values of `kubernetes.io/hostname`; none where the component has no pods
 */
export function componentPod(
  graph: GraphSpec,
  component: WrittenComponent,
  hostnames: readonly string[],
  profile: StackProfile,
): ComponentPod {
  const { spec } = component;
  const { annotations, labels } = member(graph, component, profile);
  const config = mountedConfig(graph, spec);
  const cache = graph.cache && cacheVolume(graph.cache.claimName);
  const volumes = [cache, config?.volume, scalingContainer(graph, spec, profile)?.volume].filter(isThere);
  return {
    annotations: { ...annotations, ...config?.annotations },
    labels,
    spec: {
      ...scheduler(profile),
      affinity: affinity(graph, component, hostnames, profile),
      ...(Object.keys(spec.nodeSelector).length > 0 ? { nodeSelector: { ...spec.nodeSelector } } : {}),
      ...(spec.tolerations.length > 0 ? { tolerations: spec.tolerations } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
      ...(isInDomain(graph, spec) ? claimedChannel(graph).pod : {}),
    },
    container: container(graph, component, profile),
  };
}

/** A member of our PodGroup says so; where something else makes the gang, that marks the pods. */
function member(
  graph: GraphSpec,
  component: WrittenComponent,
  { gang }: StackProfile,
): Pick<ComponentPod, 'annotations' | 'labels'> {
  if (gang !== 'pod-group') return { annotations: {}, labels: {} };
  return {
    annotations: { [membership.podGroupAnnotation]: podGroupName(graph), [membership.skipAnnotation]: 'true' },
    labels: { [membership.subgroupLabel]: component.subgroup },
  };
}

/** On Grove the operator sets it; a project of Run:ai may not enforce it. */
function scheduler({ gang }: StackProfile): { readonly schedulerName?: string } {
  if (gang === 'grove') return {};
  return { schedulerName: gang === 'runai' ? 'runai-scheduler' : membership.schedulerName };
}

/**
 * With pins there is no spare node for a surge pod, so the operator's default (surge 25 %, rounded up) would wait for
 * ever for one.
 */
export function rolloutAnnotations(graph: GraphSpec, { rollout }: StackProfile): Readonly<Record<string, string>> {
  return (graph.rollout === 'recreate' ? rollout?.recreate : rollout?.rolling) ?? {};
}

function affinity(
  graph: GraphSpec,
  component: WrittenComponent,
  hostnames: readonly string[],
  { gang }: StackProfile,
): object {
  const pin = { matchExpressions: [{ key: HOSTNAME_LABEL, operator: 'In', values: [...hostnames] }] };
  const apart = {
    topologyKey: HOSTNAME_LABEL,
    labelSelector: {
      matchLabels: {
        [GRAPH_LABEL]: graph.name,
        ...(gang === 'pod-group'
          ? { [membership.subgroupLabel]: component.subgroup }
          : { [COMPONENT_LABEL]: component.name }),
      },
    },
  };
  return {
    ...(hostnames.length > 0
      ? { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [pin] } } }
      : {}),
    ...(component.spec.exclusive && component.replicas > 1
      ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } }
      : {}),
  };
}

/** Read only: what fills it is the download Job. */
const cacheMount = { name: 'model-cache', mountPath: CACHE_PATH, readOnly: true };

function container(graph: GraphSpec, { spec }: WrittenComponent, profile: StackProfile): Container {
  const { command, args } = commandLine(graph, spec, profile);
  const scaling = scalingContainer(graph, spec, profile);
  const mounts = [graph.cache && cacheMount, mountedConfig(graph, spec)?.mount, scaling?.mount].filter(isThere);
  return {
    image: spec.role === 'planner' && graph.planner ? graph.planner.image : graph.image,
    ...(scaling?.workingDir === undefined ? {} : { workingDir: scaling.workingDir }),
    command,
    ...(args.length > 0 ? { args } : {}),
    env: environment(graph, {
      ...scaling?.env,
      ...fabricEnvironment(graph, spec),
      ...(isInDomain(graph, spec) ? domainEnvironment : {}),
      ...spec.env,
    }),
    ...resourcesOf(graph, spec),
    // Registering memory with the NIC pins it, which an unprivileged container may not do by itself.
    ...(spec.rdma ? { securityContext: { capabilities: { add: ['IPC_LOCK'] } } } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

function isThere<T>(part: T | undefined): part is T {
  return part !== undefined;
}

function resourcesOf(graph: GraphSpec, spec: WrittenComponent['spec']): Pick<Container, 'resources'> {
  const resources = {
    ...(Object.keys(spec.requests).length > 0 ? { requests: quantities(spec.requests) } : {}),
    ...(Object.keys(spec.limits).length > 0 ? { limits: quantities(spec.limits) } : {}),
    ...(isInDomain(graph, spec) ? claimedChannel(graph).container : {}),
  };
  return Object.keys(resources).length > 0 ? { resources } : {};
}

function quantities(amounts: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
}

/** One variable of a container, as core/v1 has it. */
export type EnvVar =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string;
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
    };

/** Variables by name: a value, or a reference to a key of a Secret. */
export type Environment = WrittenComponent['spec']['env'];

/** Sorted by name; what the user sets wins over what we would set. */
export function environment(graph: GraphSpec, own: Environment): EnvVar[] {
  const { token } = graph.model;
  // What reads from the cache asks the hub for nothing, so it gets no token.
  const hub: Environment = graph.cache ? { HF_HUB_CACHE: HUB_PATH, HF_HUB_OFFLINE: '1' } : tokenVariable(token);
  const all = { ...hub, ...own };
  const names = Object.keys(all).sort();
  return names.map((name) => envVar(name, all[name] ?? ''));
}

/** The variable that the hub's client reads its token from, named after the key of the Secret. */
function tokenVariable(token: GraphSpec['model']['token']): Environment {
  return token ? { [token.key]: token } : {};
}

function envVar(name: string, value: string | { readonly secret: string; readonly key: string }): EnvVar {
  if (typeof value === 'string') return { name, value };
  return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };
}

/** The volume that holds the model cache. */
export function cacheVolume(claimName: string): {
  readonly name: string;
  readonly persistentVolumeClaim: { readonly claimName: string };
} {
  return { name: 'model-cache', persistentVolumeClaim: { claimName } };
}
