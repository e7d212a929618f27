import { clusterOf, placedGangs } from '../../lib/checker/cluster';
import { objectiveOf } from '../../lib/checker/objective';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Objective } from '../../lib/placement/plan';
import { plan } from './sound';

type Placements = Readonly<Record<string, readonly string[]>>;

/** The objective of the gangs that are given placements; the others are left out. */
function objective(
  document: Omit<ProblemDocument, 'version'>,
  placements: Readonly<Record<string, Placements>>,
): Objective {
  const cluster = clusterOf({ version: 1, ...document });
  const gangs = Object.entries(placements).map(([name, placed]) => {
    return { name, status: 'placed', placements: placed, domains: {}, moved: [] } as const;
  });
  return objectiveOf(cluster, placedGangs(cluster, { ...plan, gangs }));
}

function nodes(...names: string[]): NodeDocument[] {
  return names.map((name) => ({ name, allocatable: { gpu: 8 } }));
}

function group(name: string, change: Partial<GroupDocument> = {}): GroupDocument {
  return { name, ...(!change.groups && { pod: { requests: { gpu: 1 } } }), ...change };
}

function gang(name: string, groups: GroupDocument[], change: Partial<GangDocument> = {}): GangDocument {
  return { name, groups, ...change };
}

describe('unplaced', () => {
  const gangs = [
    gang('a', [group('w', { replicas: 3, minReplicas: 2, count: 2 })], { priority: 5 }),
    gang('b', [group('s', { replicas: 2, groups: [group('w', { replicas: 2, minReplicas: 1 })] })]),
    gang('c', [group('w')], { priority: -1 }),
  ];

  test('counts by priority, highest first, and apart those that the lock places entirely', () => {
    const locked = {
      // two of three copies, numbered beyond replicas, on nodes that are gone
      a: { 'w/4': ['gone', 'gone'], 'w/9': ['gone', 'n1'] },
      // one worker in each stage
      b: { 's/0/w/0': ['n1'], 's/1/w/7': ['n1'] },
    };
    expect(objective({ nodes: nodes('n1'), gangs, locked }, {}).unplaced).toEqual([
      [5, 1, 0],
      [0, 1, 0],
      [-1, 0, 1],
    ]);
  });

  test('takes a lock with too few copies, too few or too many nodes, or a stage without worker for no lock', () => {
    const locks: Record<string, string[]>[] = [
      { 'w/0': ['n1', 'n1'] },
      { 'w/0': ['n1', 'n1'], 'w/1': ['n1'] },
      { 'w/0': ['n1', 'n1'], 'w/1': ['n1', 'n1', 'n1'] },
    ];
    for (const a of locks) {
      const locked = { a, b: { 's/0/w/0': ['n1'], 's/0/w/1': ['n1'] } };
      expect(objective({ nodes: nodes('n1'), gangs, locked }, {}).unplaced).toEqual([
        [5, 0, 1],
        [0, 0, 1],
        [-1, 0, 1],
      ]);
    }
  });
});

