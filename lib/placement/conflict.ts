/**
 * A minimal set of constraints that leave a gang no place: all of them together are too much, and without any one of
 * them there is a place. Found by a deletion filter: each constraint in turn is dropped for good if what is left is
 * still too much. To drop a constraint never takes a place away, so that one pass is enough.
 */
import type { Case } from './explain';
import type { Gang } from './instance';
import type { Assignment } from './objective';
import { Probe, type Change } from './probe';
import {
  isPodGroup,
  type Constraint,
  type GangSpec,
  type GroupSpec,
  type PodGroupSpec,
  type QueueSpec,
} from './problem';
import {
  addedTolerations,
  allPaths,
  changeGroup,
  droppedRequirements,
  droppedSelectors,
  taintsByKey,
  type Candidate,
} from './remedy';

/** Other gangs beyond which they are not told apart. */
const MOST_TOLD_APART = 8;

/** One thing that a place has to respect, and what there is without it. */
interface Demand {
  readonly text: string;
  readonly gang?: (spec: GangSpec) => GangSpec;
  readonly others?: (assignment: Assignment) => Assignment;
  readonly queues?: (queues: readonly QueueSpec[]) => readonly QueueSpec[];
}

/**
 * The set, for a gang that is proven to have no place; undefined where the cluster is too small without any
 * constraint, and where the counted budget ends before the set is known to be minimal.
 */
export function conflictOf(the: Case): readonly string[] | undefined {
  const probe = new Probe(the);
  const all = demandsOf(the);
  const answer = (dropped: readonly Demand[]) => probe.tries(without(the, dropped));
  if (answer(all) !== 'yes') return undefined;
  const dropped: Demand[] = [];
  for (const demand of all) {
    const found = answer([...dropped, demand]);
    if (found === 'budget') return undefined;
    if (found === 'no') dropped.push(demand);
  }
  return all.filter((demand) => !dropped.includes(demand)).map(({ text }) => text);
}

function without({ site, assignment, gang }: Case, dropped: readonly Demand[]): Change {
  const { queues } = site.instance.problem;
  const bounds = dropped.flatMap((demand) => demand.queues ?? []);
  const placed = dropped.flatMap((demand) => demand.others ?? []);
  return {
    gang: dropped.reduce((spec, demand) => demand.gang?.(spec) ?? spec, gang.spec),
    ...(placed.length > 0 && { others: placed.reduce((others, change) => change(others), assignment) }),
    ...(bounds.length > 0 && { queues: bounds.reduce((list, change) => change(list), queues) }),
  };
}

/** What is dropped first is blamed last. */
function demandsOf(the: Case): Demand[] {
  const spec = the.gang.spec;
  const taints = taintsByKey(the.site.instance.fits.kinds);
  return [
    ...otherGangs(the),
    ...queueBounds(the),
    ...podDemands(spec),
    ...named(
      spec,
      (gang) => addedTolerations(gang, taints),
      (key, groups) => `the taint ${key}, which ${groups} does not tolerate`,
    ),
    ...named(spec, droppedSelectors, (key, groups) => `the node selector ${key} of ${groups}`),
    ...named(spec, droppedRequirements, (key, groups) => `${key} in the node affinity of ${groups}`),
    ...levels(spec),
  ];
}

function otherGangs({ site, assignment, gang }: Case): Demand[] {
  const placed = site.instance.gangs.filter((other) => other !== gang && assignment[other.index]);
  if (placed.length === 0) return [];
  if (placed.length > MOST_TOLD_APART) return [{ text: 'the other gangs where they are', others: () => [] }];
  return placed.map((other: Gang) => ({
    text: `${other.spec.name} where it is`,
    others: (current) => current.map((pods, g) => (g === other.index ? undefined : pods)),
  }));
}

/** The bounds of the gang's queue and of those above it, on what the gang asks for. */
function queueBounds({ site, gang }: Case): Demand[] {
  const queues = new Map(site.instance.problem.queues.map((queue) => [queue.name, queue]));
  const asked = new Set(
    gang.leaves.flatMap(({ demand }) => demand.map(([r]) => site.instance.scale.resources[r] ?? '')),
  );
  const kinds = gang.spec.preemptible ? (['limit'] as const) : (['limit', 'quota'] as const);
  const found: Demand[] = [];
  for (let queue = queues.get(gang.spec.queue ?? ''); queue; queue = queues.get(queue.parent ?? '')) {
    const { name, resources } = queue;
    queues.delete(name);
    for (const resource of Object.keys(resources)
      .filter((one) => asked.has(one))
      .sort()) {
      const bounds = kinds.filter((kind) => resources[resource]?.[kind] !== undefined);
      found.push(
        ...bounds.map((kind) => ({
          text: `the ${kind} of ${resource} of queue ${name}`,
          queues: (list: readonly QueueSpec[]) =>
            list.map((one) => (one.name === name ? unbound(one, resource, kind) : one)),
        })),
      );
    }
  }
  return found;
}

function unbound(queue: QueueSpec, resource: string, kind: 'quota' | 'limit'): QueueSpec {
  const bounds = { ...queue.resources[resource], [kind]: undefined };
  return { ...queue, resources: { ...queue.resources, [resource]: bounds } };
}

/** Pins and `exclusive`, group by group. */
function podDemands(spec: GangSpec): Demand[] {
  return allPaths(spec.groups, '').flatMap(({ path, group }) => {
    if (!isPodGroup(group)) return [];
    const { pinned } = group;
    const { exclusive } = group.pod;
    const change = (changed: (pods: PodGroupSpec) => GroupSpec) => (gang: GangSpec) =>
      changeGroup(gang, path, (found) => (isPodGroup(found) ? changed(found) : found));
    return [
      ...(pinned === undefined
        ? []
        : [
            {
              text: `${path} pinned ${pinned === 'set' ? 'as a set' : 'by replica'}`,
              gang: change((pods) => ({ ...pods, pinned: undefined })),
            },
          ]),
      ...(exclusive === undefined
        ? []
        : [
            {
              text: `${path} exclusive by ${exclusive}`,
              gang: change((pods) => ({ ...pods, pod: { ...pods.pod, exclusive: undefined } })),
            },
          ]),
    ];
  });
}

/** Demands that a remedy drops one of: found again, by their key, in a gang from which others are dropped. */
function named(
  spec: GangSpec,
  candidates: (spec: GangSpec) => readonly Candidate[],
  text: (key: string, groups: string) => string,
): Demand[] {
  return candidates(spec).map(({ remedy: { key = '', groups = [] } }) => ({
    text: text(key, groups.join(', ')),
    gang: (current) => candidates(current).find(({ remedy }) => remedy.key === key)?.gang ?? current,
  }));
}

/** Required levels, those of the gang last. */
function levels(spec: GangSpec): Demand[] {
  const free = (constraint: Constraint | undefined) => constraint && { ...constraint, required: undefined };
  const inner = allPaths(spec.groups, '').flatMap(({ path, group }): Demand[] => {
    const required = group.constraint?.required;
    if (required === undefined) return [];
    const what = group.minReplicas > 1 ? `each copy of ${path}` : path;
    const gang = (current: GangSpec) =>
      changeGroup(current, path, (found) => ({ ...found, constraint: free(found.constraint) }));
    return [{ text: `${what} in one ${required}`, gang }];
  });
  const own = spec.constraint?.required;
  if (own === undefined) return inner;
  return [
    ...inner,
    { text: `${spec.name} in one ${own}`, gang: (current) => ({ ...current, constraint: free(current.constraint) }) },
  ];
}
