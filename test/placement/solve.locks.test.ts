import { gang, group, placements, plan, problem, type Drawing } from './clusters';

// r1 ── n1 (8), n2 (8), n3 (8), n4 (8)
const drawing: Drawing = { a: { r1: { n1: 8, n2: 8, n3: 8, n4: 8 } } };

describe('locked placements', () => {
  test('what is locked stays, though it could be closer together', () => {
    const locked = { g: { 'w/0': ['n4'], 'w/1': ['n2'] } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 4, { replicas: 2 })])], { locked }));
    expect(placements(solved)).toEqual(locked);
    expect(solved.objective.moved).toEqual([0, 0]);
    expect(solved.optimal).toBe(true);
  });

  test('a node that is gone moves only the pods that were on it', () => {
    const locked = { g: { 'w/0': ['gone'], 'w/1': ['n2'], 'w/2': ['n3'] } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 8, { replicas: 3 })])], { locked }));
    expect(placements(solved)).toEqual({ g: { 'w/0': ['n1'], 'w/1': ['n2'], 'w/2': ['n3'] } });
    expect(solved.objective.moved).toEqual([0, 0]);
    expect(solved.gangs[0]).toMatchObject({ moved: ['w/0'] });
  });

  test('a new gang disturbs as few gangs as can be', () => {
    // x and y hold half of n1 and n2; z needs two whole nodes beside n3
    const small: Drawing = { a: { r1: { n1: 8, n2: 8, n3: 8 } } };
    const gangs = [gang('x', [group('w', 4)]), gang('y', [group('w', 4)]), gang('z', [group('w', 8, { replicas: 2 })])];
    const solved = plan(problem(small, gangs, { locked: { x: { 'w/0': ['n1'] }, y: { 'w/0': ['n2'] } } }));
    expect(solved.status).toBe('placed');
    expect(solved.objective.moved).toEqual([1, 1]);
  });

  test('a running gang is not left out for a new one of its priority, nor kept for one of lower priority', () => {
    const one: Drawing = { a: { r1: { n1: 8 } } };
    const locked = { old: { 'w/0': ['n1'] } };
    const old = gang('old', [group('w', 8)]);
    const same = plan(problem(one, [old, gang('a-new', [group('w', 8)])], { locked }));
    expect(same.objective.unplaced).toEqual([[0, 0, 1]]);
    const higher = plan(problem(one, [old, gang('a-new', [group('w', 8)], { priority: 1 })], { locked }));
    expect(higher.objective.unplaced).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  test('equal copies that change places have not moved, and keep their numbers', () => {
    const locked = { g: { 'w/1': ['n1'], 'w/0': ['n3'] } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 8, { replicas: 3 })])], { locked }));
    expect(placements(solved)).toEqual({ g: { 'w/0': ['n3'], 'w/1': ['n1'], 'w/2': ['n2'] } });
  });

  test('of more copies than are wanted now, those are dropped that need not move', () => {
    const locked = { g: { 'w/0': ['gone'], 'w/1': ['n2'], 'w/2': ['n3'] } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 8, { replicas: 2 })])], { locked }));
    expect(
      Object.values(placements(solved)['g'] ?? {})
        .flat()
        .sort(),
    ).toEqual(['n2', 'n3']);
    expect(solved.objective.moved).toEqual([0, 0]);
  });

  test('a rebalance moves one gang for a better plan, and no more', () => {
    const groups = [group('w', 4, { replicas: 2 })];
    const locked = { x: { 'w/0': ['n1'], 'w/1': ['n2'] }, y: { 'w/0': ['n3'], 'w/1': ['n4'] } };
    const document = problem(drawing, [gang('x', groups), gang('y', groups)], { locked });
    expect(plan(document).objective).toMatchObject({
      moved: [0, 0],
      spread: [
        [2, 2, 4],
        [2, 2, 4],
        [4, 4, 4],
      ],
    });
    expect(plan(document, { rebalance: 1 }).objective).toMatchObject({
      moved: [1, 1],
      spread: [
        [2, 2, 3],
        [2, 2, 3],
        [4, 4, 4],
      ],
    });
    expect(plan(document, { rebalance: 2 }).objective).toMatchObject({
      moved: [2, 2],
      spread: [
        [2, 2, 2],
        [2, 2, 2],
        [4, 4, 4],
      ],
    });
  });
});
