import { exitCodes } from '../diagnostics/exit';
import { diffInventories, isSame } from '../inventory/diff';
import { tellDiff } from '../inventory/told-diff';
import { STANDARD_INPUT, text, texts, type Command } from './command';
import { labelOption, outputOption } from './inventory-options';
import { report } from './io';
import { readInventory } from './read-inventory';
import { UsageError } from './usage-error';

/** Shows what changed between two inventories; see docs/topology.md. */
export const inventoryDiff: Command = {
  usage: 'diff <old> <new>',
  summary: 'Show what changed between two inventories; exits with 5 where anything did',
  positionals: {
    old: { type: 'string', describe: 'The inventory of before' },
    new: { type: 'string', describe: 'That of now; - reads standard input' },
  },
  options: { label: labelOption, output: outputOption },
  examples: [
    ['bayplan inventory diff old.json new.json', 'nodes gone and new, state, GPUs, labels of levels'],
    ['kubectl get nodes -o json | bayplan inventory diff nodes.json -', 'the committed inventory against the cluster'],
  ],
  run: async (io, args) => {
    const names = [text(args, 'old') ?? '', text(args, 'new') ?? ''] as const;
    if (names[0] === STANDARD_INPUT && names[1] === STANDARD_INPUT) {
      throw new UsageError('standard input is named twice', 'write one of the two to a file');
    }
    const [old, now] = [await readInventory(io, names[0]), await readInventory(io, names[1])];
    report(io, [...old.diagnostics, ...now.diagnostics]);
    if (!old.ok || !now.ok) return exitCodes.input;
    const diff = diffInventories(old.value, now.value, { labels: texts(args, 'label') });
    if (text(args, 'output') === 'json') io.out(`${JSON.stringify(diff, null, 2)}\n`);
    else for (const line of tellDiff(diff)) io.out(`${line}\n`);
    if (isSame(diff)) io.err(`no difference between ${now.value.nodes.length} nodes\n`);
    return isSame(diff) ? exitCodes.ok : exitCodes.drift;
  },
};
