import { diagnostic, hasErrors, sortDiagnostics, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { withResourceTolerations } from '../fit/admission';
import { answer, type FitAnswer } from '../fit/answer';
import { levelNamed, levelsOf, unknownLevel, type Levels } from '../fit/levels';
import { readStack } from '../fit/stack';
import { answerText } from '../fit/text';
import type { Wish } from '../fit/wishes';
import { shownName } from '../inventory/document';
import type { ClusterInventory } from '../inventory/cluster';
import { readManifests, type ManifestSource } from '../workloads/objects';
import { readWorkloads } from '../workloads/read';
import { STANDARD_INPUT, text, texts, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { readInventory } from './read-inventory';
import { UsageError } from './usage-error';

/** Says whether manifests that are there fit a cluster; see docs/fit.md. */
export const fit: Command = {
  usage: 'fit',
  summary: 'Say whether graphs and other workloads fit a cluster, where, and what would go wrong',
  positionals: {},
  options: {
    filename: {
      alias: 'f',
      type: 'string',
      array: true,
      requiresArg: true,
      demandOption: true,
      describe: 'Manifests: a file, a folder, or - for standard input; may be repeated',
    },
    inventory: {
      alias: 'i',
      type: 'string',
      requiresArg: true,
      demandOption: true,
      describe: 'Nodes of the cluster: kubectl get nodes -o json',
    },
    pods: { type: 'string', requiresArg: true, describe: 'What runs there: kubectl get pods -A -o json' },
    namespace: {
      alias: 'n',
      type: 'string',
      requiresArg: true,
      describe: 'Namespace of objects that name none [default: default]',
    },
    require: { type: 'string', requiresArg: true, describe: 'Level that all pods of each workload have to share' },
    prefer: { type: 'string', requiresArg: true, describe: 'Level down to which they should be near' },
    level: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Node label that is a level, broadest first; may be repeated [default: by the labels of the nodes]',
    },
    stack: {
      type: 'string',
      requiresArg: true,
      describe: 'What runs on the cluster, such as dynamo=1.5.0,kai=0.17.0,grove=0.1.0-alpha.13',
    },
    'extended-resource-toleration': {
      type: 'boolean',
      describe: 'The API server runs the plugin of that name: pods with GPUs tolerate the taint nvidia.com/gpu',
    },
    output: {
      alias: 'o',
      choices: ['text', 'json'],
      requiresArg: true,
      default: 'text',
      describe: 'Form of the answer',
    },
  },
  examples: [
    ['bayplan fit -f graph.yaml --inventory nodes.json --pods pods.json', 'ask whether a graph fits now, and where'],
    ['bayplan fit -f graph.yaml -i nodes.json --require zone --prefer rack', 'the same, in one zone and few racks'],
    ['helm template graph ./chart | bayplan fit -f - -i nodes.json -o json', 'ask for what a chart makes, as data'],
  ],
  run: async (io, args) => {
    const stack = readStack(text(args, 'stack'));
    const sources = await sourcesOf(io, texts(args, 'filename'));
    const inventory = readInventory(text(args, 'inventory') ?? '', text(args, 'pods'));
    const manifests = readManifests(sources);
    const read = readWorkloads(manifests.objects, {
      namespace: text(args, 'namespace'),
      operatorAddsAmounts: stack.ok && stack.value.versions.dynamo.startsWith('0.'),
    });
    const found = [...stack.diagnostics, ...inventory.diagnostics, ...manifests.diagnostics, ...read.diagnostics];
    if (!hasErrors(found) && read.workloads.length === 0) found.push(nothingToPlace(sources, read.others));
    if (!stack.ok || !inventory.ok || hasErrors(found)) return refused(io, found);
    const levels = levelsOf(inventory.value, texts(args, 'level'), manifests.objects, read.workloads);
    const wish = levels.ok ? wishOf(args, levels.value, inventory.value) : levels;
    if (!levels.ok || !wish.ok) return refused(io, [...found, ...levels.diagnostics, ...wish.diagnostics]);
    const tolerates = args['extended-resource-toleration'] === true;
    const question = {
      workloads: tolerates ? withResourceTolerations(read.workloads) : read.workloads,
      objects: manifests.objects,
      inventory: inventory.value,
      levels: levels.value,
      stack: stack.value,
      wish: wish.value,
    };
    const told = answer(question, read.others);
    if (!told.ok) return refused(io, [...found, ...told.diagnostics]);
    return print(io, told.value, [...found, ...levels.diagnostics], text(args, 'output') === 'json');
  },
};

async function sourcesOf(io: Io, names: readonly string[]): Promise<readonly ManifestSource[]> {
  if (names.includes('')) throw new UsageError('the name of a file is empty', 'a dash reads standard input');
  if (names.filter((name) => name === STANDARD_INPUT).length > 1) {
    throw new UsageError('standard input is named twice', 'write one - for it');
  }
  const sources: ManifestSource[] = [];
  for (const name of names) {
    sources.push(name === STANDARD_INPUT ? { file: 'standard input', bytes: await io.input() } : name);
  }
  return sources;
}

function wishOf(args: Arguments, levels: Levels, inventory: ClusterInventory): Outcome<Wish> {
  const diagnostics: Diagnostic[] = [];
  const level = (option: 'require' | 'prefer'): string | undefined => {
    const word = text(args, option);
    const found = word === undefined ? undefined : levelNamed(levels, word);
    if (word !== undefined && !found) diagnostics.push(unknownLevel(`--${option}`, word, levels, inventory));
    return found?.label;
  };
  const value = { required: level('require'), preferred: level('prefer') };
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

function nothingToPlace(sources: readonly ManifestSource[], others: FitAnswer['others']): Diagnostic {
  const [first] = sources;
  const file = typeof first === 'string' ? shownName(first) : first?.file;
  const kinds = others.map(({ name, count }) => `${count} ${name}`).join(', ');
  return diagnostic('BAY1110', {
    message: kinds === '' ? 'there is nothing to place' : `there is nothing to place among ${kinds}`,
    where: { file },
    help: 'hand on a DynamoGraphDeployment, or another workload',
  });
}

function refused(io: Io, found: readonly Diagnostic[]): ExitCode {
  report(io, sortDiagnostics(found));
  return exitCodes.input;
}

/** The answer is data, findings are not; as JSON it holds them as well. */
function print(io: Io, told: FitAnswer, found: readonly Diagnostic[], isJson: boolean): ExitCode {
  const findings = sortDiagnostics([...found, ...told.findings]);
  io.out(isJson ? `${JSON.stringify({ ...told, findings }, null, 2)}\n` : answerText(told));
  report(io, findings);
  return told.fits ? exitCodes.ok : exitCodes.infeasible;
}
