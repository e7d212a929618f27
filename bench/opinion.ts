import { writeSync } from 'node:fs';
import { highs } from '../test/support/milp/linear';
import { SecondOpinion } from '../test/support/milp/opinion';
import { placementRow } from './rows';

/** What HiGHS has found so far; printed after every term, since the process may be ended before the last. */
export interface HighsFound {
  /** Milliseconds since it was given the model. */
  readonly time: number;
  /** Columns of the model as far as it was needed. */
  readonly columns: number;
  /** By term, in the order of the objective, as far as it came. */
  readonly values: Readonly<Record<string, readonly (number | string)[]>>;
  readonly finished: boolean;
}

/** Nodes of the branch-and-bound tree for each question. */
const NODES = 20_000;

async function main(name: string | undefined): Promise<void> {
  const row = placementRow(name);
  if (!row) return;
  const opinion = new SecondOpinion(row.problem(), await highs(NODES));
  const start = performance.now();
  opinion.solve(({ values, finished }) => {
    const found: HighsFound = { time: Math.round(performance.now() - start), columns: opinion.size, values, finished };
    writeSync(1, `${JSON.stringify(found)}\n`);
  });
}

void main(process.argv[2]);
