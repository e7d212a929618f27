import type { NodeDocument, PodDocument } from '../../lib/placement/document';
import { gang, GPU, group, HOST, plan, problem, refusal } from './clusters';

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values?: string[];
}

/** One node with one pod that it could hold: true where it may take it. */
function takes(node: Partial<NodeDocument>, pod: Partial<PodDocument>): boolean {
  const document = problem({ a: { r1: { n1: 8 } } }, [gang('g', [group('w', 1, { pod })])]);
  const nodes = (document.nodes ?? []).map((n) => ({ ...n, ...node, labels: { ...n.labels, ...node.labels } }));
  return plan({ ...document, nodes }).status === 'placed';
}

const affinity = (...terms: Requirement[][]): Partial<PodDocument> => ({
  nodeAffinity: { nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })) },
});

describe('which node may take which pod', () => {
  test('a node that is cordoned or not ready takes none, and no toleration lifts it', () => {
    const all: Partial<PodDocument> = { tolerations: [{ operator: 'Exists' }] };
    expect([takes({ unschedulable: true }, all), takes({ ready: false }, all), takes({}, {})]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test.each([
    ['no toleration', [], false],
    ['the key exists', [{ key: 'gpu', operator: 'Exists' }], true],
    ['anything exists', [{ operator: 'Exists' }], true],
    ['the value is equal', [{ key: 'gpu', value: 'yes' }], true],
    ['the value is another', [{ key: 'gpu', value: 'no' }], false],
    ['the effect is another', [{ key: 'gpu', operator: 'Exists', effect: 'NoExecute' }], false],
  ] as const)('a taint is tolerated or not: %s', (_, tolerations, expected) => {
    const taints = [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' as const }];
    expect(takes({ taints }, { tolerations: [...tolerations] })).toBe(expected);
  });

  test('PreferNoSchedule keeps nobody out, NoExecute does', () => {
    const tainted = (effect: 'PreferNoSchedule' | 'NoExecute') => takes({ taints: [{ key: 'k', effect }] }, {});
    expect([tainted('PreferNoSchedule'), tainted('NoExecute')]).toEqual([true, false]);
  });

  test.each<[Requirement, boolean]>([
    [{ key: 'gen', operator: 'In', values: ['9', '12'] }, true],
    [{ key: 'gen', operator: 'In', values: ['9'] }, false],
    [{ key: 'gen', operator: 'NotIn', values: ['9'] }, true],
    [{ key: 'absent', operator: 'NotIn', values: ['9'] }, true],
    [{ key: 'gen', operator: 'Exists' }, true],
    [{ key: 'absent', operator: 'Exists' }, false],
    [{ key: 'absent', operator: 'DoesNotExist' }, true],
    [{ key: 'gen', operator: 'Gt', values: ['9'] }, true],
    [{ key: 'gen', operator: 'Lt', values: ['9'] }, false],
    [{ key: 'zone', operator: 'Gt', values: ['9'] }, false],
    [{ key: 'zone', operator: 'Lt', values: ['9'] }, false],
  ])('a label gen of 12 against %j', (requirement, expected) => {
    expect(takes({ labels: { gen: '12' } }, affinity([requirement]))).toBe(expected);
  });

  test('one term is enough, all of its requirements must hold, and a term without any matches nothing', () => {
    const yes: Requirement = { key: 'zone', operator: 'Exists' };
    const no: Requirement = { key: 'absent', operator: 'Exists' };
    expect([takes({}, affinity([no], [yes])), takes({}, affinity([yes, no])), takes({}, affinity([]))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('a node is matched by name with matchFields', () => {
    const named = (name: string): Partial<PodDocument> => ({
      nodeAffinity: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
      },
    });
    expect([takes({}, named('n1')), takes({}, named('n2'))]).toEqual([true, false]);
  });

  test('a node without the exclusive label takes no pod of the group', () => {
    expect([takes({}, { exclusive: 'chassis' }), takes({}, { exclusive: HOST })]).toEqual([false, true]);
  });

  test('an absent number of pods is unlimited, any other absent resource is 0, and a request of 0 asks for nothing', () => {
    const document = problem({ a: { r1: { n1: 8 } } }, [gang('g', [group('w', 1, { replicas: 8 })])]);
    const on = (allocatable: Record<string, number>, requests: Record<string, number>) =>
      plan({
        ...document,
        nodes: [{ name: 'n1', allocatable }],
        topologies: [],
        gangs: [gang('g', [group('w', 1, { replicas: 8, pod: { requests } })])],
      }).status;
    expect([on({ [GPU]: 8 }, { [GPU]: 1 }), on({ [GPU]: 8, pods: 7 }, { [GPU]: 1 })]).toEqual(['placed', 'infeasible']);
    expect([on({ [GPU]: 8 }, { [GPU]: 1, nic: 1 }), on({ [GPU]: 8 }, { [GPU]: 1, nic: 0 })]).toEqual([
      'infeasible',
      'placed',
    ]);
  });
});

describe('a refusal for want of nodes', () => {
  test('counts the nodes that were left out by cause, and says how large the largest of the others is', () => {
    const document = problem({ a: { r1: { n1: 8, n2: 8, n3: 8, n4: 8, n5: 2 } } }, [
      gang('g', [group('w', 4, { pod: { nodeSelector: { model: 'h100' } } })]),
    ]);
    const h100 = { labels: { model: 'h100', zone: 'a', rack: 'r1' } };
    const [n1, n2, n3, n4, n5] = document.nodes ?? [];
    const nodes = [
      { ...n1, name: 'n1', ...h100, ready: false },
      { ...n2, name: 'n2', ...h100, unschedulable: true },
      { ...n3, name: 'n3', ...h100, taints: [{ key: 'gpu', effect: 'NoSchedule' as const }] },
      { ...n4, name: 'n4' },
      { ...n5, name: 'n5', ...h100 },
    ];
    expect(refusal(plan({ ...document, nodes }))).toMatchObject({
      code: 'capacity',
      group: 'w',
      message: 'none of 5 nodes can take a pod of w: it needs 4 of nvidia.com/gpu, and no node has more than 2 free',
      available: { [GPU]: '2', pods: '110' },
      excluded: {
        cordoned: 1,
        'node selector model': 1,
        'not ready': 1,
        'resource nvidia.com/gpu': 1,
        'taint gpu': 1,
      },
    });
  });
});
