import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Manifest } from '../../emit/manifest';
import { worldOf, type ReplayedWorld } from '../../passes/replay/world';
import { Session, type Refusal } from '../../replay/session';
import type { TopologyConstraint, WorldPodGroup, WorldTopology } from '../../replay/world';
import { kaiTopology } from '../../workloads/topology';
import type { ManifestObject } from '../../workloads/objects';
import type { Asked } from '../problem';
import { called, pathOf, type Noted } from './note';

/** Graphs that have a place and that KAI would never start, by playing through what it does. */
export function startNotes(noted: Noted): Diagnostic[] {
  if (noted.stack.profile.gang === 'runai') return [];
  const placed = noted.asked.filter(({ gang }) =>
    noted.plan.gangs.some(({ name, status }) => name === gang && status === 'placed'),
  );
  const world = fitWorld(placed, noted);
  const waiting = waitingOf(world);
  if (waiting.size === 0) return [];
  return placed.flatMap((asked) => {
    const refusal = waiting.get(ownerOf(asked));
    return refusal ? [note(asked, refusal, remedyOf(world, ownerOf(asked), pathOf(asked.workload, noted.stack)))] : [];
  });
}

function ownerOf({ workload }: Asked): string {
  return `${workload.namespace}/${workload.name}`;
}

/** Why pods of an object wait, by its namespace and name. */
function waitingOf(world: ReplayedWorld): ReadonlyMap<string, string> {
  const session = new Session(world);
  const refusals = new Map<string, Refusal>(session.schedule().map((refusal) => [refusal.podGroup, refusal]));
  const placed = session.placed();
  const waiting = new Map<string, string>();
  for (const { uid, owner, podGroup, name } of world.pods) {
    if (placed.has(uid) || waiting.has(owner)) continue;
    const group = world.podGroups.find((each) => each.name === podGroup);
    // A PodGroup that nobody handed on is told by another note.
    if (!group) continue;
    waiting.set(
      owner,
      refusals.get(podGroup)?.reason ?? `pod ${name} is in a subgroup that PodGroup ${podGroup} has not`,
    );
  }
  return waiting;
}

/** The world of these manifests: what they do not say of queues and topologies is added, so that only constraints count. */
function fitWorld(asked: readonly Asked[], noted: Noted): ReplayedWorld {
  const { cluster, objects, stack } = noted;
  const manifests = [...asked.map((each) => manifestOf(each, stack)), ...objects.filter(isSetting).map(asManifest)];
  const world = worldOf(manifests, cluster.inventory.nodes, cluster.use);
  const podGroups = world.podGroups.map((group) => withAnnotations(group, world, asked));
  const queues = new Set(world.queues.map(({ name }) => name));
  const missing = [...new Set(podGroups.map(({ queue }) => queue))].filter((queue) => !queues.has(queue));
  return {
    ...world,
    podGroups,
    queues: [...world.queues, ...missing.map((name) => ({ name, quota: UNBOUNDED, limit: UNBOUNDED, used: NONE }))],
    topologies: [...world.topologies, ...missingTopologies(podGroups, world.topologies, cluster.levels.levels)],
  };
}

const UNBOUNDED = { cpu: -1, memory: -1, gpu: -1 };
const NONE = { cpu: 0, memory: 0, gpu: 0 };

const settings = new Set(['Topology', 'Queue', 'PodGroup', 'PriorityClass', 'ClusterTopologyBinding', 'HelmRelease']);

function isSetting({ kind }: ManifestObject): boolean {
  return settings.has(kind);
}

function asManifest({ apiVersion, kind, name, namespace, document }: ManifestObject): Manifest {
  const metadata = typeof document.metadata === 'object' ? document.metadata : {};
  return { ...document, apiVersion, kind, metadata: { ...metadata, name, namespace } };
}

