import { HOSTNAME_LABEL, type Taint } from '../model/node';
import type { InventoryNode } from './cluster';
import type { FieldReader, RawMap } from './fields';
import { sorted } from './names';

/** A node as it was read; whether it has a hostname is checked over all nodes together. */
export type ReadNode = Omit<InventoryNode, 'hostname'> & { readonly hostname?: string };

/** Reads one core/v1 Node; undefined where its name or labels cannot be read, and so nothing else is to be said of it. */
export function readNode(raw: RawMap, fields: FieldReader): ReadNode | undefined {
  const metadata = fields.map(raw.metadata, 'metadata');
  const name = fields.name(metadata.name, 'metadata.name');
  if (name === undefined) return undefined;
  fields.call(name);
  const spec = fields.map(raw.spec, 'spec');
  const status = fields.map(raw.status, 'status');
  const labels = fields.labels(metadata.labels, 'metadata.labels');
  if (labels === undefined) return undefined;
  const notReady = fields.once(status.conditions, () =>
    reasonsNotReady(fields.list(status.conditions, 'status.conditions'), fields),
  );
  const architecture = fields.text(
    fields.map(status.nodeInfo, 'status.nodeInfo').architecture,
    'status.nodeInfo.architecture',
  );
  return {
    name,
    hostname: labels[HOSTNAME_LABEL],
    labels,
    taints: fields.once(spec.taints, () => readTaints(fields.list(spec.taints, 'spec.taints'), fields)),
    unschedulable: fields.flag(spec.unschedulable, 'spec.unschedulable'),
    ready: notReady.length === 0,
    notReady,
    allocatable: fields.once(status.allocatable, () =>
      fields.requiredAmounts(status.allocatable, 'status.allocatable'),
    ),
    architecture: architecture ?? labels['kubernetes.io/arch'],
  };
}

function readTaints(raw: readonly unknown[], fields: FieldReader): Taint[] {
  return raw.flatMap((item, i) => {
    const field = `spec.taints[${i}]`;
    const taint = fields.map(item, field);
    const key = fields.name(taint.key, `${field}.key`);
    const value = fields.text(taint.value, `${field}.value`);
    const effect = fields.oneOf(taint.effect, effects, `${field}.effect`);
    return key === undefined || effect === undefined ? [] : [value ? { key, value, effect } : { key, effect }];
  });
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const satisfies readonly Taint['effect'][];

/** Conditions that KAI holds against a node unless they are False. */
const pressures = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']);

/**
 * Why KAI leaves a node out, whatever pods tolerate: CheckNodeConditionPredicate in KAI 0.17.0,
 * pkg/scheduler/scheduler_util/scheduler_utils.go. Stricter in one thing: a node that reports no Ready condition at all
 * was never seen by a kubelet, and is not counted on.
 */
function reasonsNotReady(conditions: readonly unknown[], fields: FieldReader): readonly string[] {
  const types: string[] = [];
  const reasons: string[] = [];
  for (const [i, item] of conditions.entries()) {
    const { type, status } = fields.map(item, `status.conditions[${i}]`);
    if (typeof type !== 'string') continue;
    types.push(type);
    const bad = type === 'Ready' ? status !== 'True' : pressures.has(type) && status !== 'False';
    if (bad) reasons.push(`${type} is ${typeof status === 'string' ? status : 'unknown'}`);
  }
  return types.includes('Ready') ? sorted(reasons) : ['no Ready condition', ...sorted(reasons)];
}
