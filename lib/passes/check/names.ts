import { COMPONENT_NAME } from '../../backends/dynamo/graph-deployment';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { duplicateId } from '../../constructs/ids';
import { diagnostic, type Diagnostic, type Finding } from '../../diagnostics/diagnostic';
import { MAX_COMPONENTS, writtenComponents, type ComponentSpec, type WrittenComponent } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';
import { checkGroveNames, checkProject } from './gang-names';

/** RFC 1123: names of namespaces, and of what becomes a part of a Service's name. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** RFC 1123: names of most other objects. */
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_LABEL = 63;

/** What Dynamo's operator adds to `<graph>-<component>` of a worker: a dash and a hash of eight digits. */
const WORKER_SUFFIX = 9;

/** KAI's own pods live there, and it schedules no others in it. */
const KAI_NAMESPACE = 'kai-scheduler';

/** Names that Kubernetes, KAI or Dynamo's operator would refuse, or cut short. */
export function checkNames(cluster: ClusterModel): Diagnostic[] {
  const { gang } = cluster.construct.stack.profile;
  return [
    ...checkClusterNames(cluster),
    ...cluster.graphs.flatMap(checkGraphNames),
    ...cluster.graphs.flatMap((graph, index) => checkNamesake(graph, cluster.graphs.slice(0, index))),
    ...(gang === 'grove' ? checkGroveNames(cluster) : []),
    ...(gang === 'runai' ? cluster.graphs.flatMap(checkProject) : []),
  ];
}

/** A graph's folder is named after its id, its objects after its name. */
function checkNamesake(graph: DynamoGraph, earlier: readonly DynamoGraph[]): Diagnostic[] {
  const { name, namespace } = graph.spec;
  const twin = earlier.find((other) => other.spec.name === name && other.spec.namespace === namespace);
  const neighbour = earlier.find((other) => other.folder === graph.folder);
  if ((twin ?? neighbour) && duplicateId(graph) === undefined) {
    const what = twin ? `are named "${name}" in namespace "${namespace}"` : `have the id "${graph.node.id}"`;
    return [
      diagnostic('BAY2026', {
        message: `two graphs of cluster "${graph.cluster.name}" ${what}`,
        where: placeOf(graph),
        notes: [`the other is ${(twin ?? neighbour)?.node.path ?? ''}`],
        help: twin ? 'rename one of them' : 'give one of them another id; `name` may stay as it is',
      }),
    ];
  }
  return [];
}

function checkClusterNames({ construct, queues }: ClusterModel): Diagnostic[] {
  const where = placeOf(construct);
  const findings: Diagnostic[] = [];
  if (!isLabel(construct.name)) findings.push(badName('cluster', construct.name, where, 'lab-1'));
  const topology = construct.topology.name;
  if (!isSubdomain(topology)) findings.push(badName('topology', topology, where, 'topology-1'));
  const refused = queues.filter(({ name }) => !isSubdomain(name));
  return [...findings, ...refused.map((queue) => badName('queue', queue.name, placeOf(queue), 'team-a'))];
}

function checkGraphNames(graph: DynamoGraph): Diagnostic[] {
  const { name, namespace } = graph.spec;
  const where = placeOf(graph);
  const findings: Diagnostic[] = [];
  if (!isLabel(graph.node.id)) findings.push(badName('graph', graph.node.id, where, 'vllm-disagg'));
  else if (!isLabel(name)) findings.push(badName('graph', name, where, 'vllm-disagg'));
  if (!isLabel(namespace)) findings.push(badName('namespace', namespace, where, 'inference'));
  if (namespace === KAI_NAMESPACE) findings.push(kaiNamespace(graph));
  const components = writtenComponents(graph.spec);
  findings.push(...components.flatMap((component) => checkComponentName(graph, component)));
  return [...findings, ...checkTwins(graph, components), ...checkCount(graph, components), ...checkDynamoName(graph)];
}

function isLabel(name: string): boolean {
  return DNS_LABEL.test(name) && name.length <= MAX_LABEL;
}

function isSubdomain(name: string): boolean {
  return DNS_SUBDOMAIN.test(name) && name.length <= 253;
}

