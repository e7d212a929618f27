import { basename, resolve } from 'node:path';
import { declaredInventory } from '../adopt/init/declared';
import { starterFiles } from '../adopt/init/files';
import { starterFor } from '../adopt/init/starter';
import type * as TryOut from '../adopt/init/try-out';
import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { inventoryText } from '../emit/inventory-text';
import { writeNewFolder } from '../emit/new-folder';
import type { ClusterInventory } from '../inventory/cluster';
import { compact } from '../inventory/compact/compact';
import { droppedKeys } from '../inventory/compact/labels';
import { Inventory } from '../inventory/inventory';
import { textSource } from '../inventory/source';
import { text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { openInventory } from './read-inventory';
import { UsageError } from './usage-error';

/** Makes a repository for a fleet; see docs/topology.md for how its topology is chosen. */
export const init: Command = {
  usage: 'init <folder>',
  summary: 'Make a new stack repository that compiles at once',
  positionals: { folder: { type: 'string', describe: 'Folder to fill: empty, or not there yet' } },
  options: {
    inventory: {
      alias: 'i',
      type: 'string',
      requiresArg: true,
      describe: 'Nodes of the first cluster: kubectl get nodes -o json, or - [default: a small cluster, declared]',
    },
    pods: { type: 'string', requiresArg: true, describe: 'What runs on them: kubectl get pods -A -o json' },
    cluster: {
      alias: 'c',
      type: 'string',
      requiresArg: true,
      default: 'cluster-1',
      describe: 'Name of the first cluster',
    },
  },
  examples: [
    ['bayplan init stack', 'a repository with a small cluster to try things on'],
    ['bayplan init stack -i nodes.json --pods pods.json -c eu-west', 'with the nodes and levels of a cluster'],
    ['kubectl get nodes -o json | bayplan init stack -i -', 'of the cluster at hand'],
  ],
  run: async (io, args) => {
    const asked = readAsked(args);
    const read = asked.nodes === undefined ? declared() : await given(io, asked.nodes, asked.pods);
    if (!read.ok) return fail(io, read.diagnostics, exitCodes.input);
    const { text: content, inventory, isDeclared } = read.value;
    const starter = starterFor(asked.cluster, inventory, isDeclared);
    const first = loadTryOut().tryOut(starter, content);
    const errors = first.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) return fail(io, errors, exitCodeOf(errors));
    const files = starterFiles(packageName(asked.folder), starter, content);
    const written = writeNewFolder(asked.folder, files);
    if (!written.ok) return fail(io, written.diagnostics, exitCodes.input);
    report(io, read.diagnostics);
    if (io.env['BAYPLAN_FORMAT'] !== 'json') io.err(nextStep(asked.folder, files.size));
    return exitCodes.ok;
  },
};

function nextStep(folder: string, files: number): string {
  return `${files} files in ${folder}\nnext: cd ${folder} && npm install && npx bayplan synth\n`;
}

/** Loads the constructs when they are asked for: that takes longer than most commands, which do without. */
function loadTryOut(): typeof TryOut {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import is loaded with every command
  return require('../adopt/init/try-out') as typeof TryOut; // what stands in that file
}

interface Asked {
  readonly folder: string;
  readonly cluster: string;
  readonly nodes?: string;
  readonly pods?: string;
}

function readAsked(args: Arguments): Asked {
  const folder = named(args, 'folder', 'name a folder, such as stack') ?? '';
  const nodes = named(args, 'inventory', 'a dash reads standard input');
  const pods = named(args, 'pods', 'a dash reads standard input');
  if (pods !== undefined && nodes === undefined) {
    throw new UsageError('--pods is given without --inventory', 'pods run on nodes: name their list, too');
  }
  const cluster = text(args, 'cluster') ?? '';
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(cluster)) {
    throw new UsageError(
      `${JSON.stringify(cluster)} cannot be the name of a cluster`,
      'use lower-case letters, digits and dashes, such as eu-west',
    );
  }
  return { folder, cluster, nodes, pods };
}

function named(args: Arguments, what: string, help: string): string | undefined {
  const name = text(args, what);
  if (name === '') throw new UsageError(`the name of the ${what} is empty`, help);
  return name;
}

/** The nodes of the first cluster, and the file that they are written to. */
interface Source {
  readonly inventory: ClusterInventory;
  readonly text: string;
  /** True where they are an example. */
  readonly isDeclared: boolean;
}

function declared(): Outcome<Source> {
  const content = declaredInventory();
  return loaded(Inventory.fromBytes({ nodes: textSource('declared', content) }), (inventory) => ({
    inventory,
    text: content,
    isDeclared: true,
  }));
}

async function given(io: Io, nodes: string, pods: string | undefined): Promise<Outcome<Source>> {
  return loaded(await openInventory(io, { nodes, pods }), (inventory) => ({
    inventory,
    text: inventoryText(compact(inventory, droppedKeys(inventory.nodes))),
    isDeclared: false,
  }));
}

function loaded(source: Inventory, make: (inventory: ClusterInventory) => Source): Outcome<Source> {
  const read = source.load();
  return read.ok ? { ...read, value: make(read.value) } : read;
}

function fail(io: Io, diagnostics: readonly Diagnostic[], code: ExitCode): ExitCode {
  report(io, diagnostics);
  return code;
}

/** The third stage places; what comes before it is input. */
function exitCodeOf(errors: readonly Diagnostic[]): ExitCode {
  return errors.some(({ code }) => code.startsWith('BAY3')) ? exitCodes.infeasible : exitCodes.input;
}

/** A name that npm takes, after the folder. */
function packageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '');
  return name === '' ? 'stack' : name;
}
