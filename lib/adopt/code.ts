import type { ManifestObject } from '../workloads/objects';
import { literal } from './literal';
import { appliedManifest } from './manifest';

/** A graph with what is applied together with it. */
export interface GraphObjects {
  readonly graph: ManifestObject;
  /** Of all of its objects. */
  readonly namespace: string;
  readonly beside: readonly ManifestObject[];
}

/** Names that a function cannot have, or that the stack or a main.ts gives to something else. */
const taken: ReadonlySet<string> = new Set(
  [
    'Cluster DynamoGraph Queue cluster fleet queue',
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false',
    'finally for function if implements import in instanceof interface let new null package private protected public return',
    'static super switch this throw true try typeof var void while with yield',
  ].flatMap((line) => line.split(' ')),
);

/** The stack as TypeScript, and the names of its functions, a graph each. */
export function stackCode(graphs: readonly GraphObjects[]): { readonly text: string; readonly functions: string[] } {
  const functions = distinct(
    graphs.map(({ graph }) => functionName(graph.name)),
    taken,
  );
  const ids = graphIds(graphs);
  const parts = graphs.map((each, i) => graphFunction(functions[i] ?? '', ids[i] ?? '', each));
  const imports = "import { DynamoGraph, type Cluster, type Queue } from 'bayplan';";
  return { text: `${[imports, ...parts].join('\n\n')}\n`, functions };
}

function graphFunction(name: string, id: string, { graph, namespace, beside }: GraphObjects): string {
  const manifests = [graph, ...beside].map((object) => appliedManifest(object, namespace));
  const title = `DynamoGraphDeployment ${namespace}/${graph.name}`.replaceAll('*/', '* /');
  return `/** ${title}, taken over as it was. */
export function ${name}(cluster: Cluster, queue: Queue): DynamoGraph {
  return new DynamoGraph(cluster, ${literal(id)}, {
    queue,
    manifests: ${literal(manifests, 4)},
  });
}`;
}

/** The name of the graph, with its namespace where others have the name too. */
function graphIds(graphs: readonly GraphObjects[]): string[] {
  const isAlone = (name: string): boolean => graphs.filter(({ graph }) => graph.name === name).length === 1;
  return distinct(
    graphs.map(({ graph, namespace }) => (isAlone(graph.name) ? graph.name : `${namespace}-${graph.name}`)),
    [],
    '-',
  );
}

/** `vllmDisagg` of `vllm-disagg`. */
function functionName(graph: string): string {
  const name = graph.replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_, next = '') => String(next).toUpperCase());
  if (!/^[A-Za-z]/.test(name)) return `graph${name}`;
  return taken.has(name) ? `${name}Graph` : name;
}

/** Names with a number behind those that are taken. */
function distinct(names: readonly string[], others: Iterable<string>, dash = ''): string[] {
  const seen = new Set(others);
  return names.map((name) => {
    let free = name;
    for (let number = 2; seen.has(free); number++) free = `${name}${dash}${number}`;
    seen.add(free);
    return free;
  });
}
