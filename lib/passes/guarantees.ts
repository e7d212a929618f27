import { plannedWorkers, plannerBudget } from '../backends/dynamo/planner';
import { packDomains } from '../backends/dynamo/v1beta1';
import type { GangOwner } from '../backends/stacks';
import type { DynamoGraph } from '../constructs/dynamo-graph';
import type { ComponentSpec, GraphSpec } from '../model/graph';
import type { PlannedCluster } from './plan';

/** What holds something once the manifests are applied. */
export type Holder =
  /** required node affinity on the planned nodes */
  | 'pins'
  /** topologyConstraint of each subgroup, by KAI; for its own pods only */
  | 'subgroup topology'
  /** minima of the PodGroup's subgroups, by KAI */
  | 'PodGroup minima'
  /** minAvailable of each component, by Grove */
  | 'Grove minima'
  /** packDomain of the component, by Grove */
  | 'Grove pack domain'
  /** annotations of the graph, by Run:ai */
  | 'Run:ai'
  /** required anti-affinity between pods, by the scheduler */
  | 'anti-affinity'
  /** preemptibility of the PodGroup, by KAI */
  | 'PodGroup preemptibility'
  /** a priority class of 100 or more, by KAI */
  | 'priority class'
  /** what the project in the control plane says */
  | 'Run:ai project'
  /** the GPUs that Dynamo's planner may use */
  | 'planner budget';

/** One thing that a graph asks for, and by what it is held. */
export interface Guarantee {
  /** Construct path of the graph. */
  readonly graph: string;
  /** Component that it is about; absent where it is about the whole graph. */
  readonly component?: string;
  /** What is asked for, such as `required topology.kubernetes.io/zone`. */
  readonly asked: string;
  /** Any one of them is enough; several make it hold even if one is changed by hand. */
  readonly heldBy: readonly Holder[];
}

/** For each graph, what it asks for and what holds it on the cluster's stack; see docs/stacks.md. */
export function guaranteesOf(planned: readonly PlannedCluster[]): readonly Guarantee[] {
  return planned.flatMap(({ cluster }) => cluster.graphs.flatMap(graphGuarantees));
}

const minima: Readonly<Record<GangOwner, Holder>> = {
  'pod-group': 'PodGroup minima',
  grove: 'Grove minima',
  runai: 'Run:ai',
};

function graphGuarantees(graph: DynamoGraph): Guarantee[] {
  const { spec, cluster } = graph;
  const { gang } = cluster.stack.profile;
  const about = { graph: graph.node.path };
  const levels = levelGuarantees(spec.placement, ['pins', ...topologyHolder(gang, true)]);
  return [
    { ...about, asked: gangAsked(spec), heldBy: [minima[gang]] },
    ...levels.map((guarantee) => ({ ...about, ...guarantee })),
    ...domainGuarantee(graph).map((guarantee) => ({ ...about, ...guarantee })),
    ...(spec.preemptible ? [] : [{ ...about, asked: 'never evicted', heldBy: evictionHolders(graph) }]),
    ...spec.components.flatMap((component) =>
      componentGuarantees(graph, component).map((guarantee) => ({ ...about, component: component.name, ...guarantee })),
    ),
  ];
}

/** Pods beyond the first replica of what something in the cluster scales come when they can. */
function gangAsked({ components }: GraphSpec): string {
  const isScaled = components.some(({ scaled }) => scaled);
  return isScaled ? 'all pods or none, of what is scaled the first replica' : 'all pods or none';
}

/** The gang waits for one replica; who scales it keeps to the range, or nobody does. */
function scaleGuarantees(graph: GraphSpec, component: ComponentSpec): Asked[] {
  const { scaled, replicas } = component;
  if (!scaled) return [];
  const { budget, safe } = plannerBudget(graph);
  const isHeld = graph.planner !== undefined && plannedWorkers(graph).includes(component) && budget <= safe;
  return [
    { asked: `at most ${replicas} replicas`, heldBy: isHeld ? ['planner budget'] : [] },
    { asked: 'replicas beyond the first where planned', heldBy: ['pins'] },
  ];
}

/** The driver only shares memory; that the pods are in one NVLink domain is for the pins to hold. */
function domainGuarantee({ spec, cluster }: DynamoGraph): Asked[] {
  if (!spec.computeDomain) return [];
  const heldBy: Holder[] = ['pins', ...topologyHolder(cluster.stack.profile.gang, false)];
  return [{ asked: `GPU pods in one ${spec.computeDomain.level}`, heldBy }];
}

type Asked = Pick<Guarantee, 'asked' | 'heldBy'>;

function levelGuarantees(placement: ComponentSpec['placement'], heldBy: readonly Holder[]): Asked[] {
  return (['required', 'preferred'] as const).flatMap((kind) => {
    const level = placement[kind];
    return level === undefined ? [] : [{ asked: `${kind} ${level}`, heldBy }];
  });
}

/** Who looks at a level beside the pins: KAI on our PodGroup, Run:ai for the graph's own only. */
function topologyHolder(gang: GangOwner, isGraph: boolean): Holder[] {
  if (gang === 'pod-group') return ['subgroup topology'];
  return gang === 'runai' && isGraph ? ['Run:ai'] : [];
}

function evictionHolders({ spec, cluster }: DynamoGraph): Holder[] {
  const { gang } = cluster.stack.profile;
  if (gang === 'runai') return ['Run:ai project'];
  const isHigh = spec.priorityClass.value >= 100;
  return [
    ...(gang === 'pod-group' ? ['PodGroup preemptibility' as const] : []),
    ...(isHigh ? ['priority class' as const] : []),
  ];
}

function componentGuarantees(graph: DynamoGraph, component: ComponentSpec): Asked[] {
  const { gang } = graph.cluster.stack.profile;
  const packed: Holder = packDomains(graph.spec).has(component.name) ? 'Grove pack domain' : 'pins';
  const replica = component.replicaLevel;
  return [
    ...levelGuarantees(component.placement, ['pins', ...topologyHolder(gang, false)]),
    ...(replica === undefined ? [] : [{ asked: `each replica in one ${replica}`, heldBy: [packed] }]),
    ...scaleGuarantees(graph.spec, component),
    ...(component.exclusive ? [{ asked: 'pods on different hosts', heldBy: ['anti-affinity' as const] }] : []),
  ];
}
