import { gang, group, HOST, placements, plan, problem, refusal, type Drawing } from './clusters';

// r1 ── n15 (8), n16 (8)
const twoNodes: Drawing = { a: { r1: { n15: 8, n16: 8 } } };

const only = (node: string) => ({ pod: { nodeSelector: { [HOST]: node } } });

describe('pin safety', () => {
  test('a set pin with a hole in it is refused: both pods of one component could meet on one node', () => {
    const groups = [
      group('a', 4, { replicas: 2, pinned: 'set' }),
      group('c', 4, { pinned: 'set', ...only('n15') }),
      group('d', 4, { pinned: 'set', ...only('n16') }),
    ];
    const solved = plan(problem(twoNodes, [gang('g', groups)]));
    expect(refusal(solved)).toMatchObject({ code: 'pin-safety', group: 'a' });
    expect(refusal(solved).message).toBe(
      'a placement exists, but pins would not hold it: pods of a, pinned to n15, n16, could take the place of c on n15',
    );
    expect(refusal(solved).help).toBe(
      "set pinning: 'replica' on a; or run a with 1 copy instead of 2; or drop the node selector kubernetes.io/hostname=n15 of c",
    );
  });

  test('the same components pinned for each replica are placed', () => {
    const groups = [
      group('a', 4, { replicas: 2, pinned: 'replica' }),
      group('c', 4, { pinned: 'set', ...only('n15') }),
      group('d', 4, { pinned: 'set', ...only('n16') }),
    ];
    const solved = plan(problem(twoNodes, [gang('g', groups)]));
    expect(placements(solved)).toEqual({ g: { 'a/0': ['n15'], 'a/1': ['n16'], 'c/0': ['n15'], 'd/0': ['n16'] } });
  });

  test('without nodes of its own for anyone, the search finds the arrangement that is safe', () => {
    const groups = [
      group('a', 4, { replicas: 2, pinned: 'set' }),
      group('c', 4, { pinned: 'set' }),
      group('d', 4, { pinned: 'set' }),
    ];
    const placed = placements(plan(problem(twoNodes, [gang('g', groups)])))['g'] ?? {};
    expect(placed['a/0']).toEqual(placed['a/1']);
    expect(placed['c/0']).toEqual(placed['d/0']);
  });

  test('the hole is seen across gangs', () => {
    const first = gang('older', [group('a', 4, { replicas: 2, pinned: 'set', pod: { exclusive: 'slot' } })], {
      priority: 1,
    });
    const second = gang('younger', [group('c', 4, { pinned: 'set' }), group('d', 4, { pinned: 'set' })]);
    const document = problem(twoNodes, [first, second]);
    const slots = {
      ...document,
      nodes: (document.nodes ?? []).map((n) => ({ ...n, labels: { ...n.labels, slot: n.name } })),
    };
    const reason = refusal(plan(slots));
    expect(reason.code).toBe('pin-safety');
    expect(reason.message).toContain('pods of a, pinned to n15, n16, could take the place of younger');
  });

  test('exclusive by host name bounds what a node could hold to one', () => {
    const first = gang('older', [group('a', 4, { replicas: 2, pinned: 'set', pod: { exclusive: HOST } })], {
      priority: 1,
    });
    const second = gang('younger', [group('c', 4, { pinned: 'set' }), group('d', 4, { pinned: 'set' })]);
    expect(plan(problem(twoNodes, [first, second])).status).toBe('placed');
  });

  test('groups without a pin are not counted', () => {
    const groups = [
      group('a', 4, { replicas: 2 }),
      group('c', 4, { pinned: 'set', ...only('n15') }),
      group('d', 4, { pinned: 'set', ...only('n16') }),
    ];
    expect(plan(problem(twoNodes, [gang('g', groups)])).status).toBe('placed');
  });

  test('a component counts with its full replicas though fewer are planned', () => {
    // r1 ── n1 (6), n2 (2): w has 2 on n1 or 1 on each; all three could come to n1
    const groups = [group('w', 2, { replicas: 3, minReplicas: 2, pinned: 'set' }), group('x', 2, { pinned: 'set' })];
    const solved = plan(problem({ a: { r1: { n1: 6, n2: 2 } } }, [gang('g', groups)]));
    const placed = placements(solved)['g'] ?? {};
    expect(placed).toEqual({ 'w/0': ['n1'], 'w/1': ['n1'], 'w/2': ['n1'], 'x/0': ['n2'] });
  });
});
