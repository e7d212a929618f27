import type { Alone } from './alone';
import { nodesOfAll, type GangPods } from './assigned';
import { makeGround, type Site } from './ground';
import { movedPods } from './moved';
import { evaluate, evaluateGang, type Assignment } from './objective';
import { Search, type SearchLimits, type Task } from './search';
import { minimumShape, type RatedShape } from './shape';
import { addValues, compareNumbers, compareValues, movedOf, subtractValues, zeroValue, type Value } from './value';

/** A plan in the making. */
export interface Draft {
  readonly assignment: Assignment;
  readonly value: Value;
}

/** Steps that parts of the search may take. */
export interface Limits {
  /** To place one gang. */
  readonly gang: number;
  /** To place a few gangs together. */
  readonly few: number;
  /** To place all gangs together. */
  readonly all: number;
}

/** Rounds in which gangs that were left out, or that could do better, are looked at again. */
const ROUNDS = 4;
/** Other gangs that one gang is placed again together with. */
const PARTNERS = 8;

/**
 * Gangs one after the other, each at its best beside those before it: by priority and size; with locks also those
 * first that can stay where they are. Where somebody is left out, small ones go first, so that more have a place, and
 * whoever is still left out is tried again before those that it may push aside.
 */
export function takeTurns(site: Site, alone: readonly Alone[], limits: Limits): Draft {
  const possible = alone.filter(({ impossible }) => !impossible);
  let order = possible;
  let best = inTurn(site, order, false, limits);
  const least = alone.reduce((sum, { bound }) => addValues(sum, bound), zeroValue(site.layout));
  if (compareValues(withoutFragmentation(best.value, site), least) === 0) return best;
  const keeps = site.locks.gangs.some((lock) => lock !== undefined);
  if (keeps) best = better(best, inTurn(site, order, true, limits));
  if (order.some(({ gang }) => !best.assignment[gang.index])) {
    const smallestFirst = [...order].reverse().sort((a, b) => a.gang.rank - b.gang.rank);
    const other = inTurn(site, smallestFirst, false, limits);
    if (better(best, other) === other) [best, order] = [other, smallestFirst];
  }
  for (let round = 0; round < ROUNDS; round++) {
    const left = order.find(({ gang }) => !best.assignment[gang.index]);
    if (!left) break;
    order = promote(order, left);
    best = better(best, inTurn(site, order, false, limits));
    if (keeps) best = better(best, inTurn(site, order, true, limits));
  }
  return best;
}

function better(a: Draft, b: Draft): Draft {
  return compareValues(b.value, a.value) < 0 ? b : a;
}

/** Moves a gang before all others of its priority. */
function promote(order: readonly Alone[], left: Alone): Alone[] {
  const others = order.filter((alone) => alone !== left);
  const at = others.findIndex(({ gang }) => gang.rank >= left.gang.rank);
  return [...others.slice(0, at), left, ...others.slice(at)];
}

/** First what each gang needs, or what it has and can keep; then the copies beyond that. */
function inTurn(site: Site, order: readonly Alone[], keep: boolean, limits: Limits): Draft {
  const assignment: (GangPods | undefined)[] = site.instance.gangs.map(() => undefined);
  if (keep) {
    for (const { gang, shapes } of order) {
      if (site.locks.entire[gang.index])
        assignment[gang.index] = keepInPlace(site, assignment, { gang, shapes, optional: false }, limits);
    }
  }
  for (const { gang, shapes } of order) {
    if (assignment[gang.index]) continue;
    const needed = shapes.length === 1 ? shapes : [minimumShape(gang)];
    const kept = shapes.length === 1 && !site.layout.movedLast ? site.placer.keep(assignment, gang) : undefined;
    assignment[gang.index] =
      kept ?? placeBeside(site, assignment, { gang, shapes: needed, optional: false }, limits.gang);
  }
  for (const { gang, shapes } of order) {
    if (assignment[gang.index] && shapes.length > 1)
      placeAgain(site, assignment, [{ gang, shapes, optional: false }], limits.gang);
  }
  return draftOf(site, assignment);
}

