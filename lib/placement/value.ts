import { addFractions, compareFractions, formatFraction, ZERO, type Fraction } from './fraction';
import type { Instance } from './instance';
import type { Objective } from './plan';
import { HOSTNAME_LABEL } from '../model/node';

/**
 * All terms of the objective in the order in which plans are compared: the numbers before the distance, the
 * distance, the numbers after it. Two values compare number by number.
 */
export interface Value {
  readonly head: readonly number[];
  readonly distance: Fraction;
  readonly tail: readonly number[];
}

/** Where each term stands in a value. */
export interface Layout {
  /** In head, two for each priority: locked gangs left out, others left out. */
  readonly unplaced: number;
  /** Moved gangs: in head; with a rebalance, in tail. */
  readonly movedGangs: number;
  /** Moved pods: beside moved gangs. */
  readonly movedPods: number;
  /** With a rebalance, moves are compared last, and a limit on moved gangs takes the place of their term. */
  readonly movedLast: boolean;
  /** In head, one for each priority. */
  readonly extras: number;
  /** In head, one for each depth. */
  readonly preferred: number;
  readonly headLength: number;
  /** In tail, one for each depth: over gangs, then over groups, then over copies. */
  readonly spread: number;
  /** In tail: broken nodes, then whole domains with a broken node by topology and level, narrowest first. */
  readonly fragmentation: number;
  /** By tree and level: its place in tail; -1 for kubernetes.io/hostname. */
  readonly brokenDomains: readonly (readonly number[])[];
  readonly tailLength: number;
}

export function makeLayout(instance: Instance, movedLast = false): Layout {
  const priorities = instance.priorities.length;
  const extras = 2 * priorities + (movedLast ? 0 : 2);
  const preferred = extras + priorities;
  const fragmentation = 3 * instance.depths;
  let next = fragmentation + 1;
  const brokenDomains = instance.trees.map((tree) => {
    const counted = tree.levels.filter((level) => level !== HOSTNAME_LABEL).length;
    next += counted;
    return tree.levels.map((level, i) => (level === HOSTNAME_LABEL ? -1 : next - 1 - i));
  });
  return {
    unplaced: 0,
    movedGangs: movedLast ? next + 1 : 2 * priorities,
    movedPods: movedLast ? next : 2 * priorities + 1,
    movedLast,
    extras,
    preferred,
    headLength: preferred + instance.depths,
    spread: 0,
    fragmentation,
    brokenDomains,
    tailLength: movedLast ? next + 2 : next,
  };
}

export function zeroValue(layout: Layout): Value {
  return {
    head: new Array<number>(layout.headLength).fill(0),
    distance: ZERO,
    tail: new Array<number>(layout.tailLength).fill(0),
  };
}

/** Below 0 where `a` is the better. */
export function compareValues(a: Value, b: Value): number {
  return compareNumbers(a.head, b.head) || compareFractions(a.distance, b.distance) || compareNumbers(a.tail, b.tail);
}

export function compareNumbers(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function addValues(a: Value, b: Value): Value {
  return {
    head: a.head.map((x, i) => x + (b.head[i] ?? 0)),
    distance: addFractions(a.distance, b.distance),
    tail: a.tail.map((x, i) => x + (b.tail[i] ?? 0)),
  };
}

export function subtractValues(a: Value, b: Value): Value {
  const { num, den } = b.distance;
  return addValues(a, { head: b.head.map((x) => -x), distance: { num: -num, den }, tail: b.tail.map((x) => -x) });
}

/** Moved gangs and moved pods of a value. */
export function movedOf({ head, tail }: Value, layout: Layout): readonly [number, number] {
  const numbers = layout.movedLast ? tail : head;
  return [numbers[layout.movedGangs] ?? 0, numbers[layout.movedPods] ?? 0];
}

/** A value as a plan prints it. */
export function toObjective(value: Value, layout: Layout, instance: Instance): Objective {
  const { head, distance, tail } = value;
  const { depths, priorities } = instance;
  const spread = (i: number): number[] => tail.slice(layout.spread + i * depths, layout.spread + (i + 1) * depths);
  return {
    unplaced: priorities.map((priority, i) => [
      priority,
      head[layout.unplaced + 2 * i] ?? 0,
      head[layout.unplaced + 2 * i + 1] ?? 0,
    ]),
    moved: movedOf(value, layout),
    extras: priorities.map((priority, i) => [priority, head[layout.extras + i] ?? 0]),
    preferred: head.slice(layout.preferred, layout.preferred + depths),
    distance: formatFraction(distance),
    spread: [spread(0), spread(1), spread(2)],
    fragmentation: tail.slice(layout.fragmentation, layout.movedLast ? layout.movedPods : undefined),
  };
}
