import { diagnostic, hasErrors, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { writeFile } from '../emit/write-file';
import { readText, shownName, textOf } from '../inventory/document';
import { bundleText } from '../schemas/bundle';
import { mergeBundles, readCrds } from '../schemas/crd';
import type { SchemaBundle } from '../schemas/schema';
import { unchecked, type Unchecked } from '../schemas/unchecked';
import { STANDARD_INPUT, text, texts, type Command, type CommandGroup } from './command';
import { report, type Io } from './io';

/** Brings the CustomResourceDefinitions of a cluster into a stack repository. */
const importSchemas: Command = {
  usage: 'import <files..>',
  summary: 'Import the CRDs of a cluster, to check its manifests against them offline',
  positionals: {
    files: { type: 'string', array: true, describe: 'CustomResourceDefinitions, YAML or JSON; - reads standard input' },
  },
  options: {
    output: { alias: 'o', type: 'string', requiresArg: true, describe: 'File to write [default: standard output]' },
  },
  examples: [
    ['kubectl get crds -o yaml | bayplan schemas import - -o schemas.json', 'all kinds of a cluster'],
    ['bayplan schemas import crds/*.yaml -o schemas.json', 'those of some files'],
  ],
  run: async (io, args) => {
    const read: Outcome<SchemaBundle>[] = [];
    for (const name of texts(args, 'files')) read.push(await readFile(io, name));
    const found = read.flatMap(({ diagnostics }) => diagnostics);
    const merged = mergeBundles(
      read.flatMap((one) => (one.ok ? [one.value] : [])),
      { pointer: 'bayplan schemas import' },
    );
    const all = [...found, ...merged.diagnostics];
    if (hasErrors(all) || !merged.ok) {
      report(io, all);
      return exitCodes.input;
    }
    report(io, [...all, ...unchecked(merged.value).map(notChecked)]);
    return write(io, bundleText(merged.value), text(args, 'output'));
  },
};

/** What concerns the CRDs of a cluster. */
export const schemas: CommandGroup = {
  name: 'schemas',
  summary: "A cluster's CRDs, to check its manifests against offline",
  commands: [importSchemas],
};

async function readFile(io: Io, name: string): Promise<Outcome<SchemaBundle>> {
  const isPiped = name === STANDARD_INPUT;
  const file = isPiped ? 'standard input' : shownName(name);
  const content = isPiped ? textOf(file, await io.input()) : readText(name);
  return content.ok ? readCrds(file, content.value) : content;
}

function notChecked({ kind, texts: parts }: Unchecked): Diagnostic {
  return diagnostic('BAY4514', {
    message: `not all of ${kind} will be checked: ${parts.length} of its rules and patterns are not understood`,
    where: { pointer: kind },
    notes: parts.map((part) => `not checked: ${part}`),
    help: 'kubectl apply --dry-run=server asks a cluster about them',
    data: { kind, count: parts.length },
  });
}

function write(io: Io, content: string, name: string | undefined): ExitCode {
  if (name === undefined) {
    io.out(content);
    return exitCodes.ok;
  }
  const written = writeFile(name, content);
  report(io, written.diagnostics);
  return written.ok ? exitCodes.ok : exitCodes.input;
}
