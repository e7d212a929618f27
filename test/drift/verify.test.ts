import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { readCommitted, type Committed } from '../../lib/drift/committed';
import { verificationText } from '../../lib/drift/verify-text';
import { isAsPlanned, verificationDocument, verifyRunning, type Verification } from '../../lib/drift/verify';
import { Inventory } from '../../lib/inventory/inventory';
import { readPodGroupStates } from '../../lib/inventory/pod-groups';
import { readPodStates } from '../../lib/inventory/pod-states';
import {
  crashing,
  CREATED,
  ended,
  onNode,
  operatorPods,
  pending,
  pod,
  podGroup,
  podList,
  terminating,
  type MadePod,
} from './operator-pods';

const root = join(__dirname, '../..');

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

function committed(cluster: string): Committed {
  return valueOf(readCommitted({ cluster, dist: join(root, 'dist') }));
}

const source = (list: unknown) => ({
  read: () => ({ ok: true, value: { value: list, place: () => ({}) }, diagnostics: [] }) as const,
});
const parsed = (items: readonly unknown[]): unknown => JSON.parse(podList(items)) as unknown;

interface Given {
  readonly podGroups?: readonly unknown[];
  readonly nodes?: unknown;
}

function verified(cluster: string, pods: readonly MadePod[], { podGroups, nodes }: Given = {}): Verification {
  const running = {
    pods: valueOf(readPodStates(source(parsed(pods)))),
    podGroups: podGroups && valueOf(readPodGroupStates(source(parsed(podGroups)))),
  };
  const today = nodes === undefined ? undefined : valueOf(Inventory.fromObjects({ nodes }).load()).nodes;
  return valueOf(verifyRunning(committed(cluster), running, today));
}

/** Pods of eu-west with those changed whose name begins with a text. */
function euWest(prefix: string, change: (made: MadePod) => readonly MadePod[]): MadePod[] {
  return operatorPods('eu-west').flatMap((made) => (made.metadata.name.startsWith(prefix) ? change(made) : [made]));
}

/** Only one pod of a component changed: `llama-70b-decode`, 0. */
function with1(component: string, index: number, change: (made: MadePod) => readonly MadePod[]): MadePod[] {
  return euWest(`${component}-6f9c7d5b8-${index}`, change);
}

/** Another pod of the same component, or of one with other labels. */
function twin(made: MadePod, name: string, labels: Record<string, string> = {}): MadePod {
  return { ...made, metadata: { ...made.metadata, name, labels: { ...made.metadata.labels, ...labels } } };
}

