import * as fc from 'fast-check';
import { checkPlan } from '../../lib/checker/check';
import { compareTerm, termNames } from '../../lib/checker/terms';
import { planSchema, type GroupDocument, type ProblemDocument } from '../../lib/placement/document';
import type { Objective, Plan } from '../../lib/placement/plan';
import type { Problem } from '../../lib/placement/problem';
import { readProblem } from '../../lib/placement/read';
import { solve, type SolveOptions } from '../../lib/placement/solve';
import { problems, runs, type Features } from './arbitraries';
import { bestPlan, type Best } from './oracle';
import { findStuckPod } from './restarts';

function read(document: ProblemDocument): Problem {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error(`not a problem: ${outcome.diagnostics.map(({ message }) => message).join('; ')}`);
  return outcome.value;
}

function planFor(document: ProblemDocument, options?: SolveOptions): Plan {
  return solve(read(document), options);
}

function placedIn(plan: Plan): readonly string[] {
  return plan.gangs.filter((gang) => gang.status === 'placed').map((gang) => gang.name);
}

function check(
  document: fc.Arbitrary<ProblemDocument>,
  usual: number,
  property: (document: ProblemDocument) => void,
): void {
  fc.assert(fc.property(document, property), runs(usual));
}

/** In what a plan is contradicted by the best one: by its value if it says it is the best, by its bound in any case. */
function contradictions(plan: Plan, best: Best | undefined): object {
  if (best === undefined) return {};
  const value = plan.optimal ? firstDifference(plan.objective, best.objective) : undefined;
  return { ...(value && { value }), ...brokenBound(plan.bound, best.objective) };
}

/** The first term in which a plan differs from another, with both values. */
function firstDifference(found: Objective, best: Objective): object | undefined {
  const term = termNames.find((name) => compareTerm(name, found, best) !== 0);
  return term && { term, found: found[term], best: best[term] };
}

/** The terms with moved pods last; moved gangs are not compared. */
function lateMoves({ moved, ...others }: Objective): object {
  return { ...others, pods: moved[1] };
}

/** A bound that is above what the best plan has, in the first term in which the two differ. */
function brokenBound(bound: Objective, best: Objective): object | undefined {
  const term = termNames.find((name) => compareTerm(name, bound, best) !== 0);
  const isAbove = term !== undefined && (compareTerm(term, bound, best) ?? 1) > 0;
  return isAbove ? { term, bound: bound[term], best: best[term] } : undefined;
}

describe('every plan', () => {
  /** Problems in which one part of the format or another has more room than in the mix of all. */
  const mixes: readonly (readonly [string, Partial<Features>, number])[] = [
    ['everything in the mix', {}, 250],
    ['one gang on many nodes', { gangs: 1, nodes: 7, pods: 7, queues: false, eligibility: false }, 60],
    ['gangs that compete for room and change places', { queues: false, eligibility: false, exclusive: false }, 60],
    [
      'traffic and preferences over deep groups',
      { pins: false, locks: false, queues: false, eligibility: false, exclusive: false },
      60,
    ],
  ];

  test.each(mixes)('is sound, and where it says so the best there is: %s', (_, features, usual) => {
    check(problems(features), usual, (document) => {
      const plan = planFor(document);
      expect(checkPlan(document, plan)).toEqual([]);
      expect(planSchema.parse(plan)).toEqual(plan);
      const best = bestPlan(document, { ways: 1_000 });
      expect(contradictions(plan, best)).toEqual({});
      // What is small enough for brute force is small enough for proof.
      expect(plan.optimal || best === undefined).toBe(true);
    });
  });

  test('is sound, and its bounds hold, where the budget ends early', () => {
    check(fc.oneof(problems(), problems({ eligibility: false, queues: false })), 120, (document) => {
      const plan = planFor(document, { steps: 6 });
      expect(checkPlan(document, plan)).toEqual([]);
      expect(contradictions(plan, bestPlan(document, { ways: 1_000 }))).toEqual({});
    });
  });

  test('is the best there is with one gang more moved than the least, where one may be', () => {
    check(problems({ eligibility: false, queues: false, exclusive: false, pods: 5 }), 100, (document) => {
      const plan = planFor(document, { rebalance: 1 });
      expect(checkPlan(document, plan)).toEqual([]);
      const [strict, best] = [bestPlan(document, { ways: 1_000 }), bestPlan(document, { rebalance: 1, ways: 1_000 })];
      if (strict === undefined || best === undefined) return;
      expect(plan.objective.moved[0]).toBeLessThanOrEqual(strict.objective.moved[0] + 1);
      expect(lateMoves(plan.objective)).toEqual(lateMoves(plan.optimal ? best.objective : plan.objective));
    });
  });

  test('places a gang that is alone exactly where there is a way to', () => {
    check(problems({ gangs: 1, locks: false, traffic: false }), 150, (document) => {
      const placed = placedIn(planFor(document));
      expect(placed).toEqual(bestPlan(document, { ways: 1_000 })?.placed ?? placed);
    });
  });
});

