import { sortDiagnostics } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { checkDocument, checkInventory, holds } from '../drift/check';
import { checkText } from '../drift/check-text';
import { readCommitted } from '../drift/committed';
import { text, type Command } from './command';
import { committedOptions, committedPlaces, fileOf, outputOption, refuse } from './committed';
import { report } from './io';
import { readInventory } from './read-inventory';

/** Holds the committed placement against today's nodes; see docs/operate.md. */
export const inventoryCheck: Command = {
  usage: 'check',
  summary: 'Is the committed placement still valid on the nodes of today?',
  positionals: {},
  options: {
    ...committedOptions,
    nodes: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'Output of kubectl get nodes -o json',
    },
    pods: {
      type: 'string',
      requiresArg: true,
      describe: 'Output of kubectl get pods -A -o json, for what else runs on the nodes',
    },
    output: outputOption,
  },
  examples: [
    ['bayplan inventory check -c eu-west --nodes nodes.json', 'which gangs are broken by what changed'],
    ['bayplan inventory check -c eu-west --nodes nodes.json --pods pods.json -o json', 'with what else runs, as data'],
  ],
  run: async (io, args) => {
    const committed = readCommitted(committedPlaces(args));
    const pods = fileOf(args, 'pods');
    const inventory = await readInventory(io, fileOf(args, 'nodes') ?? '', pods);
    // warnings about pods are for who plans on them
    const found = [...committed.diagnostics, ...(inventory.ok ? [] : inventory.diagnostics)];
    if (!committed.ok || !inventory.ok) return refuse(io, found);
    const checked = checkInventory(committed.value, inventory.value, pods !== undefined);
    if (!checked.ok) return refuse(io, [...found, ...checked.diagnostics]);
    report(io, sortDiagnostics([...found, ...checked.diagnostics]));
    const isJson = text(args, 'output') === 'json';
    io.out(isJson ? `${JSON.stringify(checkDocument(checked.value), null, 2)}\n` : checkText(checked.value));
    return holds(checked.value) ? exitCodes.ok : exitCodes.drift;
  },
};
