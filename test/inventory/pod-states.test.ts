import { readPodGroupStates } from '../../lib/inventory/pod-groups';
import { readPodStates, type PodState } from '../../lib/inventory/pod-states';

const source = (value: unknown) => ({
  read: () => ({ ok: true, value: { value, place: (pointer: string) => ({ pointer }) }, diagnostics: [] }) as const,
});

const list = (...items: readonly unknown[]): unknown => ({ apiVersion: 'v1', kind: 'List', items });

function read(status: unknown, spec: unknown = { nodeName: 'n1' }, metadata: object = {}): PodState | undefined {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'a', ...metadata }, spec, status };
  const states = readPodStates(source(list(pod)));
  if (!states.ok) throw new Error(JSON.stringify(states.diagnostics));
  return states.value[0];
}

const container = (more: object): object => ({ name: 'main', ready: false, restartCount: 0, ...more });

describe('a pod', () => {
  test('that serves', () => {
    const metadata = { labels: { a: 'b' }, annotations: { 'pod-group-name': 'g' }, creationTimestamp: 't' };
    expect(read({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, undefined, metadata)).toEqual({
      namespace: 'a',
      name: 'p',
      labels: { a: 'b' },
      node: 'n1',
      created: 't',
      ready: true,
      podGroup: 'g',
    });
  });

  test.each<[string, object, string]>([
    ['by its message', { message: '0/3 nodes', reason: 'Unschedulable' }, '0/3 nodes'],
    ['by its reason', { message: '', reason: 'SchedulingGated' }, 'SchedulingGated'],
  ])('without a node says why, %s', (_, more, why) => {
    const conditions = [{ type: 'PodScheduled', status: 'False', ...more }];
    expect(read({ phase: 'Pending', conditions }, {})).toMatchObject({ ready: false, unscheduled: why });
  });

  test.each<[string, object, string | undefined]>([
    [
      'crashes',
      {
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        restartCount: 1,
        lastState: { terminated: { exitCode: 2, reason: 'Error' } },
      },
      'main: CrashLoopBackOff, restarted 1 time, last exit code 2',
    ],
    [
      'has no image',
      { state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } },
      'main: ImagePullBackOff, not found',
    ],
    ['ended by itself', { state: { terminated: { exitCode: 0, reason: 'Completed' } } }, undefined],
    ['has just begun', { state: { running: {} } }, undefined],
    ['is ready after a restart', { ready: true, restartCount: 3, state: { running: {} } }, undefined],
  ])('whose container %s', (_, more, trouble) => {
    expect(read({ phase: 'Running', containerStatuses: [container(more)] })?.trouble).toBe(trouble);
  });

  test('whose init container fails before the others are asked', () => {
    const init = { name: 'fetch', ready: false, restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } };
    const main = container({ state: { waiting: { reason: 'PodInitializing' } } });
    const state = read({ phase: 'Pending', initContainerStatuses: [init], containerStatuses: [main] });
    expect(state?.trouble).toBe('fetch: CrashLoopBackOff, restarted 2 times');
  });

  test('that was evicted, is being deleted, or says nothing', () => {
    expect(read({ phase: 'Failed', reason: 'Evicted', message: 'memory' })?.ended).toBe('Failed: Evicted, memory');
    expect(read({ phase: 'Succeeded' })?.ended).toBe('Succeeded');
    expect(read({}, undefined, { deletionTimestamp: 't' })?.terminating).toBe('t');
    expect(read(undefined, undefined)).toMatchObject({ ready: false, node: 'n1' });
  });

  test('whose fields are of another kind is refused', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'a' }, status: { conditions: 3 } };
    expect(readPodStates(source(list(pod)))).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'BAY1006', message: 'status.conditions of pod a/p is not a list: 3' }],
    });
  });
});

describe('a PodGroup', () => {
  const group = (schedulingConditions: unknown): unknown => ({
    apiVersion: 'scheduling.run.ai/v2alpha2',
    kind: 'PodGroup',
    metadata: { namespace: 'a', name: 'g' },
    status: { schedulingConditions },
  });
  const says = (conditions: unknown): unknown => {
    const groups = readPodGroupStates(source(list(group(conditions))));
    return groups.ok ? groups.value[0]?.says : groups.diagnostics.map(({ message }) => message);
  };

  test('says what it said last, and no reason twice', () => {
    const reasons = [{ message: 'no GPUs' }, { message: 'over quota' }, { message: 'over quota' }];
    const last = { transitionID: '10', status: 'True', message: 'Unable: no GPUs', reasons };
    expect(says([{ transitionID: '9', status: 'True', message: 'old' }, last])).toEqual([
      'Unable: no GPUs',
      'over quota',
    ]);
  });

  test('says nothing where it waits for nothing', () => {
    expect(says(undefined)).toEqual([]);
    expect(says([{ transitionID: '1', status: 'False', message: 'done' }])).toEqual([]);
  });

  test('of other fields is refused', () => {
    expect(says([{ message: 3 }])).toEqual(['status.schedulingConditions[0].message of PodGroup a/g is not a text: 3']);
  });

  test('comes in lists of the API too', () => {
    const typed = { apiVersion: 'scheduling.run.ai/v2alpha2', kind: 'PodGroupList', items: [group([])] };
    expect(readPodGroupStates(source(typed)).ok).toBe(true);
    const others = readPodGroupStates(source({ apiVersion: 'v1', kind: 'PodGroupList', items: [] }));
    expect(others.diagnostics.map(({ code }) => code)).toEqual(['BAY1003']);
  });
});
