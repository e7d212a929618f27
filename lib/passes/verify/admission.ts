import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { LoweredObject } from '../lower';
import type { Verified } from '../verify';
import { asList, asMap, asText, type RawMap } from './pod-templates';

/** What the rules about PodGroups need to know of the rest of the cluster. */
interface Known {
  readonly queues: ReadonlySet<string>;
  readonly parents: ReadonlySet<string>;
  /** Levels by name of the topology. */
  readonly topologies: ReadonlyMap<string, readonly string[]>;
}

/**
 * What KAI's webhooks refuse, and what they let through although it never starts (KAI 0.17,
 * pkg/apis/scheduling/v2alpha2/podgroup_webhook.go and pkg/scheduler/plugins/topology).
 */
export function verifyAdmission({ objects }: Verified): Diagnostic[] {
  const known = knownOf(objects);
  return objects
    .filter(({ manifest }) => manifest.kind === 'PodGroup' && manifest.apiVersion.startsWith('scheduling.run.ai/'))
    .flatMap((group) => [...faultsOf(group, known)].map((text) => refusal(group, text)));
}

function knownOf(objects: readonly LoweredObject[]): Known {
  const queues = objects.filter(({ manifest }) => manifest.kind === 'Queue');
  const topologies = objects.filter(({ manifest }) => manifest.kind === 'Topology');
  return {
    queues: new Set(queues.map(({ manifest }) => manifest.metadata.name)),
    parents: new Set(queues.flatMap(({ manifest }) => asText(asMap(manifest.spec).parentQueue) ?? [])),
    topologies: new Map(topologies.map(({ manifest }) => [manifest.metadata.name, levelsOf(manifest.spec)])),
  };
}

function levelsOf(spec: unknown): string[] {
  return asList(asMap(spec).levels).flatMap((level) => asText(asMap(level).nodeLabel) ?? []);
}

function* faultsOf({ manifest }: LoweredObject, known: Known): Generator<string> {
  const spec = asMap(manifest.spec);
  const subGroups = asList(spec.subGroups).map(asMap);
  yield* queueFaults(asText(spec.queue), known);
  yield* minimumFaults(spec, subGroups);
  yield* constraintFaults('the PodGroup', asMap(spec.topologyConstraint), known);
  for (const subGroup of subGroups) {
    yield* constraintFaults(`subgroup "${asText(subGroup.name) ?? ''}"`, asMap(subGroup.topologyConstraint), known);
  }
}

function* queueFaults(queue: string | undefined, known: Known): Generator<string> {
  if (queue === undefined || !known.queues.has(queue)) yield `names queue "${queue ?? ''}", which is not written`;
  else if (known.parents.has(queue)) yield `names queue "${queue}", which has children, and KAI runs nothing in it`;
}

function* minimumFaults(spec: RawMap, subGroups: readonly RawMap[]): Generator<string> {
  const names = subGroups.map(({ name }) => asText(name) ?? '');
  if (spec.minMember !== undefined && spec.minSubGroup !== undefined) yield 'has both minMember and minSubGroup';
  if (typeof spec.minSubGroup === 'number' && spec.minSubGroup !== subGroups.length) {
    yield `needs ${spec.minSubGroup} subgroups and has ${subGroups.length}, so it is no gang of all of them`;
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) yield `has two subgroups named "${twice}"`;
  for (const { name, minMember, parent } of subGroups) {
    if (minMember === undefined) yield `has a subgroup "${asText(name) ?? ''}" without minMember`;
    if (parent !== undefined && !names.includes(asText(parent) ?? ''))
      yield `has a subgroup "${asText(name) ?? ''}" whose parent is missing`;
  }
}

function* constraintFaults(what: string, constraint: RawMap, known: Known): Generator<string> {
  if (Object.keys(constraint).length === 0) return;
  const levels = known.topologies.get(asText(constraint.topology) ?? '');
  const required = asText(constraint.requiredTopologyLevel);
  const preferred = asText(constraint.preferredTopologyLevel);
  if (!levels) {
    yield `constrains ${what} by topology "${asText(constraint.topology) ?? ''}", which is not written`;
    return;
  }
  for (const level of [required, preferred]) {
    if (level !== undefined && !levels.includes(level))
      yield `constrains ${what} by level "${level}", which the topology does not have`;
  }
  if (required === undefined && preferred === undefined) yield `constrains ${what} by a topology without a level`;
  if (required !== undefined && preferred === undefined) {
    yield `requires "${required}" of ${what} and prefers nothing, which KAI never schedules where all nodes share a narrower domain`;
  }
  if (required !== undefined && preferred !== undefined && levels.indexOf(preferred) < levels.indexOf(required)) {
    yield `prefers "${preferred}" for ${what}, which is broader than the required "${required}"`;
  }
}

function refusal({ manifest, object }: LoweredObject, text: string): Diagnostic {
  return diagnostic('BAY4013', {
    message: `PodGroup "${manifest.metadata.name}" ${text}`,
    where: { construct: object.node.path },
    help: 'look at the patches on this object',
  });
}
