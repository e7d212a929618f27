import * as fc from 'fast-check';
import { checkPlan } from '../../lib/checker/check';
import { clusterOf, placedGangs } from '../../lib/checker/cluster';
import type { FaultCode } from '../../lib/checker/fault';
import { objectiveOf } from '../../lib/checker/objective';
import { compareTerm, termNames } from '../../lib/checker/terms';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { GangPlan, Objective, Plan } from '../../lib/placement/plan';
import { problems, runs } from './arbitraries';
import { bestPlan, emptyObjective, waysOf, type Best, type Placements } from './oracle';

function nodes(sizes: Readonly<Record<string, number>>): NodeDocument[] {
  return Object.entries(sizes).map(([name, gpu]) => ({ name, allocatable: { gpu } }));
}

function group(name: string, gpu: number, change: Partial<GroupDocument> = {}): GroupDocument {
  return { name, pod: { requests: { gpu } }, ...change };
}

function gang(name: string, groups: GroupDocument[], change: Partial<GangDocument> = {}): GangDocument {
  return { name, groups, ...change };
}

function best(problem: Omit<ProblemDocument, 'version'>): Best {
  const found = bestPlan({ version: 1, ...problem });
  if (found === undefined) throw new Error('too many ways');
  return found;
}

describe('brute force', () => {
  test('looks at each placement once, whichever of equal copies or pods is where', () => {
    const three = { n1: 8, n2: 8, n3: 8 };
    const ways = (groups: GroupDocument[]): number => {
      const document: ProblemDocument = { version: 1, nodes: nodes(three), gangs: [gang('g', groups)] };
      return waysOf(clusterOf(document), gang('g', groups)).length;
    };
    expect(ways([group('w', 1, { replicas: 2 })])).toBe(6);
    expect(ways([group('w', 1, { count: 2 })])).toBe(6);
    expect(ways([group('w', 1, { replicas: 2, minReplicas: 1 })])).toBe(3 + 6);
    expect(ways([group('w', 1, { replicas: 2, count: 2 })])).toBe(21);
    expect(ways([group('w', 1), group('x', 1)])).toBe(9);
    // a gang that does not fit on one node twice
    expect(ways([group('w', 8, { replicas: 2 })])).toBe(3);
  });

  test('places one gang of a higher priority rather than two of a lower', () => {
    const gangs = [
      gang('low-1', [group('w', 4)]),
      gang('low-2', [group('w', 4)]),
      gang('high', [group('w', 8)], { priority: 1 }),
    ];
    expect(best({ nodes: nodes({ n1: 8 }), gangs })).toMatchObject({
      placed: ['high'],
      objective: {
        unplaced: [
          [1, 0, 0],
          [0, 0, 2],
        ],
      },
    });
  });

  test('places the gang that is locked rather than two of its priority that are not', () => {
    const gangs = [gang('a', [group('w', 4)]), gang('b', [group('w', 4)]), gang('old', [group('w', 8)])];
    const locked = { old: { 'w/3': ['gone'] } };
    expect(best({ nodes: nodes({ n1: 8 }), gangs }).placed).toEqual(['a', 'b']);
    expect(best({ nodes: nodes({ n1: 8 }), gangs, locked }).placed).toEqual(['old']);
  });

  test('moves a gang where another could not be placed otherwise', () => {
    const gangs = [gang('old', [group('w', 3)]), gang('new', [group('w', 8)])];
    const locked = { old: { 'w/0': ['n1'] } };
    expect(best({ nodes: nodes({ n1: 8, n2: 4 }), gangs, locked })).toMatchObject({
      placements: { old: { 'w/0': ['n2'] }, new: { 'w/0': ['n1'] } },
      objective: { moved: [1, 1] },
    });
  });

  test('disturbs fewer gangs rather than moving fewer pods', () => {
    // new needs a whole node: either the four pods of a move, or the one of b and the one of c
    const gangs = [
      gang('a', [group('w', 1, { replicas: 4 })]),
      gang('b', [group('w', 2)]),
      gang('c', [group('w', 2)]),
      gang('new', [group('w', 4)]),
    ];
    const locked = {
      a: { 'w/0': ['n1'], 'w/1': ['n1'], 'w/2': ['n1'], 'w/3': ['n1'] },
      b: { 'w/0': ['n2'] },
      c: { 'w/0': ['n2'] },
    };
    expect(best({ nodes: nodes({ n1: 4, n2: 4, n3: 2, n4: 2 }), gangs, locked }).objective.moved).toEqual([1, 4]);
  });

  test('never places a copy beyond the minimum at the cost of another gang', () => {
    const gangs = [
      gang('high', [group('w', 2, { replicas: 4, minReplicas: 1 })], { priority: 9 }),
      gang('low', [group('w', 2)]),
    ];
    expect(best({ nodes: nodes({ n1: 6 }), gangs }).objective).toMatchObject({
      unplaced: [
        [9, 0, 0],
        [0, 0, 0],
      ],
      extras: [
        [9, 2],
        [0, 0],
      ],
    });
  });

  test('searches under pin safety', () => {
    // a on both nodes would be a hole: a pair of a could take the place of c or d
    const pin = { pinned: 'set' as const };
    const gangs = [gang('g', [group('a', 4, { count: 2, ...pin }), group('c', 4, pin), group('d', 4, pin)])];
    const [first] = waysOf(
      clusterOf({ version: 1, nodes: nodes({ n1: 8, n2: 8 }), gangs }),
      gang('g', gangs[0]?.groups ?? []),
    );
    expect(first?.placements).toEqual({ 'a/0': ['n1', 'n1'], 'c/0': ['n2'], 'd/0': ['n2'] });
  });

  test('gives up where there are too many ways', () => {
    const gangs = [gang('g', [group('w', 1, { replicas: 4 })])];
    expect(bestPlan({ version: 1, nodes: nodes({ n1: 8, n2: 8, n3: 8 }), gangs }, { ways: 14 })).toBeUndefined();
  });
});

