import { diagnostic, hasErrors, type Diagnostic } from '../diagnostics/diagnostic';
import { listNames, sorted } from '../inventory/names';
import type { ManifestObject } from '../workloads/objects';
import { groupOf, readWorkloads } from '../workloads/read';
import { blankOf } from './blanks';
import { stackCode, type GraphObjects } from './code';

/** A stack for graphs that exist. */
export interface AdoptedStack {
  /** TypeScript. */
  readonly text: string;
  /** Names of the functions in it, a graph each. */
  readonly functions: readonly string[];
}

const GRAPH = 'DynamoGraphDeployment';

/** Kinds that a graph is applied with, by API group. Whatever makes pods itself is not planned, and stays out. */
const besideKinds: ReadonlySet<string> = new Set([
  ' ConfigMap',
  ' PersistentVolumeClaim',
  ' Service',
  ' ServiceAccount',
  'rbac.authorization.k8s.io Role',
  'rbac.authorization.k8s.io RoleBinding',
  'resource.k8s.io ResourceClaim',
  'resource.k8s.io ResourceClaimTemplate',
  'resource.nvidia.com ComputeDomain',
]);

/**
 * The stack that gives the graphs among some objects back, each placed; none where anything is an error.
 *
 * @param namespace of graphs that name none; what is applied with a graph lies where the graph does
 */
export function adoptedStack(
  objects: readonly ManifestObject[],
  namespace: string,
): { readonly stack?: AdoptedStack; readonly diagnostics: readonly Diagnostic[] } {
  const declared = objects.filter((object) => kindOf(object) === `nvidia.com ${GRAPH}`);
  const others = objects.filter((object) => besideKinds.has(kindOf(object)));
  const { workloads, diagnostics } = readWorkloads([...declared, ...others], { namespace });
  const found = [...diagnostics, ...declared.flatMap(blankOf)];
  if (hasErrors(found)) return { diagnostics: found };
  // One that another object of the input made is not read as a graph of its own.
  const graphs = declared.filter(({ document }) => workloads.some((workload) => workload.document === document));
  if (graphs.length === 0) return { diagnostics: found.length > 0 ? found : [nothingToAdopt(objects)] };
  const owners = new Map(others.map((other) => [other, ownerOf(other, graphs, namespace)]));
  const adopted = graphs.map((graph): GraphObjects => ({
    graph,
    namespace: graph.namespace ?? namespace,
    beside: others.filter((other) => owners.get(other) === graph),
  }));
  const left = objects.filter(
    (object) => !graphs.includes(object) && owners.get(object) === undefined && kindOf(object) !== ' Namespace',
  );
  return { stack: stackCode(adopted), diagnostics: [...found, ...notTaken(left)] };
}

/** API group and kind. */
function kindOf(object: ManifestObject): string {
  return `${groupOf(object)} ${object.kind}`;
}

/** The graph in whose namespace an object lies: the first that mentions it, else the first of all. */
function ownerOf(
  { name, namespace: own }: ManifestObject,
  graphs: readonly ManifestObject[],
  namespace: string,
): ManifestObject | undefined {
  const near = graphs.filter((graph) => own === undefined || own === (graph.namespace ?? namespace));
  const mention = JSON.stringify(name);
  return near.find(({ document }) => JSON.stringify(document['spec']).includes(mention)) ?? near[0];
}

function nothingToAdopt(objects: readonly ManifestObject[]): Diagnostic {
  const kinds = sorted(new Set(objects.map(({ kind }) => kind)));
  return diagnostic('BAY2101', {
    message: `there is no ${GRAPH} ${kinds.length === 0 ? 'in it' : `among ${listNames(kinds)}`}`,
    where: objects[0]?.where ?? { pointer: 'bayplan adopt' },
    help: 'hand on the manifest of the graph: kubectl get dynamographdeployments NAME -o yaml',
  });
}

function notTaken(left: readonly ManifestObject[]): Diagnostic[] {
  const [first] = left;
  if (!first) return [];
  const names = left.map(({ kind, name }) => `${kind}/${name}`);
  return [
    diagnostic('BAY2103', {
      message: `not taken over: ${listNames(names)}`,
      where: first.where,
      help: 'keep applying them as before, or declare them in the cluster as constructs of your own',
      data: { objects: names },
    }),
  ];
}
