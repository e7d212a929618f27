import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { Inventory, type ClusterInventory } from '../../lib/inventory/inventory';

/** Objects as kubectl writes them, as small as they may be. */
type Raw = Record<string, unknown>;

export function list(...items: unknown[]): Raw {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items };
}

export interface NodeShape {
  readonly labels?: Raw;
  readonly spec?: Raw;
  readonly allocatable?: unknown;
  readonly conditions?: unknown;
}

/** A node of 8 GPUs that is ready; its hostname label is its name unless `labels` says otherwise. */
export function node(name: string, shape: NodeShape = {}): Raw {
  const conditions = 'conditions' in shape ? shape.conditions : [{ type: 'Ready', status: 'True' }];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: shape.labels ?? { 'kubernetes.io/hostname': name } },
    spec: shape.spec ?? {},
    status: { allocatable: 'allocatable' in shape ? shape.allocatable : gpus(8), conditions },
  };
}

export function gpus(count: number | string): Raw {
  return { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': String(count) };
}

export interface PodShape {
  readonly node?: string;
  readonly requests?: Raw;
  readonly metadata?: Raw;
  readonly spec?: Raw;
  readonly status?: Raw;
}

/** A running pod of one container on node `n1`, named `team/NAME`. */
export function pod(name: string, shape: PodShape = {}): Raw {
  const container = { name: 'main', resources: { requests: shape.requests ?? { cpu: '1' } } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'team', ...shape.metadata },
    spec: { nodeName: shape.node ?? 'n1', containers: [container], ...shape.spec },
    status: { phase: 'Running', ...shape.status },
  };
}

/** Loads lists that must be sound. */
export function loaded(nodes: unknown, pods?: unknown): ClusterInventory {
  const outcome = Inventory.fromObjects({ nodes, pods }).load();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics, null, 2));
  return outcome.value;
}

/** Findings in short: code, place and message, in the order in which they were made. */
export function findings(outcome: Outcome<unknown>): string[] {
  return outcome.diagnostics.map(({ code, where, message }) => {
    const place = [where.file, where.line && `${where.line}:${where.column}`, where.pointer].filter(Boolean).join(' ');
    return `${code} ${place}: ${message}`;
  });
}
