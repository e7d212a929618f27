import { basename, dirname } from 'node:path';
import type { Outcome } from '../diagnostics/diagnostic';
import { hasErrors } from '../diagnostics/diagnostic';
import { podGroupName, UNSAID_REPLICAS } from '../model/graph';
import { HOSTNAME_LABEL } from '../model/node';
import { compareText } from '../order';
import type { LockedGraph } from '../pins/lock';
import { readWorkloads } from '../workloads/read';
import type { Workload, WorkloadComponent, WorkloadPod } from '../workloads/workload';
import type { Committed } from './committed';

/** A graph as it was committed: what should run, and where. */
export interface PlannedGraph {
  readonly namespace: string;
  readonly name: string;
  /** Its folder below `graphs/`. */
  readonly id: string;
  readonly workload: Workload;
  /** Name of the PodGroup that is written with it, or would be. */
  readonly podGroup: string;
  /** In the order of the manifest. */
  readonly components: readonly PlannedComponent[];
}

/** A component as it is written: one workload with one pin. */
export interface PlannedComponent {
  readonly name: string;
  readonly component: WorkloadComponent;
  /**
   * The least and the most pods that there are; alike unless something in the cluster scales it, and then nobody knows
   * the most where no lock says it.
   */
  readonly least: number;
  readonly most?: number;
  /** Values of `kubernetes.io/hostname` that its pods may stand on; empty where it has no pin. */
  readonly pin: readonly string[];
  /** Name of the node of each pod as planned, in order; empty where no lock says them. */
  readonly places: readonly string[];
  /** The same by replica. */
  readonly copies: readonly (readonly string[])[];
}

const GRAPH = 'DynamoGraphDeployment';

/** What graphs claim devices by. */
const claimed: ReadonlySet<string> = new Set(['ComputeDomain', 'ResourceClaim', 'ResourceClaimTemplate']);

/** Graphs of a cluster in the order of their names. */
export function plannedGraphs({ objects, lock }: Committed): Outcome<readonly PlannedGraph[]> {
  // what else lies beside a graph, such as Jobs and Secrets, makes no pods of a gang
  const { workloads, diagnostics } = readWorkloads(objects.filter(({ kind }) => kind === GRAPH || claimed.has(kind)));
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  const value = workloads.map((workload) => plannedGraph(workload, lock?.placements[keyOf(workload)]));
  return { ok: true, value: value.sort((a, b) => compareText(keyOf(a), keyOf(b))), diagnostics };
}

/** `namespace/name`. */
export function keyOf({ namespace, name }: Pick<PlannedGraph, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** What a pod of a component asks of its node; those of a replica are alike in what is written here. */
export function needsOf({ component }: PlannedComponent): WorkloadPod | undefined {
  return component.pods[0];
}

function plannedGraph(workload: Workload, locked: LockedGraph | undefined): PlannedGraph {
  const { namespace, name, where, components } = workload;
  return {
    namespace,
    name,
    id: basename(dirname(where.file ?? '')),
    workload,
    podGroup: podGroupName(workload),
    components: components.map((component) => plannedComponent(component, locked)),
  };
}

function plannedComponent(component: WorkloadComponent, locked: LockedGraph | undefined): PlannedComponent {
  const { name, saysReplicas, replicas, nodes, pods } = component;
  const copies = lockedCopies(name, locked);
  const places = copies.flat().sort();
  const least = (saysReplicas ? replicas : UNSAID_REPLICAS) * nodes;
  return {
    name,
    component,
    least,
    most: saysReplicas ? least : places.length || undefined,
    pin: pinOf(pods[0]),
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

/** What the required node affinity has for the host. */
function pinOf(pod: WorkloadPod | undefined): readonly string[] {
  const requirements = (pod?.nodeAffinity?.nodeSelectorTerms ?? []).flatMap((term) => term.matchExpressions ?? []);
  const hosts = requirements.filter(({ key, operator }) => key === HOSTNAME_LABEL && operator === 'In');
  return [...new Set(hosts.flatMap(({ values = [] }) => values))].sort();
}
