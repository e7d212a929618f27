import * as fc from 'fast-check';
import { generate, type Workload } from '../../bench/generate';
import { Draw } from '../../bench/random';
import { checkPlan } from '../../lib/checker/check';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { solve } from '../../lib/placement/solve';
import { highs, type Ask } from '../support/milp/linear';
import { SecondOpinion, type Verdict } from '../support/milp/opinion';
import { problems, runs } from './arbitraries';

/**
 * HiGHS as a second opinion, on problems too large for brute force. The model (test/support/milp) is made from the
 * file format alone. For each term of a plan HiGHS is asked for a plan that equals it in all earlier terms and has less
 * than the term's bound; where the plan is said to be optimal, that is a better plan. And the plan itself has to be a
 * solution of the model, at no more than its own terms, so that the model is not right by allowing nothing.
 *
 * What the model leaves out: locks, and with them `moved` and `--rebalance`; `distance` and what comes after it where
 * extra copies make the number of pairs vary, or where bandwidths give factors too far apart for floating point.
 * HiGHS is limited by nodes of its tree, never by a clock; a question that it does not finish counts as not asked.
 */
let ask: Ask;

beforeAll(async () => {
  ask = await highs(200);
});

function planFor(document: ProblemDocument, steps?: number): Plan {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error(`not a problem: ${outcome.diagnostics.map(({ message }) => message).join('; ')}`);
  return solve(outcome.value, { steps });
}

/** The terms that HiGHS was asked about, after a check that it found nothing better and allows the plan itself. */
function expectNothingBetter(document: ProblemDocument, plan: Plan): readonly Verdict[] {
  expect(checkPlan(document, plan)).toEqual([]);
  const opinion = new SecondOpinion(document, ask);
  const verdicts = opinion.challenge(plan);
  expect(verdicts.filter(({ better }) => better !== 'none' && better !== 'undecided')).toEqual([]);
  expect(opinion.admits(plan)).toBe(true);
  return verdicts;
}

/** Without locks, and with bandwidths whose costs are small multiples of one another. */
function forModel({ locked: _, topologies = [], ...document }: ProblemDocument): ProblemDocument {
  const even = (bandwidth: number): number => 2 ** Math.round(Math.log2(bandwidth));
  const map = (bandwidth: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(bandwidth).map(([level, value]) => [level, Math.min(32, even(value))]));
  return {
    ...document,
    topologies: topologies.map(({ bandwidth, ...topology }) => ({
      ...topology,
      ...(bandwidth && { bandwidth: map(bandwidth) }),
    })),
  };
}

describe('HiGHS finds no plan that is better than', () => {
  test('one of a small problem with every part of the format but locks', () => {
    fc.assert(
      fc.property(problems({ locks: false }), (raw) => {
        const document = forModel(raw);
        expectNothingBetter(document, planFor(document));
      }),
      runs(120),
    );
  });

  test('one of up to 14 nodes and 4 gangs with every part of the format but locks', () => {
    fc.assert(
      fc.property(problems({ locks: false, nodes: 14, gangs: 4, pods: 14 }), (raw) => {
        const document = forModel(raw);
        expectNothingBetter(document, planFor(document, 20_000));
      }),
      runs(20),
    );
  });

  test.each([
    [32, 4, 3],
    [32, 4, 5],
    [32, 4, 6],
    [32, 4, 7],
    [32, 4, 10],
    [64, 5, 3],
  ])('one of a cluster of %i nodes with %i gangs (seed %i)', (nodes, gangs, seed) => {
    const document = cluster({ nodes, gangs, seed });
    const verdicts = expectNothingBetter(document, planFor(document, 20_000));
    // Whoever goes without is decided in any case: the most expensive question is left to HiGHS as well.
    expect(verdicts[0]).toEqual({ term: 'unplaced', better: 'none' });
  });
});

/** The five gangs of the bench, each alone on a cluster of 64 nodes that is 70 % full. */
function benchGangs(workload: Pick<Workload, 'shapes' | 'pinned' | 'seed'>): ProblemDocument[] {
  const all = generate({ size: { zones: 2, blocks: 2, racks: 2, hosts: 8 }, gangs: 5, ...workload });
  return (all.gangs ?? []).map((gang) => ({ ...all, gangs: [gang] }));
}

describe('a gang of 12 to 14 pods alone on 64 nodes is proven optimal, and HiGHS finds nothing better', () => {
  test.each<Pick<Workload, 'shapes' | 'pinned' | 'seed'>>([
    { shapes: 'large', pinned: false, seed: 1 },
    { shapes: 'large', pinned: true, seed: 2 },
    { shapes: 'small', pinned: true, seed: 2 },
  ])('$shapes pods, pinned $pinned, seed $seed', (workload) => {
    for (const document of benchGangs(workload)) {
      const plan = planFor(document);
      expect(plan.optimal).toBe(true);
      expectNothingBetter(document, plan);
    }
  });
});

