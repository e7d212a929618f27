import { fraction, fractionText, type Fraction } from '../../../lib/checker/fraction';
import type { ProblemDocument } from '../../../lib/placement/document';
import type { Objective, Plan } from '../../../lib/placement/plan';
import { NOTHING, plus, times, type Ask, type FurtherRow, type Sum } from './linear';
import { placementModel, type PlacementModel } from './placement';
import { addPins, addRequired } from './rules';
import { termsOf, type Term } from './terms';
import { Uses } from './uses';

/** A problem as HiGHS is asked about it. */
export class SecondOpinion {
  private readonly placement: PlacementModel;
  private readonly terms: readonly Term[];

  constructor(
    document: ProblemDocument,
    private readonly ask: Ask,
  ) {
    this.placement = placementModel(document);
    const uses = new Uses(this.placement);
    addRequired(this.placement, uses);
    addPins(this.placement, uses);
    this.terms = termsOf(this.placement, uses);
  }

  /** Columns of the model. */
  get size(): number {
    return this.placement.model.size;
  }

  /**
   * Asks, for each term, for a plan that equals this one in all earlier terms and has less than its bound.
   *
   * @returns by term: `none` where there is no such plan, `undecided` where the budget ended, or what HiGHS found;
   *   terms after the first that is above its bound are left out, since nothing is claimed of them
   */
  challenge(plan: Plan): Verdict[] {
    const verdicts: Verdict[] = [];
    const earlier: FurtherRow[] = [];
    for (const term of this.terms) {
      const ours = term.read(plan.objective);
      const bound = term.read(plan.bound);
      const unmet = ours.findIndex((value, i) => value !== bound[i]);
      const claimed = unmet < 0 ? ours.length : unmet + 1;
      verdicts.push(this.less(term, bound.slice(0, claimed), earlier));
      if (unmet >= 0) break;
      term.values().forEach((sum, i) => earlier.push({ sum, sense: '=', right: ours[i] ?? 0 }));
    }
    return verdicts;
  }

  /** Whether there is less than the bound, number by number, several of them in one question where they are small. */
  private less(term: Term, bound: readonly number[], earlier: readonly FurtherRow[]): Verdict {
    const { name } = term;
    const values = term.values();
    const { model } = this.placement;
    const equal: FurtherRow[] = [...earlier];
    let undecided = false;
    for (let from = 0; from < bound.length;) {
      const { sum, limit, to } = this.weighed(values, bound, from);
      const answer = this.ask(model, NOTHING, [...equal, { sum, sense: '<=', right: limit - 1 }]);
      if (answer.status === 'optimal') return { term: name, better: values.map(answer.valueOf), bound };
      undecided ||= answer.status === 'undecided';
      for (; from < to; from++) equal.push({ sum: values[from] ?? NOTHING, sense: '=', right: bound[from] ?? 0 });
    }
    return { term: name, better: undecided ? 'undecided' : 'none' };
  }

  /** Numbers from one on as one sum, each of more weight than all after it can make up for, as long as that is small. */
  private weighed(values: readonly Sum[], bound: readonly number[], from: number): Weighed {
    let to = from + 1;
    for (let range = 1; to < bound.length; to++) {
      range *= this.placement.model.rangeOf(values[to] ?? NOTHING) + 1;
      if (range > MOST_WEIGHT) break;
    }
    let weight = 1;
    let [sum, limit] = [NOTHING, 0];
    for (let i = to - 1; i >= from; i--) {
      sum = plus(sum, times(weight, values[i] ?? NOTHING));
      limit += weight * (bound[i] ?? 0);
      weight *= this.placement.model.rangeOf(values[i] ?? NOTHING) + 1;
    }
    return { sum, limit, to };
  }