describe('moved', () => {
  const workers = (change: Partial<GroupDocument>): GangDocument[] => [gang('g', [group('w', change)])];
  const all = nodes('n1', 'n2', 'n3', 'n4');
  const moved = (groups: GangDocument[], lock: Placements, placed: Placements, inventory = all): readonly number[] => {
    const locked = { g: Object.fromEntries(Object.entries(lock).map(([path, names]) => [path, [...names]])) };
    return objective({ nodes: inventory, gangs: groups, locked }, { g: placed }).moved;
  };

  test('is nothing where equal copies are exchanged, or pods within a copy', () => {
    const lock = { 'w/0': ['n1', 'n2'], 'w/1': ['n3', 'n4'] };
    expect(moved(workers({ replicas: 2, count: 2 }), lock, { 'w/0': ['n4', 'n3'], 'w/1': ['n1', 'n2'] })).toEqual([
      0, 0,
    ]);
  });

  test('is the fewest over all renumberings', () => {
    const lock = { 'w/0': ['n1', 'n2'], 'w/1': ['n1', 'n3'] };
    // w/0 goes on as w/1: one pod of w/1 moves from n3 to n4
    expect(moved(workers({ replicas: 2, count: 2 }), lock, { 'w/0': ['n1', 'n4'], 'w/1': ['n1', 'n2'] })).toEqual([
      1, 1,
    ]);
  });

  test('does not count pods whose node is gone, unready, cordoned, tainted, too small or without the exclusive label', () => {
    const lock = Object.fromEntries(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'gone'].map((name, i) => [`w/${i}`, [name]]));
    const label = { slot: 's' };
    const inventory: NodeDocument[] = [
      { name: 'n1', labels: label, allocatable: { gpu: 8 }, ready: false },
      { name: 'n2', labels: label, allocatable: { gpu: 8 }, unschedulable: true },
      { name: 'n3', labels: label, allocatable: { gpu: 8 }, taints: [{ key: 'k', effect: 'NoExecute' }] },
      { name: 'n4', labels: label, allocatable: { gpu: 8 }, used: { gpu: 8 } },
      { name: 'n5', allocatable: { gpu: 8 } },
      { name: 'n6', labels: label, allocatable: { gpu: 8 } },
      ...['a', 'b', 'c', 'd', 'e', 'f', 'h'].map((name) => ({ name, labels: { slot: name }, allocatable: { gpu: 8 } })),
    ];
    const gangs = workers({ replicas: 7, pod: { requests: { gpu: 1 }, exclusive: 'slot' } });
    const placed = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'h'].map((name, i) => [`w/${i}`, [name]]));
    expect(moved(gangs, lock, placed, inventory)).toEqual([1, 1]);
  });

  test('counts pods that no longer have the labels of the topology', () => {
    const constraint = { topology: 't', required: 'rack' };
    const inventory = [
      { name: 'n1', allocatable: { gpu: 8 } },
      { name: 'n2', labels: { rack: 'r' }, allocatable: { gpu: 8 } },
    ];
    const document = {
      topologies: [{ name: 't', levels: ['rack'] }],
      nodes: inventory,
      locked: { g: { 'w/0': ['n1'] } },
    };
    const gangs = [gang('g', [group('w', { constraint })])];
    expect(objective({ ...document, gangs }, { g: { 'w/0': ['n2'] } }).moved).toEqual([1, 1]);
  });

  test('lets as many copies go as are locked beyond replicas', () => {
    const lock = { 'w/0': ['n1'], 'w/1': ['n2'], 'w/2': ['n3'] };
    expect(moved(workers({ replicas: 2 }), lock, { 'w/0': ['n3'], 'w/1': ['n1'] })).toEqual([0, 0]);
    expect(moved(workers({ replicas: 2 }), lock, { 'w/0': ['n3'], 'w/1': ['n4'] })).toEqual([1, 1]);
  });

  test('counts all fit pods of a wanted copy that is left out', () => {
    const lock = { 'w/0': ['n1', 'n2'], 'w/1': ['n3', 'gone'] };
    const fewer = workers({ replicas: 2, minReplicas: 1, count: 2 });
    expect(moved(fewer, lock, { 'w/0': ['n1', 'n2'] })).toEqual([1, 1]);
    expect(moved(fewer, lock, { 'w/1': ['n3', 'n4'] })).toEqual([1, 2]);
  });

  test('counts locked pods beyond a smaller count, and not the new pods of a larger one', () => {
    const lock = { 'w/0': ['n1', 'n1', 'n2'] };
    expect(moved(workers({ count: 2 }), lock, { 'w/0': ['n1', 'n2'] })).toEqual([1, 1]);
    expect(moved(workers({ count: 4 }), lock, { 'w/0': ['n1', 'n1', 'n2', 'n3'] })).toEqual([0, 0]);
  });

  test('renumbers copies of groups of groups with all that is in them', () => {
    const gangs = [gang('g', [group('s', { replicas: 2, groups: [group('w', { replicas: 2 }), group('x')] })])];
    const lock = {
      's/0/w/0': ['n1'],
      's/0/w/1': ['n2'],
      's/0/x/0': ['n3'],
      's/1/w/0': ['n3'],
      's/1/w/1': ['n3'],
      's/1/x/0': ['n4'],
    };
    const exchanged = {
      's/1/w/1': ['n1'],
      's/1/w/0': ['n2'],
      's/1/x/0': ['n3'],
      's/0/w/0': ['n3'],
      's/0/w/1': ['n3'],
      's/0/x/0': ['n4'],
    };
    expect(moved(gangs, lock, exchanged)).toEqual([0, 0]);
    // the two x alone have changed places: that is a move of either two x or four w
    expect(moved(gangs, lock, { ...lock, 's/0/x/0': ['n4'], 's/1/x/0': ['n3'] })).toEqual([1, 2]);
  });

  test('passes over locked copies of groups that are gone, and paths that are none', () => {
    const lock = { 'gone/0': ['n1'], 'w/0/x/0': ['n1'], 'w/00': ['n1'], w: ['n1'], 'w/0': ['n2'] };
    expect(moved(workers({}), lock, { 'w/0': ['n2'] })).toEqual([0, 0]);
  });
});

