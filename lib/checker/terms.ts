import type { Objective, Plan } from '../placement/plan';
import { compareFractions, parseFraction } from './fraction';
import type { PlanFault } from './fault';

/** Terms in the order in which plans are compared. */
export const termNames = ['unplaced', 'moved', 'extras', 'preferred', 'distance', 'spread', 'fragmentation'] as const;

export type TermName = (typeof termNames)[number];

/** Negative where `a` is better in this term, 0 where they are equal, undefined where they cannot be compared. */
export function compareTerm(term: TermName, a: Objective, b: Objective): number | undefined {
  if (term === 'distance') {
    const [left, right] = [parseFraction(a.distance), parseFraction(b.distance)];
    return left && right && compareFractions(left, right);
  }
  const [left, right] = [a[term].flat(2), b[term].flat(2)];
  if (JSON.stringify(shape(a[term])) !== JSON.stringify(shape(b[term]))) return undefined;
  return left.map((value, i) => value - (right[i] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Lengths of the lists in a term: only terms of one shape can be compared. */
function shape(value: unknown): unknown {
  return Array.isArray(value) ? value.map(shape) : typeof value;
}

/** Every term of the plan's objective has the value that the placements have. */
export function checkObjective(plan: Plan, right: Objective): PlanFault[] {
  return termNames.flatMap((term) => {
    const written = JSON.stringify(plan.objective[term]);
    const found = JSON.stringify(right[term]);
    if (written === found) return [];
    const message = `${term} is ${written} in the plan, and its placements have ${found}`;
    return [{ code: 'objective', message, data: { term, written, found } }] satisfies PlanFault[];
  });
}

/** No bound is above the value that it bounds, and `optimal` says whether all are equal. */
export function checkBounds(plan: Plan): PlanFault[] {
  const differences = termNames.map((term) => ({ term, difference: compareTerm(term, plan.bound, plan.objective) }));
  const faults: PlanFault[] = differences
    .filter(({ difference }) => difference === undefined || difference > 0)
    .map(({ term }) => {
      const [bound, value] = [JSON.stringify(plan.bound[term]), JSON.stringify(plan.objective[term])];
      return {
        code: 'bound',
        message: `the bound of ${term} is ${bound}, for a value of ${value}`,
        data: { term, bound, value },
      };
    });
  const met = differences.every(({ difference }) => difference === 0);
  if (plan.optimal === met) return faults;
  const message = `optimal is ${plan.optimal}, and ${met ? 'every term equals' : 'not every term equals'} its bound`;
  return [...faults, { code: 'bound', message, data: { optimal: plan.optimal } }];
}