describe('a plan does not change', () => {
  test('with the order of nodes, gangs, queues, labels and keys', () => {
    const order = fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 }));
    fc.assert(
      fc.property(problems(), order, (document, numbers) => {
        const plan = planFor(document);
        const other = planFor(shuffled(document, numbers));
        expect(JSON.stringify(other)).toBe(JSON.stringify(plan));
      }),
      runs(120),
    );
  });

  test('in what it says of placements and terms, when all resources but pods grow by one factor', () => {
    check(problems(), 80, (document) => {
      const [plan, larger] = [planFor(document), planFor(scaled(document, 3))];
      expect(withoutReasons(larger)).toEqual(withoutReasons(plan));
    });
  });
});

/** Keys of every map in another order, and the lists whose order means nothing. */
function shuffled(document: ProblemDocument, numbers: Iterator<number>): ProblemDocument {
  const mix = <T>(list: readonly T[]): T[] => {
    const keyed = list.map((item) => ({ item, rank: Number(numbers.next().value) }));
    return keyed.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  };
  const rekey = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rekey);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(mix(Object.entries(value)).map(([key, inner]) => [key, rekey(inner)]));
  };
  const { nodes = [], gangs = [], queues = [] } = document;
  // The same document with its keys in another order.
  return rekey({ ...document, nodes: mix(nodes), gangs: mix(gangs), queues: mix(queues) }) as ProblemDocument;
}

type Quantities = Record<string, string | number>;

function scaled(document: ProblemDocument, factor: number): ProblemDocument {
  const amount = (name: string, value: string | number): string | number => {
    const [, digits = '0', unit = ''] = /^([\d.]+)(.*)$/.exec(String(value)) ?? [];
    return name === 'pods' ? value : `${Number(digits) * factor}${unit}`;
  };
  const all = (amounts: Quantities = {}): Quantities =>
    Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, amount(name, value)]));
  const groups = (list: readonly GroupDocument[]): GroupDocument[] => {
    return list.map((group) =>
      group.groups
        ? { ...group, groups: groups(group.groups) }
        : { ...group, pod: { ...group.pod, requests: all(group.pod?.requests) } },
    );
  };
  const bounds = (
    resources: NonNullable<NonNullable<ProblemDocument['queues']>[number]['resources']> = {},
  ): typeof resources => {
    return Object.fromEntries(
      Object.entries(resources).map(([name, { quota, limit }]) => {
        return [
          name,
          {
            ...(quota !== undefined && { quota: amount(name, quota) }),
            ...(limit !== undefined && { limit: amount(name, limit) }),
          },
        ];
      }),
    );
  };
  return {
    ...document,
    nodes: (document.nodes ?? []).map((node) => ({
      ...node,
      allocatable: all(node.allocatable),
      used: all(node.used),
    })),
    queues: (document.queues ?? []).map((queue) => ({
      ...queue,
      resources: bounds(queue.resources),
      used: all(queue.used),
    })),
    gangs: (document.gangs ?? []).map((gang) => ({ ...gang, groups: groups(gang.groups) })),
  };
}

function withoutReasons(plan: Plan): unknown {
  return { ...plan, certificate: {}, gangs: plan.gangs.map((gang) => (gang.status === 'placed' ? gang : gang.name)) };
}

