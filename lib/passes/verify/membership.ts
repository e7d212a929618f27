import { membership } from '../../backends/kai/pod-group';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { LoweredObject } from '../lower';
import type { Verified } from '../verify';
import { asList, asMap, asText, podTemplates, type FoundTemplate } from './pod-templates';

/** A PodGroup and the templates that name it. */
interface Gang {
  readonly group: LoweredObject;
  readonly members: readonly FoundTemplate<LoweredObject>[];
}

/**
 * Both halves of every membership: a PodGroup whose pods do not say so is never filled, and a pod that says so without
 * all four keys is ignored by the scheduler or grouped anew, alone, by KAI's podgrouper.
 */
export function verifyMembership({ objects }: Verified): Diagnostic[] {
  const templates = objects.flatMap(podTemplates);
  const groups = objects.filter(({ manifest }) => manifest.kind === 'PodGroup');
  const byKey = new Map(groups.map((group) => [keyOf(group, group.manifest.metadata.name), group]));
  const members = membersByKey(templates);
  return [
    ...templates.flatMap((template) => checkTemplate(template, byKey)),
    ...[...byKey].flatMap(([key, group]) => checkGang({ group, members: members.get(key) ?? [] })),
    ...checkNames(groups),
  ];
}

/** Namespace and name of a PodGroup, as an object of that namespace would name it. */
function keyOf({ manifest }: LoweredObject, name: string): string {
  return `${manifest.metadata.namespace ?? ''}/${name}`;
}

function membersByKey(
  templates: readonly FoundTemplate<LoweredObject>[],
): ReadonlyMap<string, readonly FoundTemplate<LoweredObject>[]> {
  const members = new Map<string, FoundTemplate<LoweredObject>[]>();
  for (const template of templates) {
    const name = groupNamed(template);
    if (name === undefined) continue;
    const key = keyOf(template.object, name);
    const found = members.get(key);
    if (found) found.push(template);
    else members.set(key, [template]);
  }
  return members;
}

function groupNamed(template: FoundTemplate<LoweredObject>): string | undefined {
  return asText(asMap(template.metadata.annotations)[membership.podGroupAnnotation]);
}

function subgroupOf(template: FoundTemplate<LoweredObject>): string | undefined {
  return asText(asMap(template.metadata.labels)[membership.subgroupLabel]);
}

function checkTemplate(
  template: FoundTemplate<LoweredObject>,
  groups: ReadonlyMap<string, LoweredObject>,
): Diagnostic[] {
  return [...bindingFaults(template), ...memberFaults(template, groups)].map((text) => fault(template, text));
}

function bindingFaults(template: FoundTemplate<LoweredObject>): string[] {
  const isBound = asText(template.spec.nodeName) !== undefined;
  return isBound ? ['sets nodeName, which bypasses the scheduler and its gangs'] : [];
}

/** What a template that has one of the four keys lacks of the others. */
function* memberFaults(
  template: FoundTemplate<LoweredObject>,
  groups: ReadonlyMap<string, LoweredObject>,
): Generator<string> {
  const { podGroupAnnotation, skipAnnotation, schedulerName } = membership;
  const name = groupNamed(template);
  const subgroup = subgroupOf(template);
  const skips = asMap(template.metadata.annotations)[skipAnnotation] === 'true';
  if (name === undefined && subgroup === undefined && !skips) return;
  if (name === undefined) yield `lacks the annotation ${podGroupAnnotation}, so no PodGroup counts its pods`;
  if (!skips) yield `lacks the annotation ${skipAnnotation}: "true", so KAI would group its pods anew`;
  if (template.spec.schedulerName !== schedulerName) {
    yield `has schedulerName ${JSON.stringify(template.spec.schedulerName)}, and only ${schedulerName} knows gangs`;
  }
  const group = name === undefined ? undefined : groups.get(keyOf(template.object, name));
  if (name !== undefined && !group) yield `names PodGroup "${name}", which is not written in its namespace`;
  // a component without pods has no subgroup to fill
  if (name !== undefined && group && template.replicas > 0 && !subgroups(group).has(subgroup ?? '')) {
    yield `is in subgroup ${JSON.stringify(subgroup)}, which PodGroup "${name}" does not have`;
  }
}

/** Minimum of each subgroup by name. */
function subgroups({ manifest }: LoweredObject): Map<string, number> {
  const list = asList(asMap(manifest.spec).subGroups).map(asMap);
  return new Map(
    list.map(({ name, minMember }) => [asText(name) ?? '', typeof minMember === 'number' ? minMember : 0]),
  );
}

/** A minimum that is not what the workloads make is a gang that never starts, or one that starts without some of it. */
function checkGang({ group, members }: Gang): Diagnostic[] {
  return [...subgroups(group)].flatMap(([name, minimum]) => {
    const inside = members.filter((template) => subgroupOf(template) === name);
    const pods = inside.reduce((sum, { replicas, nodes }) => sum + replicas * nodes, 0);
    if (pods === minimum) return [];
    const { manifest, object } = group;
    return [
      diagnostic('BAY4011', {
        message: `subgroup "${name}" of PodGroup "${manifest.metadata.name}" waits for ${minimum} pods, and ${pods} are made`,
        where: { construct: object.node.path, pointer: 'spec.subGroups' },
        notes: [pods < minimum ? 'the whole gang would never start' : 'the gang would start without the others'],
        help: 'minMember has to be the number of pods that its components make: look at the patches on graph and PodGroup',
        data: { subgroup: name, minMember: minimum, pods },
      }),
    ];
  });
}

/** KAI up to 0.17.0 knows PodGroups by bare name, across namespaces. */
function checkNames(groups: readonly LoweredObject[]): Diagnostic[] {
  const seen = new Set<string>();
  const twins = groups.filter(({ manifest: { metadata } }) => seen.size === seen.add(metadata.name).size);
  return twins.map(({ manifest, object }) =>
    diagnostic('BAY4012', {
      message: `two PodGroups of the cluster are named "${manifest.metadata.name}"`,
      where: { construct: object.node.path },
      notes: ['KAI up to 0.17.0 knows PodGroups by bare name, so pods of one would count for the other'],
      help: 'rename one of them',
    }),
  );
}

function fault(template: FoundTemplate<LoweredObject>, text: string): Diagnostic {
  const { manifest, object } = template.object;
  const whose = template.component === undefined ? '' : `component "${template.component}" of `;
  return diagnostic('BAY4010', {
    message: `${whose}${manifest.kind} "${manifest.metadata.name}" ${text}`,
    where: { construct: object.node.path, pointer: template.pointer },
    help: 'look at the patches on this object',
  });
}
