import { classifyChange, type GraphChange, type GraphManifests } from '../../backends/changes/classify';
import type { StackProfile } from '../../backends/stacks';
import type { Manifest } from '../../emit/manifest';
import { podGroupName } from '../../model/graph';
import { pinnedTo } from '../../replay/predicates';
import { roll, strategyOf, type Rollout, type Strategy } from '../../replay/rollout';
import { Session } from '../../replay/session';
import { asMap, podTemplates, type FoundTemplate } from '../verify/pod-templates';
import type { ReplayedPod } from './workloads';
import type { ReplayedWorld } from './world';

/**
 * From what runs to what is written now: every component whose pods change is rolled as its controller does it, while
 * KAI places what comes. Which pod of a component goes first is not known beforehand, so both ends are tried.
 */

/** A graph that is left half changed. */
export interface Hang {
  /** Namespace and name of the graph. */
  readonly owner: string;
  /** Components with new pods that wait, or old ones that stay. */
  readonly components: readonly string[];
  /** Who waits for whom: a line for each component. */
  readonly chain: readonly string[];
}

/** A cluster's manifests, and the world that they make. */
export interface Side {
  readonly manifests: readonly Manifest[];
  readonly world: ReplayedWorld;
}

const OLD = '~';

/** What the change does to each graph that is on both sides, by namespace and name. */
export type Classes = ReadonlyMap<string, GraphChange>;

/** The order in which old replicas of a component go, where nothing else decides. */
export type Order = (replicas: readonly (readonly string[])[]) => readonly (readonly string[])[];

/** From the first, and from the last. */
const bothEnds: readonly Order[] = [(replicas) => replicas, (replicas) => [...replicas].reverse()];

/**
 * @param classes of the graphs on both sides
 * @param orders to try, until one hangs
 */
export function replayChange(
  before: Side,
  after: Side,
  classes: Classes,
  orders: readonly Order[] = bothEnds,
): readonly Hang[] {
  const rolling = after.manifests.flatMap((manifest) => rollingComponents(manifest, classes.get(keyOf(manifest))));
  if (rolling.length === 0) return [];
  const running = placesOf(before.world);
  for (const order of orders) {
    const hangs = attempt(before, after, { rolling, classes, running, order });
    if (hangs.length > 0) return hangs;
  }
  return [];
}

/** What the change does to each graph that is on both sides. */
export function classesOf(before: readonly Manifest[], after: readonly Manifest[], profile: StackProfile): Classes {
  const old = graphsOf(before);
  const classes = [...graphsOf(after)].flatMap(([key, fresh]) => {
    const one = old.get(key);
    return one ? [[key, classifyChange(one, fresh, profile)] as const] : [];
  });
  return new Map(classes);
}

/** Each graph with its PodGroup, by namespace and name. */
function graphsOf(manifests: readonly Manifest[]): ReadonlyMap<string, GraphManifests> {
  const groups = new Map(manifests.filter(({ kind }) => kind === 'PodGroup').map((group) => [keyOf(group), group]));
  const graphs = manifests.filter(({ kind }) => kind === 'DynamoGraphDeployment');
  return new Map(
    graphs.map((graph) => {
      const { namespace = '', name } = graph.metadata;
      const podGroup = groups.get(`${namespace}/${podGroupName({ namespace, name })}`);
      return [keyOf(graph), { graph, podGroup }] as const;
    }),
  );
}

/** True for a graph that runs on; one that is new, or made anew, starts without a pod. */
export function isStaying(change: GraphChange | undefined): boolean {
  return change !== undefined && change.kind !== 'new-graph';
}

