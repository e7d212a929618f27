import { basename, extname, resolve } from 'node:path';
import { declaredNodes } from '../adopt/init/declared';
import { starterFiles, type Copied } from '../adopt/init/files';
import { starterFor } from '../adopt/init/starter';
import type * as TryOut from '../adopt/init/try-out';
import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { writeNewFolder } from '../emit/new-folder';
import { readText } from '../inventory/document';
import { Inventory } from '../inventory/inventory';
import { STANDARD_INPUT, text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
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
      describe: 'Nodes of the first cluster: kubectl get nodes -o json [default: a small cluster, declared]',
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
  ],
  run: (io, args) => {
    const asked = readAsked(args);
    const source = asked.nodes === undefined ? declared() : copied(asked.nodes, asked.pods);
    if (!source.ok) return fail(io, source.diagnostics, exitCodes.input);
    const { inventory, nodes, pods } = source.value;
    const loaded = inventory.load();
    if (!loaded.ok) return fail(io, loaded.diagnostics, exitCodes.input);
    const starter = starterFor(asked.cluster, loaded.value);
    const errors = loadTryOut()
      .tryOut(starter, inventory)
      .filter(({ severity }) => severity === 'error');
    if (errors.length > 0) return fail(io, errors, exitCodeOf(errors));
    const files = starterFiles(packageName(asked.folder), starter, nodes, pods);
    const written = writeNewFolder(asked.folder, files);
    if (!written.ok) return fail(io, written.diagnostics, exitCodes.input);
    io.err(`${files.size} files in ${asked.folder}\nnext: cd ${asked.folder} && npm install && npx bayplan synth\n`);
    return exitCodes.ok;
  },
};

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
  const [nodes, pods] = [text(args, 'inventory'), text(args, 'pods')];
  const folder = text(args, 'folder') ?? '';
  if (folder === '') throw new UsageError('the name of the folder is empty', 'name a folder, such as stack');
  if (nodes === STANDARD_INPUT || pods === STANDARD_INPUT) {
    throw new UsageError('lists are copied, and so cannot come from standard input', 'write the list to a file first');
  }
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

/** Where the nodes of the first cluster come from, and what is copied. */
interface Source {
  readonly inventory: Inventory;
  readonly nodes: Copied;
  readonly pods?: Copied;
}

function declared(): Outcome<Source> {
  const content = declaredNodes();
  const inventory = Inventory.fromObjects({ nodes: JSON.parse(content) });
  return {
    ok: true,
    value: { inventory, nodes: { name: 'nodes.json', text: content, declared: true } },
    diagnostics: [],
  };
}

function copied(nodes: string, pods: string | undefined): Outcome<Source> {
  const copies = [copy('nodes', nodes), ...(pods === undefined ? [] : [copy('pods', pods)])];
  const diagnostics = copies.flatMap((one) => one.diagnostics);
  const [first, second] = copies.flatMap((one) => (one.ok ? [one.value] : []));
  if (first === undefined || diagnostics.length > 0) return { ok: false, diagnostics };
  const inventory = Inventory.fromKubectl(nodes, { pods });
  return { ok: true, value: { inventory, nodes: first, pods: second }, diagnostics };
}

function copy(name: string, file: string): Outcome<Copied> {
  const content = readText(file);
  if (!content.ok) return content;
  const ending = extname(file).toLowerCase();
  const kept = ['.yaml', '.yml'].includes(ending) ? ending : '.json';
  return { ok: true, value: { name: `${name}${kept}`, text: content.value }, diagnostics: content.diagnostics };
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
