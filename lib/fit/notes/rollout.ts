import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { asMap } from '../../inventory/raw';
import { strategyOf, type Strategy } from '../../replay/rollout';
import { gpusIn, type WorkloadComponent } from '../../workloads/workload';
import { runningComponents, type Asked } from '../problem';
import { called, pathOf, type Noted } from './note';
import { nodesWithRoom, placedPods, type PlacedPods } from './room';

/** Workloads whose next change can never finish, where the plan has them. */
export function rolloutNotes(noted: Noted): Diagnostic[] {
  const placed = placedPods(noted);
  return noted.asked.flatMap((asked) => {
    const stuck = runningComponents(asked.workload).filter((component) => isStuck(asked, component, placed, noted));
    return stuck.length > 0 ? [note(asked, stuck, noted)] : [];
  });
}

/** It makes a pod more before one may be missing, and there is no room for that one. */
function isStuck(asked: Asked, component: WorkloadComponent, placed: PlacedPods, noted: Noted): boolean {
  const strategy = rollingOf(asked, component, noted);
  if (strategy?.kind !== 'rolling' || strategy.unavailable > 0 || !placed.nodesOf.has(component)) return false;
  return nodesWithRoom(component, placed, noted).length === 0;
}

const PREFIX = 'nvidia.com/deployment';

/** How a component is rolled; undefined where something else than a Deployment does it, which makes no pod more. */
function rollingOf({ workload }: Asked, component: WorkloadComponent, { stack }: Noted): Strategy | undefined {
  const { replicas, nodes, annotations, pods } = component;
  if (nodes > 1) return undefined;
  const path = pathOf(workload, stack);
  if (path === 'components' || path === 'runai')
    return strategyOf({ ...pods[0]?.annotations, ...annotations }, replicas);
  return workload.kind === 'Deployment' ? strategyOf(deploymentKeys(workload.document), replicas) : undefined;
}

/** The strategy of a Deployment, in the words of Dynamo's annotations. */
function deploymentKeys(document: Asked['workload']['document']): Record<string, string> {
  const { type, rollingUpdate } = asMap(asMap(document.spec).strategy);
  const { maxSurge, maxUnavailable } = asMap(rollingUpdate);
  const keys = {
    [`${PREFIX}-strategy`]: type,
    [`${PREFIX}-rolling-update-max-surge`]: maxSurge,
    [`${PREFIX}-rolling-update-max-unavailable`]: maxUnavailable,
  };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[key, String(value)]] : [],
    ),
  );
}

function note(asked: Asked, stuck: readonly WorkloadComponent[], { stack }: Noted): Diagnostic {
  const { workload } = asked;
  const isGraph = workload.kind.startsWith('Dynamo');
  const told = stuck.map(({ name, replicas, pods: [pod] }) => {
    const gpus = gpusIn(pod?.requests ?? {});
    const size = gpus > 0 ? ` with ${gpus} GPU${gpus === 1 ? '' : 's'}` : '';
    return `${name} has ${replicas} replica${replicas === 1 ? '' : 's'}: one pod${size} more is made before any may be missing, and no node that it may use has room for it`;
  });
  return diagnostic('BAY1121', {
    message: `a new image of ${called(asked)} would never be rolled out with its rollout as it is`,
    where: (stuck.length === 1 ? stuck[0]?.where : undefined) ?? workload.where,
    notes: [...told, ...(isGraph ? ['workers of a graph roll together, so what waits holds back the others'] : [])],
    help: isGraph ? graphHelp(workload.apiVersion, stack) : DEPLOYMENT_HELP,
    data: { components: stuck.map(({ name }) => name) },
  });
}

const DEPLOYMENT_HELP =
  'set spec.strategy.rollingUpdate to {maxSurge: 0, maxUnavailable: 1}, or spec.strategy.type to Recreate';

function graphHelp(apiVersion: string, { profile }: Noted['stack']): string {
  const keys = Object.entries(profile.rollout?.rolling ?? {}).map(([key, value]) => `${key}: "${value}"`);
  const place = apiVersion.endsWith('v1beta1') ? 'podTemplate.metadata.annotations' : 'annotations';
  return `put ${keys.join(' and ')} into the ${place} of each worker from the first day: setting them rolls the pods too`;
}
