import { COMPONENT_LABEL, GRAPH_LABEL } from '../../inventory/pods';
import { membership } from '../../backends/kai/pod-group';
import type { Manifest } from '../../emit/manifest';
import { podRequests } from '../../inventory/requests';
import type { NodeSelector, NodeSelectorRequirement, Toleration } from '../../model/node';
import type { ApartFrom, WorldPod, WorldPodGroup } from '../../replay/world';
import { asList, asMap, asText, podTemplates, type FoundTemplate } from '../verify/pod-templates';
import { cliquesOf, groveGroups } from './grove';
import { amountsOf, priorityOf, type Settings } from './settings';

/** A pod to come, and the component that it is of. */
export interface ReplayedPod extends WorldPod {
  /** Namespace and name of the object that it comes from. */
  readonly owner: string;
  /** Name of the component, for a pod of a graph. */
  readonly component?: string;
  /** Pods of one replica come and go together. */
  readonly replica: string;
}

/** What operators and webhooks make of manifests. */
export interface Workloads {
  readonly pods: readonly ReplayedPod[];
  /** PodGroups that Grove or KAI's podgrouper makes. */
  readonly podGroups: readonly WorldPodGroup[];
  /** Graphs with pods that another scheduler places: namespace and name. */
  readonly foreign: readonly string[];
}

const KAI = 'kai-scheduler';
const QUEUE_LABEL = 'kai.scheduler/queue';

/** Queue of pods that name none (KAI 0.17, default_grouper.go). */
const DEFAULT_QUEUE = 'default-queue';

/** Pods of every manifest that makes some, in the order of the manifests. */
export function workloadsOf(manifests: readonly Manifest[], settings: Settings, scheduler = KAI): Workloads {
  const pods: ReplayedPod[] = [];
  const podGroups: WorldPodGroup[] = [];
  const foreign: string[] = [];
  manifests.forEach((manifest, created) => {
    const made = isGrove(manifest)
      ? fromGrove(manifest, manifests, settings, created)
      : fromTemplates(manifest, settings, created, scheduler);
    pods.push(...made.pods);
    podGroups.push(...made.podGroups);
    foreign.push(...made.foreign);
  });
  return { pods, podGroups, foreign };
}

/** Graphs become PodCliqueSets where Grove is there, unless they say not to. */
function isGrove({ kind, metadata }: Manifest): boolean {
  return kind === 'DynamoGraphDeployment' && asMap(metadata.annotations)['nvidia.com/enable-grove'] === 'true';
}

/** Deployments of a graph's components, and workloads of the user's own: grouped by their own annotations. */
function fromTemplates(manifest: Manifest, settings: Settings, created: number, scheduler: string): Workloads {
  const pods: ReplayedPod[] = [];
  const podGroups: WorldPodGroup[] = [];
  const foreign: string[] = [];
  for (const template of podTemplates({ manifest })) {
    if (asText(template.spec.schedulerName) !== scheduler) {
      if (template.component !== undefined) foreign.push(ownerOf(manifest));
      continue;
    }
    const annotations = asMap(template.metadata.annotations);
    const isOurs = annotations[membership.skipAnnotation] === 'true';
    for (let index = 0; index < template.replicas * template.nodes; index++) {
      const pod = podOf(manifest, template, { index, created });
      const podGroup = isOurs ? (asText(annotations[membership.podGroupAnnotation]) ?? '') : `pg-${pod.name}`;
      pods.push({ ...pod, podGroup, subGroup: isOurs ? pod.labels[membership.subgroupLabel] : undefined });
      if (!isOurs) podGroups.push(lonelyGroup(pod, podGroup, settings));
    }
  }
  return { pods, podGroups, foreign };
}

/** KAI's podgrouper makes a PodGroup for each pod of a Deployment: no gang (KAI 0.17, podgrouper/plugins). */
function lonelyGroup(pod: ReplayedPod, name: string, settings: Settings): WorldPodGroup {
  const { namespace, labels, created } = pod;
  const queue = labels[QUEUE_LABEL] ?? labels.project ?? DEFAULT_QUEUE;
  const { stalenessGrace } = settings;
  return {
    namespace,
    name,
    queue,
    ...priorityOf(settings, labels.priorityClassName),
    minMember: 1,
    subGroups: [],
    stalenessGrace,
    created,
  };
}