describe('a gang that is alone and has a place keeps having one', () => {
  test('when a node is added', () => {
    check(problems({ gangs: 1, locks: false }), 120, (document) => {
      const [last, ...others] = [...(document.nodes ?? [])].reverse();
      if (last === undefined) return;
      const fewer = placedIn(planFor({ ...document, nodes: others }));
      expect(placedIn(planFor(document))).toEqual(expect.arrayContaining([...fewer]));
    });
  });

  test('when a node gets more room, as long as nothing is pinned', () => {
    check(problems({ gangs: 1, locks: false, pins: false }), 80, (document) => {
      const [first, ...others] = document.nodes ?? [];
      if (first === undefined) return;
      const roomier = { ...first, allocatable: { 'nvidia.com/gpu': 16, cpu: 64, 'example.com/nic': 8 }, used: {} };
      const before = placedIn(planFor(document));
      expect(placedIn(planFor({ ...document, nodes: [roomier, ...others] }))).toEqual(
        expect.arrayContaining([...before]),
      );
    });
  });

  test('when what was required is only preferred', () => {
    check(problems({ gangs: 1, locks: false }), 80, (document) => {
      const before = placedIn(planFor(document));
      expect(placedIn(planFor({ ...document, gangs: (document.gangs ?? []).map(softened) }))).toEqual(
        expect.arrayContaining([...before]),
      );
    });
  });
});

function softened<T extends Pick<GroupDocument, 'constraint' | 'groups'>>(scope: T): T {
  const { constraint } = scope;
  const soft =
    constraint?.required === undefined ? constraint : { topology: constraint.topology, preferred: constraint.required };
  return { ...scope, ...(soft && { constraint: soft }), ...(scope.groups && { groups: scope.groups.map(softened) }) };
}

describe('pins', () => {
  const event = fc.record({ stops: fc.boolean(), pod: fc.nat(20), node: fc.nat(20) });
  const events = fc.array(event, { maxLength: 60, size: 'max' });

  test('leave every missing pod a place, in whatever order pods start and restart, wherever pins let them', () => {
    fc.assert(
      fc.property(
        problems({ eligibility: false, queues: false, required: false, pods: 8 }).map(allPinned),
        events,
        (document, happening) => {
          expect(findStuckPod(document, planFor(document), happening)).toBeUndefined();
        },
      ),
      runs(150),
    );
  });

  /**
   *     node   n15     n16      8 GPUs each
   *           [a c]   [a d]     a: 2 x 4 GPUs pinned to both nodes, c and d: 4 GPUs
   */
  test('of a plan with a hole, on the other hand, leave a pod without one', () => {
    const pod = { requests: { gpu: 4 } };
    const nodes = ['n15', 'n16'].map((name) => ({ name, allocatable: { gpu: 8 } }));
    const groups: GroupDocument[] = [
      { name: 'a', count: 2, pod, pinned: 'set' },
      { name: 'c', pod, pinned: 'set' },
      { name: 'd', pod, pinned: 'set' },
    ];
    const document: ProblemDocument = { version: 1, nodes, gangs: [{ name: 'g', groups }] };
    const sound = planFor(document);
    const placements = { 'a/0': ['n15', 'n16'], 'c/0': ['n15'], 'd/0': ['n16'] };
    const holed = {
      ...sound,
      gangs: sound.gangs.map((gang) => ({ ...gang, status: 'placed' as const, placements, domains: {}, moved: [] })),
    };
    const bothOnOne = [0, 0].map((node) => ({ stops: false, pod: 0, node }));
    expect(findStuckPod(document, holed, bothOnOne)).toEqual({ stuck: 'g/c', running: ['g/a on n15', 'g/a on n15'] });
    expect(findStuckPod(document, sound, bothOnOne)).toBeUndefined();
  });
});

function allPinned(document: ProblemDocument): ProblemDocument {
  const pin = (group: GroupDocument): GroupDocument => {
    return group.groups ? { ...group, groups: group.groups.map(pin) } : { ...group, pinned: group.pinned ?? 'set' };
  };
  return { ...document, gangs: (document.gangs ?? []).map((gang) => ({ ...gang, groups: gang.groups.map(pin) })) };
}
