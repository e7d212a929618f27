import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlan } from '../../lib/checker/check';
import type { ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { solve } from '../../lib/placement/solve';

/**
 * Placement cases from the tests of Kueue, KAI and Volcano. Node names are never compared: the upstream choice is one
 * of many. `verdict`: all gangs placed or not, validly. `quality`: also, no more domains than the optimum where it is
 * given, else than upstream in sum. `lock`: pods whose node is still ready stay. `reject`: a diagnostic says why.
 */
interface ConformanceCase {
  readonly id: string;
  readonly name: string;
  readonly compare: 'verdict' | 'quality' | 'lock' | 'reject';
  readonly problem: ProblemDocument;
  readonly expect: {
    readonly feasible: boolean;
    /** Distinct domains of all pods, by level. */
    readonly optimalQuality?: Readonly<Record<string, number>>;
    /** Distinct domains by gang's group and level, as upstream had them. */
    readonly quality?: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** What upstream placed, and what an exact solver says of the gang's minimum. */
    readonly gangs?: Readonly<Record<string, { readonly placed: number; readonly feasibleMin?: boolean }>>;
  };
}

const file = join(__dirname, '../../../shared/conformance/cases.json');
const present = existsSync(file);
// The file says so of itself; what does not hold shows in the tests below.
const cases = present ? (JSON.parse(readFileSync(file, 'utf8')) as ConformanceCase[]) : [];
const these = (...kinds: ConformanceCase['compare'][]): ConformanceCase[] =>
  cases.filter(({ compare }) => kinds.includes(compare));

function planFor({ problem }: ConformanceCase): Plan {
  const outcome = readProblem(problem);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  const plan = solve(outcome.value);
  expect(checkPlan(problem, plan)).toEqual([]);
  return plan;
}

/**
 * The gangs that must be placed: all or none, except that where upstream says gang by gang why not everything fits,
 * each gang whose minimum is feasible must be, with the copies beyond it as far as there is room.
 */
function wantedGangs({ problem, expect: { feasible, gangs } }: ConformanceCase): string[] {
  const names = (problem.gangs ?? []).map(({ name }) => name);
  return names.filter((name) => feasible || gangs?.[name]?.feasibleMin === true);
}

/** Nodes of all pods of the placed gangs, or of one group of them at any depth. */
function nodesOf(plan: Plan, group?: string): string[] {
  return plan.gangs.flatMap((gang) => {
    if (gang.status === 'unplaced') return [];
    const entries = Object.entries(gang.placements);
    return entries
      .filter(([path]) => group === undefined || path.split('/').includes(group))
      .flatMap(([, nodes]) => nodes);
  });
}

/** Levels at which a plan uses more domains than the optimum, or, where none is given, than upstream in sum. */
function excess({ problem, expect: { optimalQuality, quality } }: ConformanceCase, plan: Plan): object[] {
  const rows = optimalQuality
    ? Object.entries(optimalQuality).map(([level, most]) => ({
        level,
        most,
        used: domainsUsed(problem, nodesOf(plan), level),
      }))
    : [inSum(problem, plan, quality ?? {})];
  return rows.filter(({ most, used }) => used > most);
}

type Quality = NonNullable<ConformanceCase['expect']['quality']>;

function inSum(problem: ProblemDocument, plan: Plan, quality: Quality): { level: string; most: number; used: number } {
  const entries = Object.entries(quality).flatMap(([group, levels]) =>
    Object.entries(levels).map(([level, most]) => ({ group, level, most })),
  );
  const used = entries.reduce((sum, { group, level }) => sum + domainsUsed(problem, nodesOf(plan, group), level), 0);
  return { level: 'all', most: entries.reduce((sum, { most }) => sum + most, 0), used };
}

/** Distinct domains at each level of the first topology that names it. */
function domainsUsed(problem: ProblemDocument, nodes: readonly string[], level: string): number {
  const levels = problem.topologies?.find((topology) => topology.levels.includes(level))?.levels ?? [level];
  const tuples = nodes.map((name) => {
    const labels = problem.nodes?.find((node) => node.name === name)?.labels;
    return JSON.stringify(levels.slice(0, levels.indexOf(level) + 1).map((label) => labels?.[label]));
  });
  return new Set(tuples).size;
}

const suite = present ? describe : describe.skip;
const title = present
  ? 'a case of other schedulers’ tests'
  : 'cases of other schedulers’ tests (skipped: ../shared/conformance is absent)';

suite(title, () => {
  // Where the file is absent, a placeholder: a table of tests must not be empty.
  const table = (...kinds: ConformanceCase['compare'][]): [string, ConformanceCase | undefined][] => {
    const rows = these(...kinds).map((found): [string, ConformanceCase] => [`${found.id} ${found.name}`, found]);
    return rows.length > 0 ? rows : [['(none)', undefined]];
  };

  test('is one of 94', () => {
    expect(cases.map(({ id }) => id)).toHaveLength(94);
  });

  test.each(table('verdict', 'quality', 'lock'))('gets the verdict and a valid plan: %s', (_, found) => {
    if (found === undefined) return;
    const plan = planFor(found);
    const placed = plan.gangs.filter((gang) => gang.status === 'placed').map(({ name }) => name);
    expect(placed.sort()).toEqual(wantedGangs(found).sort());
    const upstream = Object.values(found.expect.gangs ?? {}).reduce((sum, gang) => sum + gang.placed, 0);
    expect(nodesOf(plan).length).toBeGreaterThanOrEqual(upstream);
  });

  test.each(table('quality'))('uses no more domains than need be: %s', (_, found) => {
    if (found === undefined) return;
    const plan = planFor(found);
    expect(excess(found, plan)).toEqual([]);
  });

  test.each(table('lock'))('keeps pods whose node is still ready: %s', (_, found) => {
    if (found === undefined) return;
    const plan = planFor(found);
    const ready = new Set((found.problem.nodes ?? []).filter((node) => node.ready !== false).map(({ name }) => name));
    for (const [gang, copies] of Object.entries(found.problem.locked ?? {})) {
      const planned = plan.gangs.find(({ name }) => name === gang);
      for (const [path, nodes] of Object.entries(copies)) {
        const kept = nodes.filter((node) => ready.has(node));
        expect(planned?.status === 'placed' ? planned.placements[path] : []).toEqual(expect.arrayContaining(kept));
      }
    }
  });

  const reasons: Readonly<Record<string, string>> = {
    C080: 'BAY3014 required level "cloud.com/topology-block" is broader than "kubernetes.io/hostname", which is required around it',
    C081: 'BAY3007 count is 0, not a whole number from 1; BAY3001 replicas is null, not a number',
    C082: 'BAY3012 level "not-existing-topology-level" is not a level of topology "t"',
  };

  test.each(table('reject'))('is refused, with what is wrong with it: %s', (_, found) => {
    if (found === undefined) return;
    const outcome = readProblem(found.problem);
    const said = outcome.diagnostics.map(({ code, message }) => `${code} ${message}`).join('; ');
    expect({ ok: outcome.ok, said }).toEqual({ ok: false, said: reasons[found.id] });
  });
});
