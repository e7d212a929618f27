import type { WorkloadComponent } from '../workloads/workload';

/** What a component does, where that decides who talks to whom. */
export type Role = 'prefill' | 'decode' | 'other';

/**
 * The role of a component: its type, and for a plain worker the name, since graphs of v1alpha1 before sub types have no
 * other way to say it.
 */
export function roleOf({ name, type }: Pick<WorkloadComponent, 'name' | 'type'>): Role {
  if (type === 'prefill' || type === 'decode') return type;
  if (type !== 'worker') return 'other';
  return /prefill/i.test(name) ? 'prefill' : /decode/i.test(name) ? 'decode' : 'other';
}
