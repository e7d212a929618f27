import { hasErrors, type Outcome } from '../diagnostics/diagnostic';
import type { NamespacedName } from './cluster';
import { checkPods } from './checks';
import type { FieldReader, RawMap } from './fields';
import { readIdentity } from './identity';
import { located, readItems, type ListSource } from './items';
import { POD_GROUP_ANNOTATION } from './pods';
import { wantedOfPodState } from './wanted';

/** How a pod does, whether or not it has a node. */
export interface PodState extends NamespacedName {
  readonly labels: Readonly<Record<string, string>>;
  /** Absent until it is bound. */
  readonly node?: string;
  /** As kubectl writes times; the text of a later one is greater. */
  readonly created?: string;
  /** It is being deleted, since then. */
  readonly terminating?: string;
  /** It ended, well or badly, and holds no room: why, where it says so. */
  readonly ended?: string;
  /** It serves. */
  readonly ready: boolean;
  /** Why it has no node: the scheduler's own words. */
  readonly unscheduled?: string;
  /** Why it does not serve, as of its containers, such as `main: CrashLoopBackOff, restarted 7 times`. */
  readonly trouble?: string;
  /** The PodGroup that it is a member of, in its namespace. */
  readonly podGroup?: string;
}

/** Reads a list of pods, whatever becomes of them. */
export function readPodStates(source: ListSource): Outcome<readonly PodState[]> {
  const pods = readItems(source, 'Pod', readPodState, wantedOfPodState);
  if (!pods.ok) return pods;
  const { items, place, text } = pods.value;
  const diagnostics = [...pods.diagnostics, ...located(checkPods(items, place), text)];
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: items, diagnostics };
}

/** Reads one core/v1 Pod; undefined where it has no name to be known by. */
function readPodState(raw: RawMap, fields: FieldReader): PodState | undefined {
  const identity = readIdentity(raw, fields);
  if (!identity) return undefined;
  const { namespace, name, metadata } = identity;
  const status = fields.map(raw.status, 'status');
  const conditions = readConditions(status, fields);
  const annotations = fields.labels(metadata.annotations, 'metadata.annotations') ?? {};
  return {
    namespace,
    name,
    labels: fields.labels(metadata.labels, 'metadata.labels') ?? {},
    node: fields.text(fields.map(raw.spec, 'spec').nodeName, 'spec.nodeName') || undefined,
    created: fields.text(metadata.creationTimestamp, 'metadata.creationTimestamp'),
    terminating: fields.text(metadata.deletionTimestamp, 'metadata.deletionTimestamp'),
    ended: endOf(status, fields),
    ready: conditions.get('Ready')?.status === 'True',
    unscheduled: unscheduledOf(conditions),
    trouble: troubleOf(status, fields),
    podGroup: annotations[POD_GROUP_ANNOTATION] || undefined,
  };
}

function readConditions(status: RawMap, fields: FieldReader): ReadonlyMap<unknown, RawMap> {
  const conditions = fields.list(status.conditions, 'status.conditions');
  return new Map(
    conditions.map((item, i) => {
      const condition = fields.map(item, `status.conditions[${i}]`);
      return [condition.type, condition] as const;
    }),
  );
}

/** Evicted pods stay in the list, and so do those of Jobs. */
function endOf({ phase, reason, message }: RawMap, fields: FieldReader): string | undefined {
  const name = fields.text(phase, 'status.phase');
  if (name !== 'Failed' && name !== 'Succeeded') return undefined;
  const why = [reason, message].filter((text) => typeof text === 'string' && text !== '');
  return why.length > 0 ? `${name}: ${why.join(', ')}` : name;
}

function unscheduledOf(conditions: ReadonlyMap<unknown, RawMap>): string | undefined {
  const { status, message, reason } = conditions.get('PodScheduled') ?? {};
  if (status !== 'False') return undefined;
  const text = [message, reason].find((each) => typeof each === 'string' && each !== '');
  return typeof text === 'string' ? text : undefined;
}

/** The first container that says something, those that start before the others first. */
function troubleOf(status: RawMap, fields: FieldReader): string | undefined {
  for (const list of ['initContainerStatuses', 'containerStatuses'] as const) {
    for (const [i, item] of fields.list(status[list], `status.${list}`).entries()) {
      const field = `status.${list}[${i}]`;
      const container = fields.map(item, field);
      const why = reasonOf(container, field, fields);
      if (why !== undefined) return `${String(container.name)}: ${why}`;
    }
  }
  return undefined;
}

/** A container that waits for its image or its neighbours, or ended and will be started again. */
function reasonOf(container: RawMap, field: string, fields: FieldReader): string | undefined {
  const state = fields.map(container.state, `${field}.state`);
  const last = fields.map(container.lastState, `${field}.lastState`);
  const { reason, message } = fields.map(state.waiting, `${field}.state.waiting`);
  const ended = fields.map(state.terminated ?? last.terminated, `${field}.lastState.terminated`);
  const isDone = container.ready === true || (state.terminated !== undefined && ended.exitCode === 0);
  if (isDone) return undefined;
  const restarts = typeof container.restartCount === 'number' ? container.restartCount : 0;
  const code = typeof ended.exitCode === 'number' ? `last exit code ${ended.exitCode}` : '';
  const parts = [
    typeof reason === 'string' ? reason : '',
    typeof ended.reason === 'string' && ended.reason !== 'Error' ? ended.reason : '',
    restarts > 0 ? `restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}` : '',
    code,
    typeof message === 'string' && reason !== 'CrashLoopBackOff' ? message : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : undefined;
}