describe('extras', () => {
  test('counts copies beyond the minimum that are left out, and all that could be beneath them', () => {
    const inner = group('w', { replicas: 3, minReplicas: 1 });
    const outer = group('s', { replicas: 4, minReplicas: 1, groups: [inner, group('x')] });
    const gangs = [gang('g', [outer], { priority: 2 }), gang('h', [group('w', { replicas: 2, minReplicas: 1 })])];
    const placed = { 's/0/w/0': ['n1'], 's/0/x/0': ['n1'], 's/1/w/0': ['n1'], 's/1/w/1': ['n1'], 's/1/x/0': ['n1'] };
    // of g: 2 of w in s/0, 1 of w in s/1, and two s with 1 + 2 each; h is not placed and counts nothing
    expect(objective({ nodes: nodes('n1'), gangs }, { g: placed }).extras).toEqual([
      [2, 2 + 1 + 2 * 3],
      [0, 0],
    ]);
  });
});

/**
 *     zone        z1            z2        -
 *     rack     r1    r2         r1        r9
 *     node   n1  n2  n3         n4        n5     n5 has a rack but no zone
 */
const labelled: NodeDocument[] = [
  { name: 'n1', labels: { zone: 'z1', rack: 'r1', row: 'a' }, allocatable: { gpu: 8 } },
  { name: 'n2', labels: { zone: 'z1', rack: 'r1', row: 'b' }, allocatable: { gpu: 8 } },
  { name: 'n3', labels: { zone: 'z1', rack: 'r2', row: 'b' }, allocatable: { gpu: 8 } },
  { name: 'n4', labels: { zone: 'z2', rack: 'r1', row: 'b' }, allocatable: { gpu: 8 } },
  { name: 'n5', labels: { rack: 'r9' }, allocatable: { gpu: 8 } },
];
const places = { name: 't', levels: ['zone', 'rack'] };
const power = { name: 'power', levels: ['row', 'kubernetes.io/hostname'] };

describe('preferred', () => {
  test('counts domains beyond the first, down to the preferred level, over scopes with one of their own', () => {
    const gangs = [
      gang('g', [group('w', { replicas: 2, count: 2, constraint: { topology: 't', preferred: 'zone' } })], {
        constraint: { topology: 't', preferred: 'rack' },
      }),
    ];
    const placed = { 'w/0': ['n1', 'n4'], 'w/1': ['n2', 'n3'] };
    // gang: zones z1 z2, racks z1/r1 z1/r2 z2/r1; w/0: zones z1 z2
    expect(objective({ topologies: [places], nodes: labelled, gangs }, { g: placed }).preferred).toEqual([1 + 1, 2, 0]);
  });

  test('counts on the topology of the constraint, in vectors as long as the deepest topology', () => {
    const gangs = [
      gang('g', [group('w', { count: 3, constraint: { topology: 'power', preferred: 'kubernetes.io/hostname' } })]),
    ];
    const found = objective(
      { topologies: [places, power], nodes: labelled, gangs },
      { g: { 'w/0': ['n1', 'n2', 'n3'] } },
    );
    expect(found.preferred).toEqual([1, 2, 0]);
  });
});

