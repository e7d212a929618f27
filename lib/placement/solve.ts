/**
 * Placement: a problem in, a plan out.
 *
 * Phase 1  compile     dense, canonical form: instance.ts (nodes, gangs, who may go where), tree.ts (topologies).
 * Phase 2  alone       each gang as if it had the cluster to itself: what it costs at least, and whether it fits at all.
 * Phase 3  in turn     gangs by priority and size, each placed at its best beside those before it, first with the
 *                      copies it needs, then with the copies it would like.
 * Phase 4  together    where that left somebody out or cost more than phase 2 allows, all gangs in one search.
 * Phase 5  write       numbers of copies, terms and their bounds, reasons for what has no place: write.ts, explain.ts.
 *
 * Every search (search.ts) is complete within a counted budget; where the budget ends, the plan says so.
 */
import { compile, type Gang, type Instance } from './instance';
import { explainGang } from './explain';
import { makeGround, type Site } from './ground';
import { readLocks } from './locked';
import { evaluate, type Assignment } from './objective';
import type { Plan } from './plan';
import type { Problem } from './problem';
import { compareNatural } from './natural';
import { Search, type SearchResult, type Task } from './search';
import { allShapes, minimumShape, type RatedShape } from './shape';
import { addValues, compareValues, makeLayout, toObjective, zeroValue, type Value } from './value';
import { proveBound } from './bound';
import { writeGang } from './write';

/** How hard to try; counted steps, never a clock, so that the answer is the same on every machine. */
export interface SolveOptions {
  /** How many gangs more than the least may be moved for a better plan. Default 0. */
  readonly rebalance?: number;
  /** Steps of the search for one gang. Default 100,000. */
  readonly gangSteps?: number;
  /** Steps of the search for all gangs together. Default 200,000. */
  readonly jointSteps?: number;
}

/** Shapes beyond this many are not all looked at. */
const MOST_SHAPES = 2_000;

/** Solves a problem. Pure: same problem, same plan, in whatever order gangs, nodes and labels are given. */
export function solve(problem: Problem, options: SolveOptions = {}): Plan {
  const instance = compile(problem);
  const site: Site = { instance, layout: makeLayout(instance), locks: readLocks(instance) };
  const limits: Limits = { gang: options.gangSteps ?? 100_000, joint: options.jointSteps ?? 200_000 };
  const alone = instance.gangs.map((gang) => aloneOf(site, gang, limits));
  const turned = inTurn(site, alone, limits);
  const joined = together(site, alone, turned, limits);
  return writePlan(site, alone, joined, limits);
}

export interface Limits {
  readonly gang: number;
  readonly joint: number;
}

/** What is known of a gang that has the cluster to itself. */
export interface Alone {
  readonly gang: Gang;
  readonly shapes: readonly RatedShape[];
  /** Every shape is among them. */
  readonly allShapes: boolean;
  readonly result: SearchResult;
  /** Proven: whatever the others do, it costs no less. */
  readonly bound: Value;
  /** No placement exists, proven. */
  readonly impossible: boolean;
}

/** A plan in the making. */
interface Draft {
  readonly assignment: Assignment;
  /** Proven best. */
  readonly proven: boolean;
}

function aloneOf(site: Site, gang: Gang, limits: Limits): Alone {
  const all = allShapes(gang, MOST_SHAPES);
  const shapes = all ?? [minimumShape(gang)];
  const ground = makeGround(site, []);
  const result = new Search(ground, [{ gang, shapes, optional: false }], { steps: limits.gang }).run();
  const complete = result.complete && all !== undefined;
  const impossible = result.best === undefined && result.complete;
  return { gang, shapes, allShapes: all !== undefined, result, impossible, bound: aloneBound(site, gang, result, complete, impossible) };
}

