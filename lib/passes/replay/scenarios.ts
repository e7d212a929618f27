import { groupBy } from '../../groups';
import { compareKeys } from '../../order';
import { pinnedTo } from '../../replay/predicates';
import { Session, type Refusal } from '../../replay/session';
import type { ReplayedPod } from './workloads';
import type { ReplayedWorld } from './world';

/**
 * What happens to a cluster, played through: its start in every order of arrival that matters, the loss of any one node
 * and its return, and a restart of any one component. Pods of a component are interchangeable: what counts is that each
 * is on a node of its pin.
 */

/** Something that did not go as planned. */
export interface Mishap {
  /** Namespace and name of the object whose pods it is about. */
  readonly owner: string;
  readonly kind: 'never starts' | 'no gang' | 'elsewhere' | 'evicted';
  readonly component?: string;
  /** What had happened, such as `after the loss of node n1`. */
  readonly when: string;
  readonly detail: string;
}

/** Nodes that the pods of a component may have: names, by owner and component. */
export type Planned = (pod: ReplayedPod) => ReadonlySet<string> | undefined;

/** More gangs than this that can stand in each other's way are not tried in every order. */
const MAX_PERMUTED = 4;

/** Every scenario of a cluster whose graphs start, each as one gang. */
export function replay(world: ReplayedWorld, planned: Planned): readonly Mishap[] {
  const apart = scattered(world);
  return apart.length > 0 ? [...apart, ...new Stage(world, planned).start()] : scenarios(world, planned);
}

/** Every scenario, one after the other, each from where the start ended. */
export function scenarios(world: ReplayedWorld, planned: Planned): readonly Mishap[] {
  const stage = new Stage(world, planned);
  const start = stage.start();
  // What does not even start has nothing to restart.
  if (start.length > 0) return start;
  return [...arrivals(world, stage), ...restarts(world, stage), ...losses(world, stage)];
}

/** Graphs whose pods are not in one gang. */
function scattered({ pods, foreign }: ReplayedWorld): Mishap[] {
  const gangs = new Map<string, Set<string>>();
  for (const { owner, component, podGroup } of pods) {
    if (component !== undefined) gangs.set(owner, (gangs.get(owner) ?? new Set()).add(podGroup));
  }
  const apart = [...gangs].flatMap(([owner, names]) =>
    names.size > 1
      ? [{ owner, detail: `its pods are in ${names.size} PodGroups: ${[...names].slice(0, 3).join(', ')}` }]
      : [],
  );
  const elsewhere = [...new Set(foreign)].map((owner) => ({
    owner,
    detail: `some of its pods do not name KAI as their scheduler`,
  }));
  return [...apart, ...elsewhere].map((each) => ({ ...each, kind: 'no gang', when: 'at the start' }));
}

class Stage {
  private readonly session: Session;

  constructor(
    private readonly world: ReplayedWorld,
    private readonly planned: Planned,
  ) {
    this.session = new Session(world);
  }

  start(): Mishap[] {
    return this.mishaps('at the start', this.session.schedule(), this.world.pods);
  }

  /**
   * Lets pods go and come back, and says which are not as planned then; in the end all is as it was before.
   *
   * @param happen what KAI sees in between; what it finds is told too
   */
  rehearse(
    when: string,
    pods: readonly ReplayedPod[],
    happen: (session: Session) => readonly Mishap[] = () => [],
  ): Mishap[] {
    const mark = this.session.mark();
    for (const { uid } of pods) this.session.restart(uid);
    const found = [...happen(this.session), ...this.mishaps(when, this.session.schedule(), pods)];
    this.session.undo(mark);
    return found;
  }

  nodes(): ReadonlyMap<string, string> {
    return this.session.placed();
  }

  /** Gangs that KAI would delete as they are now. */
  evictions(when: string): Mishap[] {
    return this.session.stale().flatMap(({ podGroup, after }) => {
      const pod = this.world.pods.find((each) => each.podGroup === podGroup);
      const detail = `KAI deletes every pod of PodGroup "${podGroup}" ${after} s later, since some are missing`;
      return pod ? [{ owner: pod.owner, kind: 'evicted' as const, when, detail }] : [];
    });
  }

  /** What went wrong with some pods: the first of each kind for each owner. */
  private mishaps(when: string, refusals: readonly Refusal[], pods: readonly ReplayedPod[]): Mishap[] {
    const reasons = new Map(refusals.map((refusal) => [refusal.podGroup, refusal]));
    const found = new Map<string, Mishap>();
    for (const pod of pods) {
      const mishap = this.mishapOf(pod, this.session.nodeOf(pod.uid), reasons.get(pod.podGroup), when);
      const key = `${pod.owner} ${mishap?.kind ?? ''}`;
      if (mishap && !found.has(key)) found.set(key, mishap);
    }
    return [...found.values()];
  }

