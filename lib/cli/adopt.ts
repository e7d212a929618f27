import { adoptedStack, type AdoptedStack } from '../adopt/stack';
import { hasErrors, sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { writeFileAndFolders } from '../emit/write-file';
import { readManifests } from '../workloads/objects';
import { text, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { manifestOptions, manifestSources } from './manifests';
import { UsageError } from './usage-error';

/** Writes the stack of graphs that exist; see docs/adopt.md. */
export const adopt: Command = {
  usage: 'adopt',
  summary: 'Write the TypeScript stack of graphs that exist as manifests',
  positionals: {},
  options: {
    ...manifestOptions,
    output: { alias: 'o', type: 'string', requiresArg: true, describe: 'File to write [default: standard output]' },
  },
  examples: [
    ['bayplan adopt -f deploy.yaml -o stacks/qwen.ts', 'take over the graph of a file'],
    ['kubectl get dgd qwen -o yaml | bayplan adopt -f - -o stacks/qwen.ts', 'take over a graph that runs'],
  ],
  run: async (io, args) => {
    const [output, namespace] = [named(args, 'output'), named(args, 'namespace') ?? 'default'];
    const manifests = readManifests(await manifestSources(io, args));
    if (hasErrors(manifests.diagnostics)) return refuse(io, manifests.diagnostics);
    const { stack, diagnostics } = adoptedStack(manifests.objects, namespace);
    const found = sortDiagnostics([...manifests.diagnostics, ...diagnostics]);
    if (!stack) return refuse(io, found);
    const failed = output === undefined ? [] : writeFileAndFolders(output, stack.text).diagnostics;
    report(io, [...found, ...failed]);
    if (hasErrors(failed)) return exitCodes.input;
    if (output === undefined) io.out(stack.text);
    if (io.env['BAYPLAN_FORMAT'] !== 'json') io.err(nextStep(stack, output));
    return exitCodes.ok;
  },
};

function refuse(io: Io, diagnostics: readonly Diagnostic[]): ExitCode {
  report(io, sortDiagnostics(diagnostics));
  return exitCodes.input;
}

/** The text of an option, undefined where it is not given. */
function named(args: Arguments, option: string): string | undefined {
  const name = text(args, option);
  if (name === '') throw new UsageError(`--${option} is empty`, 'write a name behind it, or leave it out');
  return name;
}

/** What is left to be written by hand. */
function nextStep({ functions }: AdoptedStack, output = 'stacks/NAME.ts'): string {
  const file = output.replace(/\.ts$/, '');
  const calls = functions.map((each) => `  ${each}(cluster, queue);\n`).join('');
  return `to compile it, add to main.ts:\n  import { ${functions.join(', ')} } from '${/^[./]/.test(file) ? file : `./${file}`}';\n${calls}`;
}
