import { writeSync } from 'node:fs';
import { readProblem } from '../../lib/placement/read';
import { solve } from '../../lib/placement/solve';
import { Session } from '../../lib/replay/session';
import { replayRow, type ReplayRow } from '../rows';
import { median, megabytes, round, timed } from '../timing';
import { replayedWorld } from './world';

/** What a replay row's own process finds out about it, printed as a line of JSON. */
export interface Replayed {
  readonly nodes: number;
  readonly gangs: number;
  readonly pods: number;
  /** Pods that KAI would put onto a node; all of them, for a plan that holds. */
  readonly placed: number;
  /** Milliseconds of building the session and of the start, of the first time. */
  readonly session: number;
  readonly start: number;
  /** Median of both together, of so many further runs. */
  readonly warm: number;
  readonly runs: number;
  /** MB: the most that the process ever held, solving included. */
  readonly peak: number;
}

const OFTEN = 5;

function measure(row: ReplayRow): Replayed {
  const problem = readProblem(row.problem());
  if (!problem.ok) throw new Error('the generated problem is not accepted');
  const world = replayedWorld(problem.value, solve(problem.value));
  const run = (): { readonly session: number; readonly start: number; readonly placed: number } => {
    const session = timed(() => new Session(world));
    const start = timed(() => session.result.schedule());
    return { session: session.time, start: start.time, placed: session.result.placed().size };
  };
  const first = run();
  const others = Array.from({ length: OFTEN }, run).map(({ session, start }) => session + start);
  return {
    nodes: world.nodes.length,
    gangs: world.podGroups.length,
    pods: world.pods.length,
    placed: first.placed,
    session: round(first.session),
    start: round(first.start),
    warm: round(median(others)),
    runs: OFTEN,
    peak: megabytes(process.resourceUsage().maxRSS * 1024),
  };
}

const row = replayRow(process.argv[2]);
if (row) writeSync(1, `${JSON.stringify(measure(row))}\n`);