  private mishapOf(
    pod: ReplayedPod,
    node: string | undefined,
    refusal: Refusal | undefined,
    when: string,
  ): Mishap | undefined {
    const { owner, component } = pod;
    if (node === undefined) {
      const detail = refusal?.reason ?? this.whyIgnored(pod);
      return { owner, kind: 'never starts', component: this.componentOf(refusal) ?? component, when, detail };
    }
    const planned = this.planned(pod);
    if (!planned || planned.has(node)) return undefined;
    const detail = `pod ${pod.name} goes to ${node}, and the plan has it on ${[...planned].sort().join(', ')}`;
    return { owner, kind: 'elsewhere', component, when, detail };
  }

  /** The component that a refusal is about; any of its pods tells. */
  private componentOf(refusal: Refusal | undefined): string | undefined {
    if (refusal?.subGroup === undefined) return undefined;
    const { podGroup, subGroup } = refusal;
    return this.world.pods.find((pod) => pod.podGroup === podGroup && pod.subGroup === subGroup)?.component;
  }

  private whyIgnored({ name, podGroup, subGroup }: ReplayedPod): string {
    const group = this.world.podGroups.find((each) => each.name === podGroup);
    if (!group) return `pod ${name} waits for PodGroup "${podGroup}", which is not there`;
    return `pod ${name} is in subgroup "${subGroup ?? 'default'}", which PodGroup "${podGroup}" does not have`;
  }
}

/** Gangs that share a node of their pins come in every order; then each gang alone comes last of all. */
function arrivals(world: ReplayedWorld, stage: Stage): Mishap[] {
  const gangs = groupBy(world.pods, ({ podGroup }) => podGroup);
  const podsOf = (names: readonly string[]): ReplayedPod[] => names.flatMap((name) => gangs.get(name) ?? []);
  const inOrders = interfering(world).flatMap((names) => {
    if (names.length < 2 || names.length > MAX_PERMUTED) return [];
    return permutations(names).flatMap((order) =>
      stage.rehearse(`with gangs arriving as ${order.join(', ')}`, podsOf(names), (session) => {
        const there = new Set<string>();
        for (const name of order) session.schedule(there.add(name));
        return [];
      }),
    );
  });
  const last = [...gangs].flatMap(([name, pods]) => stage.rehearse(`with "${name}" arriving last`, pods));
  return [...inOrders, ...last];
}

/** Names of PodGroups, those together that could take a node from each other. */
function interfering(world: ReplayedWorld): string[][] {
  const sets = new Map<string, { names: Set<string>; hosts: Set<string> }>();
  for (const { name } of world.podGroups) sets.set(name, { names: new Set([name]), hosts: new Set() });
  for (const pod of world.pods) {
    for (const host of pinnedTo(pod) ?? ['*']) sets.get(pod.podGroup)?.hosts.add(host);
  }
  const merged: { names: Set<string>; hosts: Set<string> }[] = [];
  for (const set of sets.values()) {
    const touching = merged.filter(
      ({ hosts }) => hosts.has('*') || set.hosts.has('*') || [...set.hosts].some((host) => hosts.has(host)),
    );
    for (const other of touching) {
      merged.splice(merged.indexOf(other), 1);
      for (const name of other.names) set.names.add(name);
      for (const host of other.hosts) set.hosts.add(host);
    }
    merged.push(set);
  }
  return merged.map(({ names }) => [...names].sort());
}

function permutations(items: readonly string[]): string[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}

/** All pods of a component go, and come back. */
function restarts(world: ReplayedWorld, stage: Stage): Mishap[] {
  const components = groupBy(world.pods, ({ owner, component, name }) => `${owner} ${component ?? name}`);
  return [...components.values()].flatMap((pods) =>
    stage.rehearse(`after a restart of ${pods[0]?.component ?? pods[0]?.name ?? ''}`, pods),
  );
}

/** A node goes with its pods, KAI does what it can, and the node comes back. */
function losses(world: ReplayedWorld, stage: Stage): Mishap[] {
  const nodes = stage.nodes();
  const onNode = groupBy(world.pods, ({ uid }) => nodes.get(uid) ?? '');
  return [...onNode].sort(compareKeys).flatMap(([node, pods]) =>
    stage.rehearse(`once node ${node} is back after a loss`, pods, (session) => {
      session.lose(node, true);
      session.schedule();
      const evicted = stage.evictions(`when node ${node} is lost`);
      session.lose(node, false);
      return evicted;
    }),
  );
}
