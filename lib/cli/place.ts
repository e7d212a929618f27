import { checkPlan } from '../checker/check';
import { diagnostic, sortDiagnostics, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { yamlText } from '../emit/yaml';
import { parseText, readText, shownName, textOf } from '../inventory/document';
import type { ProblemDocument } from '../placement/document';
import type { Plan } from '../placement/plan';
import { isPodGroup, type GroupSpec, type Problem } from '../placement/problem';
import { readProblem } from '../placement/read';
import { refusal } from '../placement/refusal';
import { solve } from '../placement/solve';
import { STANDARD_INPUT, text as textArgument, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { locate } from '../inventory/locate';
import { rebalanceOf } from './rebalance';
import { UsageError } from './usage-error';

/** What finds a plan and what confirms it. */
interface Engine {
  readonly solve: typeof solve;
  readonly checkPlan: typeof checkPlan;
}

/** The command with an engine of the caller's: tests need one that errs. */
export function placeWith(engine: Engine): Command {
  return {
    ...command,
    run: async (io, args) => {
      const options = readOptions(args);
      return placeText(io, await readInput(io, options.problem), options, engine);
    },
  };
}

const command: Omit<Command, 'run'> = {
  usage: 'place <problem>',
  summary: 'Solve a placement problem given as YAML or JSON; the plan goes to standard output',
  positionals: { problem: { type: 'string', describe: 'Problem file; - reads standard input' } },
  options: {
    output: {
      alias: 'o',
      choices: ['json', 'yaml'],
      requiresArg: true,
      default: 'json',
      describe: 'Format of the plan',
    },
    rebalance: {
      type: 'string',
      requiresArg: true,
      describe: 'Move up to so many gangs more than must be, for a better plan [default: 0]',
    },
  },
  examples: [
    ['bayplan place problem.yaml --output yaml', 'solve, and print the plan as YAML'],
    ['kubectl get configmap fleet -o jsonpath={.data.problem} | bayplan place -', 'read the problem from a pipe'],
    ['bayplan place problem.yaml --rebalance 2 > plan.json', 'accept two more moved gangs for a better plan'],
  ],
};

/** Solves a problem file; see docs/placement.md. */
export const place = placeWith({ solve, checkPlan });

interface PlaceOptions {
  readonly problem: string;
  readonly output: 'json' | 'yaml';
  readonly rebalance: number;
}

function readOptions(args: Arguments): PlaceOptions {
  const problem = textArgument(args, 'problem') ?? '';
  if (problem === '') throw new UsageError('the name of the problem file is empty', 'a dash reads standard input');
  return { problem, output: textArgument(args, 'output') === 'yaml' ? 'yaml' : 'json', rebalance: rebalanceOf(args) };
}

interface Input {
  /** As it is named in findings. */
  readonly file: string;
  readonly text: Outcome<string>;
}

async function readInput(io: Io, name: string): Promise<Input> {
  if (name !== STANDARD_INPUT) return { file: shownName(name), text: readText(name) };
  return { file: 'standard input', text: textOf('standard input', await io.input()) };
}

function placeText(io: Io, { file, text }: Input, options: PlaceOptions, engine: Engine): ExitCode {
  const document = text.ok ? parseText(file, text.value) : text;
  const problem = document.ok ? readProblem(document.value, file) : document;
  const print = (found: readonly Diagnostic[]): void => {
    const source = text.ok ? text.value : '';
    report(io, sortDiagnostics(locate(found, source)), { source: (name) => (name === file ? source : undefined) });
  };
  print(problem.diagnostics);
  if (!problem.ok || !document.ok) return exitCodes.input;

  const plan = engine.solve(problem.value, { rebalance: options.rebalance });
  // What readProblem accepts has the shape of the schema that ProblemDocument is made from.
  const faults = engine.checkPlan(document.value as ProblemDocument, plan);
  if (faults.length > 0) {
    print([unsound(file, faults)]);
    return exitCodes.internal;
  }
  io.out(options.output === 'yaml' ? yamlText(plan, 'given') : `${JSON.stringify(plan, null, 2)}\n`);
  print(refusals(plan, file, problem.value));
  return plan.status === 'placed' ? exitCodes.ok : exitCodes.infeasible;
}

function refusals(plan: Plan, file: string, { gangs }: Problem): readonly Diagnostic[] {
  const unplaced = plan.gangs.flatMap((gang) => (gang.status === 'unplaced' ? [gang] : []));
  return unplaced.map((gang) => {
    const index = gangs.findIndex(({ name }) => name === gang.name);
    const groups = pointerTo(gangs[index]?.groups ?? [], gang.reasons[0]?.group?.split('/') ?? []);
    return refusal(gang, {
      what: `gang "${gang.name}" has no place`,
      where: { file, pointer: `gangs[${index}]${groups}` },
    });
  });
}

/** The place of a group in the document, from its path: `stage/worker` is `.groups[0].groups[1]`. */
function pointerTo(groups: readonly GroupSpec[], [first, ...rest]: readonly string[]): string {
  const index = groups.findIndex(({ name }) => name === first);
  const group = groups[index];
  if (!group) return '';
  return `.groups[${index}]${isPodGroup(group) ? '' : pointerTo(group.groups, rest)}`;
}

function unsound(file: string, faults: ReturnType<Engine['checkPlan']>): Diagnostic {
  const [first, ...others] = faults.map(({ message }) => message);
  return diagnostic('BAY3290', {
    message: `the plan does not hold: ${first ?? ''}`,
    where: { file },
    notes: others,
    help: 'this is a fault of Bayplan: please report it with the problem file',
  });
}
