import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { asMap } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';
import { literal } from './literal';

/** A stack for graphs that exist. */
export interface AdoptedStack {
  /** TypeScript. */
  readonly text: string;
  /** Names of the functions in it, a graph each. */
  readonly functions: readonly string[];
  /** What was left out, as `kind/name`. */
  readonly leftOut: readonly string[];
}

const GRAPH = 'DynamoGraphDeployment';

/** Kinds that a graph is applied with, in its namespace. Whatever makes pods itself is not planned, and stays out. */
const beside: ReadonlySet<string> = new Set([
  'ComputeDomain',
  'ConfigMap',
  'PersistentVolumeClaim',
  'ResourceClaim',
  'ResourceClaimTemplate',
  'Role',
  'RoleBinding',
  'Service',
  'ServiceAccount',
]);

/**
 * The stack that gives the graphs among some objects back, each placed.
 *
 * @param namespace of objects that name none
 * @param library what the stack imports from
 */
export function adoptedStack(
  objects: readonly ManifestObject[],
  namespace: string,
  library = 'bayplan',
): { readonly stack?: AdoptedStack; readonly diagnostics: readonly Diagnostic[] } {
  const graphs = objects.filter(({ kind }) => kind === GRAPH);
  const others = objects.filter(({ kind }) => beside.has(kind));
  const left = objects.filter(({ kind }) => kind !== GRAPH && !beside.has(kind) && kind !== 'Namespace');
  if (graphs.length === 0) return { diagnostics: [nothingToAdopt(objects)] };
  const functions = uniqueNames(graphs.map(({ name }) => functionName(name)));
  const parts = graphs.map((graph, index) => {
    const own = others.filter((other) => graphs.findIndex((each) => isNeeded(other, each)) === index);
    const unclaimed = index === 0 ? others.filter((other) => !graphs.some((each) => isNeeded(other, each))) : [];
    return graphFunction(functions[index] ?? '', graph, [...own, ...unclaimed], namespace);
  });
  const text = [`import { DynamoGraph, type Cluster, type Queue } from '${library}';`, ...parts].join('\n\n');
  const leftOut = left.map(({ kind, name }) => `${kind}/${name}`);
  return { stack: { text: `${text}\n`, functions, leftOut }, diagnostics: [] };
}

function nothingToAdopt(objects: readonly ManifestObject[]): Diagnostic {
  const kinds = [...new Set(objects.map(({ kind }) => kind))].sort();
  return diagnostic('BAY2101', {
    message: `there is no ${GRAPH} ${kinds.length === 0 ? 'in it' : `among ${kinds.join(', ')}`}`,
    where: objects[0]?.where ?? {},
    help: 'hand on the manifest of the graph: kubectl get dynamographdeployments NAME -o yaml',
  });
}

/** A graph mentions what it needs by name. */
function isNeeded({ name }: ManifestObject, { document }: ManifestObject): boolean {
  return JSON.stringify(document['spec']).includes(JSON.stringify(name));
}

function graphFunction(
  name: string,
  graph: ManifestObject,
  others: readonly ManifestObject[],
  namespace: string,
): string {
  const manifests = [graph, ...others].map((object) => cleaned(object, namespace));
  return `/** ${GRAPH} ${graph.name}, as it was in ${graph.where.file ?? 'its cluster'}. */
export function ${name}(cluster: Cluster, queue: Queue): DynamoGraph {
  return new DynamoGraph(cluster, '${graph.name}', {
    queue,
    manifests: ${literal(manifests, 4)},
  });
}`;
}

/** Without what the API server and kubectl add. */
function cleaned({ document, namespace: own }: ManifestObject, namespace: string): object {
  const { status: _status, metadata, apiVersion, kind, ...rest } = document;
  const { name, labels, annotations } = asMap(metadata);
  const kept = Object.entries(asMap(annotations)).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/'));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace: own ?? namespace,
      ...(Object.keys(asMap(labels)).length > 0 ? { labels } : {}),
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
    },
    ...rest,
  };
}

/** `vllmDisagg` of `vllm-disagg`. */
function functionName(graph: string): string {
  const camel = graph.replace(/[^A-Za-z0-9]+([A-Za-z0-9])?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '');
  return /^[A-Za-z]/.test(camel) ? camel : `graph${camel}`;
}

function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}${earlier + 1}`;
  });
}
