import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { writtenComponents, type WrittenComponent } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';

/** Grove makes names of graph and component, and takes no longer ones (its webhook for PodCliqueSets). */
const GROVE_LENGTH = 45;

/** What the operator adds to the name of a component of several pods, for those that lead and those that follow. */
const ROLE_SUFFIX = '-ldr'.length;

/** What Grove makes of names: PodGroups named after the graph alone, and objects named after graph and component. */
export function checkGroveNames({ graphs }: ClusterModel): Diagnostic[] {
  const twins = graphs.filter(({ spec }, index) =>
    graphs.slice(0, index).some((other) => other.spec.name === spec.name),
  );
  // the operator has cut the names of what is in the cluster already
  const made = graphs.filter(({ spec }) => spec.manifest === undefined);
  return [...twins.map(sharedName), ...made.flatMap(checkLength)];
}

function sharedName(graph: DynamoGraph): Diagnostic {
  return diagnostic('BAY2028', {
    message: `two graphs of cluster "${graph.cluster.name}" are named "${graph.spec.name}", in two namespaces`,
    where: placeOf(graph),
    notes: ['Grove names the PodGroup after the graph alone, and KAI up to 0.17.0 knows PodGroups by bare name'],
    help: 'rename one of them',
  });
}

function checkLength(graph: DynamoGraph): Diagnostic[] {
  const { name } = graph.spec;
  const [longest] = [...writtenComponents(graph.spec)].sort((a, b) => groveLength(b) - groveLength(a));
  const length = name.length + (longest ? groveLength(longest) : 0);
  if (!longest || length <= GROVE_LENGTH) return [];
  const counts =
    longest.spec.nodes > 1 ? [`"${longest.name}" counts twice, as a group of pods and as the pods in it`] : [];
  return [
    diagnostic('BAY2029', {
      message: `graph "${name}" and its component "${longest.name}" are ${length} characters, and Grove takes ${GROVE_LENGTH}`,
      where: placeOf(graph),
      notes: [
        ...counts,
        "Dynamo's operator would cut the graph's name and add a hash, so that objects are not called what one looks for",
      ],
      help: `shorten the name of the graph by ${length - GROVE_LENGTH}, or the component's`,
      data: { length, most: GROVE_LENGTH },
    }),
  ];
}

/**
 * What a component leaves less of for the graph's name: its clique's name, and for replicas of several pods the scaling
 * group's as well (Dynamo 1.4, PCSNameForDGD in internal/dynamo/graph.go).
 */
function groveLength({ name, spec }: WrittenComponent): number {
  return spec.nodes > 1 ? 2 * name.length + ROLE_SUFFIX : name.length;
}

/** A project of Run:ai stands for a namespace: what lies elsewhere is not scheduled in it. */
export function checkProject(graph: DynamoGraph): Diagnostic[] {
  const { namespace, name, queue } = graph.spec;
  if (namespace === `runai-${queue}`) return [];
  return [
    diagnostic('BAY2073', {
      message: `graph "${name}" lies in namespace "${namespace}", and project "${queue}" of Run:ai has the namespace "runai-${queue}"`,
      where: { ...placeOf(graph), pointer: 'namespace' },
      help: namespace.startsWith('runai-')
        ? `use a queue named "${namespace.slice('runai-'.length)}"`
        : `use the namespace "runai-${queue}"`,
    }),
  ];
}