/** The way that the stack takes, said on the graph, since the replay reads nothing else. */
function manifestOf({ workload }: Asked, stack: Noted['stack']): Manifest {
  const { apiVersion, kind, name, namespace, annotations, labels, document } = workload;
  const isGrove = pathOf(workload, stack) === 'grove';
  return {
    ...document,
    apiVersion,
    kind,
    metadata: { name, namespace, labels, annotations: { ...annotations, 'nvidia.com/enable-grove': String(isGrove) } },
  };
}

/** PodGroups that KAI makes by itself get the constraint that the annotations of their owner ask for. */
function withAnnotations(group: WorldPodGroup, { pods }: ReplayedWorld, asked: readonly Asked[]): WorldPodGroup {
  const pod = group.constraint ? undefined : pods.find(({ podGroup }) => podGroup === group.name);
  const owner = pod && group.name === `pg-${pod.name}` ? asked.find((each) => ownerOf(each) === pod.owner) : undefined;
  const [declared] = owner ? kaiTopology(owner.workload.annotations, '') : [];
  return declared ? { ...group, constraint: declared } : group;
}

function constraintsOf(group: WorldPodGroup): TopologyConstraint[] {
  return [group, ...group.subGroups].flatMap(({ constraint }) => constraint ?? []);
}

function missingTopologies(
  groups: readonly WorldPodGroup[],
  known: readonly WorldTopology[],
  levels: Noted['cluster']['levels']['levels'],
): WorldTopology[] {
  const names = new Set(groups.flatMap(constraintsOf).flatMap(({ topology }) => topology ?? []));
  const missing = [...names].filter((name) => !known.some((topology) => topology.name === name));
  return missing.sort().map((name) => ({ name, levels: levels.map(({ label }) => ({ label })) }));
}

/** What would let it start, each tried. */
function remedyOf(world: ReplayedWorld, owner: string, path: ReturnType<typeof pathOf>): string {
  if (asksForMore(world, owner)) {
    return 'let minMember of each subgroup be the least number of pods that anything makes of it';
  }
  const starts = (change: (group: WorldPodGroup) => WorldPodGroup): boolean =>
    !waitingOf({ ...world, podGroups: world.podGroups.map(change) }).has(owner);
  if (path !== 'grove' && starts(constrained((each) => ({ ...each, preferred: each.preferred ?? each.required })))) {
    return 'give the preferred level beside the required one: the same level will do';
  }
  if (starts(constrained(() => undefined))) {
    return path === 'grove'
      ? 'leave the topologyConstraint out and let pins hold the level, or pack at the last level above the host'
      : 'leave the constraint out and let pins hold the level';
  }
  return 'give the pods other nodes: KAI places them in an order of its own, and some find theirs taken';
}

/** A PodGroup with each of its constraints changed. */
function constrained(
  change: (constraint: TopologyConstraint) => TopologyConstraint | undefined,
): (group: WorldPodGroup) => WorldPodGroup {
  return (group) => ({
    ...group,
    constraint: group.constraint && change(group.constraint),
    subGroups: group.subGroups.map((subGroup) => ({
      ...subGroup,
      constraint: subGroup.constraint && change(subGroup.constraint),
    })),
  });
}

/** A minimum above the number of pods that there are. */
function asksForMore({ pods, podGroups }: ReplayedWorld, owner: string): boolean {
  const own = pods.filter((pod) => pod.owner === owner);
  return podGroups.some((group) => {
    const members = own.filter(({ podGroup }) => podGroup === group.name);
    if (members.length === 0) return false;
    const wanting = group.subGroups.filter(({ name, minMember = 0 }) => {
      return members.filter(({ subGroup }) => subGroup === name).length < minMember;
    });
    return group.subGroups.length === 0 ? members.length < (group.minMember ?? 1) : wanting.length > 0;
  });
}

function note(asked: Asked, reason: string, help: string): Diagnostic {
  return diagnostic('BAY1122', {
    message: `${called(asked)} has a place, but KAI would never start it`,
    where: asked.workload.where,
    notes: [reason],
    help,
  });
}