/** Fragmentation is left out: gangs may break the same nodes. */
function aloneBound({ layout, locks }: Site, gang: Gang, result: SearchResult, complete: boolean, impossible: boolean): Value {
  const zero = zeroValue(layout);
  if (impossible) {
    const at = layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1);
    return { ...zero, head: zero.head.map((x, i) => (i === at ? 1 : x)) };
  }
  if (!complete || !result.best) return zero;
  const { value } = result.best;
  return { ...value, tail: value.tail.map((x, i) => (i < layout.fragmentation ? x : 0)) };
}

/** Gangs one after the other: first what each needs, then the copies beyond it. */
function inTurn(site: Site, alone: readonly Alone[], limits: Limits): Draft {
  const assignment: (Assignment[number])[] = alone.map(() => undefined);
  for (const { gang, shapes, impossible } of alone) {
    if (impossible) continue;
    const needed = shapes.length === 1 ? shapes : [minimumShape(gang)];
    assignment[gang.index] = placeBeside(site, assignment, gang, needed, limits);
  }
  for (const { gang, shapes } of alone) {
    if (!assignment[gang.index] || shapes.length === 1) continue;
    const others = assignment.map((pods, g) => (g === gang.index ? undefined : pods));
    assignment[gang.index] = placeBeside(site, others, gang, shapes, limits) ?? assignment[gang.index];
  }
  return { assignment, proven: false };
}

function placeBeside(site: Site, others: Assignment, gang: Gang, shapes: readonly RatedShape[], limits: Limits): Assignment[number] {
  const search = new Search(makeGround(site, others), [{ gang, shapes, optional: false }], { steps: limits.gang });
  return search.run().best?.pods[0];
}

/** One search over all gangs, unless what there is already meets the bounds of phase 2. */
function together(site: Site, alone: readonly Alone[], draft: Draft, limits: Limits): Draft {
  const possible = alone.filter(({ impossible }) => !impossible);
  const only = possible.length === 1 ? possible[0] : undefined;
  if (possible.length === 0 || (only?.result.complete && only.allShapes)) return { ...draft, proven: true };
  const { instance, layout, locks } = site;
  const value = evaluate(instance, layout, locks, draft.assignment);
  const least = alone.reduce((sum, { bound }) => addValues(sum, bound), zeroValue(layout));
  if (compareValues(value, least) === 0) return { ...draft, proven: true };
  const tasks = possible.map(({ gang, shapes, bound }): Task => ({ gang, shapes, optional: true, bound }));
  const ground = makeGround(site, []);
  for (const { gang, impossible } of alone) {
    if (impossible) ground.tally.bumpHead(layout.unplaced + 2 * gang.rank + (locks.entire[gang.index] ? 0 : 1), 1);
  }
  const result = new Search(ground, tasks, { steps: limits.joint, better: value }).run();
  const proven = result.complete && possible.every(({ allShapes }) => allShapes);
  if (!result.best) return { ...draft, proven };
  const assignment = instance.gangs.map((gang) => result.best?.pods[tasks.findIndex((task) => task.gang === gang)]);
  return { assignment, proven };
}

function writePlan(site: Site, alone: readonly Alone[], draft: Draft, limits: Limits): Plan {
  const { instance, layout, locks } = site;
  const value = evaluate(instance, layout, locks, draft.assignment);
  const bound = draft.proven ? value : proveBound(layout, value, alone);
  const gangs = instance.gangs.map((gang) => {
    const pods = draft.assignment[gang.index];
    return pods ? writeGang(instance, locks, gang, pods) : explainGang(site, draft.assignment, gang, limits);
  });
  return {
    version: 1,
    status: gangs.every((gang) => gang.status === 'placed') ? 'placed' : 'infeasible',
    gangs: gangs.sort((a, b) => compareNatural(a.name, b.name)),
    objective: toObjective(value, layout, instance),
    bound: toObjective(bound, layout, instance),
    certificate: {},
    optimal: compareValues(value, bound) === 0,
  };
}

export type { Instance };
