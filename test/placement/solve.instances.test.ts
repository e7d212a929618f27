import { gang, group, HOST, on, placements, plan, problem, racksUsed, type Drawing } from './clusters';

/** Instances on which schedulers that place one pod, or one group, at a time do worse than can be done. */
describe('instances that greedy schedulers miss', () => {
  test('pods of two sizes fill a rack to the last GPU, where counting by the largest pod refuses', () => {
    // r1 ── n1 … n8 (8 each): 6 x 8 and 4 x 4
    const nodes = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`n${i + 1}`, 8]));
    const groups = [group('decode', 8, { replicas: 6 }), group('prefill', 4, { replicas: 4 })];
    const solved = plan(problem({ a: { r1: nodes } }, [gang('g', groups, { constraint: on('rack') })]));
    expect(solved).toMatchObject({ status: 'placed', optimal: true });
  });

  test('the same at its smallest: one node of 5 GPUs holds 2, 2 and 1', () => {
    const groups = [group('w', 2, { replicas: 2 }), group('x', 1)];
    expect(plan(problem({ a: { r1: { n1: 5 } } }, [gang('g', groups)])).status).toBe('placed');
  });

  test('the tightest rack is not for the group that fits elsewhere too', () => {
    // a ── rA ── n1 (3), n2 (3)
    //   └─ rB ── n3 … n10 (1 each)
    const ones = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`n${i + 3}`, 1]));
    const drawing: Drawing = { a: { rA: { n1: 3, n2: 3 }, rB: ones } };
    const groups = [
      group('a', 1, { count: 4, constraint: on('rack') }),
      group('b', 3, { count: 2, constraint: on('rack') }),
    ];
    for (const [first, second] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const named = groups.map((g) => ({ ...g, name: g.name === 'a' ? first : second }));
      expect(plan(problem(drawing, [gang('g', named)])).status).toBe('placed');
    }
  });

  test('pods are not packed onto the node that the other group needs', () => {
    // r1 ── n1 (7), n2 (6), n3 (6): 2 x 2 and 4 x 3
    const groups = [group('a', 2, { replicas: 2 }), group('b', 3, { replicas: 4 })];
    const solved = plan(
      problem({ a: { r1: { n1: 7, n2: 6, n3: 6 } } }, [gang('g', groups, { constraint: on('rack') })]),
    );
    expect(solved.status).toBe('placed');
  });

  test('the first group does not take the only rack that holds the second', () => {
    // a ── r1 ── n1 (8)
    //   └─ r2 ── n2 (7): 2 x 3 and 2 x 4
    const groups = [
      group('p', 3, { count: 2, constraint: on('rack') }),
      group('q', 4, { count: 2, constraint: on('rack') }),
    ];
    const solved = plan(problem({ a: { r1: { n1: 8 }, r2: { n2: 7 } } }, [gang('g', groups)]));
    expect(placements(solved)).toEqual({ g: { 'p/0': ['n2', 'n2'], 'q/0': ['n1', 'n1'] } });
  });

  test('the best zone is the one with fewest racks, not the one that fits best', () => {
    // X ── x1 (1), x2 (1), x3 (1), x4 (1)      Y ── y1 (3), y2 (2)
    const drawing: Drawing = {
      X: { x1: { n1: 1 }, x2: { n2: 1 }, x3: { n3: 1 }, x4: { n4: 1 } },
      Y: { y1: { n5: 3 }, y2: { n6: 2 } },
    };
    const solved = plan(
      problem(drawing, [gang('g', [group('w', 1, { count: 4 })], { constraint: on(undefined, 'rack') })]),
    );
    expect(racksUsed(drawing, solved, 'g')).toEqual(['y1', 'y2']);
  });

  test('without any constraint, two nodes are better than five', () => {
    // one rack ── 1, 1, 1, 1, 5: six pods
    const drawing: Drawing = { a: { r1: { n1: 1, n2: 1, n3: 1, n4: 1, n5: 5 } } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 1, { replicas: 6 })])]));
    expect(new Set(Object.values(placements(solved)['g'] ?? {}).flat()).size).toBe(2);
  });

  test('prefill and decode share a zone, which two separate requests could not ask for', () => {
    // a ── r1 ── n1 (8)         b ── r2 ── n2 (4), n3 (8)
    const drawing: Drawing = { a: { r1: { n1: 8 } }, b: { r2: { n2: 4, n3: 8 } } };
    const groups = [group('prefill', 4), group('decode', 8)];
    const solved = plan(problem(drawing, [gang('g', groups, { constraint: on('zone') })]));
    expect(placements(solved)).toEqual({ g: { 'prefill/0': ['n2'], 'decode/0': ['n3'] } });
  });

  test('frontends that exclude one another are spread, and the rest is packed', () => {
    const drawing: Drawing = { a: { r1: { n1: 8, n2: 8, n3: 8 } } };
    const frontend = group('frontend', 0, { replicas: 2, pod: { exclusive: HOST } });
    const solved = plan(problem(drawing, [gang('g', [frontend, group('worker', 8, { replicas: 2 })])]));
    const placed = placements(solved)['g'] ?? {};
    expect(placed['frontend/0']).not.toEqual(placed['frontend/1']);
    expect(new Set(Object.values(placed).flat()).size).toBe(2);
  });
});