describe('distance', () => {
  const distance = (
    topologies: ProblemDocument['topologies'],
    traffic: GangDocument['traffic'],
    placed: Placements,
  ): string => {
    const groups = [group('a', { replicas: 2, minReplicas: 1 }), group('b', { replicas: 2, minReplicas: 1 })];
    return objective({ topologies, nodes: labelled, gangs: [gang('g', groups, { traffic })] }, { g: placed }).distance;
  };
  const between = (a: string, b: string, weight = 1): GangDocument['traffic'] => [{ between: [a, b], weight }];

  test('is the mean over pairs, each by the narrowest depth that it shares, reduced', () => {
    const placed = { 'a/0': ['n1'], 'b/0': ['n1'], 'b/1': ['n3'], 'a/1': ['n4'] };
    // by powers of two: same node 125,000; zone z1 500,000; n4 with either 1,000,000; weight 3 over 4 pairs
    expect(distance([places], between('a', 'b', 3), placed)).toBe('1968750/1');
    expect(distance([places], between('a', 'b'), placed)).toBe('656250/1');
  });

  test('takes every two pods once within a group, and an edge without pairs for nothing', () => {
    expect(distance([places], between('a', 'a', 7), { 'a/0': ['n1'], 'a/1': ['n2'], 'b/0': ['n1'] })).toBe('1750000/1');
    expect(distance([places], between('b', 'b', 7), { 'a/0': ['n1'], 'a/1': ['n2'], 'b/0': ['n1'] })).toBe('0/1');
  });

  test('reads bandwidths, the next broader one where a depth has none, and rounds half up', () => {
    const placed = { 'a/0': ['n1'], 'b/0': ['n1'], 'b/1': ['n2'] };
    // node: of the rack; rack: 1,000,000 / 640 = 1562.5
    expect(distance([{ ...places, bandwidth: { rack: 640 } }], between('a', 'b'), placed)).toBe('1563/1');
    expect(distance([{ ...places, bandwidth: { 'kubernetes.io/hostname': 0.8 } }], between('a', 'b'), placed)).toBe(
      '1125000/1',
    );
    expect(distance([{ ...places, bandwidth: { none: 3 } }], between('a', 'b'), placed)).toBe('333333/1');
    expect(
      distance([{ ...places, bandwidth: { zone: 3, rack: 7 } }], between('a', 'b'), {
        'a/0': ['n1'],
        'b/0': ['n2'],
        'b/1': ['n3'],
      }),
    ).toBe('238095/1');
  });

  test('takes a node without a label for a domain of its own, and shares the node with itself', () => {
    expect(distance([places], between('a', 'b'), { 'a/0': ['n5'], 'b/0': ['n5'], 'b/1': ['n1'] })).toBe('562500/1');
  });

  test('knows the node alone where there is no topology', () => {
    expect(distance([], between('a', 'b'), { 'a/0': ['n1'], 'b/0': ['n1'], 'b/1': ['n2'] })).toBe('750000/1');
  });

  test('reaches groups in groups by their paths, and all pods beneath a path', () => {
    const stage = group('s', { replicas: 2, groups: [group('w'), group('x')] });
    const gangs = [
      gang('g', [stage, group('b')], { traffic: [...(between('s', 'b') ?? []), ...(between('s/x', 'b') ?? [])] }),
    ];
    const placed = { 's/0/w/0': ['n1'], 's/0/x/0': ['n1'], 's/1/w/0': ['n1'], 's/1/x/0': ['n2'], 'b/0': ['n1'] };
    // three quarters at the node and one in the rack; half and half
    expect(objective({ topologies: [places], nodes: labelled, gangs }, { g: placed }).distance).toBe('343750/1');
  });
});

