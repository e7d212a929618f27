import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { podCount } from '../../workloads/workload';
import { runningComponents, type Asked } from '../problem';
import { podGroupOf } from '../membership';
import { called, pathOf, type Noted } from './note';

/** Graphs whose pods nothing makes wait for each other, on this stack. */
export function gangNotes(noted: Noted): Diagnostic[] {
  return noted.asked.flatMap((asked) => {
    if (asked.workload.kind !== 'DynamoGraphDeployment' || podCount(asked.workload) < 2) return [];
    const path = pathOf(asked.workload, noted.stack);
    if (path === 'components') return onComponents(asked, noted);
    return path === 'grove' ? onGrove(asked, noted) : [];
  });
}

function onComponents(asked: Asked, { stack, objects }: Noted): Diagnostic[] {
  const { workload } = asked;
  const components = runningComponents(workload);
  const groups = new Set(components.flatMap(({ pods }) => pods.map(podGroupOf)));
  const [group] = groups;
  if (groups.size === 1 && group !== undefined) {
    const isThere = objects.some(({ kind, name }) => kind === 'PodGroup' && name === group);
    return isThere ? [] : [missingPodGroup(asked, group)];
  }
  const isKai = components.every(({ pods }) => pods.every(({ schedulerName }) => schedulerName === 'kai-scheduler'));
  const hasAnnotations = workload.topologies.some(({ by }) => by === 'kai');
  const each = `one PodGroup of minMember 1 for the Deployment of each of its ${components.length} components`;
  const message = hasAnnotations
    ? `the annotations of ${called(asked)} hold no gang on ${stack.profile.name}: KAI makes ${each}`
    : isKai
      ? `nothing holds the pods of ${called(asked)} together on ${stack.profile.name}: KAI makes ${each}`
      : `nothing holds the pods of ${called(asked)} together: they do not name KAI as their scheduler`;
  return [
    diagnostic('BAY1120', {
      message,
      where: workload.where,
      notes: [
        'some of its pods can hold GPUs while others wait',
        ...(hasAnnotations ? ['the level is held for each component by itself, and for all together by nobody'] : []),
      ],
      help: `${isKai ? '' : 'set schedulerName kai-scheduler, '}${PODGROUP_HELP}`,
      data: { components: components.length },
    }),
  ];
}

const PODGROUP_HELP =
  'write a PodGroup with a subgroup for each component, and put kai.scheduler/skip-podgrouper: "true", pod-group-name and the label kai.scheduler/subgroup-name on each pod template; bayplan synth writes all of it';

function missingPodGroup(asked: Asked, group: string): Diagnostic {
  return diagnostic('BAY1120', {
    message: `the pods of ${called(asked)} wait for PodGroup ${group}, which is not among the files`,
    where: asked.workload.where,
    help: 'hand it on as well; where it is not applied, none of the pods is ever placed',
  });
}

/** Minimum of a component that says none. */
const DEFAULT_MINIMUM = 1;

function onGrove(asked: Asked, { stack }: Noted): Diagnostic[] {
  const { workload } = asked;
  const short = runningComponents(workload).filter(
    ({ minAvailable = DEFAULT_MINIMUM, replicas }) => minAvailable < replicas,
  );
  const ignored = workload.topologies.filter(({ by }) => by === 'kai');
  return [
    ...(short.length === 0
      ? []
      : [
          diagnostic('BAY1120', {
            message: `the gang of ${called(asked)} is less than the graph: ${short
              .map(({ name, minAvailable = DEFAULT_MINIMUM, replicas }) => `${minAvailable} of ${replicas} ${name}`)
              .join(', ')}`,
            where: workload.where,
            notes: ['Grove starts it once that many are placed; the others come later, or never'],
            help: 'set minAvailable to the replicas of each component before the graph is made: it cannot be changed after',
            data: { components: short.map(({ name }) => name) },
          }),
        ]),
    ...(ignored.length === 0
      ? []
      : [
          diagnostic('BAY1120', {
            message: `the annotations kai.scheduler/topology… of ${called(asked)} have no effect on ${stack.profile.name}`,
            where: workload.where,
            notes: ['Grove makes the PodGroup, from spec.topologyConstraint of the graph and of its components'],
            help: 'write topologyConstraint, before the graph is made: it cannot be added after',
          }),
        ]),
  ];
}
