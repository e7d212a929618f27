import { sortDiagnostics, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { readCommitted, type Places } from '../drift/committed';
import { isAsPlanned, verificationDocument, verifyRunning } from '../drift/verify';
import { verificationText } from '../drift/verify-text';
import { Inventory } from '../inventory/inventory';
import type { InventoryNode } from '../inventory/cluster';
import { readPodGroupStates, type PodGroupState } from '../inventory/pod-groups';
import { readPodStates } from '../inventory/pod-states';
import { STANDARD_INPUT, text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { kubectlList } from './kubectl-list';
import { UsageError } from './usage-error';

/** Options of commands that read what was committed for a cluster. */
export const committedOptions = {
  cluster: {
    alias: 'c',
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'Name of its folder in dist',
  },
  dist: { type: 'string', requiresArg: true, describe: 'Folder that Flux applies [default: dist]' },
  lock: {
    type: 'string',
    requiresArg: true,
    describe: 'Lock of the cluster [default: found in topologies, beside dist]',
  },
} as const;

/** Where the arguments say that it is. */
export function committedPlaces(args: Arguments): Places {
  const cluster = named(args, 'cluster') ?? '';
  return { cluster, dist: named(args, 'dist') ?? 'dist', lock: named(args, 'lock') };
}

/**
 * The name of a file or folder; undefined where it is not given.
 *
 * @throws UsageError where it is empty
 */
export function named(args: Arguments, name: string): string | undefined {
  const value = text(args, name);
  if (value === '') throw new UsageError(`--${name} is empty`, `name what it stands for, or leave it out`);
  return value;
}

/** Compares what runs with what was committed; see docs/operate.md. */
export const verify: Command = {
  usage: 'verify',
  summary: 'Compare the pods that run with the plan: what is elsewhere, missing or pending',
  positionals: {},
  options: {
    ...committedOptions,
    pods: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'Output of kubectl get pods -A -o json; - reads standard input',
    },
    podgroups: {
      type: 'string',
      requiresArg: true,
      describe: "Output of kubectl get podgroups.scheduling.run.ai -A -o json, for KAI's own words",
    },
    nodes: {
      type: 'string',
      requiresArg: true,
      describe: 'Output of kubectl get nodes -o json, for what became of nodes',
    },
    output: {
      alias: 'o',
      choices: ['text', 'json'],
      requiresArg: true,
      default: 'text',
      describe: 'Form of the comparison',
    },
  },
  examples: [
    ['kubectl get pods -A -o json | bayplan verify -c eu-west --pods -', 'is everything where it was planned?'],
    ['bayplan verify -c eu-west --pods pods.json --podgroups podgroups.json --nodes nodes.json', 'and if not, why?'],
  ],
  run: async (io, args) => {
    const committed = readCommitted(committedPlaces(args));
    const pods = readPodStates(await kubectlList(io, named(args, 'pods') ?? ''));
    const podGroups = await readPodGroups(io, named(args, 'podgroups'));
    const nodes = readNodes(named(args, 'nodes'));
    const found = [committed, pods, podGroups, nodes].flatMap(({ diagnostics }) => diagnostics);
    if (!committed.ok || !pods.ok || !podGroups.ok || !nodes.ok) return refuse(io, found);
    const running = { pods: pods.value, podGroups: podGroups.value };
    const verification = verifyRunning(committed.value, running, nodes.value);
    report(io, sortDiagnostics([...found, ...verification.diagnostics]));
    const isJson = text(args, 'output') === 'json';
    io.out(
      isJson ? `${JSON.stringify(verificationDocument(verification), null, 2)}\n` : verificationText(verification),
    );
    return isAsPlanned(verification) ? exitCodes.ok : exitCodes.drift;
  },
};

/** Prints what is wrong with the input. */
export function refuse(io: Io, found: readonly Diagnostic[]): typeof exitCodes.input {
  report(io, sortDiagnostics(found));
  return exitCodes.input;
}

/** Where an option is left out. */
const notGiven = { ok: true, value: undefined, diagnostics: [] } as const;

async function readPodGroups(io: Io, name: string | undefined): Promise<Outcome<readonly PodGroupState[] | undefined>> {
  if (name === undefined) return notGiven;
  return readPodGroupStates(await kubectlList(io, onDisk(name)));
}

/** Today's nodes, where the user gave them. */
function readNodes(name: string | undefined): Outcome<readonly InventoryNode[] | undefined> {
  if (name === undefined) return notGiven;
  const inventory = Inventory.fromKubectl(onDisk(name)).load();
  return inventory.ok ? { ...inventory, value: inventory.value.nodes } : inventory;
}

function onDisk(name: string): string {
  if (name === STANDARD_INPUT) throw new UsageError('only --pods reads standard input', 'name a file');
  return name;
}