  /** Whether the plan's own placements are a solution of the model, with terms no more than what the plan says. */
  admits(plan: Plan): boolean {
    const rows = [...this.pods(plan), ...this.terms.flatMap((term) => valuesAtMost(term, plan.objective))];
    return this.ask(this.placement.model, NOTHING, rows).status === 'optimal';
  }

  private pods(plan: Plan): FurtherRow[] {
    const nodes = this.placement.cluster.document.nodes ?? [];
    return this.placement.gangs.flatMap(({ gang, placed, slots }) => {
      const planned = plan.gangs.find(({ name }) => name === gang.name);
      const placements =
        planned?.status === 'placed' ? renumbered(planned.placements) : new Map<string, readonly string[]>();
      const rows: FurtherRow[] = slots.flatMap(({ pods, copies }) => {
        const used = copies.flatMap((copy) => placements.get(copy) ?? []);
        return [...pods].map(([n, pod]) => {
          const right = used.filter((name) => name === nodes[n]?.name).length;
          return { sum: { terms: [[1, pod]], constant: 0 }, sense: '=', right } as const;
        });
      });
      return [
        ...rows,
        { sum: { terms: [[1, placed]], constant: 0 }, sense: '=', right: planned?.status === 'placed' ? 1 : 0 },
      ];
    });
  }

  /**
   * Term after term, each at its least given those before; ends where the budget of a question ends.
   *
   * @param progress told after every number that is known for good
   */
  solve(progress: (solved: Solved) => void = () => undefined): Solved {
    let values: Solved['values'] = {};
    const earlier: FurtherRow[] = [];
    for (const term of this.terms) {
      const found: number[] = [];
      for (const sum of term.values()) {
        const answer = this.ask(this.placement.model, sum, earlier);
        if (answer.status !== 'optimal') return { values, finished: false };
        found.push(answer.cost);
        earlier.push({ sum, sense: '<=', right: answer.cost });
        values = { ...values, [term.name]: term.unit ? [inUnits(answer.cost, term.unit)] : [...found] };
        progress({ values, finished: false });
      }
    }
    progress({ values, finished: true });
    return { values, finished: true };
  }
}

function inUnits(count: number, { over, under }: Fraction): string {
  return fractionText(fraction(BigInt(count) * over, under));
}

export interface Solved {
  /** By term, as far as it came. */
  readonly values: Readonly<Record<string, readonly (number | string)[]>>;
  readonly finished: boolean;
}

export type Verdict =
  | { readonly term: Term['name']; readonly better: 'none' | 'undecided' }
  | { readonly term: Term['name']; readonly better: readonly number[]; readonly bound: readonly number[] };

interface Weighed {
  readonly sum: Sum;
  readonly limit: number;
  /** The first number that is not in the sum. */
  readonly to: number;
}

/** Larger factors would come near to what floating point takes for equal. */
const MOST_WEIGHT = 20_000;

function valuesAtMost({ values, read }: Term, objective: Objective): FurtherRow[] {
  const right = read(objective);
  return values().map((sum, i) => ({ sum, sense: '<=', right: right[i] ?? 0 }));
}

/** Copies by paths in which the copies of each group count from 0 without gaps. */
function renumbered(placements: Readonly<Record<string, readonly string[]>>): Map<string, readonly string[]> {
  const numbers = new Map<string, Map<string, number>>();
  const renumber = (path: string): string => {
    const steps = path.split('/');
    let [before, after] = ['', ''];
    for (let i = 0; i < steps.length; i += 2) {
      const group = `${before}${steps[i] ?? ''}`;
      const known = numbers.get(group) ?? new Map<string, number>();
      numbers.set(group, known);
      const index = steps[i + 1] ?? '';
      const number = known.get(index) ?? known.size;
      known.set(index, number);
      [before, after] = [`${group}/${index}/`, `${after}${steps[i] ?? ''}/${number}/`];
    }
    return after.slice(0, -1);
  };
  return new Map(Object.entries(placements).map(([path, nodes]) => [renumber(path), nodes]));
}
