import { basename, dirname } from 'node:path';
import { podGroupName, UNSAID_REPLICAS } from '../model/graph';
import { HOSTNAME_LABEL } from '../model/node';
import { asList, asMap, asText, podTemplates, type FoundTemplate } from '../passes/verify/pod-templates';
import type { LockedGraph } from '../pins/lock';
import type { Committed, CommittedManifest } from './committed';

/** A graph as it was committed: what should run, and where. */
export interface PlannedGraph {
  readonly namespace: string;
  readonly name: string;
  /** Its folder below `graphs/`. */
  readonly id: string;
  /** Its DynamoGraphDeployment. */
  readonly source: CommittedManifest;
  /** Name of the PodGroup that is written with it, or would be. */
  readonly podGroup: string;
  /** In the order of the manifest. */
  readonly components: readonly PlannedComponent[];
}

/** A component as it is written: one workload with one pin. */
export interface PlannedComponent {
  readonly name: string;
  readonly template: FoundTemplate;
  /** The least and the most pods that there are; alike unless something in the cluster scales it. */
  readonly least: number;
  readonly most: number;
  /** Values of `kubernetes.io/hostname` that its pods may stand on; empty where it has no pin. */
  readonly pin: readonly string[];
  /** Name of the node of each pod as planned, in order; empty where no lock says them. */
  readonly places: readonly string[];
  /** The same by replica. */
  readonly copies: readonly (readonly string[])[];
}

/** Graphs of a cluster in the order of their names. */
export function plannedGraphs({ manifests, lock }: Committed): readonly PlannedGraph[] {
  const graphs = manifests.filter(({ manifest }) => manifest.kind === 'DynamoGraphDeployment');
  return graphs
    .map((source) => plannedGraph(source, lock?.placements[`${namespaceOf(source)}/${source.manifest.metadata.name}`]))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** `namespace/name`. */
export function keyOf({ namespace, name }: Pick<PlannedGraph, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function namespaceOf({ manifest }: CommittedManifest): string {
  return manifest.metadata.namespace ?? 'default';
}

function plannedGraph(source: CommittedManifest, locked: LockedGraph | undefined): PlannedGraph {
  const { name } = source.manifest.metadata;
  const namespace = namespaceOf(source);
  return {
    namespace,
    name,
    id: basename(dirname(source.file)),
    source,
    podGroup: podGroupName({ namespace, name }),
    components: podTemplates(source).map((template) => plannedComponent(template, locked)),
  };
}

function plannedComponent(template: FoundTemplate, locked: LockedGraph | undefined): PlannedComponent {
  const name = template.component ?? '';
  const copies = lockedCopies(name, locked);
  const places = copies.flat().sort();
  const least = (template.saysReplicas ? template.replicas : UNSAID_REPLICAS) * template.nodes;
  return {
    name,
    template,
    least,
    most: template.saysReplicas ? least : Math.max(least, places.length),
    pin: pinOf(template),
    places,
    copies,
  };
}

/** The lock has components as they are declared; where each replica has a pin, it is a component `name-index` here. */
function lockedCopies(name: string, locked: LockedGraph | undefined): readonly (readonly string[])[] {
  const own = locked?.components[name];
  if (own) return own.copies;
  const [, declared = '', index = ''] = /^(.*)-(\d+)$/.exec(name) ?? [];
  const copy = locked?.components[declared]?.copies[Number(index)];
  return copy ? [copy] : [];
}

/** What every pod's required node affinity has for the host. */
function pinOf({ spec }: FoundTemplate): readonly string[] {
  const affinity = asMap(asMap(spec.affinity).nodeAffinity);
  const terms = asList(asMap(affinity.requiredDuringSchedulingIgnoredDuringExecution).nodeSelectorTerms).map(asMap);
  const hosts = terms
    .flatMap(({ matchExpressions }) => asList(matchExpressions).map(asMap))
    .filter(({ key, operator }) => key === HOSTNAME_LABEL && operator === 'In')
    .flatMap(({ values }) => asList(values).flatMap((value) => asText(value) ?? []));
  return [...new Set(hosts)].sort();
}
