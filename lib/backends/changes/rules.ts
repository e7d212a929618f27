import type { GangOwner, StackProfile } from '../stacks';
import { matches, type Difference, type Path } from './difference';

/** What becomes of a graph that runs when one field of its manifests changes, from the least to the most. */
export const effects = ['in-place', 'rolls component', 'rolls workers', 'rolls graph', 'new-graph'] as const;

/**
 * - `in-place`: no pod is replaced.
 * - `rolls component`: the pods of the component that the field is part of are.
 * - `rolls workers`: where that component is a worker, the pods of all workers of the graph; else its own.
 * - `rolls graph`: the pods of all components.
 * - `new-graph`: the cluster refuses it, or takes it and never gets there: delete the graph and create it anew.
 */
export type Effect = (typeof effects)[number];

/** What a change of the fields at some place does, on the stacks that it is true of. */
export interface ChangeRule {
  /**
   * A pattern of keys from the top, as `matches` has it. `component` stands for what v1beta1 has in spec.components and
   * v1alpha1 in spec.services, by name; `podGroup` for the PodGroup beside the graph.
   */
  readonly path: Path;
  readonly effect: Effect;
  /** Stacks it is true of. @default - all */
  readonly on?: StackCondition;
  /** The kinds of difference it is about. @default - all */
  readonly what?: Difference['what'];
  readonly why: string;
  /** Where the fact is from. */
  readonly source: string;
}

/** Dynamo from one version on, below another, and who owns the gang. */
export interface StackCondition {
  readonly since?: string;
  readonly before?: string;
  readonly gang?: GangOwner;
  readonly notGang?: GangOwner;
}

const operator = 'ai-dynamo/dynamo deploy/operator/internal';
const webhook = `${operator}/webhook/validation (dynamographdeployment.go, shared_v1beta1.go), August 2026`;
const hash = `${operator}/dynamo/hash.go and worker-hash.md, August 2026`;
const crd = 'ai-dynamo/dynamo nvidia.com_dynamographdeployments.yaml, rules of the CRD, 2026-08-21';
const graph = `${operator}/dynamo/graph.go and grove.go, 2a6da14c (2026-08-21)`;
const early = 'ai-dynamo/dynamo v0.5.1 deploy/cloud/operator/internal/controller/dynamographdeployment_controller.go';
const groveWebhook = 'ai-dynamo/grove operator/internal/webhook/admission/pcs/validation/podcliqueset.go, 2026-08-19';
const groveHash =
  'ai-dynamo/grove ComputePCLQPodTemplateHash: labels, annotations, pod spec and priority class, 2026-08-19';
const observed = 'observed on Kubernetes 1.35 with KAI 0.17.0 and the Dynamo operator of August 2026';

const grove = { gang: 'grove' } as const;
const ours = { gang: 'pod-group' } as const;

/** What the object is. */
const identityRules: readonly ChangeRule[] = [
  { path: ['apiVersion'], effect: 'new-graph', why: 'manifests of two API versions cannot be compared', source: crd },
  ...[['kind'], ['metadata', 'name'], ['metadata', 'namespace']].map((path): ChangeRule => ({
    path,
    effect: 'new-graph',
    why: 'it is another object',
    source: 'Kubernetes: an object is its kind, namespace and name',
  })),
];

/** Annotations of the graph that its operator hands on to pods. */
const handedOn = [
  'nvidia.com/enable-metrics',
  'nvidia.com/dynamo-discovery-backend',
  'nvidia.com/dynamo-kube-discovery-mode',
  'nvidia.com/dynamo-operator-origin-version',
  'nvidia.com/vllm-distributed-executor-backend',
];

const metadataRules: readonly ChangeRule[] = [
  ...['nvidia.com/enable-grove', 'nvidia.com/workload-provider'].map((key): ChangeRule => ({
    path: ['metadata', 'annotations', key],
    effect: 'new-graph',
    why: 'who makes the pods is decided when the graph is created',
    source: webhook,
  })),
  {
    path: ['metadata', 'annotations', 'nvidia.com/kai-scheduler-queue'],
    on: grove,
    effect: 'rolls graph',
    why: 'the queue is a label of every pod template',
    source: `${graph}; ${groveHash}`,
  },
  ...handedOn.map((key): ChangeRule => ({
    path: ['metadata', 'annotations', key],
    effect: 'rolls graph',
    why: 'the operator hands it on to all pods',
    source: graph,
  })),
  { path: ['metadata', '**'], effect: 'in-place', why: 'it does not reach the pods', source: graph },
];

/** Where the pods of a component say which subgroup of which PodGroup they belong to, in either API. */
const memberships: readonly Path[] = [
  ['podTemplate', 'metadata', 'labels', 'kai.scheduler/subgroup-name'],
  ['podTemplate', 'metadata', 'annotations', 'pod-group-name'],
  ['extraPodMetadata', 'labels', 'kai.scheduler/subgroup-name'],
  ['extraPodMetadata', 'annotations', 'pod-group-name'],
];

