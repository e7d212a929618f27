import type { PodDocument, ProblemDocument } from '../../lib/placement/document';
import { checkPlan } from '../../lib/checker/check';
import type { Plan } from '../../lib/placement/plan';
import {
  faults,
  groupChanged,
  gangChanged,
  placedGang,
  plan,
  problem,
  withGang,
  withNode,
  withPlacements,
} from './sound';

/** prefill asks for 4 GPUs and what is given here. */
function prefillPod(pod: PodDocument): ProblemDocument {
  return groupChanged('prefill', { pod: { requests: { gpu: 4 }, ...pod } });
}

describe('a sound plan', () => {
  test('has no fault', () => {
    expect(checkPlan(problem, plan)).toEqual([]);
  });

  test('may leave out copies beyond the minimum, and whole gangs', () => {
    const fewer = withGang({ placements: { 'prefill/0': ['n3'], 'decode/0': ['n1', 'n2'] } });
    expect(faults(problem, fewer)).toEqual([]);
    const none: Plan = {
      ...plan,
      status: 'infeasible',
      gangs: [{ name: 'g', status: 'unplaced', reasons: [{ code: 'capacity', message: 'too little' }] }],
    };
    expect(faults(problem, none)).toEqual([]);
  });

  test('may use a node that tolerations and affinity allow', () => {
    const tainted = withNode('n3', { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] });
    const pod: PodDocument = {
      tolerations: [{ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }],
      nodeAffinity: {
        nodeSelectorTerms: [
          {},
          {
            matchExpressions: [
              { key: 'rack', operator: 'In', values: ['r2'] },
              { key: 'gone', operator: 'DoesNotExist' },
            ],
          },
        ],
      },
    };
    const { gangs } = prefillPod(pod);
    expect(faults({ ...tainted, gangs }, plan)).toEqual([]);
  });
});

const structure: readonly (readonly [string, Plan, readonly string[]])[] = [
  ['a gang that is not listed', { ...plan, gangs: [] }, ['gang-list: gang g is not listed']],
  ['a gang that is listed twice', { ...plan, gangs: [placedGang, placedGang] }, ['gang-list: gang g is listed twice']],
  [
    'a gang that the problem does not have',
    { ...plan, gangs: [placedGang, { ...placedGang, name: 'h' }] },
    ['gang-list: gang h is not a gang of the problem'],
  ],
  [
    'a status that does not follow',
    { ...plan, status: 'infeasible' },
    ['status: status is infeasible with 0 unplaced gangs'],
  ],
  [
    'an unplaced gang without a reason',
    { ...plan, status: 'infeasible', gangs: [{ name: 'g', status: 'unplaced', reasons: [] }] },
    ['status: gang g is unplaced without a reason'],
  ],
  [
    'a partial gang',
    withGang({ placements: { 'prefill/0': ['n3'], 'prefill/1': ['n3'] } }),
    ['copies: gang g has 0 copies of decode, below the minimum of 1'],
  ],
  [
    'a copy too many',
    withPlacements({ 'prefill/2': ['n3'] }),
    ['copies: prefill/2 is a copy beyond the 2 of the group'],
  ],
  [
    'paths that name no copy of pods',
    withPlacements({ prefill: ['n3'], 'prefill/01': ['n3'], 'stage/0/prefill/0': ['n3'], 'decode/0/x/0': ['n3'] }),
    ['prefill', 'prefill/01', 'stage/0/prefill/0', 'decode/0/x/0'].map(
      (path) => `copies: ${path} is no copy of a group of pods of gang g`,
    ),
  ],
  ['a pod too few', withPlacements({ 'decode/0': ['n1'] }), ['pod-count: decode/0 has 1 nodes for 2 pods']],
  ['a pod too many', withPlacements({ 'prefill/0': ['n3', 'n3'] }), ['pod-count: prefill/0 has 2 nodes for 1 pods']],
  [
    'a node that is not there',
    withPlacements({ 'prefill/0': ['n9'] }),
    ['unknown-node: prefill/0 is on n9, which is no node'],
  ],
  [
    'numbers with a gap',
    withGang({ placements: { 'prefill/1': ['n3'], 'decode/0': ['n1', 'n2'] } }),
    ['numbering: prefill/1 of g leaves lower numbers free'],
  ],
];