/** Namespace and name. */
export function keyOf({ metadata }: Manifest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** A component whose pods are replaced, and how. */
export interface RollingComponent {
  readonly owner: string;
  readonly component: string;
  readonly strategy: Strategy;
}

export function rollingComponents(manifest: Manifest, change: GraphChange | undefined): RollingComponent[] {
  if (change?.kind !== 'rolls' || manifest.kind !== 'DynamoGraphDeployment') return [];
  const isGrove = asMap(manifest.metadata.annotations)['nvidia.com/enable-grove'] === 'true';
  return podTemplates({ manifest })
    .filter(({ component }) => change.components.includes(component ?? ''))
    .map((template) => ({
      owner: keyOf(manifest),
      component: template.component ?? '',
      strategy: isGrove ? { kind: 'one by one' } : strategyOf(annotationsOf(template), template.replicas),
    }));
}

function annotationsOf({ metadata, annotations }: FoundTemplate): Record<string, string> {
  const all = { ...asMap(metadata.annotations), ...annotations };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** Where pods run: each is placed by itself, since what runs need not be a gang that could start now. */
function placesOf(world: ReplayedWorld): ReadonlyMap<string, string> {
  const session = new Session({
    ...world,
    nodes: world.nodes.map((node) => ({ ...node, ready: true, unschedulable: false, taints: [] })),
    podGroups: world.podGroups.map((group) => ({
      ...group,
      minMember: 0,
      minSubGroup: undefined,
      constraint: undefined,
      subGroups: group.subGroups.map((subGroup) => ({
        ...subGroup,
        minMember: 0,
        minSubGroup: 0,
        constraint: undefined,
      })),
    })),
    // labels may have changed since: what runs stays, and its pin says where
    pods: world.pods.map((pod) => ({ ...pod, nodeSelector: {} })),
    queues: world.queues.map((queue) => ({ ...queue, quota: UNBOUNDED, limit: UNBOUNDED })),
  });
  session.schedule();
  return session.placed();
}

const UNBOUNDED = { cpu: -1, memory: -1, gpu: -1 };

interface Attempt {
  readonly rolling: readonly RollingComponent[];
  readonly classes: Classes;
  /** Node of each pod that runs, by uid. */
  readonly running: ReadonlyMap<string, string>;
  readonly order: Order;
}

function attempt(before: Side, after: Side, { rolling, classes, running, order }: Attempt): Hang[] {
  const isRolling = ({ owner, component }: ReplayedPod): boolean =>
    rolling.some((each) => each.owner === owner && each.component === component);
  const lost = new Set(after.world.nodes.filter(({ ready }) => !ready).map(({ name }) => name));
  const nodeOf = (uid: string): string | undefined => {
    const node = running.get(uid);
    return node === undefined || lost.has(node) ? undefined : node;
  };
  // A graph that is made anew starts without a pod, and so does one that was not there.
  const staysOf = ({ owner }: ReplayedPod): boolean => isStaying(classes.get(owner));
  const owners = new Set(after.world.pods.map(({ owner }) => owner));
  const old = before.world.pods
    .filter((pod) => isRolling(pod) && owners.has(pod.owner))
    .map((pod) => ({ ...pod, uid: `${OLD}${pod.uid}`, created: -1, node: nodeOf(pod.uid) }));
  const fresh = after.world.pods.map((pod) =>
    isRolling(pod) ? { ...pod, absent: true } : { ...pod, node: staysOf(pod) ? nodeOf(pod.uid) : undefined },
  );
  const kept = new Set(after.world.pods.filter(staysOf).map(({ podGroup }) => podGroup));
  // what is made by this change is younger than what runs, and KAI comes to it later
  const podGroups = after.world.podGroups.map((group) =>
    kept.has(group.name) ? group : { ...group, created: group.created + after.manifests.length },
  );
  const session = new Session({ ...after.world, podGroups, pods: [...old, ...fresh] });
  const rollouts = rolling.map((each) => rolloutOf(each, old, fresh, order));
  const stuck = roll(session, rollouts);
  const byUid = new Map<string, ReplayedPod>([...old, ...fresh].map((pod) => [pod.uid, pod]));
  const holders = new Map<string, ReplayedPod[]>();
  for (const [uid, node] of session.placed()) {
    const pod = byUid.get(uid);
    if (pod) holders.set(node, [...(holders.get(node) ?? []), pod]);
  }
  const waits = stuck.map(({ name, waiting, old: left }) => {
    const { owner = '', component = '' } = rolling.find((each) => nameOf(each) === name) ?? {};
    const pods = waiting.flatMap((uid) => byUid.get(uid) ?? []);
    return { owner, component, line: waitLine(component, pods, left.length, holders) };
  });
  return [...new Set(waits.map(({ owner }) => owner))].map((owner) => {
    const own = waits.filter((each) => each.owner === owner);
    return { owner, components: own.map(({ component }) => component), chain: own.map(({ line }) => line) };
  });
}

/** What new pods of a component wait for: the nodes of their pin, and whose old pods are there. */
function waitLine(
  component: string,
  waiting: readonly ReplayedPod[],
  left: number,
  holders: ReadonlyMap<string, readonly ReplayedPod[]>,
): string {
  if (waiting.length === 0) return `${pods(left, 'old')} of ${component} kept until all its new ones are there`;
  const nodes = [...new Set(waiting.flatMap((pod) => pinnedTo(pod) ?? []))].sort();
  const held = nodes.flatMap((node) =>
    (holders.get(node) ?? [])
      .filter(({ uid }) => uid.startsWith(OLD))
      .map((pod) => `${pod.component ?? pod.name} on ${node}`),
  );
  const because = held.length > 0 ? `, where old pods still are: ${held.join(', ')}` : '';
  return `${pods(waiting.length, 'new')} of ${component} waiting for ${nodes.join(', ')}${because}`;
}

function pods(count: number, kind: 'old' | 'new'): string {
  return `${count} ${kind} pod${count === 1 ? '' : 's'}`;
}

function nameOf({ owner, component }: RollingComponent): string {
  return `${owner} ${component}`;
}

function rolloutOf(
  each: RollingComponent,
  old: readonly ReplayedPod[],
  fresh: readonly ReplayedPod[],
  order: Order,
): Rollout {
  const own = (pods: readonly ReplayedPod[]): string[][] => {
    const replicas = new Map<string, string[]>();
    for (const pod of pods) {
      if (pod.owner !== each.owner || pod.component !== each.component) continue;
      replicas.set(pod.replica, [...(replicas.get(pod.replica) ?? []), pod.uid]);
    }
    return [...replicas.values()];
  };
  return { name: nameOf(each), strategy: each.strategy, old: order(own(old)), new: own(fresh) };
}