/** What is refused on update of a component, or cannot take effect. */
const frozenRules: readonly ChangeRule[] = [
  ...(['added', 'removed'] as const).map((what): ChangeRule => ({
    path: ['component', '*'],
    what,
    on: { since: '1.0' },
    effect: 'new-graph',
    why: 'the set of components is frozen',
    source: `${webhook}; ${observed}`,
  })),
  {
    path: ['component', '*'],
    what: 'removed',
    effect: 'new-graph',
    why: 'the operator never deletes what it made for a component: its pods would stay',
    source: early,
  },
  { path: ['component', '*'], what: 'added', effect: 'in-place', why: 'it starts beside the others', source: early },
  {
    path: ['component', '*', 'topologyConstraint', '**'],
    effect: 'new-graph',
    why: 'topology constraints are frozen',
    source: `${webhook}; ${observed}`,
  },
  {
    path: ['component', '*', 'multinode', '**'],
    effect: 'new-graph',
    why: 'the number of nodes of a replica is frozen',
    source: `${webhook}; ${groveWebhook}: the minimum of a clique is its size`,
  },
  {
    path: ['component', '*', 'minAvailable'],
    what: 'added',
    on: { notGang: 'grove' },
    effect: 'in-place',
    why: 'only Grove reads it',
    source: `${crd}; ${hash}`,
  },
  {
    path: ['component', '*', 'minAvailable'],
    effect: 'new-graph',
    why: "the gang's minimum is frozen",
    source: `${crd}; ${groveWebhook}; ${observed}`,
  },
  ...['type', 'componentType'].flatMap((field) =>
    (['changed', 'removed'] as const).map((what): ChangeRule => ({
      path: ['component', '*', field],
      what,
      on: { since: '1.5' },
      effect: 'new-graph',
      why: 'the type of a component is frozen',
      source: 'ai-dynamo/dynamo #13763',
    })),
  ),
  ...[
    ['experimental', 'grove', 'forceScalingGroup'],
    ['experimental', 'gpuMemoryService', 'mode'],
    ['experimental', 'failover', '**'],
    ['gpuMemoryService', 'mode'],
    ['failover', '**'],
  ].map((path): ChangeRule => ({
    path: ['component', '*', ...path],
    effect: 'new-graph',
    why: 'it decides which pods a replica has',
    source: webhook,
  })),
  ...['providerOverride', 'roles'].map((field): ChangeRule => ({
    path: ['component', '*', field, '**'],
    effect: 'new-graph',
    why: 'names, targets and versions in it are frozen',
    source: webhook,
  })),
  {
    path: ['component', '*', 'podTemplate', 'spec', 'schedulerName'],
    on: grove,
    effect: 'new-graph',
    why: 'the scheduler of a clique is frozen',
    source: groveWebhook,
  },
  {
    path: ['component', '*', 'podTemplate', 'metadata', 'annotations', 'grove.io/mnnvl-group'],
    on: grove,
    effect: 'new-graph',
    why: 'the NVLink group of a clique is frozen',
    source: 'ai-dynamo/grove docs/user-guide/auto-mnnvl.md',
  },
  {
    path: ['component', '*', 'podTemplate', 'metadata', 'annotations', 'dynamo.nvidia.com/gpu-power-limit'],
    on: { since: '1.5' },
    effect: 'new-graph',
    why: 'the power limit is frozen',
    source: webhook,
  },
  ...memberships.map((path): ChangeRule => ({
    path: ['component', '*', ...path],
    on: ours,
    effect: 'new-graph',
    why: 'a gang of another name never reaches its minimum while the old pods run',
    source: observed,
  })),
];

/** What reaches a component without its pods being replaced, and what replaces them. */
const componentRules: readonly ChangeRule[] = [
  {
    path: ['component', '*', 'replicas'],
    effect: 'in-place',
    why: 'pods are added or removed',
    source: `${hash}; ${graph}`,
  },
  ...['scalingAdapter', 'modelRef', 'ingress'].map((field): ChangeRule => ({
    path: ['component', '*', field, '**'],
    effect: 'in-place',
    why: 'it makes an object beside the pods',
    source: hash,
  })),
  {
    path: ['component', '*', 'runtimeVersionOverride'],
    on: { before: '1.5' },
    effect: 'in-place',
    why: 'only the webhook reads it',
    source: hash,
  },
  {
    path: ['component', '*', 'eppConfig', '**'],
    effect: 'rolls component',
    why: 'only the EPP reads it',
    source: hash,
  },
  {
    path: ['component', '*', '**'],
    on: { before: '1.0' },
    effect: 'rolls component',
    why: 'each component is a Deployment of its own',
    source: `${early}; worker hashes came with 1.0 (worker-hash.md)`,
  },
  {
    path: ['component', '*', '**'],
    on: { ...grove, before: '1.5' },
    effect: 'rolls component',
    why: 'Grove replaces the pods of the cliques whose pod template changes',
    source: groveHash,
  },
  {
    path: ['component', '*', '**'],
    on: grove,
    effect: 'rolls workers',
    why: 'one hash of all workers is in the environment of each',
    source: `${hash}; ai-dynamo/dynamo #12769`,
  },
  {
    path: ['component', '*', '**'],
    effect: 'rolls workers',
    why: 'one hash of all workers names the Deployment of each',
    source: `${hash}; ${observed}`,
  },
];

