import { gang, GPU, group, HOST, on, plan, problem, refusal, type Drawing } from './clusters';

// a ── r1 ── n1 (8), n2 (8)      b ── r3 ── n5 (8)
//   └─ r2 ── n3 (8), n4 (4)
const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 }, r2: { n3: 8, n4: 4 } }, b: { r3: { n5: 8 } } };

describe('refusals', () => {
  test('a gang larger than the cluster: what is needed, what is there, and how many copies would fit', () => {
    const solved = plan(problem(drawing, [gang('g', [group('decode', 8, { replicas: 6 })])]));
    expect(refusal(solved)).toEqual({
      code: 'capacity',
      message: 'g does not fit: the cluster has too little nvidia.com/gpu',
      needed: { [GPU]: '48', pods: '6' },
      available: { [GPU]: '32', pods: '440' },
      excluded: { [`resource ${GPU}`]: 1 },
      help: 'run decode with 4 copies instead of 6; or add 2 nodes like n1',
      remedies: [
        { kind: 'replicas', text: 'run decode with 4 copies instead of 6', groups: ['decode'], replicas: 4 },
        { kind: 'nodes', text: 'add 2 nodes like n1', nodes: 2, like: 'n1' },
      ],
    });
  });

  test('a level too narrow: the best domain, and the wider level that holds the gang', () => {
    const solved = plan(
      problem(drawing, [gang('g', [group('decode', 8, { replicas: 3 })], { constraint: on('rack') })]),
    );
    expect(refusal(solved)).toMatchObject({
      code: 'capacity',
      level: 'rack',
      domain: 'a/r1',
      needed: { [GPU]: '24', pods: '3' },
      available: { [GPU]: '16', pods: '220' },
      help: 'require zone instead of rack for g; or run decode with 2 copies instead of 3; or add 1 node like n1 to rack a/r1',
    });
  });

  test('enough in total, but in pieces', () => {
    // r1 ── n1 (5), n2 (4): nine GPUs, and three pods of three
    const pieces: Drawing = { a: { r1: { n1: 5, n2: 4 } } };
    const solved = plan(problem(pieces, [gang('g', [group('w', 3, { replicas: 3 })])]));
    expect(refusal(solved)).toMatchObject({ code: 'fragmented', needed: { [GPU]: '9' }, available: { [GPU]: '9' } });
  });

  test('one copy that no domain holds is named, not the gang', () => {
    const solved = plan(
      problem(drawing, [gang('g', [group('w', 8, { replicas: 2, count: 3, constraint: on('rack') })])]),
    );
    expect(refusal(solved)).toMatchObject({
      code: 'capacity',
      group: 'w',
      level: 'rack',
      domain: 'a/r1',
      needed: { [GPU]: '24' },
    });
  });

  test('what other gangs hold is told apart from what is not there', () => {
    const gangs = [gang('first', [group('w', 8, { replicas: 4 })], { priority: 1 }), gang('second', [group('w', 8)])];
    expect(refusal(plan(problem(drawing, gangs)))).toMatchObject({ code: 'taken', available: { [GPU]: '0' } });
  });

  test('a search that ends without an answer says so, and claims nothing', () => {
    // Over two topologies, so that no table gives the answer away.
    const document = problem(drawing, [gang('g', [group('w', 8, { replicas: 3 })])]);
    const topologies = [...(document.topologies ?? []), { name: 'power', levels: ['rack', HOST] }];
    const solved = plan({ ...document, topologies }, { steps: 1 });
    expect(refusal(solved).code).toBe('budget');
    expect(solved.optimal).toBe(false);
    expect(solved.bound.unplaced).toEqual([[0, 0, 0]]);
  });

  describe('constraints that do not go together', () => {
    const conflict = (gangs: Parameters<typeof problem>[1], more = {}) =>
      refusal(plan(problem(drawing, gangs, more))).conflict;

    test('a level, a selector and no more: each alone would do', () => {
      const pod = { nodeSelector: { rack: 'r2' } };
      // r2 has room for three pods of 4, r1 for four; no rack holds five.
      const selector = [gang('g', [group('w', 4, { replicas: 4, pod })], { constraint: on('rack') })];
      expect(conflict(selector)).toEqual(['the node selector rack=r2 of w']);
      const both = [gang('g', [group('w', 4, { replicas: 5 }), group('v', 4, { pod })], { constraint: on('rack') })];
      expect(conflict(both)).toEqual(['g in one rack']);
      const mixed = [gang('g', [group('w', 8, { replicas: 2 }), group('v', 0, { pod })], { constraint: on('rack') })];
      expect(conflict(mixed)).toEqual(['the node selector rack=r2 of v', 'g in one rack']);
    });

    test('a cluster that is too small without any constraint has no conflict to tell of', () => {
      expect(conflict([gang('g', [group('w', 8, { replicas: 6 })], { constraint: on('rack') })])).toBeUndefined();
    });

    test('gangs that hold the room are named, with the level that keeps the gang from going elsewhere', () => {
      const pod = { nodeSelector: { rack: 'r1' } };
      const gangs = [
        gang('first', [group('w', 8, { pod })], { priority: 1 }),
        gang('g', [group('w', 8, { replicas: 2 })], { constraint: on('rack') }),
      ];
      expect(conflict(gangs)).toEqual(['first where it is', 'g in one rack']);
    });

    test('labels that every pod needs for itself', () => {
      const pod = { exclusive: 'rack', nodeSelector: { zone: 'a' } };
      expect(conflict([gang('g', [group('w', 1, { replicas: 3, pod })])])).toEqual([
        'w exclusive by rack',
        'the node selector zone=a of w',
      ]);
    });
  });
});
