import loadHighs from 'highs';

/** A mixed-integer linear model, written down row by row, and HiGHS to ask about it. */
export class LinearModel {
  private readonly columns: Column[] = [];
  private readonly rows: string[] = [];

  /** How many columns there are. */
  get size(): number {
    return this.columns.length;
  }

  /** An integer from 0 to `high`. */
  integer(high: number): Variable {
    this.columns.push({ high, fixed: undefined });
    return this.columns.length - 1;
  }

  binary(): Variable {
    return this.integer(1);
  }

  highOf(variable: Variable): number {
    return this.columns[variable]?.high ?? 0;
  }

  /** How far the values of a sum can lie apart, by the bounds of its variables. */
  rangeOf(sum: Sum): number {
    return gathered(sum).reduce((range, [variable, factor]) => range + Math.abs(factor) * this.highOf(variable), 0);
  }

  /** `sum <= right`, where the constant of the sum may be anything. */
  atMost(sum: Sum, right: number): void {
    const row = rowText(sum, '<=', right);
    if (row !== undefined) this.rows.push(row);
  }

  equal(sum: Sum, right: number): void {
    const row = rowText(sum, '=', right);
    if (row !== undefined) this.rows.push(row);
  }

  /** From now on the column has this value. */
  fix(variable: Variable, value: number): void {
    const column = this.columns[variable];
    if (column) this.columns[variable] = { ...column, fixed: value };
  }

  /** The model as a CPLEX LP file with something to minimise, and further rows for this one question. */
  text(minimise: Sum, further: readonly FurtherRow[] = []): string {
    const more = further.flatMap(({ sum, sense, right }) => rowText(sum, sense, right) ?? []);
    const bounds = this.columns.map(({ high, fixed }, i) =>
      fixed === undefined ? `0 <= v${i} <= ${high}` : `v${i} = ${fixed}`,
    );
    const names = this.columns.map((_, i) => `v${i}`);
    const rows = [...this.rows, ...more].map((row, i) => `r${i}: ${row}`);
    return [
      'Minimize',
      `cost: ${sumText(minimise) || '0 v0'}`,
      'Subject To',
      ...rows,
      'Bounds',
      ...bounds,
      'General',
      ...names,
      'End',
      '',
    ].join('\n');
  }
}

interface Column {
  readonly high: number;
  readonly fixed: number | undefined;
}

export type Variable = number;

/** Integer factors of variables, and a constant. */
export interface Sum {
  readonly terms: readonly (readonly [factor: number, variable: Variable])[];
  readonly constant: number;
}

export interface FurtherRow {
  readonly sum: Sum;
  readonly sense: '<=' | '=';
  readonly right: number;
}

export const NOTHING: Sum = { terms: [], constant: 0 };

export function sumOf(terms: Sum['terms'], constant = 0): Sum {
  return { terms, constant };
}

export function plus(...sums: readonly Sum[]): Sum {
  return {
    terms: sums.flatMap(({ terms }) => terms),
    constant: sums.reduce((total, { constant }) => total + constant, 0),
  };
}

export function times(factor: number, { terms, constant }: Sum): Sum {
  return { terms: terms.map(([one, variable]) => [factor * one, variable] as const), constant: factor * constant };
}

/** Factors of one variable added up: the LP format wants each once. */
function gathered({ terms }: Sum): (readonly [Variable, number])[] {
  const factors = new Map<Variable, number>();
  for (const [factor, variable] of terms) factors.set(variable, (factors.get(variable) ?? 0) + factor);
  return [...factors].filter(([, factor]) => factor !== 0);
}

function sumText(sum: Sum): string {
  return gathered(sum)
    .map(([variable, factor]) => `${factor < 0 ? '-' : '+'} ${Math.abs(factor)} v${variable}`)
    .join('\n ');
}

/** Undefined where the row has no variable and holds; one that cannot hold is kept as a row that no value meets. */
function rowText(sum: Sum, sense: '<=' | '=', right: number): string | undefined {
  const text = sumText(sum);
  const rest = right - sum.constant;
  if (text !== '') return `${text} ${sense} ${rest}`;
  return rest === 0 || (sense === '<=' && rest > 0) ? undefined : `0 v0 ${sense} ${rest}`;
}

type Solver = Awaited<ReturnType<typeof loadHighs>>;

/** HiGHS's presolve fails on a few models, with nothing but an error number: those are asked again without it. */
function solution(solver: Solver, text: string, options: Parameters<Solver['solve']>[1]): ReturnType<Solver['solve']> {
  try {
    return solver.solve(text, options);
  } catch {
    return solver.solve(text, { ...options, presolve: 'off' });
  }
}

/** `undecided` where the budget of nodes ended first. */
export type Answer =
  | { readonly status: 'optimal'; readonly cost: number; readonly valueOf: (sum: Sum) => number }
  | { readonly status: 'infeasible' | 'undecided' };

export type Ask = (model: LinearModel, minimise: Sum, further?: readonly FurtherRow[]) => Answer;

/**
 * HiGHS, limited by nodes of its tree and never by a clock, so that the answer is the same on every machine.
 *
 * @param nodes of the branch-and-bound tree for each question
 */
export async function highs(nodes: number): Promise<Ask> {
  const solver = await loadHighs({});
  // All costs are integers: what is less than one apart is the same.
  const options = { output_flag: false, mip_max_nodes: nodes, mip_rel_gap: 0, mip_abs_gap: 0.5, random_seed: 1 };
  return (model, minimise, further = []) => {
    const { Status, Columns } = solution(solver, model.text(minimise, further), options);
    if (Status === 'Infeasible') return { status: 'infeasible' };
    if (Status !== 'Optimal') return { status: 'undecided' };
    const value = (variable: Variable): number => {
      const column = Columns[`v${variable}`];
      return column && 'Primal' in column ? Math.round(column.Primal) : 0;
    };
    const valueOf = ({ terms, constant }: Sum): number =>
      terms.reduce((total, [factor, variable]) => total + factor * value(variable), constant);
    return { status: 'optimal', cost: valueOf(minimise), valueOf };
  };
}