describe('spread', () => {
  test('sums domains used over gangs, over groups and over copies, each in its own or inherited topology', () => {
    const stage = group('s', {
      replicas: 2,
      constraint: { topology: 'power', preferred: 'row' },
      groups: [group('w', { count: 2 })],
    });
    const gangs = [gang('g', [stage, group('b')])];
    const placed = { 's/0/w/0': ['n1', 'n2'], 's/1/w/0': ['n2', 'n3'], 'b/0': ['n4'] };
    expect(objective({ topologies: [places, power], nodes: labelled, gangs }, { g: placed }).spread).toEqual([
      // zones z1 z2; racks z1/r1 z1/r2 z2/r1; four nodes
      [2, 3, 4],
      // s and s/w: rows a b, three nodes each; b: one of each
      [2 + 2 + 1, 3 + 3 + 1, 1],
      // s/0 and its w: two rows, two nodes; s/1 and its w: one row, two nodes; b
      [2 * 2 + 2 * 1 + 1, 2 * 2 + 2 * 2 + 1, 1],
    ]);
  });

  test('takes a node without a label, from that level down, for a domain of its own', () => {
    const gangs = [gang('g', [group('w', { count: 2 })])];
    const [overGangs] = objective(
      { topologies: [places], nodes: labelled, gangs },
      { g: { 'w/0': ['n5', 'n1'] } },
    ).spread;
    expect(overGangs).toEqual([2, 2, 2]);
  });
});

describe('fragmentation', () => {
  test('counts whole nodes that are broken, then whole domains with a broken node, narrowest level first', () => {
    const gangs = [gang('g', [group('w', { count: 3 })])];
    const found = objective(
      { topologies: [places, power], nodes: labelled, gangs },
      { g: { 'w/0': ['n1', 'n3', 'n5'] } },
    );
    // nodes n1 n3 n5; racks z1/r1 z1/r2; zone z1; rows a b; n5 is of no domain
    expect(found.fragmentation).toEqual([3, 2, 1, 2]);
  });

  test('takes nodes and domains for whole only if ready, schedulable and free of every accelerator that any gang names', () => {
    const inventory: NodeDocument[] = labelled.map((node) => {
      if (node.name === 'n1') return { ...node, ready: false };
      if (node.name === 'n3')
        return { ...node, used: { cpu: 4, memory: 5 }, taints: [{ key: 'k', effect: 'NoSchedule' }] };
      return node.name === 'n4' ? { ...node, used: { nic: 1 } } : node;
    });
    const idle = gang('idle', [group('w', { pod: { requests: { nic: 0 } } })]);
    const gangs = [gang('g', [group('w', { count: 3 })]), idle];
    const found = objective({ topologies: [places], nodes: inventory, gangs }, { g: { 'w/0': ['n2', 'n3', 'n4'] } });
    // n2 and n3 are whole, n4 is not; of the racks only z1/r2 is; no zone is
    expect(found.fragmentation).toEqual([2, 1, 0]);
  });

  test('is not caused by pods without accelerators, nor measured by common resources', () => {
    const pod = { requests: { cpu: 1, memory: 1, 'ephemeral-storage': 1, 'hugepages-2Mi': 1 } };
    const inventory = [
      { name: 'n1', allocatable: { gpu: 8, cpu: 8, memory: 8, 'ephemeral-storage': 8, 'hugepages-2Mi': 8 } },
    ];
    const gangs = [gang('g', [group('w', { pod })]), gang('h', [group('w')])];
    expect(objective({ nodes: inventory, gangs }, { g: { 'w/0': ['n1'] } }).fragmentation).toEqual([0]);
    expect(objective({ nodes: inventory, gangs }, { h: { 'w/0': ['n1'] } }).fragmentation).toEqual([1]);
  });
});
