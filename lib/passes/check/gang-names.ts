import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { writtenComponents } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';

/** Grove makes names of graph and component, and takes no longer ones (its webhook for PodCliqueSets). */
const GROVE_LENGTH = 45;

/** What Grove makes of names: PodGroups named after the graph alone, and objects named after graph and component. */
export function checkGroveNames({ graphs }: ClusterModel): Diagnostic[] {
  const twins = graphs.filter(({ spec }, index) =>
    graphs.slice(0, index).some((other) => other.spec.name === spec.name),
  );
  return [...twins.map(sharedName), ...graphs.flatMap(checkLength)];
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
  const longest = Math.max(0, ...writtenComponents(graph.spec).map((component) => component.name.length));
  if (name.length + longest <= GROVE_LENGTH) return [];
  return [
    diagnostic('BAY2029', {
      message: `graph "${name}" and its longest component name are ${name.length + longest} characters, and Grove takes ${GROVE_LENGTH}`,
      where: placeOf(graph),
      notes: [
        "Dynamo's operator would cut the graph's name and add a hash, so that objects are not called what one looks for",
      ],
      help: `shorten one of them by ${name.length + longest - GROVE_LENGTH}`,
      data: { length: name.length + longest, most: GROVE_LENGTH },
    }),
  ];
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