describe('the best plan of brute force', () => {
  const small = problems({ nodes: 3, pods: 3, gangs: 2 });

  test('is as good as the best of all assignments of pods to nodes, one by one', () => {
    fc.assert(
      fc.property(small, (document) => {
        expect(bestPlan(document)?.objective).toEqual(bestOneByOne(document));
      }),
      runs(60),
    );
  });

  test('is valid, and has the objective that it says', () => {
    const numbering: readonly FaultCode[] = ['numbering', 'moved', 'domains'];
    fc.assert(
      fc.property(small, (document) => {
        const found = bestPlan(document);
        if (found === undefined) return;
        const faults = checkPlan(document, planOf(document, found.placements, found.objective));
        expect(faults.filter(({ code }) => !numbering.includes(code))).toEqual([]);
      }),
      runs(60),
    );
  });
});

function planOf(
  document: ProblemDocument,
  placements: Readonly<Record<string, Placements>>,
  objective: Objective,
): Plan {
  const gangs = (document.gangs ?? []).map(({ name }): GangPlan => {
    const placed = placements[name];
    if (placed === undefined) return { name, status: 'unplaced', reasons: [{ code: 'capacity', message: 'no room' }] };
    return { name, status: 'placed', placements: placed, domains: {}, moved: [] };
  });
  const status = gangs.every((found) => found.status === 'placed') ? 'placed' : 'infeasible';
  return { version: 1, status, gangs, objective, bound: objective, certificate: {}, optimal: true };
}

/** Every pod on every node, without a thought for what is equal or what cannot be; the checker says what is valid. */
function bestOneByOne(document: ProblemDocument): Objective | undefined {
  const cluster = clusterOf(document);
  const derived: readonly FaultCode[] = ['numbering', 'moved', 'domains', 'objective', 'bound'];
  let known: Objective | undefined;
  for (const placements of choices(
    (document.gangs ?? []).map((found) => [undefined, ...assignments(document, found.groups, '')]),
  )) {
    const named = (document.gangs ?? []).flatMap(({ name }, i) =>
      placements[i] ? [[name, Object.fromEntries(placements[i])] as const] : [],
    );
    const blank = planOf(document, Object.fromEntries(named), emptyObjective);
    if (checkPlan(document, blank).some(({ code }) => !derived.includes(code))) continue;
    const objective = objectiveOf(cluster, placedGangs(cluster, blank));
    const before = known;
    const term = before && termNames.find((name) => compareTerm(name, objective, before) !== 0);
    if (before === undefined || (term && (compareTerm(term, objective, before) ?? 0) < 0)) known = objective;
  }
  return known;
}

type Entry = readonly [path: string, nodes: readonly string[]];

function assignments(document: ProblemDocument, groups: readonly GroupDocument[], above: string): Entry[][] {
  const perGroup = groups.map((found): Entry[][] => {
    const most = found.replicas ?? 1;
    const numbers = Array.from({ length: most - (found.minReplicas ?? most) + 1 }, (_, i) => most - i);
    return numbers.flatMap((copies) =>
      choices(Array.from({ length: copies }, (_, i) => copyChoices(document, found, `${above}${found.name}/${i}`))).map(
        (list) => list.flat(),
      ),
    );
  });
  return choices(perGroup).map((list) => list.flat());
}

function copyChoices(document: ProblemDocument, found: GroupDocument, path: string): Entry[][] {
  if (found.groups) return assignments(document, found.groups, `${path}/`);
  const names = (document.nodes ?? []).map(({ name }) => name);
  return choices(Array.from({ length: found.count ?? 1 }, () => names)).map((chosen) => [[path, chosen]]);
}

/** One of each list, in every combination. */
function choices<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((made, list) => made.flatMap((before) => list.map((item) => [...before, item])), [[]]);
}
