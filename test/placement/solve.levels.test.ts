import { gang, group, HOST, on, placements, plan, problem, racksUsed, refusal, type Drawing } from './clusters';

describe('required levels', () => {
  // a ── r1 ── n1 (4)           b ── r2 ── n3 (4)
  //         └─ n2 (3)                   └─ n4 (4)
  const twoRacks: Drawing = { a: { r1: { n1: 4, n2: 3 } }, b: { r2: { n3: 4, n4: 4 } } };

  test('a gang that requires one rack goes to the only rack that holds it', () => {
    const solved = plan(problem(twoRacks, [gang('g', [group('w', 4, { replicas: 2 })], { constraint: on('rack') })]));
    expect(placements(solved)).toEqual({ g: { 'w/0': ['n3'], 'w/1': ['n4'] } });
    expect(solved.optimal).toBe(true);
  });

  test('racks that are each too small hold no gang that requires one, however much all have together', () => {
    const solved = plan(problem(twoRacks, [gang('g', [group('w', 3, { replicas: 3 })], { constraint: on('rack') })]));
    expect(solved.status).toBe('infeasible');
    expect(refusal(solved)).toMatchObject({ code: 'capacity', level: 'rack', domain: 'b/r2' });
  });

  test('each copy has a rack of its own where the constraint is its group’s', () => {
    const pair = group('w', 3, { replicas: 2, count: 2, constraint: on('rack') });
    expect(placements(plan(problem(twoRacks, [gang('g', [pair])])))).toEqual({
      g: { 'w/0': ['n1', 'n2'], 'w/1': ['n3', 'n4'] },
    });
  });

  test('two racks of one name in two zones are two domains', () => {
    const drawing: Drawing = { a: { r1: { n1: 4 } }, b: { r1: { n2: 4 } } };
    const solved = plan(problem(drawing, [gang('g', [group('w', 4, { replicas: 2 })], { constraint: on('rack') })]));
    expect(solved.status).toBe('infeasible');
  });

  test('nested stages keep their leader and workers in one rack each, within one zone', () => {
    // a ── r1 ── n1 (8), n2 (8)    b ── r3 ── n5 (8), n6 (8)
    //   └─ r2 ── n3 (4), n4 (8)      └─ r4 ── n7 (8), n8 (4)
    const drawing: Drawing = {
      a: { r1: { n1: 8, n2: 8 }, r2: { n3: 4, n4: 8 } },
      b: { r3: { n5: 8, n6: 8 }, r4: { n7: 8, n8: 4 } },
    };
    const stage = {
      name: 'stage',
      replicas: 2,
      constraint: on('rack'),
      groups: [group('leader', 4), group('worker', 8)],
    };
    const solved = plan(problem(drawing, [gang('g', [stage], { constraint: on('zone') })]));
    const placed = placements(solved)['g'] ?? {};
    const [first, second] = [0, 1].map((i) =>
      [placed[`stage/${i}/leader/0`]?.[0], placed[`stage/${i}/worker/0`]?.[0]].sort(),
    );
    expect([first, second]).toEqual([
      ['n1', 'n2'],
      ['n3', 'n4'],
    ]);
    expect(solved.gangs[0]).toMatchObject({
      domains: { '': { zone: 'a' }, 'stage/0': { rack: 'r1' }, 'stage/1': { rack: 'r2' } },
    });
  });

  test('levels of two topologies hold at once', () => {
    // rack:   r1 = n1 n2,  r2 = n3 n4        power: p1 = n1 n3,  p2 = n2 n4
    const document = problem({ a: { r1: { n1: 4, n2: 4 }, r2: { n3: 4, n4: 4 } } }, [
      gang('g', [
        group('x', 4, { count: 2, constraint: { topology: 'power', required: 'power' } }),
        group('y', 4, { constraint: on('rack') }),
        group('z', 4, { count: 1, constraint: { topology: 'power', required: 'power' } }),
      ]),
    ]);
    const power: Record<string, string> = { n1: 'p1', n2: 'p2', n3: 'p1', n4: 'p2' };
    const solved = plan({
      ...document,
      topologies: [...(document.topologies ?? []), { name: 'power', levels: ['power'] }],
      nodes: (document.nodes ?? []).map((node) => ({
        ...node,
        labels: { ...node.labels, power: power[node.name] ?? '' },
      })),
    });
    const pair = placements(solved)['g']?.['x/0'] ?? [];
    expect(new Set(pair.map((node) => power[node])).size).toBe(1);
  });

  test('a node without a label of the topology takes no constrained pod, but others', () => {
    const document = problem({ a: { r1: { n1: 4 } } }, [
      gang('g', [group('w', 4)], { constraint: on(undefined, 'zone') }),
    ]);
    const bare = {
      ...document,
      nodes: (document.nodes ?? []).map((node) => ({ ...node, labels: { zone: 'a', [HOST]: 'n1' } })),
    };
    expect(refusal(plan(bare))).toMatchObject({ code: 'no-eligible-node', excluded: { 'label rack missing': 1 } });
    expect(plan({ ...bare, gangs: [gang('g', [group('w', 4)])] }).status).toBe('placed');
  });
});

