import { NODE_POOL_LABEL } from '../../backends/kai/node-pool';
import type { Manifest } from '../../emit/manifest';
import { parseQuantity } from '../../model/quantity';
import type { Resources } from '../../model/resources';
import type { Shard } from '../../replay/snapshot';
import type { QueueAmounts, TopologyConstraint, WorldPodGroup, WorldQueue, WorldTopology } from '../../replay/world';
import { asList, asMap, asText, type RawMap } from '../verify/pod-templates';

/** What a cluster's manifests say to KAI beside its pods, read as KAI reads it. */
export interface Settings extends Shard {
  readonly topologies: readonly WorldTopology[];
  readonly queues: readonly WorldQueue[];
  readonly podGroups: readonly WorldPodGroup[];
}

/** PriorityClasses of KAI's chart (0.17, templates/priorityclasses). */
const shipped = { train: 50, 'build-preemptible': 75, build: 100, inference: 125 } as const;

/** Priority of a PodGroup whose class is not there (KAI 0.17, DefaultPodGroupPriority). */
const DEFAULT_PRIORITY = 50;

/** From this priority on a PodGroup that does not say otherwise is not preempted. */
const NON_PREEMPTIBLE_FROM = 100;

/** Grace of KAI's scheduler without arguments. */
const DEFAULT_GRACE_SECONDS = 60;

/** @param queueUse what runs in each queue beside the pods of the manifests */
export function settingsOf(manifests: readonly Manifest[], queueUse: ReadonlyMap<string, Resources>): Settings {
  const ofKind = (kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
  const classes = ofKind('PriorityClass').map(({ metadata, value }) => [metadata.name, Number(value)] as const);
  const priorities = new Map<string, number>([...Object.entries(shipped), ...classes]);
  const pool = ofKind('SchedulingShard').map(({ spec }) => asText(asMap(spec).partitionLabelValue))[0];
  const stalenessGrace = graceOf(ofKind('HelmRelease'));
  const isSeen = ({ metadata }: Manifest): boolean => asMap(metadata.labels)[NODE_POOL_LABEL] === pool;
  const defaults = { priorities, stalenessGrace };
  return {
    ...defaults,
    pool,
    topologies: ofKind('Topology').map(topology),
    queues: ofKind('Queue')
      .filter(isSeen)
      .map((manifest) => queue(manifest, queueUse.get(manifest.metadata.name) ?? {})),
    podGroups: ofKind('PodGroup')
      .filter(isSeen)
      .map((manifest, created) => podGroup(manifest, created, defaults)),
  };
}

/** Priority of a class by name, and whether its gangs may be preempted unless they say otherwise. */
export function priorityOf(
  { priorities }: Pick<Settings, 'priorities'>,
  name: string | undefined,
): Pick<WorldPodGroup, 'priorityClass' | 'priority' | 'preemptible'> {
  const priority = priorities.get(name ?? '') ?? DEFAULT_PRIORITY;
  return { priorityClass: name ?? 'train', priority, preemptible: priority < NON_PREEMPTIBLE_FROM };
}

/** The argument that KAI's chart hands to its scheduler. */
function graceOf(releases: readonly Manifest[]): number {
  const args = releases.map(({ spec }) => asMap(asMap(asMap(asMap(spec).values).scheduler).args));
  const texts = args.flatMap((each) => asText(each['default-staleness-grace-period']) ?? []);
  return durationSeconds(texts[0]) ?? DEFAULT_GRACE_SECONDS;
}

const secondsIn: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** A duration of Go, such as `-1s` or `1m30s`; undefined where the text is none. */
export function durationSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?(\d+(\.\d+)?(h|ms|us|ns|m|s))+$|^-?0$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|ns|m|s)/g)];
  const seconds = parts.reduce((sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (secondsIn[unit] ?? 0), 0);
  return text.startsWith('-') ? -seconds : seconds;
}

function topology({ metadata, spec }: Manifest): WorldTopology {
  const levels = asList(asMap(spec).levels).map(asMap);
  return {
    name: metadata.name,
    levels: levels.map(({ nodeLabel, alias }) => ({ label: asText(nodeLabel) ?? '', alias: asText(alias) })),
  };
}

/** KAI counts a queue's cpu in millicores and its memory in millions of bytes; an absent bound is 0. */
function queue({ metadata, spec }: Manifest, use: Resources): WorldQueue {
  const { parentQueue, resources } = asMap(spec);
  const bounds = (kind: 'quota' | 'limit'): QueueAmounts => {
    const of = (resource: string, unit: number): number => {
      const bound = Number(asMap(asMap(resources)[resource])[kind] ?? 0);
      return bound < 0 ? -1 : bound * unit;
    };
    return { cpu: of('cpu', 1), memory: of('memory', 1_000_000), gpu: of('gpu', 1) };
  };
  return {
    name: metadata.name,
    parent: asText(parentQueue),
    quota: bounds('quota'),
    limit: bounds('limit'),
    used: {
      cpu: Number(use.cpu ?? 0n) / 1e6,
      memory: Number(use.memory ?? 0n) / 1e9,
      gpu: Number(use['nvidia.com/gpu'] ?? 0n) / 1e9,
    },
  };
}

function podGroup(
  { metadata, spec: raw }: Manifest,
  created: number,
  defaults: Pick<Settings, 'priorities' | 'stalenessGrace'>,
): WorldPodGroup {
  const spec = asMap(raw);
  const byClass = priorityOf(defaults, asText(spec.priorityClassName));
  const asked = asText(spec.preemptibility);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    queue: asText(spec.queue) ?? '',
    ...byClass,
    preemptible: asked === undefined ? byClass.preemptible : asked === 'preemptible',
    constraint: constraintOf(spec.topologyConstraint),
    minMember: asNumber(spec.minMember),
    minSubGroup: asNumber(spec.minSubGroup),
    subGroups: asList(spec.subGroups)
      .map(asMap)
      .map((group) => ({
        name: asText(group.name) ?? '',
        parent: asText(group.parent),
        minMember: asNumber(group.minMember),
        minSubGroup: asNumber(group.minSubGroup),
        constraint: constraintOf(group.topologyConstraint),
      })),
    stalenessGrace: durationSeconds(asText(spec.stalenessGracePeriod)) ?? defaults.stalenessGrace,
    created,
  };
}

function constraintOf(raw: unknown): TopologyConstraint | undefined {
  if (raw === undefined) return undefined;
  const { topology: name, requiredTopologyLevel, preferredTopologyLevel } = asMap(raw);
  return {
    topology: asText(name),
    required: asText(requiredTopologyLevel),
    preferred: asText(preferredTopologyLevel),
  };
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Amounts of a core/v1 resource list; what is no quantity counts as nothing. */
export function amountsOf(raw: unknown): Resources {
  const entries = Object.entries(asMap(raw) satisfies RawMap).map(([name, value]) => {
    const amount = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
    return [name, amount ?? 0n] as const;
  });
  return Object.fromEntries(entries);
}
