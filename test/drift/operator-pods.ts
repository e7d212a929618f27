import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A pod as `kubectl get pods -A -o json` has it. */
export interface MadePod {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec: { readonly nodeName?: string; readonly [field: string]: unknown };
  readonly status: Readonly<Record<string, unknown>>;
}

interface LockFile {
  readonly placements: Readonly<
    Record<string, { readonly components: Readonly<Record<string, { readonly copies: readonly string[] }>> }>
  >;
}

/** Nodes of each pod of each component, as the lock of a cluster has them: `graph` is `namespace/name`. */
export function lockedNodes(file: string): { graph: string; component: string; copy: number; nodes: string[] }[] {
  const lock = parse(readFileSync(file, 'utf8')) as LockFile; // written by a compile
  return Object.entries(lock.placements).flatMap(([graph, { components }]) =>
    Object.entries(components).flatMap(([component, { copies }]) =>
      copies.map((copy, index) => ({ graph, component, copy: index, nodes: copy.split(' ') })),
    ),
  );
}

export const CREATED = '2026-11-25T01:00:00Z';

/**
 * The pods that the operators make of a cluster of the reference fleet, each where the lock has it. Names end as those
 * of ReplicaSets and of Grove do; labels are those that Dynamo 0.5.1 and 1.5 set.
 */
export function operatorPods(cluster: string, folder = cluster): MadePod[] {
  const isGrove = cluster === 'us-east';
  const file = join(__dirname, '../../topologies', folder, `${cluster}.lock.yaml`);
  return lockedNodes(file).flatMap(({ graph, component, copy, nodes }) => {
    const [namespace = '', name = ''] = graph.split('/');
    const base = isGrove
      ? `${name}-0-${component}${nodes.length > 1 ? `-${copy}-${component}` : ''}`
      : `${name}-${component.toLowerCase()}-6f9c7d5b8`;
    return nodes.map((nodeName, index) => {
      const role = isGrove && nodes.length > 1 ? (index === 0 ? '-ldr' : '-wkr') : '';
      return pod(`${base}${role}-${copy}${String.fromCharCode(97 + index)}xyz`, nodeName, {
        namespace,
        labels: {
          'nvidia.com/dynamo-graph-deployment-name': name,
          'nvidia.com/dynamo-component': component,
          ...(isGrove ? { 'app.kubernetes.io/managed-by': 'grove-operator' } : { 'pod-template-hash': '6f9c7d5b8' }),
        },
        annotations: { 'pod-group-name': isGrove ? `${name}-0-1764032400000000000` : `${namespace}.${name}` },
      });
    });
  });
}

export function pod(name: string, nodeName: string, metadata: Record<string, unknown>): MadePod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: {}, creationTimestamp: CREATED, ...metadata },
    spec: { nodeName, containers: [{ name: 'main' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** The same pod on another node. */
export function onNode(made: MadePod, nodeName: string): MadePod {
  return { ...made, spec: { ...made.spec, nodeName } };
}

/** The same pod, without a node. */
export function pending(made: MadePod, message = 'no node has enough nvidia.com/gpu'): MadePod {
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  const { nodeName: _, ...spec } = made.spec;
  return { ...made, spec, status: { phase: 'Pending', conditions: [condition] } };
}

export function terminating(made: MadePod, since = '2026-11-25T02:00:00Z'): MadePod {
  return { ...made, metadata: { ...made.metadata, deletionTimestamp: since } };
}

/** The same pod, in the middle of a crash loop. */
export function crashing(made: MadePod): MadePod {
  const main = {
    name: 'main',
    ready: false,
    restartCount: 7,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
  };
  const conditions = [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }];
  return { ...made, status: { phase: 'Running', conditions, containerStatuses: [main] } };
}

export function ended(made: MadePod): MadePod {
  const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
  return { ...made, metadata: { ...made.metadata, name: `${made.metadata.name}-old` }, status };
}

export function podList(pods: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: pods });
}

/** A PodGroup as `kubectl get podgroups.scheduling.run.ai -A -o json` has it, with what KAI says of it. */
export function podGroup(namespace: string, name: string, message: string, reasons: readonly string[] = []): unknown {
  const condition = { type: 'UnschedulableOnNodePool', nodePool: 'default', reason: 'Unschedulable', status: 'True' };
  return {
    apiVersion: 'scheduling.run.ai/v2alpha2',
    kind: 'PodGroup',
    metadata: { namespace, name },
    status: {
      schedulingConditions: [
        { ...condition, transitionID: '2', message: 'what was said before' },
        { ...condition, transitionID: '10', message, reasons: reasons.map((each) => ({ reason: 'x', message: each })) },
      ],
    },
  };
}