function draftOf({ instance, layout, locks }: Site, assignment: Assignment): Draft {
  return { assignment, value: evaluate(instance, layout, locks, assignment) };
}

/** The fewest copies with which nothing moves. */
function keepInPlace(site: Site, others: Assignment, task: Task, limits: Limits): GangPods | undefined {
  const fewestFirst: RatedShape[] = [...task.shapes].reverse();
  if (task.shapes.length === 1) {
    const kept = site.placer.keep(others, task.gang);
    if (kept) return kept;
    const answer = site.placer.place(others, task.gang, task.shapes);
    if (answer) return movesNothing(site, task, answer.pods) ? answer.pods : undefined;
  }
  const allowed: SearchLimits = { steps: limits.gang, movedGangs: 0, firstOnly: true };
  return searchBeside(site, others, { ...task, shapes: fewestFirst }, allowed);
}

function movesNothing({ locks }: Site, { gang }: Task, pods: GangPods | undefined): boolean {
  return pods !== undefined && movedPods(gang, locks.gangs[gang.index], pods) === 0;
}

/** By tables where they are exact, by search otherwise. */
function placeBeside(site: Site, others: Assignment, task: Task, steps: number): GangPods | undefined {
  const answer = site.placer.place(others, task.gang, task.shapes);
  return answer ? answer.pods : searchBeside(site, others, task, { steps });
}

function searchBeside(site: Site, others: Assignment, task: Task, limits: SearchLimits): GangPods | undefined {
  return new Search(makeGround(site, others), [task], limits).run().best?.pods[0];
}

/** Places one gang again beside the others by tables, where that is better; undefined where tables cannot say. */
function placeOneAgain(site: Site, assignment: (GangPods | undefined)[], { gang, shapes }: Task): boolean | undefined {
  const before = assignment[gang.index];
  const others = assignment.map((pods, g) => (g === gang.index ? undefined : pods));
  const answer = site.placer.place(others, gang, shapes);
  if (!answer?.pods) return answer && false;
  if (before && !costsLess(site, others, gang, answer.pods, before)) return false;
  assignment[gang.index] = answer.pods;
  return true;
}

/** Compares two placements of a gang beside the same others. */
function costsLess(site: Site, others: Assignment, gang: Alone['gang'], pods: GangPods, before: GangPods): boolean {
  const { instance, layout, locks } = site;
  const [a, b] = [pods, before].map((own) => evaluateGang(instance, layout, locks, gang, own));
  const order = a && b ? compareValues(a, b) : 0;
  if (order !== 0) return order < 0;
  return compareNumbers(site.placer.brokenBy(others, gang, pods), site.placer.brokenBy(others, gang, before)) < 0;
}

/** The value with nothing broken. */
export function withoutFragmentation(value: Value, { layout }: Site): Value {
  const moves = layout.movedLast ? layout.movedPods : layout.tailLength;
  return { ...value, tail: value.tail.map((x, i) => (i < layout.fragmentation || i >= moves ? x : 0)) };
}

/** Places gangs again, together and beside the others, where that is better; true where it was. */
function placeAgain(
  site: Site,
  assignment: (GangPods | undefined)[],
  tasks: readonly Task[],
  steps: number,
  movedGangs?: number,
): boolean {
  const [task] = tasks;
  const one =
    task && tasks.length === 1 && movedGangs === undefined ? placeOneAgain(site, assignment, task) : undefined;
  if (one !== undefined) return one;
  if (steps < leastSteps(tasks)) return false;
  const before = draftOf(site, assignment);
  const others = assignment.map((pods, g) => (tasks.some(({ gang }) => gang.index === g) ? undefined : pods));
  const movable =
    movedGangs === undefined ? undefined : movedGangs - movedOf(draftOf(site, others).value, site.layout)[0];
  const found = new Search(makeGround(site, others), tasks, { steps, movedGangs: movable }).run().best;
  if (!found) return false;
  tasks.forEach(({ gang }, i) => (others[gang.index] = found.pods[i]));
  if (compareValues(draftOf(site, others).value, before.value) >= 0) return false;
  assignment.splice(0, assignment.length, ...others);
  return true;
}

