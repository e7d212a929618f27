import type { Manifest } from '../../emit/manifest';
import type { TopologyConstraint, WorldPodGroup, WorldSubGroup } from '../../replay/world';
import { asList, asMap, asText, type FoundTemplate } from '../verify/pod-templates';
import { priorityOf, type Settings } from './settings';

/**
 * What Grove makes of a graph (alpha.12 and alpha.13; operator/internal/scheduler/kai, read at 2026-08-19, and seen
 * running): a clique for each component, or two for each replica of several pods; one PodGroup with a subgroup for each
 * clique, and one more for each replica of several pods beyond the minimum.
 */

/** Pods that are alike, and a subgroup of their own. */
export interface Clique {
  readonly template: FoundTemplate;
  readonly name: string;
  readonly podGroup: string;
  /** Replica of several pods that it is part of. */
  readonly replica?: string;
  /** Pods. */
  readonly members: number;
  readonly minMember: number;
  /** Subgroup around the cliques of a replica, where they are packed into one domain. */
  readonly parent?: { readonly name: string; readonly constraint: TopologyConstraint };
  readonly constraint?: TopologyConstraint;
}

/** Queue of graphs that name none (deploy/operator, internal/dynamo/grove.go). */
const DEFAULT_QUEUE = 'dynamo';

/** Minimum of a component that says none. */
const DEFAULT_MINIMUM = 1;

export function cliquesOf(
  manifest: Manifest,
  manifests: readonly Manifest[],
  template: FoundTemplate,
): readonly Clique[] {
  const base = `${manifest.metadata.name}-0`;
  const component = (template.component ?? '').toLowerCase();
  const set = `${base}-${component}`;
  const minimum = typeof template.minAvailable === 'number' ? template.minAvailable : DEFAULT_MINIMUM;
  const constraint = constraintLevel(manifest, manifests, template.packDomain);
  if (template.nodes === 1) {
    return [{ template, name: set, podGroup: base, members: template.replicas, minMember: minimum, constraint }];
  }
  return Array.from({ length: template.replicas }, (_, replica) => {
    const name = `${set}-${replica}`;
    const podGroup = replica < minimum ? base : `${set}-${replica - minimum}`;
    const parent = constraint && { name, constraint };
    const part = { template, podGroup, parent, replica: name };
    const workers = template.nodes - 1;
    return [
      { ...part, name: `${name}-${component}-ldr`, members: 1, minMember: 1 },
      { ...part, name: `${name}-${component}-wkr`, members: workers, minMember: workers },
    ];
  }).flat();
}

export function groveGroups(
  manifest: Manifest,
  manifests: readonly Manifest[],
  cliques: readonly Clique[],
  settings: Settings,
  created: number,
): WorldPodGroup[] {
  const { namespace = '', annotations } = manifest.metadata;
  const spec = asMap(manifest.spec);
  const { packDomain } = asMap(spec.topologyConstraint);
  return [...new Set(cliques.map(({ podGroup }) => podGroup))].map((name) => ({
    namespace,
    name,
    queue: asText(asMap(annotations)['nvidia.com/kai-scheduler-queue']) ?? DEFAULT_QUEUE,
    ...priorityOf(settings, asText(spec.priorityClassName)),
    constraint: constraintLevel(manifest, manifests, packDomain),
    subGroups: subGroupsOf(cliques.filter(({ podGroup }) => podGroup === name)),
    stalenessGrace: settings.stalenessGrace,
    created,
  }));
}

function subGroupsOf(cliques: readonly Clique[]): WorldSubGroup[] {
  const parents = new Map(cliques.flatMap(({ parent }) => (parent ? [[parent.name, parent] as const] : [])));
  return [
    ...parents.values(),
    ...cliques.map(({ name, minMember, parent, constraint }) => ({
      name,
      minMember,
      parent: parent?.name,
      constraint,
    })),
  ];
}

/** A pack domain of a graph as KAI gets it: a required level and none preferred. */
function constraintLevel(
  graph: Manifest,
  manifests: readonly Manifest[],
  packDomain: unknown,
): TopologyConstraint | undefined {
  const domain = asText(packDomain);
  const name = asText(asMap(asMap(graph.spec).topologyConstraint).clusterTopologyName);
  if (domain === undefined || name === undefined) return undefined;
  const binding = manifests.find(({ kind, metadata }) => kind === 'ClusterTopologyBinding' && metadata.name === name);
  const spec = asMap(binding?.spec);
  const level = asList(spec.levels)
    .map(asMap)
    .find((each) => each.domain === domain);
  const references = asList(spec.schedulerTopologyBindings).map(asMap);
  const topology = references.find(({ schedulerName }) => schedulerName === 'kai-scheduler')?.topologyReference;
  return { topology: asText(topology) ?? name, required: asText(level?.key) ?? domain };
}
