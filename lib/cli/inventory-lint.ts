import { NODE_POOL_LABEL } from '../backends/kai/node-pool';
import { diagnostic, sortDiagnostics, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { renderFor } from '../diagnostics/render';
import { readDocument, shownName } from '../inventory/document';
import { isMap, type RawMap } from '../inventory/fields';
import { detectLevels } from '../inventory/levels';
import { lintInventory } from '../inventory/lint/lint';
import { GPU_TOLERATION } from '../model/node';
import { text, texts, type Command } from './command';
import { askedInventory, inventoryOptions, labelOption } from './inventory-options';
import { report } from './io';

/** Tells what may be wrong with nodes; see docs/topology.md. */
export const inventoryLint: Command = {
  usage: 'lint',
  summary: 'Tell what may be wrong with the nodes: labels, GPUs, taints, state',
  positionals: {},
  options: {
    ...inventoryOptions,
    label: labelOption,
    queues: { type: 'string', requiresArg: true, describe: "KAI's queues: kubectl get queues -o json" },
    strict: { type: 'boolean', default: false, describe: 'Exit with 4 where there is a finding' },
  },
  examples: [
    ['bayplan inventory lint -i nodes.json --pods pods.json', 'all findings, on standard output'],
    ['bayplan inventory lint -i nodes.json --strict --format json', 'for scripts'],
  ],
  run: async (io, args) => {
    const inventory = await askedInventory(io, args);
    const queues = askedQueues(text(args, 'queues'));
    if (!inventory.ok || !queues.ok) {
      report(io, [...inventory.diagnostics, ...queues.diagnostics]);
      return exitCodes.input;
    }
    const topology = detectLevels(inventory.value, { labels: texts(args, 'label') });
    const pools = queues.value && { label: NODE_POOL_LABEL, names: queues.value };
    const found = lintInventory(inventory.value, { topology, tolerations: [GPU_TOLERATION], pools });
    const all = sortDiagnostics([...inventory.diagnostics, ...queues.diagnostics, ...found]);
    // Colours are for a terminal, and whether standard output is one is not known.
    if (all.length > 0) io.out(renderFor({ ...io, isTTY: false }, all, { cwd: process.cwd() }));
    io.err(`${inventory.value.nodes.length} nodes, ${all.length} ${all.length === 1 ? 'finding' : 'findings'}\n`);
    return args['strict'] === true && all.length > 0 ? exitCodes.check : exitCodes.ok;
  },
};

/** The pools that queues carry; undefined where no list of queues is named. */
function askedQueues(name: string | undefined): Outcome<ReadonlySet<string> | undefined> {
  if (name === undefined) return { ok: true, value: undefined, diagnostics: [] };
  const document = readDocument(name);
  if (!document.ok) return document;
  const items = isMap(document.value) && Array.isArray(document.value.items) ? document.value.items : undefined;
  if (!items?.every(isQueue)) return { ok: false, diagnostics: [noQueues(shownName(name))] };
  return { ok: true, value: new Set(items.flatMap(poolOf)), diagnostics: [] };
}

function isQueue(item: unknown): item is RawMap {
  return isMap(item) && item.kind === 'Queue' && String(item.apiVersion).startsWith('scheduling.run.ai/');
}

function poolOf({ metadata }: RawMap): string[] {
  const labels = isMap(metadata) ? metadata.labels : undefined;
  const pool = isMap(labels) ? labels[NODE_POOL_LABEL] : undefined;
  return typeof pool === 'string' ? [pool] : [];
}

function noQueues(file: string): Diagnostic {
  return diagnostic('BAY1084', {
    message: "not a list of KAI's queues",
    where: { file },
    help: 'export it with `kubectl get queues.scheduling.run.ai -o json`',
  });
}
