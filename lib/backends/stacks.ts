/**
 * What manifests a stack needs: every supported combination of versions, as data, with where each fact is from. To
 * support another one, add a profile; the passes and constructs read nothing else about versions.
 */

/** Versions of what runs on a cluster; `kai` or `runai` is the scheduler. */
export interface StackVersions {
  readonly dynamo: string;
  readonly kai?: string;
  readonly grove?: string;
  readonly runai?: string;
}

/** What makes the pods of a graph start together or not at all. */
export type GangOwner =
  /** a KAI PodGroup of ours */
  | 'pod-group'
  /** Grove, which makes the PodGroup itself */
  | 'grove'
  /** Run:ai, by annotations on the graph */
  | 'runai';

/** How workers of a graph are told of new pod templates. */
export interface RolloutKeys {
  /** Annotations that roll a component without a spare pod. */
  readonly rolling: Readonly<Record<string, string>>;
  /** Annotations that stop all pods of a component first. */
  readonly recreate: Readonly<Record<string, string>>;
}

/** How a version's planner is told what to do. */
export interface PlannerProfile {
  /** Arguments, each setting a flag; or a config in JSON. */
  readonly reads: 'flags' | 'config';
  /** Keys of the config have their unit at the end; the planner takes the old ones as well since they do. */
  readonly unitKeys: boolean;
  /** It counts the GPUs of all pods of a replica, not those of one (ai-dynamo/dynamo #13871). */
  readonly countsReplicas: boolean;
}

/** A supported combination of versions and what follows from it. */
export interface StackProfile {
  /** Such as `Dynamo 1.5 on KAI 0.17`. */
  readonly name: string;
  /** What a version has to match; a part that is left out must not be there. */
  readonly matches: { readonly [part in keyof StackVersions]: RegExp };
  /** Versions to name in a message. */
  readonly example: StackVersions;
  readonly gang: GangOwner;
  /** Version of nvidia.com that graphs are written in. */
  readonly graphApi: 'v1alpha1' | 'v1beta1';
  /** Absent where something else rolls the pods. */
  readonly rollout?: RolloutKeys;
  /** The PodGroup itself says that a gang which lost a pod stays; else the scheduler's argument does. */
  readonly stalenessOnPodGroup: boolean;
  /** How a worker is told its part in a disaggregated graph: by its mode, or only prefill workers at all. */
  readonly workerMode: 'disaggregation-mode' | 'is-prefill-worker';
  /**
   * The operator reads the runtime's version from the tag of an image, refuses one that says none, and takes a
   * `runtimeVersionOverride` (ai-dynamo/dynamo #10494, in 1.4.0).
   */
  readonly readsRuntimeVersion: boolean;
  /** The runtime images have a variant for AWS EFA (Dynamo's release artifacts: tagged `-efa` for every engine since 1.3). */
  readonly hasEfaImages: boolean;
  readonly planner: PlannerProfile;
  /** A component has a scaling adapter, which planner and autoscalers scale, and which alone sets its replicas then. */
  readonly hasScalingAdapter: boolean;
  /** Namespace that Dynamo's operator is installed in. */
  readonly dynamoNamespace: string;
  /**
   * A Secret of that namespace without which the operator makes no graph, though nothing on the stack reads what is in
   * it: it holds a key for MPI, and replicas of several nodes are Grove's. Absent where the operator asks for none.
   */
  readonly unreadSecret?: string;
  readonly sources: readonly string[];
}

/** Dynamo 0.8 and newer reads surge and unavailable; Recreate works across worker generations since 1.4. */
const surgeKeys: RolloutKeys = {
  rolling: {
    'nvidia.com/deployment-rolling-update-max-surge': '0',
    'nvidia.com/deployment-rolling-update-max-unavailable': '1',
  },
  recreate: { 'nvidia.com/deployment-strategy': 'Recreate' },
};

/** Dynamo 0.5.1 has no surge setting; BestEffortControlledRollout is surge 0 and 20 % unavailable. */
const strategyKeys: RolloutKeys = {
  rolling: { 'nvidia.com/deployment-strategy': 'BestEffortControlledRollout' },
  recreate: { 'nvidia.com/deployment-strategy': 'Recreate' },
};

const operator = 'ai-dynamo/dynamo deploy/operator, read at 2a6da14c (2026-08-21)';
const observed = 'observed on Kubernetes 1.35 with KAI 0.17.0';

