import {
  isPodGroup,
  type GangSpec,
  type GroupSpec,
  type PodGroupSpec,
  type Problem,
} from '../../lib/placement/problem';
import type { Plan } from '../../lib/placement/plan';
import type { TopologyConstraint, World, WorldPod, WorldPodGroup } from '../../lib/replay/world';
import { HOSTNAME_LABEL } from '../../lib/model/node';

/**
 * A plan as KAI gets it: a PodGroup for each gang, a subgroup for each of its groups with the gang's levels, both of
 * them, and pods pinned to the nodes that the plan has for their group. All of them wait.
 */
export function replayedWorld({ nodes, topologies, gangs }: Problem, plan: Plan): World {
  const pins = pinsOf(plan);
  return {
    nodes,
    topologies: topologies.map(({ name, levels }) => ({ name, levels: levels.map((label) => ({ label })) })),
    queues: [{ name: QUEUE, quota: UNLIMITED, limit: UNLIMITED, used: { cpu: 0, memory: 0, gpu: 0 } }],
    podGroups: gangs.map(podGroup),
    pods: gangs.flatMap((gang) => gang.groups.flatMap((group) => podsOf(gang, group, pins))),
  };
}

const QUEUE = 'bench';
const UNLIMITED = { cpu: -1, memory: -1, gpu: -1 };

/** Names of the nodes of each group, by gang and group; the groups of the bench hold pods, none holds groups. */
function pinsOf({ gangs }: Plan): ReadonlyMap<string, readonly string[]> {
  const pins = new Map<string, string[]>();
  for (const gang of gangs) {
    if (gang.status === 'unplaced') continue;
    for (const [copy, own] of Object.entries(gang.placements)) {
      const key = `${gang.name}/${copy.split('/')[0] ?? ''}`;
      pins.set(key, [...new Set([...(pins.get(key) ?? []), ...own])].sort());
    }
  }
  return pins;
}

function podGroup({ name, priority, preemptible, constraint, groups }: GangSpec, created: number): WorldPodGroup {
  return {
    namespace: 'bench',
    name,
    queue: QUEUE,
    priorityClass: 'inference',
    priority,
    preemptible,
    minSubGroup: groups.length,
    subGroups: groups.map((group) => ({
      name: group.name,
      minMember: sizeOf(group),
      constraint: levelsOf(constraint),
    })),
    stalenessGrace: -1,
    created,
  };
}

function levelsOf(constraint: GangSpec['constraint']): TopologyConstraint | undefined {
  return constraint && { ...constraint, preferred: constraint.preferred ?? constraint.required };
}

function sizeOf(group: GroupSpec): number {
  return group.replicas * leaf(group).count;
}

function leaf(group: GroupSpec): PodGroupSpec {
  if (isPodGroup(group)) return group;
  throw new Error(`group ${group.name} holds groups`);
}

function podsOf(gang: GangSpec, group: GroupSpec, pins: ReadonlyMap<string, readonly string[]>): WorldPod[] {
  const { requests, nodeSelector, tolerations } = leaf(group).pod;
  const values = pins.get(`${gang.name}/${group.name}`) ?? [];
  const pin = { key: HOSTNAME_LABEL, operator: 'In' as const, values };
  return Array.from({ length: sizeOf(group) }, (_, i) => {
    const name = `${gang.name}-${group.name}-${i}`;
    return {
      uid: name,
      namespace: 'bench',
      name,
      labels: {},
      podGroup: gang.name,
      subGroup: group.name,
      requests,
      nodeSelector,
      nodeAffinity: { nodeSelectorTerms: [{ matchExpressions: [pin] }] },
      tolerations,
      apart: [],
      created: 0,
    };
  });
}
