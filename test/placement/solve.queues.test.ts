import type { QueueDocument } from '../../lib/placement/document';
import { gang, GPU, group, placements, plan, problem, refusal, type Drawing } from './clusters';

const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 } } };

function queue(
  name: string,
  bounds: { quota?: number; limit?: number },
  more: Partial<QueueDocument> = {},
): QueueDocument {
  return { name, resources: { [GPU]: bounds }, ...more };
}

describe('queues', () => {
  test('a non-preemptible gang over its quota is refused, and told by how much', () => {
    const queues = [queue('team', { quota: 8 }, { used: { [GPU]: 4 } })];
    const big = gang('g', [group('w', 8)], { queue: 'team', preemptible: false });
    const reason = refusal(plan(problem(drawing, [big], { queues })));
    expect(reason).toEqual({
      code: 'quota',
      message: 'queue team has 4 of nvidia.com/gpu left of its quota, and g needs 8',
      needed: { [GPU]: '8' },
      available: { [GPU]: '4' },
      conflict: ['the quota of nvidia.com/gpu of queue team'],
      help: 'raise the quota of queue team to 12 of nvidia.com/gpu; or make the gang preemptible',
      remedies: [
        {
          kind: 'quota',
          text: 'raise the quota of queue team to 12 of nvidia.com/gpu',
          queue: 'team',
          resource: GPU,
          amount: '12',
        },
        { kind: 'preemptible', text: 'make the gang preemptible' },
      ],
    });
  });

  test('a preemptible gang may exceed quota, but no limit', () => {
    const gangs = [gang('g', [group('w', 8)], { queue: 'team' })];
    expect(plan(problem(drawing, gangs, { queues: [queue('team', { quota: 4 })] })).status).toBe('placed');
    expect(refusal(plan(problem(drawing, gangs, { queues: [queue('team', { limit: 4 })] }))).code).toBe('limit');
  });

  test('an ancestor’s limit counts all queues beneath it and what they use', () => {
    // root (limit 12) ── team-a (used 2), team-b
    const queues = [
      queue('root', { limit: 12 }),
      queue('team-a', {}, { parent: 'root', used: { [GPU]: 2 } }),
      queue('team-b', {}, { parent: 'root' }),
    ];
    const gangs = [
      gang('a', [group('w', 6)], { queue: 'team-a', priority: 1 }),
      gang('b', [group('w', 6)], { queue: 'team-b' }),
    ];
    const solved = plan(problem(drawing, gangs, { queues }));
    expect(Object.keys(placements(solved)).filter((name) => placements(solved)[name])).toEqual(['a']);
    expect(refusal(solved).message).toBe(
      'queue root, above team-b, has 4 of nvidia.com/gpu left of its limit, and b needs 6',
    );
  });

  test('a parent that is not listed has no bounds', () => {
    const queues = [queue('team', { limit: 8 }, { parent: 'elsewhere' })];
    expect(plan(problem(drawing, [gang('g', [group('w', 8)], { queue: 'team' })], { queues })).status).toBe('placed');
  });

  test('a bound that use alone exceeds refuses only gangs that would add to it', () => {
    const queues = [queue('team', { limit: 4 }, { used: { [GPU]: 6 } })];
    const gangs = [
      gang('needs', [group('w', 1)], { queue: 'team' }),
      gang('needs-none', [group('w', 0)], { queue: 'team' }),
    ];
    expect(placements(plan(problem(drawing, gangs, { queues })))).toEqual({
      needs: undefined,
      'needs-none': { 'w/0': ['n1'] },
    });
  });

  test('copies beyond the minimum stop at the limit', () => {
    const queues = [queue('team', { limit: 6 })];
    const elastic = gang('g', [group('w', 2, { replicas: 5, minReplicas: 1 })], { queue: 'team' });
    const solved = plan(problem(drawing, [elastic], { queues }));
    expect(Object.keys(placements(solved)['g'] ?? {})).toEqual(['w/0', 'w/1', 'w/2']);
    expect(solved.objective.extras).toEqual([[0, 2]]);
  });
});

describe('priorities and extras', () => {
  test('the higher priority is placed, whatever the lower would add up to', () => {
    const gangs = [
      gang('low-1', [group('w', 8)]),
      gang('low-2', [group('w', 8)]),
      gang('high', [group('w', 8, { replicas: 2 })], { priority: 10 }),
    ];
    const solved = plan(problem(drawing, gangs));
    expect(solved.objective.unplaced).toEqual([
      [10, 0, 0],
      [0, 0, 2],
    ]);
    expect(refusal(solved)).toMatchObject({ code: 'taken' });
  });

  test('among equals as many are placed as can be', () => {
    const gangs = [
      gang('large', [group('w', 8, { replicas: 2 })]),
      gang('s1', [group('w', 8)]),
      gang('s2', [group('w', 8)]),
    ];
    expect(plan(problem(drawing, gangs)).objective.unplaced).toEqual([[0, 0, 1]]);
  });

  test('copies beyond the minimum never cost another gang its own', () => {
    const gangs = [
      gang('greedy', [group('w', 8, { replicas: 2, minReplicas: 1 })], { priority: 10 }),
      gang('modest', [group('w', 8)]),
    ];
    const solved = plan(problem(drawing, gangs));
    expect(solved.status).toBe('placed');
    expect(solved.objective.extras).toEqual([
      [10, 1],
      [0, 0],
    ]);
  });

  test('a stage left out counts with all the copies it could hold', () => {
    // 8 GPUs: one stage of a leader and at least one of three workers
    const stage = {
      name: 'stage',
      replicas: 2,
      minReplicas: 1,
      groups: [group('leader', 2), group('worker', 2, { replicas: 3, minReplicas: 1 })],
    };
    const solved = plan(problem({ a: { r1: { n1: 6 } } }, [gang('g', [stage])]));
    expect(solved.objective.extras).toEqual([[0, 4]]);
    expect(Object.keys(placements(solved)['g'] ?? {})).toEqual([
      'stage/0/leader/0',
      'stage/0/worker/0',
      'stage/0/worker/1',
    ]);
  });
});