describe('the checker finds, in what a plan lists,', () => {
  test.each(structure)('%s', (_, changed, expected) => {
    expect(faults(problem, changed)).toEqual(expected);
  });
});

const onN3 = (why: string): string[] =>
  ['prefill/0', 'prefill/1'].map((path) => `eligibility: ${path} cannot be on n3: ${why}`);

const eligibility: readonly (readonly [string, ProblemDocument, readonly string[]])[] = [
  ['a node that is not ready', withNode('n3', { ready: false }), onN3('the node is not ready')],
  ['a cordoned node', withNode('n3', { unschedulable: true }), onN3('the node is cordoned')],
  [
    'a cordoned node, whatever is tolerated',
    { ...withNode('n3', { unschedulable: true }), gangs: prefillPod({ tolerations: [{ operator: 'Exists' }] }).gangs },
    onN3('the node is cordoned'),
  ],
  [
    'a node that the selector does not match',
    prefillPod({ nodeSelector: { rack: 'r1' } }),
    onN3('the node does not match the selector rack=r1'),
  ],
  ['an affinity without terms, which matches nothing', affinity([]), onN3('the node does not match the affinity')],
  ['a term without requirements, which matches nothing', affinity([{}]), onN3('the node does not match the affinity')],
  [
    'In',
    affinity([one({ key: 'rack', operator: 'In', values: ['r1', 'r3'] })]),
    onN3('the node does not match the affinity'),
  ],
  [
    'NotIn',
    affinity([one({ key: 'rack', operator: 'NotIn', values: ['r2'] })]),
    onN3('the node does not match the affinity'),
  ],
  ['Exists', affinity([one({ key: 'row', operator: 'Exists' })]), onN3('the node does not match the affinity')],
  [
    'DoesNotExist',
    affinity([one({ key: 'rack', operator: 'DoesNotExist' })]),
    onN3('the node does not match the affinity'),
  ],
  [
    'Gt on what is no integer',
    affinity([one({ key: 'rack', operator: 'Gt', values: ['0'] })]),
    onN3('the node does not match the affinity'),
  ],
  [
    'Lt on an absent label',
    affinity([one({ key: 'row', operator: 'Lt', values: ['9'] })]),
    onN3('the node does not match the affinity'),
  ],
  [
    'matchFields',
    affinity([{ matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: ['n3'] }] }]),
    onN3('the node does not match the affinity'),
  ],
  [
    'a taint',
    withNode('n3', { taints: [{ key: 'k', effect: 'NoSchedule' }] }),
    onN3('the node has the taint k=:NoSchedule'),
  ],
  [
    'a taint with another value than is tolerated',
    {
      ...withNode('n3', { taints: [{ key: 'k', value: 'v', effect: 'NoExecute' }] }),
      gangs: prefillPod({
        tolerations: [
          { key: 'k', value: 'w' },
          { key: 'k', operator: 'Exists', effect: 'NoSchedule' },
        ],
      }).gangs,
    },
    onN3('the node has the taint k=v:NoExecute'),
  ],
  ['nothing in a taint that only prefers', withNode('n3', { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] }), []],
];

type Terms = NonNullable<PodDocument['nodeAffinity']>['nodeSelectorTerms'];

function affinity(nodeSelectorTerms: Terms): ProblemDocument {
  return prefillPod({ nodeAffinity: { nodeSelectorTerms } });
}

function one(requirement: NonNullable<Terms[number]['matchExpressions']>[number]): Terms[number] {
  return { matchExpressions: [requirement] };
}

describe('the checker finds a pod where it may not be, by', () => {
  test.each(eligibility)('%s', (_, document, expected) => {
    expect(faults(document, plan)).toEqual(expected);
  });
});