describe('preferred levels', () => {
  test('one rack is used where one holds the gang, though another is tighter', () => {
    // a ── r1 ── n1 (4), n2 (2)
    //   └─ r2 ── n3 (8), n4 (8)
    const drawing: Drawing = { a: { r1: { n1: 4, n2: 2 }, r2: { n3: 8, n4: 8 } } };
    const solved = plan(
      problem(drawing, [gang('g', [group('w', 4, { replicas: 3 })], { constraint: on('zone', 'rack') })]),
    );
    expect(racksUsed(drawing, solved, 'g')).toEqual(['r2']);
    expect(solved.objective.preferred).toEqual([0, 0, 0]);
  });

  test('one zone comes before few racks', () => {
    // a ── r1 (4), r2 (4), r3 (4)     b ── r4 (8)    c ── r5 (4)
    const drawing: Drawing = {
      a: { r1: { n1: 4 }, r2: { n2: 4 }, r3: { n3: 4 } },
      b: { r4: { n4: 8 } },
      c: { r5: { n5: 4 } },
    };
    const solved = plan(
      problem(drawing, [gang('g', [group('w', 4, { replicas: 3 })], { constraint: on(undefined, 'rack') })]),
    );
    expect(racksUsed(drawing, solved, 'g')).toEqual(['r1', 'r2', 'r3']);
    expect(solved.objective.preferred).toEqual([0, 2, 0]);
  });

  test('a replica of two nodes prefers one rack for itself, not for all replicas', () => {
    // a ── r1 ── n1 (8), n2 (8)
    //   └─ r2 ── n3 (8), n4 (8)
    const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 }, r2: { n3: 8, n4: 8 } } };
    const pairs = group('w', 8, { replicas: 2, count: 2, constraint: on(undefined, 'rack') });
    const solved = plan(problem(drawing, [gang('g', [pairs])]));
    expect(placements(solved)).toEqual({ g: { 'w/0': ['n1', 'n2'], 'w/1': ['n3', 'n4'] } });
    expect(solved.objective.preferred).toEqual([0, 0, 0]);
  });
});

describe('distance', () => {
  test('the groups that talk share a node, the one that does not stands aside', () => {
    // a ── r1 ── n1 (8), n2 (8)
    const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 } } };
    const groups = [group('prefill', 4), group('decode', 4), group('other', 4)];
    const traffic = [{ between: ['prefill', 'decode'] as [string, string], weight: 2 }];
    const solved = plan(problem(drawing, [gang('g', groups, { traffic })]));
    const placed = placements(solved)['g'] ?? {};
    expect(placed['prefill/0']).toEqual(placed['decode/0']);
    expect(placed['other/0']).not.toEqual(placed['decode/0']);
    expect(solved.objective.distance).toBe('250000/1');
  });

  test('costs follow from bandwidths, rounded half up, and the mean over pairs is exact', () => {
    // a ── r1 ── n1 (4), n2 (4), n3 (4): one prefill beside three decode, all on nodes of their own
    const drawing: Drawing = { a: { r1: { n1: 4, n2: 4, n3: 4, n4: 4 } } };
    const document = problem(drawing, [
      gang('g', [group('prefill', 4), group('decode', 4, { replicas: 3 })], {
        traffic: [{ between: ['prefill', 'decode'], weight: 1 }],
      }),
    ]);
    const topologies = [{ name: 't', levels: ['zone', 'rack', HOST], bandwidth: { rack: 3, [HOST]: 450 } }];
    expect(plan({ ...document, topologies }).objective.distance).toBe('333333/1');
  });
});
