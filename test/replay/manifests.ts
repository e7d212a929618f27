import { profileOf } from '../../lib/backends/stacks';
import type { Manifest } from '../../lib/emit/manifest';
import { Inventory } from '../../lib/inventory/inventory';
import type { ReplayedPod } from '../../lib/passes/replay/workloads';
import { replay, type Mishap } from '../../lib/passes/replay/scenarios';
import { classesOf, replayChange, type Classes, type Hang, type Side } from '../../lib/passes/replay/change';
import { worldOf, type ReplayedWorld } from '../../lib/passes/replay/world';
import { list, node } from '../support/fleet';

/** Manifests written by hand, in the shape that the cluster takes, and the replay of them: no compiler in between. */

export interface Part {
  readonly name: string;
  readonly replicas?: number;
  readonly gpus?: number;
  /** Hostnames; absent for no pin. */
  readonly pin?: readonly string[];
  readonly apart?: boolean;
  readonly image?: string;
  readonly type?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly minMember?: number;
  readonly constraint?: object;
  /** Grove: pods of each replica. */
  readonly nodes?: number;
  readonly packDomain?: string;
}

export interface Gang {
  readonly name?: string;
  readonly namespace?: string;
  readonly parts: readonly Part[];
  /** On the PodGroup itself, or on Grove on the graph. */
  readonly constraint?: object;
  readonly podGroup?: Readonly<Record<string, unknown>>;
  readonly queue?: string;
}

/** Surge 0 and unavailable 1: what the compiler writes from the first day. */
export const noSurge = {
  'nvidia.com/deployment-rolling-update-max-surge': '0',
  'nvidia.com/deployment-rolling-update-max-unavailable': '1',
};
export const recreate = { 'nvidia.com/deployment-strategy': 'Recreate' };

export const TOPOLOGY = 'topology-1';
export const ZONE = 'topology.kubernetes.io/zone';
export const RACK = 'topology.kubernetes.io/rack';
export const HOST = 'kubernetes.io/hostname';

const UNLIMITED = { quota: -1, limit: -1 };

export function platform(queue: object = {}): Manifest[] {
  return [
    {
      apiVersion: 'kai.scheduler/v1alpha1',
      kind: 'Topology',
      metadata: { name: TOPOLOGY },
      spec: { levels: [ZONE, RACK, HOST].map((nodeLabel) => ({ nodeLabel })) },
    },
    {
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name: 'team-a' },
      spec: { resources: { cpu: UNLIMITED, memory: UNLIMITED, gpu: UNLIMITED, ...queue } },
    },
    {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'ClusterTopologyBinding',
      metadata: { name: TOPOLOGY },
      spec: {
        levels: [
          { domain: 'zone', key: ZONE },
          { domain: 'rack', key: RACK },
          { domain: 'host', key: HOST },
        ],
        schedulerTopologyBindings: [{ schedulerName: 'kai-scheduler', topologyReference: TOPOLOGY }],
      },
    },
  ];
}

function podSpec({ gpus = 0, pin, apart, name, image = 'image:1' }: Part, graph: string): Record<string, unknown> {
  const amounts = { cpu: '1', memory: '1Gi', ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}) };
  const pinned = [{ matchExpressions: [{ key: HOST, operator: 'In', values: pin }] }];
  const terms = [
    {
      topologyKey: HOST,
      labelSelector: {
        matchLabels: { 'nvidia.com/dynamo-component': name, 'nvidia.com/dynamo-graph-deployment-name': graph },
      },
    },
  ];
  return {
    schedulerName: 'kai-scheduler',
    affinity: {
      ...(pin
        ? { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pinned } } }
        : {}),
      ...(apart ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms } } : {}),
    },
    containers: [{ name: 'main', image, resources: { requests: amounts } }],
  };
}