const numbers: readonly (readonly [string, ProblemDocument, Plan, readonly string[]])[] = [
  [
    'a node over its allocatable beside what is used',
    withNode('n3', { used: { gpu: 1 } }),
    plan,
    ['capacity: node n3 has 7 of gpu left, and the plan puts 8 there'],
  ],
  [
    'a node over a fraction of a core',
    withNode('n3', { allocatable: { gpu: 8, cpu: '999999999n' } }),
    plan,
    ['capacity: node n3 has 999999999n of cpu left, and the plan puts 1 there'],
  ],
  [
    'a node with more pods than it can run',
    withNode('n3', { allocatable: { gpu: 8, cpu: 8, pods: 3 }, used: { pods: 2 } }),
    plan,
    ['capacity: node n3 has 1 of pods left, and the plan puts 2 there'],
  ],
  [
    'nothing in a resource that is overused but not asked for, nor in pods without a bound',
    withNode('n3', { allocatable: { gpu: 8, cpu: 8 }, used: { memory: 5, pods: 500 } }),
    plan,
    [],
  ],
  [
    'a copy across two domains of its required level',
    problem,
    withPlacements({ 'prefill/0': ['n1'], 'prefill/1': ['n1'], 'decode/0': ['n2', 'n3'] }),
    ['required-level: decode/0 is in 2 domains of rack, which is required: ["z1","r1"], ["z1","r2"]'],
  ],
  [
    'a gang across two zones with racks of one name',
    gangChanged({ constraint: { topology: 't', required: 'rack' } }),
    withGang({
      placements: { 'prefill/0': ['n4'], 'decode/0': ['n1', 'n2'] },
      domains: { '': { rack: 'r1' }, 'decode/0': { rack: 'r1' } },
    }),
    ['required-level: gang g is in 2 domains of rack, which is required: ["z1","r1"], ["z2","r1"]'],
  ],
  [
    'a constrained pod on a node that lacks a label of the topology',
    withNode('n3', { labels: { zone: 'z1', rack: 'r2' } }),
    plan,
    ['prefill/0', 'prefill/1'].map(
      (path) => `missing-label: ${path} is constrained by t, and n3 lacks its label kubernetes.io/hostname`,
    ),
  ],
  [
    'two pods on one value of an exclusive label',
    prefillPod({ exclusive: 'rack' }),
    plan,
    ['exclusive: prefill/1 is exclusive by rack: n3 shares r2 with a pod of prefill/0'],
  ],
  [
    'a node without the exclusive label',
    groupChanged('decode', { pod: { requests: { gpu: 8 }, exclusive: 'slot' } }),
    plan,
    ['n1', 'n2'].map((name) => `exclusive: decode/0 is exclusive by slot: ${name} lacks the label`),
  ],
  [
    'a queue over its quota',
    { ...problem, queues: [{ name: 'team', resources: { gpu: { quota: '23.5' } } }] },
    plan,
    ['quota: queue team has a quota of 23.5 of gpu, and 24 with the plan'],
  ],
  [
    'an ancestor over its limit, with what other queues beneath it use',
    { ...problem, queues: [...(problem.queues ?? []), { name: 'other', parent: 'root', used: { gpu: 6 } }] },
    plan,
    ['limit: queue root has a limit of 30 of gpu, and 31 with the plan'],
  ],
  [
    'a limit on pods, which count one each',
    { ...problem, queues: [{ name: 'team', resources: { pods: { limit: 3 } } }] },
    plan,
    ['limit: queue team has a limit of 3 of pods, and 4 with the plan'],
  ],
  [
    'nothing in a quota that only preemptible gangs are over',
    { ...gangChanged({ preemptible: true }), queues: [{ name: 'team', resources: { gpu: { quota: 0 } } }] },
    plan,
    [],
  ],
  [
    'nothing in a bound that is exceeded by use of what the gang does not ask for',
    { ...problem, queues: [{ name: 'team', resources: { memory: { quota: 1, limit: 1 } }, used: { memory: 5 } }] },
    plan,
    [],
  ],
];

describe('the checker finds', () => {
  test.each(numbers)('%s', (_, document, changed, expected) => {
    expect(faults(document, changed)).toEqual(expected);
  });
});

