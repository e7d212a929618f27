import { z } from 'zod';
import {
  podGroupName,
  writtenComponents,
  type ComponentSpec,
  type GraphSpec,
  type PlacementSpec,
} from '../../model/graph';
import type { StackProfile } from '../stacks';

/** Pattern of a subgroup's name (CRD of KAI 0.17.0). */
const SUBGROUP_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Keeps KAI from evicting a gang that lost a pod; `-1` without a unit is refused. */
export const NEVER_STALE = '-1s';

/** The four keys that make a pod a member of a PodGroup that KAI did not make itself (KAI 0.15 and newer). */
export const membership = {
  schedulerName: 'kai-scheduler',
  podGroupAnnotation: 'pod-group-name',
  skipAnnotation: 'kai.scheduler/skip-podgrouper',
  subgroupLabel: 'kai.scheduler/subgroup-name',
} as const;

const constraintSchema = z.strictObject({
  topology: z.string().min(1),
  requiredTopologyLevel: z.string().optional(),
  preferredTopologyLevel: z.string().optional(),
});

/** Spec of a KAI PodGroup (scheduling.run.ai/v2alpha2, KAI 0.17), as far as we write it. */
export const podGroupSpecSchema = z.strictObject({
  queue: z.string().min(1),
  priorityClassName: z.string().min(1),
  preemptibility: z.enum(['preemptible', 'non-preemptible']),
  stalenessGracePeriod: z.string().optional(),
  minSubGroup: z.int().min(1),
  subGroups: z
    .array(
      z.strictObject({
        name: z.string().regex(SUBGROUP_NAME),
        minMember: z.int().min(0),
        topologyConstraint: constraintSchema.optional(),
      }),
    )
    .min(1),
});

export type PodGroupSpec = z.infer<typeof podGroupSpecSchema>;

/**
 * The PodGroup of a graph: all its components or nothing, each with the least pods that anything makes of it.
 *
 * The constraint stands on each subgroup and none on the PodGroup itself, and `preferred` stands wherever `required`
 * does: KAI counts a gang's pods as large as its largest when the constraint is at the top, and never schedules a
 * required level without a preferred one when all candidate nodes share a narrower domain. A negative
 * `stalenessGracePeriod` keeps it from evicting a gang that lost a pod.
 *
 * @param levels node labels of the cluster's topology, broadest first
 */
export function podGroupSpec(
  graph: GraphSpec,
  topology: string,
  levels: readonly string[],
  profile: StackProfile,
): PodGroupSpec {
  const components = writtenComponents(graph).filter((component) => component.replicas > 0);
  return {
    queue: graph.queue,
    priorityClassName: graph.priorityClass.name,
    preemptibility: graph.preemptible ? 'preemptible' : 'non-preemptible',
    stalenessGracePeriod: profile.stalenessOnPodGroup ? NEVER_STALE : undefined,
    minSubGroup: components.length,
    subGroups: components.map(({ subgroup, leastReplicas, spec }) => ({
      name: subgroup,
      minMember: leastReplicas * spec.nodes,
      topologyConstraint: subgroupConstraint(topology, levels, graph.placement, spec.placement, domainOf(graph, spec)),
    })),
  };
}

/** The narrower of what graph and component ask for; `preferred` is never broader than `required`. */
function subgroupConstraint(
  topology: string,
  levels: readonly string[],
  graph: PlacementSpec,
  component: PlacementSpec,
  domain: string | undefined,
): PodGroupSpec['subGroups'][number]['topologyConstraint'] {
  const required = narrowest(levels, graph.required, component.required, domain);
  const preferred = narrowest(levels, required, component.preferred ?? graph.preferred);
  if (preferred === undefined) return undefined;
  return { topology, requiredTopologyLevel: required, preferredTopologyLevel: preferred };
}

/** Level of the ComputeDomain that the component's pods share. */
function domainOf(graph: GraphSpec, { gpus }: ComponentSpec): string | undefined {
  return gpus > 0 ? graph.computeDomain?.level : undefined;
}

function narrowest(levels: readonly string[], ...wanted: readonly (string | undefined)[]): string | undefined {
  return levels.findLast((level) => wanted.includes(level));
}

/** Name and namespace of the PodGroup of a graph. */
export function podGroupMetadata(graph: GraphSpec): { readonly name: string; readonly namespace: string } {
  return { name: podGroupName(graph), namespace: graph.namespace };
}