/** Pods of cliques, and the PodGroups that Grove makes of them. */
function fromGrove(manifest: Manifest, manifests: readonly Manifest[], settings: Settings, created: number): Workloads {
  const cliques = podTemplates({ manifest }).flatMap((template) => cliquesOf(manifest, manifests, template));
  const pods = cliques.flatMap(({ template, name, podGroup, members, replica }) =>
    Array.from({ length: members }, (_, index) => ({
      ...podOf(manifest, template, { index, created, clique: name, replica }),
      podGroup,
      subGroup: name,
    })),
  );
  return { pods, podGroups: groveGroups(manifest, manifests, cliques, settings, created), foreign: [] };
}

function ownerOf({ metadata }: Manifest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

interface Which {
  readonly index: number;
  readonly created: number;
  readonly clique?: string;
  readonly replica?: string;
}

/** A pod of a template, without its gang. */
function podOf(
  manifest: Manifest,
  { component, spec, metadata }: FoundTemplate,
  { index, created, clique, replica }: Which,
): Omit<ReplayedPod, 'podGroup' | 'subGroup'> & { readonly podGroup: string } {
  const { name: graph, namespace = '' } = manifest.metadata;
  const set = clique ?? (component === undefined ? graph : `${graph}-${component.toLowerCase()}`);
  const name = `${set}-${index}`;
  const own: Record<string, string> =
    component === undefined ? {} : { [GRAPH_LABEL]: graph, [COMPONENT_LABEL]: component };
  return {
    uid: `${namespace}/${name}`,
    namespace,
    name,
    owner: ownerOf(manifest),
    component,
    replica: replica ?? name,
    labels: { ...textsOf(metadata.labels), ...own },
    podGroup: '',
    requests: requestsOf(spec),
    nodeSelector: textsOf(spec.nodeSelector),
    nodeAffinity: nodeAffinityOf(spec.affinity),
    tolerations: asList(spec.tolerations).map((each) => asMap(each) as Toleration),
    apart: apartOf(spec.affinity),
    created,
  };
}

function textsOf(raw: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asMap(raw)).map(([key, value]) => [key, String(value)]));
}

function requestsOf(spec: FoundTemplate['spec']): WorldPod['requests'] {
  const amounts = (
    raw: unknown,
  ): { requests: WorldPod['requests']; limits: WorldPod['requests']; sidecar: boolean } => {
    const { resources, restartPolicy } = asMap(raw);
    const { requests, limits } = asMap(resources);
    return { requests: amountsOf(requests), limits: amountsOf(limits), sidecar: restartPolicy === 'Always' };
  };
  return podRequests({
    containers: asList(spec.containers).map(amounts),
    initContainers: asList(spec.initContainers).map(amounts),
  });
}

function nodeAffinityOf(affinity: unknown): NodeSelector | undefined {
  const required = asMap(asMap(affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return undefined;
  const terms = asList(asMap(required).nodeSelectorTerms).map(asMap);
  // what the API server would refuse here is refused before: schemas are verified first
  return { nodeSelectorTerms: terms };
}

function apartOf(affinity: unknown): ApartFrom[] {
  const terms = asList(asMap(asMap(affinity).podAntiAffinity).requiredDuringSchedulingIgnoredDuringExecution);
  return terms.map(asMap).map(({ topologyKey, labelSelector }) => {
    const { matchLabels, matchExpressions } = asMap(labelSelector);
    // fields of core/v1, whose operators are among those of nodes
    const expressions = asList(matchExpressions) as readonly NodeSelectorRequirement[];
    return {
      topologyKey: asText(topologyKey) ?? '',
      matchLabels: textsOf(matchLabels),
      ...(expressions.length > 0 ? { matchExpressions: expressions } : {}),
    };
  });
}
