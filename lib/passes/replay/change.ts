import type { Manifest } from '../../emit/manifest';
import { pinnedTo } from '../../replay/predicates';
import { roll, strategyOf, type Rollout, type Strategy } from '../../replay/rollout';
import { Session } from '../../replay/session';
import { asMap, asText, podTemplates, type FoundTemplate } from '../verify/pod-templates';
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

/** Graphs that are in both, and whose components are the same: all others stop first, or start anew. */
export function replayChange(before: Side, after: Side): readonly Hang[] {
  const staying = stayingGraphs(before, after);
  const rolling = staying.flatMap(rollingComponents);
  if (rolling.length === 0) return [];
  const running = placesOf(before.world);
  for (const isReversed of [false, true]) {
    const hangs = attempt(before, after, rolling, running, isReversed);
    if (hangs.length > 0) return hangs;
  }
  return [];
}

interface Pair {
  readonly old: Manifest;
  readonly fresh: Manifest;
}

function stayingGraphs(before: Side, after: Side): Pair[] {
  return after.manifests.flatMap((fresh) => {
    if (fresh.kind !== 'DynamoGraphDeployment') return [];
    const old = before.manifests.find((manifest) => manifest.kind === fresh.kind && keyOf(manifest) === keyOf(fresh));
    return old && namesOf(old) === namesOf(fresh) ? [{ old, fresh }] : [];
  });
}

function keyOf({ metadata }: Manifest): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function namesOf(manifest: Manifest): string {
  return podTemplates({ manifest })
    .map(({ component }) => component)
    .sort()
    .join(' ');
}

interface RollingComponent {
  readonly owner: string;
  readonly component: string;
  readonly strategy: Strategy;
}

/** A change to any worker rolls every worker; a frontend rolls by itself. */
function rollingComponents({ old, fresh }: Pair): RollingComponent[] {
  const isGrove = asMap(fresh.metadata.annotations)['nvidia.com/enable-grove'] === 'true';
  const templates = podTemplates({ manifest: fresh });
  const before = new Map(podTemplates({ manifest: old }).map((template) => [template.component, template]));
  const changed = new Set(templates.filter((template) => textOf(before.get(template.component)) !== textOf(template)));
  const anyWorker = templates.some((template) => changed.has(template) && isWorker(fresh, template));
  return templates
    .filter((template) => changed.has(template) || (anyWorker && isWorker(fresh, template)))
    .map((template) => ({
      owner: keyOf(fresh),
      component: template.component ?? '',
      strategy: isGrove ? { kind: 'one by one' } : strategyOf(annotationsOf(template), template.replicas),
    }));
}

/** What a pod is made from. */
function textOf(template: FoundTemplate | undefined): string {
  return template ? JSON.stringify([template.metadata, template.annotations, template.spec]) : '';
}

function annotationsOf({ metadata, annotations }: FoundTemplate): Record<string, string> {
  const all = { ...asMap(metadata.annotations), ...annotations };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** Components that the operator rolls together: all but frontends and planners. */
function isWorker({ spec }: Manifest, { component }: FoundTemplate): boolean {
  const listed = asMap(spec).components;
  const own = Array.isArray(listed) ? listed.map(asMap).find(({ name }) => name === component) : undefined;
  const service = asMap(asMap(asMap(spec).services)[component ?? '']);
  const type = asText(own?.type) ?? asText(service.componentType);
  return type === undefined || ['worker', 'prefill', 'decode'].includes(type);
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

function attempt(
  before: Side,
  after: Side,
  rolling: readonly RollingComponent[],
  running: ReadonlyMap<string, string>,
  isReversed: boolean,
): Hang[] {
  const isRolling = ({ owner, component }: ReplayedPod): boolean =>
    rolling.some((each) => each.owner === owner && each.component === component);
  const lost = new Set(after.world.nodes.filter(({ ready }) => !ready).map(({ name }) => name));
  const nodeOf = (uid: string): string | undefined => {
    const node = running.get(uid);
    return node === undefined || lost.has(node) ? undefined : node;
  };
  const owners = new Set(after.world.pods.map(({ owner }) => owner));
  const old = before.world.pods
    .filter((pod) => isRolling(pod) && owners.has(pod.owner))
    .map((pod) => ({ ...pod, uid: `${OLD}${pod.uid}`, created: -1, node: nodeOf(pod.uid) }));
  const fresh = after.world.pods.map((pod) =>
    isRolling(pod) ? { ...pod, absent: true } : { ...pod, node: nodeOf(pod.uid) },
  );
  const session = new Session({ ...after.world, pods: [...old, ...fresh] });
  const rollouts = rolling.map((each) => rolloutOf(each, old, fresh, isReversed));
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
  isReversed: boolean,
): Rollout {
  const own = (pods: readonly ReplayedPod[]): string[][] => {
    const replicas = new Map<string, string[]>();
    for (const pod of pods) {
      if (pod.owner !== each.owner || pod.component !== each.component) continue;
      replicas.set(pod.replica, [...(replicas.get(pod.replica) ?? []), pod.uid]);
    }
    return [...replicas.values()];
  };
  const going = own(old);
  return { name: nameOf(each), strategy: each.strategy, old: isReversed ? going.reverse() : going, new: own(fresh) };
}
