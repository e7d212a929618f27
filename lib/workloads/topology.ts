import type { DeclaredTopology, Texts } from './workload';

/** What KAI's podgrouper reads of the object that made a pod (KAI 0.17.0, pkg/podgrouper, default_grouper.go). */
const annotations = {
  topology: 'kai.scheduler/topology',
  required: 'kai.scheduler/topology-required-placement',
  preferred: 'kai.scheduler/topology-preferred-placement',
} as const;

/** The constraint that annotations ask KAI for. */
export function kaiTopology(own: Texts, pointer: string): DeclaredTopology[] {
  const topology = own[annotations.topology];
  const required = own[annotations.required];
  const preferred = own[annotations.preferred];
  if (topology === undefined && required === undefined && preferred === undefined) return [];
  return [{ by: 'kai', topology, required, preferred, pointer }];
}
