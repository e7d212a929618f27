import type { Outcome } from '../diagnostics/diagnostic';
import type { NamespacedName } from './cluster';
import type { FieldReader, RawMap } from './fields';
import { readIdentity } from './identity';
import { readItems, type ListSource } from './items';

/** A PodGroup (scheduling.run.ai/v2alpha2), as far as KAI says why it waits. */
export interface PodGroupState extends NamespacedName {
  /**
   * KAI's words on why it was not scheduled when it was tried last; empty where it says nothing. Up to 0.17 they stay
   * after it was scheduled (kai-scheduler/KAI-Scheduler #1888).
   */
  readonly says: readonly string[];
}

/** Reads a list of PodGroups. */
export function readPodGroupStates(source: ListSource): Outcome<readonly PodGroupState[]> {
  const groups = readItems(source, 'PodGroup', readPodGroupState);
  return groups.ok ? { ...groups, value: groups.value.items } : groups;
}

/** Reads one PodGroup; undefined where it has no name. */
function readPodGroupState(raw: RawMap, fields: FieldReader): PodGroupState | undefined {
  const identity = readIdentity(raw, fields);
  if (!identity) return undefined;
  const { namespace, name } = identity;
  const status = fields.map(raw.status, 'status');
  const conditions = fields.list(status.schedulingConditions, 'status.schedulingConditions');
  const read = conditions.map((item, i) => readCondition(item, `status.schedulingConditions[${i}]`, fields));
  const last = read.filter(({ holds }) => holds).sort((a, b) => b.transition - a.transition)[0];
  return { namespace, name, says: last?.says ?? [] };
}

interface Condition {
  readonly holds: boolean;
  /** KAI numbers them (KAI 0.17, status_updater). */
  readonly transition: number;
  readonly says: readonly string[];
}

function readCondition(raw: unknown, field: string, fields: FieldReader): Condition {
  const { status, transitionID, message, reasons } = fields.map(raw, field);
  const told = fields.list(reasons, `${field}.reasons`).map((item, i) => {
    const { message: why } = fields.map(item, `${field}.reasons[${i}]`);
    return fields.text(why, `${field}.reasons[${i}].message`);
  });
  const whole = fields.text(message, `${field}.message`) ?? '';
  const others = told.flatMap((why) => (why === undefined || whole.includes(why) ? [] : [why]));
  return {
    holds: status !== 'False',
    transition: Number(transitionID) || 0,
    says: [whole, ...new Set(others)].map((text) => text.trim()).filter((text) => text !== ''),
  };
}
