import type { Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import type { FleetModel, PlacedObject } from './collect';
import type { PlannedCluster } from './plan';

/** A manifest, the construct it comes from and the folder it goes to. */
export interface LoweredObject extends PlacedObject {
  readonly manifest: Manifest;
}

/**
 * Hands each graph its nodes and reads every object. Constructs hold intent; what depends on the plan is produced
 * here, when cdk8s resolves their lazy values, so that patches of the user come last.
 */
export function lower(fleet: FleetModel, planned: readonly PlannedCluster[]): Outcome<readonly LoweredObject[]> {
  for (const { cluster, pins } of planned) {
    for (const graph of cluster.graphs) graph.pinTo(pins.get(graph.node.path) ?? new Map());
  }
  const value = fleet.objects.map((placed) => ({
    ...placed,
    // cdk8s types the result as any; it is JSON that it sanitised itself
    manifest: placed.object.toJson() as Manifest,
  }));
  return { ok: true, value, diagnostics: [] };
}