test('HiGHS does find the better plan where there is one', () => {
  // rack a: [2] [2]   rack b: [4]       one gang of 2 pods of 2 GPUs, rack preferred
  const node = (name: string, rack: string, gpus: number): NodeDocument => ({
    name,
    labels: { rack },
    allocatable: { 'nvidia.com/gpu': gpus },
  });
  const pod = { requests: { 'nvidia.com/gpu': 2 } };
  const document: ProblemDocument = {
    version: 1,
    topologies: [{ name: 't', levels: ['rack'] }],
    nodes: [node('a1', 'a', 2), node('a2', 'a', 2), node('b1', 'b', 4)],
    gangs: [{ name: 'g', constraint: { topology: 't', preferred: 'rack' }, groups: [{ name: 'w', replicas: 2, pod }] }],
  };
  const split = {
    name: 'g',
    status: 'placed',
    placements: { 'w/0': ['a1'], 'w/1': ['b1'] },
    domains: {},
    moved: [],
  } as const;
  const plan = planFor(document);
  const objective = { ...plan.objective, preferred: [1, 0], spread: [[2, 2], [2, 2], [2, 2]] } as const; // prettier-ignore
  const worse: Plan = { ...plan, gangs: [split], objective, bound: objective };
  expect(new SecondOpinion(document, ask).challenge(worse)).toContainEqual({
    term: 'preferred',
    better: [0, 0],
    bound: [1, 0],
  });
  expect(new SecondOpinion(document, ask).challenge(plan).map(({ better }) => better)).not.toContainEqual(
    expect.any(Array),
  );
});

const levels = ['zone', 'rack', 'kubernetes.io/hostname'];
const gpu = 'nvidia.com/gpu';

interface Size {
  readonly nodes: number;
  readonly gangs: number;
  readonly seed: number;
}

/**
 * Two zones of racks of eight hosts, most of whose GPUs are in use, and gangs whose demand is near to what is left:
 * prefill and decode of several sizes, levels required or preferred, extra copies, replicas of two nodes, pins.
 */
function cluster({ nodes, gangs, seed }: Size): ProblemDocument {
  const draw = new Draw(seed);
  return {
    version: 1,
    topologies: [{ name: 't', levels }],
    nodes: Array.from({ length: nodes }, (_, i) => clusterNode(i, nodes, draw)),
    gangs: Array.from({ length: gangs }, (_, i) => clusterGang(i, draw)),
  };
}

function clusterNode(i: number, nodes: number, draw: Draw): NodeDocument {
  const name = `n${i}`;
  const zone = `z${Math.floor((2 * i) / nodes)}`;
  const used = draw.weighted([[1, 0], [2, 2], [3, 4], [2, 5], [1, 6], [9, 8]], 0); // prettier-ignore
  return {
    name,
    labels: { zone, rack: `r${Math.floor(i / 8)}`, 'kubernetes.io/hostname': name },
    allocatable: { [gpu]: 8, cpu: 64, pods: 20 },
    used: { [gpu]: used, cpu: 4 + 6 * used, pods: 4 + used },
  };
}

function clusterGang(i: number, draw: Draw): GangDocument {
  const constraint = draw.weighted<GangDocument['constraint']>(
    [
      [3, { topology: 't', required: 'zone', preferred: 'rack' }],
      [2, { topology: 't', required: 'rack' }],
      [2, { topology: 't', preferred: 'rack' }],
    ],
    undefined,
  );
  const prefill = clusterGroup('prefill', draw.weighted([[2, 1], [2, 2], [1, 3]], 1), 2 + draw.below(3), draw); // prettier-ignore
  const decode = draw.weighted<GroupDocument>(
    [
      [2, clusterGroup('decode', 4, 1 + draw.below(3), draw)],
      [1, clusterGroup('decode', 8, 1, draw)],
      [1, { ...clusterGroup('decode', 2, 1, draw), count: 3, constraint: { topology: 't', required: 'rack' } }],
    ],
    prefill,
  );
  const isFixed = [prefill, decode].every(({ minReplicas, replicas }) => minReplicas === replicas);
  return {
    name: `g${i}`,
    priority: draw.weighted([[3, 0], [1, 10]], 0), // prettier-ignore
    constraint,
    groups: [prefill, decode],
    ...(isFixed && draw.below(3) === 0 && { traffic: [{ between: ['prefill', 'decode'], weight: 1 }] }),
  };
}

function clusterGroup(name: string, gpus: number, replicas: number, draw: Draw): GroupDocument {
  return {
    name,
    replicas,
    minReplicas: replicas - (draw.below(4) === 0 && replicas > 1 ? 1 : 0),
    pod: { requests: { [gpu]: gpus, cpu: 4 * gpus } },
    ...(draw.below(4) === 0 && { pinned: 'set' as const }),
  };
}