/** With fewer steps than some for each pod no search comes to anything. */
export function leastSteps(tasks: readonly Task[]): number {
  return 4 * tasks.reduce((sum, { gang }) => sum + gang.leaves.reduce((pods, leaf) => pods + leaf.pods, 0), 0);
}

/**
 * Places gangs again that cost more than they would alone: by themselves, then together with another gang, until
 * nothing gets better or the rounds end.
 */
export function polish(site: Site, alone: readonly Alone[], draft: Draft, limits: Limits, movedGangs?: number): Draft {
  const assignment = [...draft.assignment];
  const open = alone.filter(({ impossible }) => !impossible);
  const task = ({ gang, shapes, bound }: Alone): Task => ({ gang, shapes, optional: true, bound });
  for (let round = 0; round < ROUNDS; round++) {
    let improved = false;
    for (const one of open) {
      if (costsItsBound(site, assignment, one)) continue;
      improved = placeAgain(site, assignment, [task(one)], limits.gang, movedGangs) || improved;
      if (movedGangs === undefined) improved = displace(site, assignment, one, open) || improved;
      const partners = open.filter((other) => other !== one).slice(0, PARTNERS);
      for (const other of partners) {
        if (costsItsBound(site, assignment, one)) break;
        improved = placeAgain(site, assignment, [task(one), task(other)], limits.few, movedGangs) || improved;
      }
    }
    if (!improved) break;
  }
  return draftOf(site, assignment);
}

/**
 * Gives a gang the best of what is left without those that stand where it would stand alone, and then each of them
 * the best of what is left; true where all together cost less.
 */
function displace(site: Site, assignment: (GangPods | undefined)[], one: Alone, all: readonly Alone[]): boolean {
  const { instance, layout, locks, placer } = site;
  if (locks.gangs[one.gang.index] || costsItsBound(site, assignment, one)) return false;
  const wanted = nodesOfAll(placer.placeAlone(one.gang, one.shapes)?.pods ?? []);
  const inTheWay = all.filter(
    (other) => other !== one && nodesOfAll(assignment[other.gang.index] ?? []).some((n) => wanted.includes(n)),
  );
  if (inTheWay.length === 0 || inTheWay.length > PARTNERS) return false;
  const involved = [one, ...inTheWay];
  const trial = assignment.map((pods, g) => (involved.some(({ gang }) => gang.index === g) ? undefined : pods));
  let change = zeroValue(layout);
  for (const { gang, shapes } of involved) {
    const before = assignment[gang.index];
    const after = placer.place(trial, gang, shapes)?.pods;
    if (!after) return false;
    trial[gang.index] = after;
    change = addValues(change, evaluateGang(instance, layout, locks, gang, after));
    if (before) change = subtractValues(change, evaluateGang(instance, layout, locks, gang, before));
  }
  const isNew = !assignment[one.gang.index];
  if (!isNew && compareValues(change, zeroValue(layout)) >= 0) return false;
  assignment.splice(0, assignment.length, ...trial);
  return true;
}

/** True where the gang is placed at no more than it would cost alone, but for fragmentation. */
function costsItsBound(site: Site, assignment: Assignment, { gang, bound, exact }: Alone): boolean {
  const pods = assignment[gang.index];
  if (!pods || !exact) return false;
  const { instance, layout, locks } = site;
  const { head, distance, tail } = evaluateGang(instance, layout, locks, gang, pods);
  const counted = tail.map((x, i) => (i < layout.fragmentation ? x : 0));
  return compareValues({ head, distance, tail: counted }, bound) <= 0;
}