/** Dynamo 1.x: graphs in v1beta1, rolled by surge and unavailable. */
const current = {
  graphApi: 'v1beta1',
  rollout: surgeKeys,
  workerMode: 'disaggregation-mode',
  readsRuntimeVersion: true,
  hasEfaImages: true,
  planner: { reads: 'config', unitKeys: true, countsReplicas: true },
  hasScalingAdapter: true,
  dynamoNamespace: 'dynamo-system',
} as const;

/** Dynamo 1.4, whose planner is older. */
const previous = { ...current, planner: { reads: 'config', unitKeys: false, countsReplicas: false } } as const;

/** Dynamo 0.5.1: graphs in v1alpha1, rolled by strategy. */
const early = {
  graphApi: 'v1alpha1',
  rollout: strategyKeys,
  workerMode: 'is-prefill-worker',
  readsRuntimeVersion: false,
  hasEfaImages: false,
  planner: { reads: 'flags', unitKeys: false, countsReplicas: false },
  hasScalingAdapter: false,
  dynamoNamespace: 'dynamo-cloud',
  unreadSecret: 'mpi-run-ssh-secret',
} as const;

const grove = 'ai-dynamo/grove operator/charts and operator/internal/scheduler/kai, read at 2026-08-19';
const runai = 'Run:ai documentation, v2.24 to v3.0; not run';
const earlyOperator = 'ai-dynamo/dynamo tag v0.5.1, deploy/cloud/operator';

const podGroupPaths: readonly StackProfile[] = [
  {
    ...current,
    name: 'Dynamo 1.5 on KAI 0.17',
    matches: { dynamo: /^1\.5\.\d+$/, kai: /^0\.17\.\d+$/ },
    example: { dynamo: '1.5.0', kai: '0.17.0' },
    gang: 'pod-group',
    stalenessOnPodGroup: true,
    sources: [operator, observed],
  },
  {
    ...previous,
    name: 'Dynamo 1.4 on KAI 0.17',
    matches: { dynamo: /^1\.4\.\d+$/, kai: /^0\.17\.\d+$/ },
    example: { dynamo: '1.4.2', kai: '0.17.0' },
    gang: 'pod-group',
    stalenessOnPodGroup: true,
    sources: [operator, observed],
  },
  {
    ...previous,
    name: 'Dynamo 1.4 on KAI 0.16',
    matches: { dynamo: /^1\.4\.\d+$/, kai: /^0\.16\.([5-9]|\d{2,})$/ },
    example: { dynamo: '1.4.2', kai: '0.16.8' },
    gang: 'pod-group',
    stalenessOnPodGroup: false,
    sources: [operator, 'KAI-Scheduler CHANGELOG: stalenessGracePeriod on PodGroups since 0.17.0'],
  },
  {
    ...early,
    name: 'Dynamo 0.5.1 on KAI 0.17',
    matches: { dynamo: /^0\.5\.1$/, kai: /^0\.17\.\d+$/ },
    example: { dynamo: '0.5.1', kai: '0.17.0' },
    gang: 'pod-group',
    stalenessOnPodGroup: true,
    sources: [earlyOperator, observed],
  },
];

