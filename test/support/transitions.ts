import { DiagnosticError, Stack, type Compilation, type Diagnostic, type DynamoGraphProps } from '../../lib';
import type { CompileOptions } from '../../lib/compile';
import { nodes, testCluster } from './fleet';

/** Compiles one after the other, of a cluster whose nodes stay and whose graphs are told where to go by node selectors. */

export const stacks = {
  'component path': Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
  Grove: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' }),
  'Dynamo 0.5.1': Stack.of({ dynamo: '0.5.1', kai: '0.17.0' }),
  'Run:ai': Stack.of({ dynamo: '0.5.1', runai: '2.23' }),
} as const;

export type Path = keyof typeof stacks;

/** Which nodes belong to a set that graphs may select: by a label of its own. */
export type Sets = Readonly<Record<string, readonly string[]>>;

/** Selects the nodes of a set. */
export function on(set: string): { readonly nodeSelector: Readonly<Record<string, string>> } {
  return { nodeSelector: { [`example.com/${set}`]: 'yes' } };
}

export interface Cluster {
  readonly path: Path;
  readonly sets: Sets;
  /** Zone of each node. @default - all nodes of the sets, in z1 */
  readonly zones?: Readonly<Record<string, readonly string[]>>;
  readonly lost?: readonly string[];
  readonly lock?: string;
}

/** Compiles graphs by their names. */
export function compileOn(
  { path, sets, zones = { z1: [...new Set(Object.values(sets).flat())].sort() }, lost = [], lock }: Cluster,
  graphs: Readonly<Record<string, Partial<DynamoGraphProps>>>,
  options: CompileOptions = {},
): Compilation {
  const labelsOf = (name: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(sets).flatMap(([set, names]) => (names.includes(name) ? [[`example.com/${set}`, 'yes']] : [])),
    );
  const items = Object.entries(zones).flatMap(([zone, names]) =>
    names.flatMap((name) => nodes([name], { zone, labels: labelsOf(name), ready: !lost.includes(name) })),
  );
  const { fleet, graph } = testCluster(items, [], { stack: stacks[path], ...(lock === undefined ? {} : { lock }) });
  for (const [name, props] of Object.entries(graphs)) graph(name, props);
  return fleet.compile(options);
}

/** What a compile finds, whether it goes through or not. */
export function findingsOf(compile: () => Compilation): readonly Diagnostic[] {
  try {
    return compile().diagnostics;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

/** Lines of each file that are there on one side only, by path; files that are equal are left out. */
export function changedLines(before: Compilation['files'], after: Compilation['files']): Record<string, number> {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const entries = paths.flatMap((path): [string, number][] => {
    const [old, now] = [before.get(path) ?? '', after.get(path) ?? ''].map((text) => text.split('\n'));
    const only = (a: readonly string[] = [], b: readonly string[] = []): number => {
      const left = [...b];
      return a.filter((line) => {
        const at = left.indexOf(line);
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      }).length;
    };
    const lines = only(old, now) + only(now, old);
    return lines > 0 ? [[path, lines]] : [];
  });
  return Object.fromEntries(entries);
}