function badName(kind: string, name: string, where: Finding['where'], example: string): Diagnostic {
  return diagnostic('BAY2020', {
    message: `${JSON.stringify(name)} cannot be the name of a ${kind}`,
    where,
    notes: [
      'lower-case letters, digits and dashes, beginning and ending with a letter or digit, at most 63 characters',
    ],
    help: `use a name such as "${example}"`,
    data: { kind, name },
  });
}

function kaiNamespace(graph: DynamoGraph): Diagnostic {
  return diagnostic('BAY2021', {
    message: `graph "${graph.spec.name}" lies in the namespace "${KAI_NAMESPACE}", where KAI schedules no workloads`,
    where: placeOf(graph),
    help: 'give the graph a namespace of its own',
  });
}

function checkComponentName(graph: DynamoGraph, component: WrittenComponent): Diagnostic[] {
  const { name } = component;
  if (!COMPONENT_NAME.test(name)) {
    const notes = [
      'letters, digits and dashes, beginning and ending with a letter or digit: it becomes a part of names',
    ];
    return [refusedComponent(graph, component, 'is refused by Dynamo and KAI', notes, suggestion(name))];
  }
  const made = `${graph.spec.name}-${name}`.length + (component.spec.role === 'frontend' ? 0 : WORKER_SUFFIX);
  if (made <= MAX_LABEL) return [];
  const notes = [
    `the operator makes a name of ${made} characters of graph and component, and ${MAX_LABEL} is the most`,
  ];
  return [
    refusedComponent(graph, component, 'is too long', notes, 'shorten the name of the component or of the graph'),
  ];
}

function refusedComponent(
  graph: DynamoGraph,
  { name, spec }: WrittenComponent,
  what: string,
  notes: string[],
  help: string,
): Diagnostic {
  const message = `component name ${JSON.stringify(name)} of graph "${graph.spec.name}" ${what}`;
  return diagnostic('BAY2022', {
    message,
    where: { ...placeOf(graph), pointer: spec.pointer },
    notes,
    help,
    data: { name },
  });
}

function suggestion(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return cleaned ? `did you mean "${cleaned}"?` : 'use a name such as "prefill"';
}

function checkTwins(graph: DynamoGraph, components: readonly WrittenComponent[]): Diagnostic[] {
  const twins = components.filter(
    ({ subgroup }, index) => components.findIndex((other) => other.subgroup === subgroup) < index,
  );
  return twins.map(({ name, spec }) =>
    diagnostic('BAY2023', {
      message: `graph "${graph.spec.name}" has two components named ${JSON.stringify(name)}`,
      where: { ...placeOf(graph), pointer: spec.pointer },
      notes: [
        'names of components differ in more than case, and a component pinned by replica is written as name-0, …',
      ],
      help: isListed(spec)
        ? `give each of the list a name of its own, such as "${spec.name}-a"`
        : 'give one of them another name',
      data: { name },
    }),
  );
}

/** One of several components of its role. */
function isListed({ role, pointer }: ComponentSpec): boolean {
  return pointer !== role;
}

function checkCount(graph: DynamoGraph, components: readonly WrittenComponent[]): Diagnostic[] {
  if (components.length <= MAX_COMPONENTS) return [];
  return [
    diagnostic('BAY2024', {
      message: `graph "${graph.spec.name}" would be written as ${components.length} components, and Dynamo takes ${MAX_COMPONENTS}`,
      where: placeOf(graph),
      help: "use pinning: 'set' for the larger components, or split the graph",
      data: { components: components.length, most: MAX_COMPONENTS },
    }),
  ];
}

/** The operator labels pods with `<namespace>-<graph>`, and a label's value has 63 characters at the most. */
function checkDynamoName(graph: DynamoGraph): Diagnostic[] {
  const { name, namespace } = graph.spec;
  const length = name.length + namespace.length + 1;
  if (length <= MAX_LABEL) return [];
  return [
    diagnostic('BAY2025', {
      message: `namespace "${namespace}" and graph "${name}" are too long together: ${length} characters with a dash between them`,
      where: placeOf(graph),
      notes: [`Dynamo labels pods with both, and a label's value has at most ${MAX_LABEL} characters`],
      help: `shorten one of them by ${length - MAX_LABEL}`,
      data: { length, most: MAX_LABEL },
    }),
  ];
}