/** Grove rolls the pods itself. */
const grovePaths: readonly StackProfile[] = [
  {
    ...current,
    rollout: undefined,
    name: 'Dynamo 1.5 with Grove on KAI 0.17',
    matches: { dynamo: /^1\.5\.\d+$/, grove: /^0\.1\.0-alpha\.13$/, kai: /^0\.17\.\d+$/ },
    example: { dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' },
    gang: 'grove',
    stalenessOnPodGroup: true,
    sources: [operator, grove, observed],
  },
  {
    ...previous,
    rollout: undefined,
    name: 'Dynamo 1.4 with Grove on KAI 0.17',
    matches: { dynamo: /^1\.4\.\d+$/, grove: /^0\.1\.0-alpha\.12(-rc\d+)?$/, kai: /^0\.17\.\d+$/ },
    example: { dynamo: '1.4.2', grove: '0.1.0-alpha.12-rc1', kai: '0.17.0' },
    gang: 'grove',
    stalenessOnPodGroup: true,
    sources: [operator, grove],
  },
];

const runaiPaths: readonly StackProfile[] = [
  {
    ...current,
    name: 'Dynamo 1.5 on Run:ai 3.0',
    matches: { dynamo: /^1\.5\.\d+$/, runai: /^3\.0(\.\d+)?$/ },
    example: { dynamo: '1.5.0', runai: '3.0' },
    gang: 'runai',
    stalenessOnPodGroup: false,
    sources: [operator, runai],
  },
  {
    ...early,
    name: 'Dynamo 0.5.1 on Run:ai 2.23',
    matches: { dynamo: /^0\.5\.1$/, runai: /^2\.23(\.\d+)?$/ },
    example: { dynamo: '0.5.1', runai: '2.23' },
    gang: 'runai',
    stalenessOnPodGroup: false,
    sources: [earlyOperator, runai],
  },
];

/** Every supported combination; among equally near ones the first is named. */
export const profiles: readonly StackProfile[] = [...podGroupPaths, ...grovePaths, ...runaiPaths];

/** The profile that a stack's versions match, if any. */
export function profileOf(versions: StackVersions): StackProfile | undefined {
  return profiles.find((profile) => parts.every((part) => matchesPart(profile, versions, part)));
}

const parts = ['dynamo', 'kai', 'grove', 'runai'] as const;

function matchesPart(profile: StackProfile, versions: StackVersions, part: (typeof parts)[number]): boolean {
  const version = versions[part];
  const pattern = profile.matches[part];
  return version === undefined || pattern === undefined ? version === pattern : pattern.test(version);
}

/** The supported profile that is most like a stack: the most parts as they are, then the first listed. */
export function nearestProfile(versions: StackVersions): StackProfile {
  const score = (profile: StackProfile): number =>
    parts.reduce((sum, part) => sum + partScore(profile, versions, part), 0);
  return profiles.reduce((best, profile) => (score(profile) > score(best) ? profile : best));
}

/** What is installed at all weighs more than in which version. */
function partScore(profile: StackProfile, versions: StackVersions, part: (typeof parts)[number]): number {
  const installed = (versions[part] === undefined) === (profile.matches[part] === undefined);
  return (installed ? 4 : 0) + (versions[part] !== undefined && matchesPart(profile, versions, part) ? 2 : 0);
}

/** A pairing that is known not to hold a gang, or not to work at all. */
export interface KnownBad {
  readonly when: (versions: StackVersions) => boolean;
  readonly effect: string;
  readonly source: string;
}

export const knownBad: readonly KnownBad[] = [
  {
    when: ({ kai, grove }) => kai !== undefined && grove === undefined && minorOf(kai) < 15,
    effect: 'KAI below 0.15 takes no PodGroup of ours: nothing would hold the gang',
    source: 'KAI-Scheduler #1420, #1552: external PodGroups since 0.15.0',
  },
  {
    when: ({ kai }) => /^0\.(15\.\d+|16\.[0-4])$/.test(kai ?? ''),
    effect: 'a resource that only some nodes have, such as rdma/ib, is not found in most rounds of the scheduler',
    source: 'KAI-Scheduler #1851, #2128: fixed in 0.16.5 (#1902) and 0.17.0',
  },
  {
    when: ({ dynamo, grove: version, kai }) =>
      dynamo.startsWith('1.4.') && version !== undefined && minorOf(kai ?? '') < 17,
    effect: 'pods that scale from zero stay gated, and Grove makes the gang only from KAI 0.17 on',
    source: 'ai-dynamo/dynamo #14278, ai-dynamo/grove #809, KAI-Scheduler #1870',
  },
  {
    when: ({ dynamo, grove: version }) => /^(0\.|1\.[0-3]\.)/.test(dynamo) && alphaOf(version) >= 11,
    effect: 'the operator knows ClusterTopology, and this Grove has ClusterTopologyBinding: graphs are not admitted',
    source: 'NVIDIA/nvcf #1269, ai-dynamo/dynamo #11399',
  },
  {
    when: ({ kai, runai: version }) => kai !== undefined && version !== undefined,
    effect: 'Run:ai brings its own scheduler: two schedulers would place on the same nodes',
    source: runai,
  },
];

/** 12 of `0.1.0-alpha.12-rc1`. */
function alphaOf(version: string | undefined): number {
  return Number(/alpha\.(\d+)/.exec(version ?? '')?.[1] ?? -1);
}

function minorOf(version: string): number {
  return Number(/^0\.(\d+)\./.exec(version)?.[1] ?? Infinity);
}
