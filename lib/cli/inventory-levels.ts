import { topologyCode } from '../adopt/topology-code';
import { exitCodes } from '../diagnostics/exit';
import { detectLevels, type DetectedTopology } from '../inventory/levels';
import { tellLeftOut, tellLevel } from '../inventory/told-levels';
import { text, texts, type Command } from './command';
import { askedInventory, inventoryOptions, labelOption, outputOption } from './inventory-options';
import { report } from './io';
import { levelsText } from './levels-text';

/** Shows the levels that a topology of these nodes would have; see docs/topology.md. */
export const inventoryLevels: Command = {
  usage: 'levels',
  summary: 'Show the topology levels that the labels of the nodes make, and why',
  positionals: {},
  options: {
    ...inventoryOptions,
    label: labelOption,
    output: outputOption,
  },
  examples: [
    ['bayplan inventory levels -i nodes.json', 'levels, domains, their sizes, and the TypeScript to paste'],
    ['kubectl get nodes -o json | bayplan inventory levels -i -', 'of the cluster at hand'],
  ],
  run: async (io, args) => {
    const inventory = await askedInventory(io, args);
    report(io, inventory.diagnostics);
    if (!inventory.ok) return exitCodes.input;
    const detected = detectLevels(inventory.value, { labels: texts(args, 'label') });
    const withPods = inventory.value.pods.length > 0 || text(args, 'pods') !== undefined;
    io.out(text(args, 'output') === 'json' ? jsonText(detected) : levelsText(detected, withPods));
    return exitCodes.ok;
  },
};

function jsonText({ levels, leftOut, cluster }: DetectedTopology): string {
  const answer = {
    cluster,
    levels: levels.map((level, depth) => ({ ...level, why: tellLevel(level, levels[depth - 1]) })),
    leftOut: leftOut.map((label) => ({ ...label, why: tellLeftOut(label) })),
    topology: topologyCode(levels.map(({ label }) => label)),
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}
