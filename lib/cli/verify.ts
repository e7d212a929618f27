import { sortDiagnostics, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { readCommitted } from '../drift/committed';
import { isAsPlanned, verificationDocument, verifyRunning } from '../drift/verify';
import { verificationText } from '../drift/verify-text';
import type { InventoryNode } from '../inventory/cluster';
import { readPodGroupStates, type PodGroupState } from '../inventory/pod-groups';
import { readPodStates } from '../inventory/pod-states';
import { text, type Command } from './command';
import { committedOptions, committedPlaces, fileOf, given, outputOption, refuse } from './committed';
import { report, type Io } from './io';
import { kubectlList } from './kubectl-list';
import { readInventory } from './read-inventory';

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
    output: outputOption,
  },
  examples: [
    ['kubectl get pods -A -o json | bayplan verify -c eu-west --pods -', 'is everything where it was planned?'],
    ['bayplan verify -c eu-west --pods pods.json --podgroups podgroups.json --nodes nodes.json', 'and if not, why?'],
  ],
  run: async (io, args) => {
    const committed = readCommitted(committedPlaces(args));
    const pods = readPodStates(await kubectlList(io, given(args, 'pods') ?? ''));
    const podGroups = await readPodGroups(io, fileOf(args, 'podgroups'));
    const nodes = await readNodes(io, fileOf(args, 'nodes'));
    const found = [committed, pods, podGroups, nodes].flatMap(({ diagnostics }) => diagnostics);
    if (!committed.ok || !pods.ok || !podGroups.ok || !nodes.ok) return refuse(io, found);
    const running = { pods: pods.value, podGroups: podGroups.value };
    const verification = verifyRunning(committed.value, running, nodes.value);
    if (!verification.ok) return refuse(io, [...found, ...verification.diagnostics]);
    report(io, sortDiagnostics([...found, ...verification.diagnostics]));
    const isJson = text(args, 'output') === 'json';
    io.out(
      isJson
        ? `${JSON.stringify(verificationDocument(verification.value), null, 2)}\n`
        : verificationText(verification.value),
    );
    return isAsPlanned(verification.value) ? exitCodes.ok : exitCodes.drift;
  },
};

/** Where an option is left out. */
const notGiven = { ok: true, value: undefined, diagnostics: [] } as const;

async function readPodGroups(io: Io, name: string | undefined): Promise<Outcome<readonly PodGroupState[] | undefined>> {
  if (name === undefined) return notGiven;
  return readPodGroupStates(await kubectlList(io, name));
}

/** Today's nodes, where the user gave them. */
async function readNodes(io: Io, name: string | undefined): Promise<Outcome<readonly InventoryNode[] | undefined>> {
  if (name === undefined) return notGiven;
  const inventory = await readInventory(io, name);
  return inventory.ok ? { ...inventory, value: inventory.value.nodes } : inventory;
}
