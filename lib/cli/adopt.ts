import { adoptedStack, type AdoptedStack } from '../adopt/stack';
import { diagnostic, hasErrors, sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { writeFile } from '../emit/write-file';
import { readManifests } from '../workloads/objects';
import { text, type Command } from './command';
import { report } from './io';
import { manifestOptions, manifestSources } from './manifests';

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
    const sources = await manifestSources(io, args);
    const manifests = readManifests(sources);
    const { stack, diagnostics } = adoptedStack(manifests.objects, text(args, 'namespace') ?? 'default');
    const found = [...manifests.diagnostics, ...diagnostics];
    if (!stack || hasErrors(found)) {
      report(io, sortDiagnostics(found));
      return exitCodes.input;
    }
    report(io, [...sortDiagnostics(found), ...leftOut(stack)]);
    const output = text(args, 'output');
    if (output === undefined) io.out(stack.text);
    else {
      const written = writeFile(output, stack.text);
      report(io, written.diagnostics);
      if (!written.ok) return exitCodes.internal;
    }
    io.err(nextStep(stack, output));
    return exitCodes.ok;
  },
};

function leftOut({ leftOut: objects }: AdoptedStack): Diagnostic[] {
  if (objects.length === 0) return [];
  return [
    diagnostic('BAY2103', {
      message: `not taken over: ${objects.join(', ')}`,
      where: { pointer: 'bayplan adopt' },
      help: 'keep applying them as before, or declare them in the cluster as constructs of your own',
      data: { objects },
    }),
  ];
}

/** What is left to be written by hand. */
function nextStep({ functions }: AdoptedStack, output = 'the file'): string {
  const name = output.replace(/\.ts$/, '');
  const from = output === 'the file' ? './stacks/…' : name.startsWith('.') || name.startsWith('/') ? name : `./${name}`;
  const calls = functions.map((each) => `  ${each}(cluster, queue);\n`).join('');
  return `To compile it, add to main.ts:\n  import { ${functions.join(', ')} } from '${from}';\n${calls}`;
}
