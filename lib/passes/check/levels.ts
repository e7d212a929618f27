import type { DynamoGraph } from '../../constructs/dynamo-graph';
import type { Level } from '../../constructs/level';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { nearest } from '../../diagnostics/nearest';
import type { PlacementSpec } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { lintTopology } from '../../inventory/topology';
import { placeOf, within, type ClusterModel } from '../collect';

/** The topology itself, and the levels that graphs and components name. */
export function checkLevels(cluster: ClusterModel): Diagnostic[] {
  const malformed = checkTopology(cluster);
  if (malformed.length > 0) return malformed;
  const labels = cluster.construct.topology.levels.map(({ label }) => label);
  const place = placeOf(cluster.construct);
  const lint = lintTopology(cluster.inventory, labels).map((finding) => within(finding, place));
  return [...lint, ...cluster.graphs.flatMap((graph) => checkGraph(graph, labels, cluster.construct.topology.levels))];
}

/** What KAI's Topology demands: levels, each once, the host only last, sixteen at the most (CRD of KAI 0.17). */
function checkTopology({ construct }: ClusterModel): Diagnostic[] {
  const { name, levels } = construct.topology;
  const labels = levels.map(({ label }) => label);
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  const host = labels.indexOf(HOSTNAME_LABEL);
  const wrong = [
    labels.length === 0 && 'has no levels',
    labels.length > 16 && `has ${labels.length} levels, and KAI takes 16`,
    twice !== undefined && `names the level "${twice}" twice`,
    host >= 0 && host < labels.length - 1 && `has the level "${HOSTNAME_LABEL}" above another`,
  ].filter((text) => text !== false);
  return wrong.map((text) =>
    diagnostic('BAY2030', {
      message: `topology "${name}" ${text}`,
      where: placeOf(construct),
      help: 'list each level once, from the broadest to the narrowest',
      data: { topology: name, levels: labels },
    }),
  );
}

function checkGraph(graph: DynamoGraph, labels: readonly string[], levels: readonly Level[]): Diagnostic[] {
  const { placement, components, computeDomain, kvTransfer } = graph.spec;
  const places: [string, PlacementSpec][] = [
    ['placement', placement],
    ['computeDomain', { required: computeDomain?.level }],
    ...components.map((component): [string, PlacementSpec] => [`${component.pointer}.placement`, component.placement]),
    ...components.map(({ pointer, replicaLevel }): [string, PlacementSpec] => [
      `${pointer}.multinode`,
      { required: replicaLevel },
    ]),
  ];
  const named: typeof places = [...places, ['kvTransfer', { required: kvTransfer?.level }]];
  const unknown = named.flatMap(([pointer, spec]) =>
    (['required', 'preferred'] as const).flatMap((kind) => {
      const label = spec[kind];
      return label === undefined || labels.includes(label)
        ? []
        : [unknownLevel(graph, `${pointer}.${kind}`, label, levels)];
    }),
  );
  if (unknown.length > 0) return unknown;
  return places.flatMap(([pointer, spec]) => checkOrder(graph, pointer, spec, labels));
}

function unknownLevel(graph: DynamoGraph, pointer: string, label: string, levels: readonly Level[]): Diagnostic {
  const topology = graph.cluster.topology.name;
  const close = nearest(
    label,
    levels.map((level) => level.label),
  );
  return diagnostic('BAY2031', {
    message: `level "${label}" is not one of topology "${topology}"`,
    where: { ...placeOf(graph), pointer },
    notes: [`its levels are ${levels.map((level) => level.label).join(', ')}`],
    help: close ? `did you mean "${close}"?` : `use one of its levels, or add the level to topology "${topology}"`,
    data: { level: label, topology, levels: levels.map((level) => level.label) },
  });
}

/** Narrower is further right. A component's required level lies inside the graph's, and preferred inside required. */
function checkOrder(graph: DynamoGraph, pointer: string, spec: PlacementSpec, labels: readonly string[]): Diagnostic[] {
  const depth = (label: string | undefined): number => (label === undefined ? -1 : labels.indexOf(label));
  const outer = graph.spec.placement.required;
  const findings: Diagnostic[] = [];
  if (spec.preferred !== undefined && depth(spec.preferred) < depth(spec.required)) {
    findings.push(disorder(graph, `${pointer}.preferred`, 'preferred', spec.preferred, spec.required ?? ''));
  }
  if (spec.required !== undefined && depth(spec.required) < depth(outer)) {
    findings.push(disorder(graph, `${pointer}.required`, 'required', spec.required, outer ?? ''));
  }
  return findings;
}

function disorder(graph: DynamoGraph, pointer: string, kind: string, level: string, required: string): Diagnostic {
  return diagnostic('BAY2032', {
    message: `the ${kind} level "${level}" is broader than the required level "${required}" around it`,
    where: { ...placeOf(graph), pointer },
    notes: [
      'all pods are in one domain of the required level already, so a broader level says nothing; KAI never schedules it',
    ],
    help: `leave it out, or choose "${required}" or a narrower level`,
    data: { level, required },
  });
}
