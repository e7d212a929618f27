import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { inventoryText } from '../emit/inventory-text';
import { writeFile } from '../emit/write-file';
import { anonymous } from '../inventory/anonymous';
import type { ClusterInventory } from '../inventory/cluster';
import { compact } from '../inventory/compact/compact';
import { droppedKeys } from '../inventory/compact/labels';
import { GPU } from '../inventory/usage';
import { formatAmount } from '../model/resources';
import { text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { openInventory, type InventoryNames } from './read-inventory';
import { UsageError } from './usage-error';

const list = { type: 'string', requiresArg: true } as const;

/** Makes an inventory file of what kubectl lists. */
export const importInventory: Command = {
  usage: 'import',
  summary: "Write a cluster's inventory file from what kubectl lists",
  positionals: {},
  options: {
    nodes: { ...list, demandOption: true, describe: 'Output of kubectl get nodes -o json; - reads standard input' },
    pods: { ...list, describe: 'Output of kubectl get pods -A -o json [default: nothing runs]' },
    'resource-slices': { ...list, describe: 'Output of kubectl get resourceslices -o json' },
    output: { ...list, alias: 'o', describe: 'File to write [default: standard output]' },
    anonymize: { type: 'boolean', default: false, describe: 'Replace names of nodes, owners and places by made ones' },
  },
  examples: [
    ['kubectl get nodes -o json | bayplan inventory import --nodes -', 'print the inventory of a cluster'],
    [
      'bayplan inventory import --nodes nodes.json --pods pods.json -o topologies/eu-west/inventory.yaml',
      'with what runs there, to a file',
    ],
  ],
  run: async (io, args) => {
    const read = (await openInventory(io, namesOf(args))).load();
    report(io, read.diagnostics);
    return read.ok ? write(io, read.value, text(args, 'output'), args['anonymize'] === true) : exitCodes.input;
  },
};

function namesOf(args: Arguments): InventoryNames {
  const named = (option: string): string | undefined => {
    const name = text(args, option);
    if (name === '') throw new UsageError(`--${option} is empty`, 'name a file; a dash reads standard input');
    return name;
  };
  return { nodes: named('nodes') ?? '', pods: named('pods'), resourceSlices: named('resource-slices') };
}

function write(io: Io, read: ClusterInventory, name: string | undefined, isAnonymous: boolean): ExitCode {
  const dropped = droppedKeys(read.nodes);
  const { inventory, keptKeys } = isAnonymous ? anonymous(read, dropped) : { inventory: read, keptKeys: [] };
  const file = compact(inventory, dropped);
  const content = inventoryText(file);
  if (name === undefined) io.out(content);
  else {
    const written = writeFile(name, content);
    report(io, written.diagnostics);
    if (!written.ok) return exitCodes.input;
  }
  const isText = io.env['BAYPLAN_FORMAT'] !== 'json';
  if (isText) io.err(summary(read, Object.keys(file.classes).length, dropped, keptKeys));
  return exitCodes.ok;
}

/** What a person wants to know beside the findings. */
function summary(
  { nodes, pods }: ClusterInventory,
  classes: number,
  dropped: readonly string[],
  kept: readonly string[],
): string {
  const gpus = nodes.reduce((sum, { allocatable }) => sum + (allocatable[GPU] ?? 0n), 0n);
  const lines = [
    [
      counted(nodes.length, 'node', 'nodes'),
      `${formatAmount(GPU, gpus)} GPUs`,
      counted(classes, 'class', 'classes'),
      counted(pods.length, 'pod', 'pods'),
    ].join(', '),
    ...(dropped.length > 0 ? [`dropped labels that are another identifier on every node: ${dropped.join(', ')}`] : []),
    ...(kept.length > 0 ? [`these label keys are kept as they are: ${kept.join(', ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
