import type { Outcome } from '../diagnostics/diagnostic';
import type { IConstruct } from 'constructs';
import { fileName, type Manifest } from '../emit/manifest';
import { placement, type DeclaredSecret, type FleetModel, type PlacedObject } from './collect';
import type { PlannedCluster } from './plan';

/** A manifest, the construct it comes from and the folder it goes to. */
export interface LoweredObject extends Omit<PlacedObject, 'object'> {
  readonly object: IConstruct;
  readonly manifest: Manifest;
  /** Name of its file in that folder. */
  readonly file: string;
  /** What is written in place of the manifest, which then says no more than which object it is. */
  readonly text?: string;
}

/**
 * Hands each graph its nodes and reads every object. Constructs hold intent; what depends on the plan is produced
 * here, when cdk8s resolves their lazy values, so that patches of the user come last.
 */
export function lower(fleet: FleetModel, planned: readonly PlannedCluster[]): Outcome<readonly LoweredObject[]> {
  for (const { cluster, pins } of planned) {
    for (const graph of cluster.graphs) graph.pinTo(pins.get(graph.node.path) ?? new Map());
  }
  const value = fleet.objects.map((placed) => {
    // cdk8s types the result as any; it is JSON that it sanitised itself
    const manifest = placed.object.toJson() as Manifest;
    return { ...placed, manifest, file: fileName(manifest) };
  });
  const encrypted = fleet.clusters.flatMap(({ secrets }) => secrets.flatMap(lowerEncrypted));
  return { ok: true, value: [...value, ...encrypted], diagnostics: [] };
}

/** A Secret of an encrypted file: nothing of it is known but its name. */
function lowerEncrypted({ construct, name, namespace, text }: DeclaredSecret): LoweredObject[] {
  if (text === undefined) return [];
  const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } };
  return [{ object: construct, ...placement(construct), manifest, file: fileName(manifest), text }];
}