/**
 *     rack       r1
 *     node   n15     n16      8 GPUs each
 *           [a c]   [a d]     a: 2 x 4 GPUs, c and d: 4 GPUs
 */
function holedPins(
  pinned: 'set' | 'replica' | undefined,
  change: { pod?: PodDocument; replicas?: number } = {},
): ProblemDocument {
  const pod = { requests: { gpu: 4 } };
  const labels = { 'kubernetes.io/hostname': 'h' };
  const nodes = ['n15', 'n16'].map((name) => ({ name, labels, allocatable: { gpu: 8, pods: 10 } }));
  const groups = [
    {
      name: 'a',
      replicas: change.replicas ?? 2,
      minReplicas: 2,
      pod: { ...pod, ...change.pod },
      ...(pinned && { pinned }),
    },
    { name: 'c', pod, pinned: 'set' as const },
    { name: 'd', pod, pinned: 'set' as const },
  ];
  return { version: 1, nodes, gangs: [{ name: 'g', groups }] };
}

const holed = withGang({ placements: { 'a/0': ['n15'], 'a/1': ['n16'], 'c/0': ['n15'], 'd/0': ['n16'] }, domains: {} });

describe('pin safety', () => {
  test('is broken where pods of a set could take the place of another component', () => {
    expect(faults(holedPins('set'), holed)).toEqual([
      'pin-safety: node n15 has 8 of gpu left, and pods pinned there could ask for 12: 2 x g/a, 1 x g/c',
      'pin-safety: node n16 has 8 of gpu left, and pods pinned there could ask for 12: 2 x g/a, 1 x g/d',
    ]);
  });

  test('holds where each copy has a pin of its own', () => {
    expect(faults(holedPins('replica'), holed)).toEqual([]);
  });

  test('holds where pods of the set exclude one another', () => {
    expect(faults(holedPins('set', { pod: { exclusive: 'kubernetes.io/hostname' } }), holed)).not.toContainEqual(
      expect.stringContaining('pin-safety'),
    );
  });

  test('is no question for what is not pinned', () => {
    expect(faults(holedPins(undefined), holed)).toEqual([]);
  });

  test('counts no more pods than a node could hold of them alone', () => {
    const three = holedPins('set', { replicas: 5, pod: { requests: { gpu: 3 } } });
    expect(faults(three, holed)).toEqual([
      'pin-safety: node n15 has 8 of gpu left, and pods pinned there could ask for 10: 2 x g/a, 1 x g/c',
      'pin-safety: node n16 has 8 of gpu left, and pods pinned there could ask for 10: 2 x g/a, 1 x g/d',
    ]);
  });

  test('counts the planned pods where the set is one node, even if more are wanted', () => {
    const together = withGang({
      placements: { 'a/0': ['n15'], 'a/1': ['n15'], 'c/0': ['n16'], 'd/0': ['n16'] },
      domains: {},
    });
    expect(faults(holedPins('set', { replicas: 9 }), together)).toEqual([]);
  });

  test('counts full replicas at every depth, though fewer are planned', () => {
    const pod = { requests: { gpu: 1 } };
    const nodes = ['n15', 'n16'].map((name) => ({ name, allocatable: { gpu: 8 } }));
    const inner = { name: 'w', replicas: 3, minReplicas: 1, pod, pinned: 'set' as const };
    const document: ProblemDocument = {
      version: 1,
      nodes,
      gangs: [
        {
          name: 'g',
          groups: [
            { name: 's', replicas: 2, groups: [inner] },
            { name: 'x', pod: { requests: { gpu: 3 } }, pinned: 'set' },
          ],
        },
      ],
    };
    const planned = withGang({ placements: { 's/0/w/0': ['n15'], 's/1/w/0': ['n16'], 'x/0': ['n16'] }, domains: {} });
    expect(faults(document, planned)).toEqual([
      'pin-safety: node n16 has 8 of gpu left, and pods pinned there could ask for 9: 6 x g/s/w, 1 x g/x',
    ]);
  });
});
