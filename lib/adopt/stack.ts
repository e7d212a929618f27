import { diagnostic, hasErrors, type Diagnostic } from '../diagnostics/diagnostic';
import { asMap } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';
import { readWorkloads } from '../workloads/read';
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
  const others = objects.filter(({ kind }) => beside.has(kind));
  const declared = objects.filter(({ kind }) => kind === GRAPH);
  const { workloads, diagnostics } = readWorkloads([...declared, ...others], { namespace });
  const blanks = declared.flatMap(blankOf);
  const graphs = declared.filter((object) => workloads.some(({ document }) => document === object.document));
  const found = [...(declared.length === 0 ? [nothingToAdopt(objects)] : []), ...diagnostics, ...blanks];
  if (graphs.length === 0 || hasErrors(found)) return { diagnostics: found };
  const functions = uniqueNames(graphs.map(({ name }) => functionName(name)));
  const parts = graphs.map((graph, index) => {
    const own = others.filter((other) => ownerOf(other, graphs) === index);
    return graphFunction(functions[index] ?? '', graph, own, namespace);
  });
  const text = [`import { DynamoGraph, type Cluster, type Queue } from '${library}';`, ...parts].join('\n\n');
  const left = objects.filter(({ kind }) => kind !== GRAPH && !beside.has(kind) && kind !== 'Namespace');
  const leftOut = left.map(({ kind, name }) => `${kind}/${name}`);
  return { stack: { text: `${text}\n`, functions, leftOut }, diagnostics: found };
}

function nothingToAdopt(objects: readonly ManifestObject[]): Diagnostic {
  const kinds = [...new Set(objects.map(({ kind }) => kind))].sort();
  return diagnostic('BAY2101', {
    message: `there is no ${GRAPH} ${kinds.length === 0 ? 'in it' : `among ${kinds.join(', ')}`}`,
    where: objects[0]?.where ?? {},
    help: 'hand on the manifest of the graph: kubectl get dynamographdeployments NAME -o yaml',
  });
}

/** `${IMAGE}`, `<your-registry>/x` or `{{ .Values.image }}` in an image, or in the namespace. */
const BLANK = /\$\{?\w+\}?|<[^<>]*>|\{\{.*\}\}/;

/** A manifest with blanks that somebody is to fill in is none yet. */
function blankOf(graph: ManifestObject): Diagnostic[] {
  const texts = [graph.namespace ?? '', ...imagesIn(graph.document['spec'])];
  const blank = texts.find((text) => BLANK.test(text));
  if (blank === undefined) return [];
  return [
    diagnostic('BAY2102', {
      message: `graph ${graph.name} is a template: ${JSON.stringify(blank)} is still to be filled in`,
      where: graph.where,
      help: 'fill it in first: a stack gives back what the cluster would get',
    }),
  ];
}

/** Every text under a key `image`. */
function imagesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  );
}

/** Place of the graph that an object goes with: the first that mentions it, or the first of all. */
function ownerOf(object: ManifestObject, graphs: readonly ManifestObject[]): number {
  return Math.max(
    0,
    graphs.findIndex((graph) => isNeeded(object, graph)),
  );
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
  const camel = graph.replace(
    /[^A-Za-z0-9]+([A-Za-z0-9])?/g,
    (_, next: string | undefined) => next?.toUpperCase() ?? '',
  );
  return /^[A-Za-z]/.test(camel) ? camel : `graph${camel}`;
}

function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name}${earlier + 1}`;
  });
}
