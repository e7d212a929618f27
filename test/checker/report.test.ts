import { checkPlan } from '../../lib/checker/check';
import type { Objective } from '../../lib/placement/plan';
import { faults, groupChanged, plan, problem, withGang } from './sound';

describe('what a plan says of its placements', () => {
  test('is wrong in domains: another value, a level too many, a scope too many, one missing', () => {
    const domains = { '': { zone: 'z2' }, 'decode/0': { zone: 'z1', rack: 'r1' }, 'prefill/0': { rack: 'r2' } };
    expect(faults(problem, withGang({ domains }))).toEqual([
      'domains: domains of g say {"zone":"z2"} for "", and it is {"zone":"z1"}',
      'domains: domains of g say {"zone":"z1","rack":"r1"} for "decode/0", and it is {"rack":"r1"}',
      'domains: domains of g say {"rack":"r2"} for "prefill/0", and it is undefined',
    ]);
    expect(faults(problem, withGang({ domains: { '': { zone: 'z1' } } }))).toEqual([
      'domains: domains of g say undefined for "decode/0", and it is {"rack":"r1"}',
    ]);
  });

  const locked = { g: { 'prefill/0': ['n4'], 'decode/0': ['n2', 'n1'] } };

  test('is wrong in moved: a copy on other nodes that is not named, and one that is named and never moved', () => {
    expect(faults({ ...problem, locked }, withGang({ moved: ['prefill/0'] }))).toEqual([]);
    expect(faults({ ...problem, locked }, withGang({ moved: ['decode/0', 'prefill/1'] }))).toEqual([
      'moved: prefill/0 of g is not among moved, against what is locked',
      'moved: prefill/1 of g is among moved, against what is locked',
      'moved: decode/0 of g is among moved, against what is locked',
    ]);
  });

  test('is wrong in numbers that show a move where copies could have kept theirs', () => {
    const document = {
      ...groupChanged('prefill', { replicas: 2, minReplicas: 2, pod: { requests: { gpu: 1 } } }),
      locked: { g: { 'prefill/0': ['n1'], 'prefill/1': ['n3'] } },
    };
    const { gangs } = document;
    const small = (gangs ?? []).map((gang) => ({
      ...gang,
      groups: gang.groups.map((group) => ({ ...group, pod: { requests: { gpu: 1 } } })),
    }));
    const exchanged = withGang({
      placements: { 'prefill/0': ['n3'], 'prefill/1': ['n1'], 'decode/0': ['n1', 'n2'] },
      moved: ['prefill/0', 'prefill/1'],
    });
    expect(faults({ ...document, gangs: small }, exchanged)).toEqual([
      'numbering: by the numbers of its copies 2 pods of g moved; other numbers would show 0',
    ]);
  });

  const terms: readonly (readonly [keyof Objective, Partial<Objective>])[] = [
    ['unplaced', { unplaced: [[125, 0, 1]] }],
    ['moved', { moved: [0, 1] }],
    ['extras', { extras: [[125, 1]] }],
    ['preferred', { preferred: [0, 0, 1] }],
    ['distance', { distance: '2039998/2' }],
    [
      'spread',
      {
        spread: [
          [1, 2, 3],
          [2, 2, 3],
          [3, 3, 3],
        ],
      },
    ],
    ['fragmentation', { fragmentation: [3, 2, 0] }],
  ];

  test.each(terms)('is wrong in the term %s', (term, change) => {
    const objective = { ...plan.objective, ...change };
    const found = checkPlan(problem, { ...plan, objective, bound: objective });
    expect(found.map(({ code, data }) => [code, data['term']])).toEqual([['objective', term]]);
  });

  test('is wrong in a bound above its value, and in optimal', () => {
    const above = { ...plan, optimal: false, bound: { ...plan.objective, distance: '1020000/1' } };
    expect(checkPlan(problem, above).map(({ message }) => message)).toEqual([
      'the bound of distance is "1020000/1", for a value of "1019999/1"',
    ]);
    expect(checkPlan(problem, { ...plan, optimal: false }).map(({ message }) => message)).toEqual([
      'optimal is false, and every term equals its bound',
    ]);
    const below = { ...plan, bound: { ...plan.objective, preferred: [0, 0, 0] } };
    expect(checkPlan(problem, below).map(({ message }) => message)).toEqual([
      'optimal is true, and not every term equals its bound',
    ]);
  });
});
