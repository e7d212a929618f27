/**
 * Placement: a problem in, a plan out.
 *
 * Phase 1  compile     dense, canonical form: instance.ts (nodes, gangs, who may go where), tree.ts (topologies).
 * Phase 2  alone       each gang as if it had the cluster to itself: what it costs at least, whether it fits: alone.ts.
 *                      Gangs that are alike are looked at once.
 * Phase 3  in turn     gangs by priority and size, each placed at its best beside those before it, first with the
 *                      copies it needs, then with the copies it would like: turns.ts.
 * Phase 4  together    where that left somebody out or cost more than phase 2 allows, gangs that stand in each other's
 *                      way, gangs by twos, then all at once.
 * Phase 5  write       numbers of copies, terms and their bounds, reasons for what has no place: write.ts, explain.ts.
 *
 * A single gang is kept as it is locked where nothing forbids it (tables/kept.ts); else it is placed by tables over
 * the topology (tables/placer.ts), which are exact and touch only what has changed; else, where tables cannot tell its
 * placements apart (tables/express.ts), by search. Every search (search.ts) is complete within a counted budget; where
 * the budget ends, the plan says so.
 */
import { placeAlone, type Alone } from './alone';
import { proveBound } from './bound';
import { certify } from './certificate';
import { explainGang } from './explain';
import { makeGround, makeSite, type Site } from './ground';
import { compile } from './instance';
import { compareNatural } from './natural';
import { evaluate } from './objective';
import type { Plan } from './plan';
import type { Problem } from './problem';
import { Search, type Task } from './search';
import { leastSteps, polish, takeTurns, withoutFragmentation, type Draft, type Limits } from './turns';
import { addValues, compareValues, movedOf, toObjective, zeroValue } from './value';
import { writeGang } from './write';

/** How hard to try; counted steps, never a clock, so that the answer is the same on every machine. */
export interface SolveOptions {
  /** How many gangs more than the least may be moved for a better plan. Default 0. */
  readonly rebalance?: number;
  /** Steps of search for one gang, the unit in which all searches are measured. Default 100,000. */
  readonly steps?: number;
}

/** Solves a problem. Pure: same problem, same plan, in whatever order gangs, nodes and labels are given. */
export function solve(problem: Problem, options: SolveOptions = {}): Plan {
  const instance = compile(problem);
  const site = makeSite(instance);
  const limits = limitsFor(options.steps ?? 100_000, instance.nodes.length);
  const alone = instance.gangs.map((gang) => placeAlone(site, gang, limits.gang));
  const strict = together(site, alone, takeTurns(site, alone, limits), limits);
  const rebalance = options.rebalance ?? 0;
  if (rebalance <= 0 || !site.locks.gangs.some((lock) => lock !== undefined))
    return writePlan(site, alone, strict, limits);
  return rebalanced(makeSite(instance, true), movedOf(strict.value, site.layout)[0] + rebalance, strict, limits);
}

/**
 * A step looks at every node, so that large clusters get fewer; searches for several gangs, which end long before
 * they are complete there, get fewer still.
 */
function limitsFor(steps: number, nodes: number): Limits {
  const size = Math.max(1, nodes / 64);
  const scaled = Math.ceil(steps / size);
  return { gang: scaled, few: Math.ceil(scaled / 10 / size ** 2), all: Math.ceil((2 * scaled) / size ** 2) };
}

/** The same once more from the plan that moves least, with moves compared last and up to so many gangs moved. */
function rebalanced(site: Site, movedGangs: number, strict: Proven, limits: Limits): Plan {
  const { instance, layout, locks } = site;
  const alone = instance.gangs.map((gang) => placeAlone(site, gang, limits.gang));
  const value = evaluate(instance, layout, locks, strict.assignment);
  return writePlan(
    site,
    alone,
    together(site, alone, { assignment: strict.assignment, value }, limits, movedGangs),
    limits,
  );
}

interface Proven extends Draft {
  /** There is no better plan. */
  readonly proven: boolean;
}

/** Gangs in small sets, then all in one search, unless the plan already meets what they cost alone. */
function together(site: Site, alone: readonly Alone[], draft: Draft, limits: Limits, movedGangs?: number): Proven {
  const possible = alone.filter(({ impossible }) => !impossible);
  const [only] = possible;
  const least = alone.reduce((sum, { bound }) => addValues(sum, bound), zeroValue(site.layout));
  if (compareValues(draft.value, least) === 0) return { ...draft, proven: true };
  if (movedGangs === undefined && (!only || (possible.length === 1 && only.exact))) return { ...draft, proven: true };
  if (possible.every(({ kept }) => kept) && compareValues(withoutFragmentation(draft.value, site), least) === 0)
    return { ...draft, proven: true };
  const polished = polish(site, alone, draft, limits, movedGangs);
  const tasks = possible.map(({ gang, shapes, bound }): Task => ({ gang, shapes, optional: true, bound }));
  if (limits.all < leastSteps(tasks)) return { ...polished, proven: false };
  const ground = groundWithout(site, alone);
  const result = new Search(ground, tasks, { steps: limits.all, better: polished.value, movedGangs }).run();
  const proven = result.complete && possible.every(({ exact }) => exact);
  if (!result.best) return { ...polished, proven };
  const assignment = site.instance.gangs.map(
    (gang) => result.best?.pods[tasks.findIndex((task) => task.gang === gang)],
  );
  return { assignment, value: result.best.value, proven };
}

/** The empty cluster, with the gangs counted that no plan can place. */
function groundWithout(site: Site, alone: readonly Alone[]) {
  const { layout, locks } = site;
  const ground = makeGround(site, []);
  for (const { gang, impossible } of alone) {
    if (impossible) ground.tally.bumpHead(layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1), 1);
  }
  return ground;
}

function writePlan(site: Site, alone: readonly Alone[], { assignment, value, proven }: Proven, limits: Limits): Plan {
  const { instance, layout, locks } = site;
  const bound = proven ? value : proveBound(layout, value, alone);
  const gangs = instance.gangs.map((gang) => {
    const pods = assignment[gang.index];
    return pods ? writeGang(instance, locks, gang, pods) : explainGang(site, assignment, gang, limits);
  });
  return {
    version: 1,
    status: gangs.every((gang) => gang.status === 'placed') ? 'placed' : 'infeasible',
    gangs: gangs.sort((a, b) => compareNatural(a.name, b.name)),
    objective: toObjective(value, layout, instance),
    bound: toObjective(bound, layout, instance),
    certificate: certify(site, assignment, gangs),
    optimal: compareValues(value, bound) === 0,
  };
}