describe('a cluster as the operators make it', () => {
  test.each([
    ['eu-west', 'eu-west', 'all 2 graphs as planned'],
    ['us-east', 'us-east', 'the graph as planned'],
    ['lab', 'lab', 'the graph as planned'],
    ['lab-runai', 'lab', 'the graph as planned'],
  ])('%s is as planned', (cluster, folder, summary) => {
    const verification = verified(cluster, operatorPods(cluster, folder));
    expect(isAsPlanned(verification)).toBe(true);
    expect(verificationText(verification).split('\n')[0]).toBe(`${cluster}: ${summary}`);
  });

  test('the order of the list changes nothing', () => {
    const pods = with1('llama-70b-decode', 0, (made) => [pending(made)]);
    const text = verificationText(verified('eu-west', pods));
    fc.assert(
      fc.property(fc.shuffledSubarray(pods, { minLength: pods.length }), (shuffled) => {
        expect(verificationText(verified('eu-west', shuffled))).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});

test('a pod on a node of its pin that was planned for another is no drift', () => {
  //  sys-node-01 sys-node-03: a frontend each
  const pods = with1('llama-70b-frontend', 1, (made) => [onNode(made, 'sys-node-01')]);
  const verification = verified('eu-west', pods);
  expect(isAsPlanned(verification)).toBe(true);
  expect(verificationText(verification)).toBe(`eu-west: all 2 graphs as planned
runai-project-a/llama-70b: as planned, 9 pods on 5 nodes
  note       1 pod of frontend on another node of its pin than planned, as pins allow
runai-project-a/vllm-disagg: as planned, 3 pods on 2 nodes
`);
});

test('without a lock, any node of its pin is as planned', () => {
  const { lock: _, ...rest } = committed('eu-west');
  const pods = valueOf(
    readPodStates(source(parsed(with1('llama-70b-frontend', 1, (made) => [onNode(made, 'sys-node-01')])))),
  );
  expect(verificationText(valueOf(verifyRunning(rest, { pods })))).toBe(`eu-west: all 2 graphs as planned
runai-project-a/llama-70b: as planned, 9 pods on 5 nodes
runai-project-a/vllm-disagg: as planned, 3 pods on 2 nodes
`);
});

test('what others say stays on its line', () => {
  const pods = with1('llama-70b-decode', 0, (made) => [pending(made, 'no\u001b[2J room\r\n  at all')]);
  expect(verificationText(verified('eu-west', pods))).toContain('\n             no [2J room\n             at all\n');
});

test('a pod elsewhere is told with the nodes of its pin', () => {
  const pods = with1('llama-70b-prefill', 0, (made) => [onNode(made, 'gpu-node-09')]);
  expect(verificationText(verified('eu-west', pods))).toBe(`eu-west: 1 of 2 graphs not as planned

runai-project-a/llama-70b: NOT AS PLANNED, 9 pods on 7 nodes
  elsewhere  llama-70b-prefill-6f9c7d5b8-0axyz (prefill) on gpu-node-09, since ${CREATED}; pinned to gpu-node-04
  open       prefill was planned on gpu-node-04
  next       put back what dist says: flux reconcile kustomization graph-llama-70b --with-source

runai-project-a/vllm-disagg: as planned, 3 pods on 2 nodes
`);
});

test('a partial gang comes first, with what KAI says and what became of the node', () => {
  const pods = with1('vllm-disagg-decode', 0, (made) => [pending(made)]);
  const nodes = parsed([
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'gpu-node-18', labels: { 'kubernetes.io/hostname': 'gpu-node-18' } },
      spec: { unschedulable: true },
      status: { allocatable: {}, conditions: [{ type: 'Ready', status: 'True' }] },
    },
  ]);
  const group = podGroup(
    'runai-project-a',
    'runai-project-a.vllm-disagg',
    'Unable to schedule podgroup.\nNot enough GPUs.',
    ['Not enough GPUs.', 'queue is full'],
  );
  const text = verificationText(verified('eu-west', pods, { podGroups: [group], nodes }));
  expect(text).toBe(`eu-west: 1 of 2 graphs not as planned

runai-project-a/vllm-disagg: PARTIAL GANG, 2 of 3 pods on nodes
  pending    1 pod of decode since ${CREATED}: vllm-disagg-decode-6f9c7d5b8-0axyz
             KAI: Unable to schedule podgroup.
             Not enough GPUs.
             KAI: queue is full
  open       decode was planned on gpu-node-18 (cordoned)
  next       bring back gpu-node-18; else plan without: docs/operate.md, "A node is gone"

runai-project-a/llama-70b: as planned, 9 pods on 6 nodes
`);
});

test('of Grove, pods say which PodGroup is theirs', () => {
  const pods = operatorPods('us-east').map((made) =>
    made.metadata.name.includes('decode') ? pending(made, 'no') : made,
  );
  const says = (name: string): readonly string[] => {
    const group = podGroup('deepseek', name, 'no rack is free');
    return verified('us-east', pods, { podGroups: [group] }).graphs.flatMap((graph) => graph.says);
  };
  expect(says('deepseek-r1-0-1764032400000000000')).toEqual(['no rack is free']);
  expect(says('another-0')).toEqual([]);
});

test('a gang that waits as a whole says so in a few lines', () => {
  const pods = euWest('llama', (made) => [pending(made)]);
  const text = verificationText(verified('eu-west', pods));
  expect(text.split('\n').slice(2, 7)).toEqual([
    'runai-project-a/llama-70b: WAITS AS A WHOLE, none of 9 pods on a node',
    `  pending    2 pods of frontend since ${CREATED}: llama-70b-frontend-6f9c7d5b8-0axyz, llama-70b-frontend-6f9c7d5b8-1axyz`,
    expect.stringMatching(/^ {2}pending {4}4 pods of prefill since /),
    expect.stringMatching(/^ {2}pending {4}3 pods of decode since /),
    '             no node has enough nvidia.com/gpu',
  ]);
});

test('a graph without pods is not there', () => {
  const pods = euWest('llama', () => []);
  const verification = verified('eu-west', pods);
  expect(verification.graphs.map(({ name, status }) => [name, status])).toEqual([
    ['llama-70b', 'absent'],
    ['vllm-disagg', 'as-planned'],
  ]);
  expect(verificationText(verification)).toContain(`
runai-project-a/llama-70b: NOT THERE, none of 9 pods exists
  missing    2 pods of frontend
  missing    4 pods of prefill
  missing    3 pods of decode
  open       frontend was planned on sys-node-01, sys-node-03
  open       prefill was planned on gpu-node-04 for 4 pods
`);
});

test.each<[string, (made: MadePod) => readonly MadePod[], string, string[]]>([
  ['missing', () => [], 'partial', ['missing    1 pod of decode', 'open       decode was planned on gpu-node-06']],
  [
    'leaving',
    (made) => [terminating(made)],
    'partial',
    [
      'missing    1 pod of decode',
      'leaving    llama-70b-decode-6f9c7d5b8-0axyz (decode) on gpu-node-06, since 2026-11-25T02:00:00Z',
    ],
  ],
  [
    'in a crash loop',
    (made) => [crashing(made)],
    'differs',
    [
      `not ready  llama-70b-decode-6f9c7d5b8-0axyz (decode) on gpu-node-06, since ${CREATED}: main: CrashLoopBackOff, OOMKilled, restarted 7 times, last exit code 137`,
    ],
  ],
  ['one too many', (made) => [made, twin(made, 'x')], 'differs', ['extra      1 pod of decode more than planned']],
  [
    'of no component that is written',
    (made) => [made, twin(made, 'x', { 'nvidia.com/dynamo-component': 'old' })],
    'differs',
    [`elsewhere  x (old) on gpu-node-06, since ${CREATED}; dist has no such component`],
  ],
])('a pod that is %s', (_, change, status, lines) => {
  const verification = verified('eu-west', with1('llama-70b-decode', 0, change));
  expect(verification.graphs.find(({ name }) => name === 'llama-70b')?.status).toBe(status);
  const text = verificationText(verification);
  for (const each of lines) expect(text).toContain(`\n  ${each}\n`);
});

test('what ended is told, and stands in no way', () => {
  const verification = verified(
    'eu-west',
    with1('llama-70b-decode', 0, (made) => [made, ended(made)]),
  );
  expect(isAsPlanned(verification)).toBe(true);
  expect(verificationText(verification)).toContain(
    `ended      llama-70b-decode-6f9c7d5b8-0axyz-old (decode) on gpu-node-06, since ${CREATED}: Failed: Evicted, The node was low on resource: memory.`,
  );
});

test('two generations of pods are a rollout', () => {
  const pods = with1('llama-70b-decode', 0, (made) => [twin(made, made.metadata.name, { 'pod-template-hash': '7d' })]);
  expect(verificationText(verified('eu-west', pods))).toContain(
    'note       pods of 2 generations of decode: a rollout is under way',
  );
});

test('graphs of others are counted, and are no drift', () => {
  const labels = { 'nvidia.com/dynamo-graph-deployment-name': 'mine' };
  const pods = [...operatorPods('eu-west'), pod('mine-0', 'gpu-node-20', { namespace: 'lab', labels })];
  const verification = verified('eu-west', pods);
  expect(isAsPlanned(verification)).toBe(true);
  expect(verificationText(verification)).toContain('lab/mine: 1 pod of a graph that dist does not have\n');
});

test('the document for programs holds the same', () => {
  const pods = with1('vllm-disagg-decode', 0, (made) => [pending(made, 'no room')]);
  expect(verificationDocument(verified('eu-west', pods))).toMatchObject({
    version: 1,
    cluster: 'eu-west',
    status: 'drift',
    graphs: [
      {
        namespace: 'runai-project-a',
        name: 'vllm-disagg',
        status: 'partial',
        says: [],
        components: [
          { name: 'frontend', missing: 0, open: [] },
          { name: 'prefill', missing: 0, open: [] },
          {
            name: 'decode',
            planned: { least: 1, most: 1 },
            pin: ['gpu-node-18'],
            open: ['gpu-node-18'],
            pods: [{ name: 'vllm-disagg-decode-6f9c7d5b8-0axyz', status: 'pending', why: 'no room', ready: false }],
          },
        ],
      },
      { name: 'llama-70b', status: 'as-planned' },
    ],
    unknownGraphs: {},
  });
});

test('docs/operate.md shows what is printed', () => {
  interface Listed {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions: readonly { readonly type: string }[] };
  }
  const list = JSON.parse(readFileSync(join(root, 'topologies/eu-west/nodes.json'), 'utf8')) as { items: Listed[] }; // kubectl's
  const items = list.items.map((node) => {
    if (node.metadata.name !== 'gpu-node-06') return node;
    const conditions = node.status.conditions.map((each) =>
      each.type === 'Ready' ? { ...each, status: 'Unknown' } : each,
    );
    return { ...node, status: { ...node.status, conditions } };
  });
  const pods = with1('llama-70b-decode', 0, (made) => [pending(made)]);
  const podGroups = [podGroup('runai-project-a', 'runai-project-a.llama-70b', 'Unable to schedule podgroup.')];
  const text = verificationText(verified('eu-west', pods, { podGroups, nodes: { ...list, items } }));
  expect(readFileSync(join(root, 'docs/operate.md'), 'utf8')).toContain(`\`\`\`text\n${text}\`\`\`\n`);
});
