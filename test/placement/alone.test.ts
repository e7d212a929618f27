import { generate, generateInfeasible, generateWide } from '../../bench/generate';
import { checkPlan } from '../../lib/checker/check';
import type { GangDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { solve } from '../../lib/placement/solve';

/** Clusters of the bench: about 70 % full, what is free fragmented; see bench/generate.ts. */
const thousand = { zones: 2, blocks: 4, racks: 8, hosts: 16 };
const tenThousand = { zones: 4, blocks: 16, racks: 10, hosts: 16 };

function planFor(document: ProblemDocument): Plan {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  const plan = solve(outcome.value);
  expect(checkPlan(document, plan)).toEqual([]);
  return plan;
}

function gangsOf({ gangs = [] }: ProblemDocument): (readonly [string, GangDocument])[] {
  return gangs.map((gang) => [gang.groups.map(({ name, replicas }) => `${replicas ?? 1} ${name}`).join(', '), gang]);
}

describe('a gang that is alone has a place, and one that is proven to be the best', () => {
  const small = generate({ size: thousand, gangs: 5 });
  test.each(gangsOf(small))('on 1,024 nodes: %s', (_, gang) => {
    expect(planFor({ ...small, gangs: [gang] })).toMatchObject({ status: 'placed', optimal: true });
  });

  const pinned = generate({ size: thousand, gangs: 5, pinned: true });
  test.each(gangsOf(pinned))('on 1,024 nodes, each group pinned to its set: %s', (_, gang) => {
    expect(planFor({ ...pinned, gangs: [gang] })).toMatchObject({ status: 'placed', optimal: true });
  });

  const large = generate({ size: tenThousand, gangs: 5 });
  test.each(gangsOf(large))('on 10,240 nodes: %s', (_, gang) => {
    expect(planFor({ ...large, gangs: [gang] })).toMatchObject({ status: 'placed', optimal: true });
  });

  test('on 10,240 nodes: 8 frontends, 32 prefill, 64 decode', () => {
    expect(planFor(generateWide(tenThousand))).toMatchObject({ status: 'placed', optimal: true });
  });
});

test('a gang that wants more whole nodes in one rack than any rack has free is refused, and told what it lacks', () => {
  const plan = planFor(generateInfeasible(tenThousand));
  const [gang] = plan.gangs;
  const [reason] = gang?.status === 'unplaced' ? gang.reasons : [];
  expect(plan.optimal).toBe(true);
  expect(['capacity', 'fragmented']).toContain(reason?.code);
  expect(reason?.domain).toMatch(/^z\d\/z\d-b\d+\/z\d-b\d+-r\d$/);
});