/** A PodGroup of ours and a graph without Grove. */
export function direct({
  name = 'g',
  namespace = 'ns',
  parts,
  constraint,
  podGroup,
  queue = 'team-a',
}: Gang): Manifest[] {
  const group = `${namespace}.${name}`;
  return [
    {
      apiVersion: 'scheduling.run.ai/v2alpha2',
      kind: 'PodGroup',
      metadata: { name: group, namespace },
      spec: {
        queue,
        priorityClassName: 'inference',
        preemptibility: 'non-preemptible',
        stalenessGracePeriod: '-1s',
        minSubGroup: parts.length,
        topologyConstraint: constraint,
        subGroups: parts.map((part) => ({
          name: part.name,
          minMember: part.minMember ?? part.replicas ?? 1,
          topologyConstraint: part.constraint,
        })),
        ...podGroup,
      },
    },
    {
      apiVersion: 'nvidia.com/v1beta1',
      kind: 'DynamoGraphDeployment',
      metadata: { name, namespace, annotations: { 'nvidia.com/enable-grove': 'false' } },
      spec: {
        backendFramework: 'vllm',
        components: parts.map((part) => ({
          name: part.name,
          type: part.type ?? 'worker',
          replicas: part.replicas ?? 1,
          podTemplate: {
            metadata: {
              annotations: {
                'pod-group-name': group,
                'kai.scheduler/skip-podgrouper': 'true',
                ...(part.annotations ?? noSurge),
              },
              labels: { 'kai.scheduler/subgroup-name': part.name },
            },
            spec: podSpec(part, name),
          },
        })),
      },
    },
  ];
}

/** A graph on Grove. */
export function grove({ name = 'g', namespace = 'ns', parts, constraint, queue = 'team-a' }: Gang): Manifest[] {
  const packs = parts.some(({ packDomain }) => packDomain !== undefined);
  return [
    {
      apiVersion: 'nvidia.com/v1beta1',
      kind: 'DynamoGraphDeployment',
      metadata: {
        name,
        namespace,
        annotations: { 'nvidia.com/enable-grove': 'true', 'nvidia.com/kai-scheduler-queue': queue },
      },
      spec: {
        backendFramework: 'vllm',
        priorityClassName: 'inference',
        topologyConstraint: constraint ?? (packs ? { clusterTopologyName: TOPOLOGY } : undefined),
        components: parts.map((part) => ({
          name: part.name,
          type: part.type ?? 'worker',
          replicas: part.replicas ?? 1,
          minAvailable: part.minMember ?? part.replicas ?? 1,
          multinode: part.nodes === undefined ? undefined : { nodeCount: part.nodes },
          topologyConstraint: part.packDomain === undefined ? undefined : { packDomain: part.packDomain },
          podTemplate: { metadata: { annotations: part.annotations }, spec: podSpec(part, name) },
        })),
      },
    },
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'kai-scheduler', namespace: 'flux-system' },
      spec: { values: { scheduler: { args: { 'default-staleness-grace-period': '-1s' } } } },
    },
  ];
}

type Nodes = readonly Record<string, unknown>[];

export function world(nodes: Nodes, manifests: readonly Manifest[]): ReplayedWorld {
  const inventory = Inventory.fromObjects({ nodes: list(nodes) }).load();
  if (!inventory.ok) throw new Error(JSON.stringify(inventory.diagnostics));
  return worldOf(manifests, inventory.value.nodes, { byNode: new Map(), byQueue: new Map() });
}

/** Nodes of each pod as its own pin has them. */
const asPinned = ({ nodeAffinity }: ReplayedPod): ReadonlySet<string> | undefined => {
  const values = nodeAffinity?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values;
  return values && new Set(values);
};

/** What goes wrong in any scenario. */
export function mishaps(nodes: Nodes, manifests: readonly Manifest[]): readonly Mishap[] {
  return replay(world(nodes, [...platform(), ...manifests]), asPinned);
}

function isGrove({ kind, metadata }: Manifest): boolean {
  return kind === 'DynamoGraphDeployment' && JSON.stringify(metadata).includes('"nvidia.com/enable-grove":"true"');
}

/** What a change does to each graph, by Dynamo 1.5 on KAI 0.17. */
export function classes(before: readonly Manifest[], after: readonly Manifest[]): Classes {
  const grove = after.some(isGrove) ? { grove: '0.1.0-alpha.13' } : {};
  const profile = profileOf({ dynamo: '1.5.0', kai: '0.17.0', ...grove });
  if (!profile) throw new Error('no such stack');
  return classesOf(before, after, profile);
}

/** What stays half changed. @param known what the change does, where it is not to be worked out */
export function hangs(
  nodes: Nodes,
  before: readonly Manifest[],
  after: readonly Manifest[],
  known = classes(before, after),
): readonly Hang[] {
  const side = (manifests: readonly Manifest[]): Side => {
    const all = [...platform(), ...manifests];
    return { manifests: all, world: world(nodes, all) };
  };
  return replayChange(side(before), side(after), known);
}

/** `n11` to `n16` in one rack of one zone each, `sys-01` to `sys-03` without GPUs. */
export function cluster(
  spec: Readonly<Record<string, { zone?: string; rack?: string; gpus?: number; ready?: boolean }>>,
): Nodes {
  return Object.entries(spec).map(([name, each]) => node(name, each));
}