/** What stands beside the components. */
const specRules: readonly ChangeRule[] = [
  {
    path: ['spec', 'topologyConstraint', '**'],
    effect: 'new-graph',
    why: 'topology constraints are frozen',
    source: `${webhook}; ${observed}`,
  },
  {
    path: ['spec', 'experimental', 'kvTransferPolicy', '**'],
    effect: 'new-graph',
    why: 'the KV transfer policy is frozen',
    source: webhook,
  },
  {
    path: ['spec', 'backendFramework'],
    on: { since: '1.0' },
    effect: 'new-graph',
    why: 'the backend framework is frozen',
    source: webhook,
  },
  {
    path: ['spec', 'annotations', 'grove.io/mnnvl-group'],
    on: grove,
    effect: 'new-graph',
    why: 'the NVLink group of a graph is frozen',
    source: 'ai-dynamo/grove docs/user-guide/auto-mnnvl.md',
  },
  ...['apiVersion', 'target'].map((field): ChangeRule => ({
    path: ['spec', 'providerOverride', field],
    effect: 'new-graph',
    why: 'what an override is for is frozen',
    source: webhook,
  })),
  { path: ['spec', 'pvcs', '**'], effect: 'in-place', why: 'a claim is made beside the pods', source: graph },
  ...[
    'annotations',
    'labels',
    'env',
    'envs',
    'priorityClassName',
    'providerOverride',
    'backendFramework',
    'dynamoGraph',
  ].map((field): ChangeRule => ({
    path: ['spec', field, '**'],
    effect: 'rolls graph',
    why: 'it reaches the pods of all components',
    source: graph,
  })),
  { path: ['spec', 'restart', '**'], effect: 'rolls graph', why: 'it asks for a restart', source: crd },
  {
    path: ['spec', '**'],
    effect: 'new-graph',
    why: 'nothing is known of this field: it may be frozen',
    source: 'none: the safe answer',
  },
];

const podGroupRules: readonly ChangeRule[] = [
  ...[['podGroup'], ['podGroup', 'metadata', 'name'], ['podGroup', 'metadata', 'namespace']].map(
    (path): ChangeRule => ({
      path,
      effect: 'new-graph',
      why: 'a gang of another name never reaches its minimum while the old pods run',
      source: observed,
    }),
  ),
  {
    path: ['podGroup', 'spec', 'subGroups', '*'],
    what: 'removed',
    effect: 'new-graph',
    why: 'its pods stay where they are and count for no gang',
    source: observed,
  },
  {
    path: ['podGroup', 'spec', 'subGroups', '*'],
    what: 'added',
    effect: 'new-graph',
    why: 'whether a gang that runs takes another subgroup is not known',
    source: 'none: the safe answer',
  },
  { path: ['podGroup', '**'], effect: 'in-place', why: 'the scheduler reads it anew', source: observed },
];

/** All that is known; of the rules that fit a difference the first one counts. */
export const changeRules: readonly ChangeRule[] = [
  ...identityRules,
  ...metadataRules,
  ...frozenRules,
  ...componentRules,
  ...specRules,
  ...podGroupRules,
];

/** The rule for a difference on a stack. Every path below the tops that `path` of ChangeRule names has one. */
export function ruleFor(difference: Difference, profile: StackProfile): ChangeRule {
  const rule = changeRules.find(
    ({ path, on, what }) =>
      (what === undefined || what === difference.what) && isTrueOf(on, profile) && matches(path, difference.path),
  );
  if (rule === undefined) throw new Error(`no rule for ${difference.path.join(' ')}`);
  return rule;
}

function isTrueOf({ since, before, gang, notGang }: StackCondition = {}, profile: StackProfile): boolean {
  const { dynamo } = profile.example;
  return (
    (since === undefined || !isBelow(dynamo, since)) &&
    (before === undefined || isBelow(dynamo, before)) &&
    (gang === undefined || gang === profile.gang) &&
    notGang !== profile.gang
  );
}

function isBelow(version: string, bound: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [boundMajor = 0, boundMinor = 0] = bound.split('.').map(Number);
  return major === boundMajor ? minor < boundMinor : major < boundMajor;
}
