import { diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { nearest } from '../diagnostics/nearest';
import type { GpuShare, RunningPod } from '../inventory/cluster';
import { wholeUnits } from '../model/quantity';
import { snapshotOf, type Bystander } from '../replay/snapshot';
import { targetOf } from './collect';
import { ownPods } from './demand';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { isReplayed, replayedWorld } from './replay';

/** A cluster as KAI's replay tool reads it. */
export interface KaiSnapshot {
  /** Content of its `snapshot.json`. */
  readonly document: object;
  readonly nodes: number;
  readonly podGroups: number;
  /** To come. */
  readonly pods: number;
  /** Beside those to come. */
  readonly running: number;
}

/**
 * What KAI's scheduler would see of a cluster: the manifests as they will be written, before any of their pods has a
 * node, and what else runs there. Pods of the graphs that run already are left out, since they are placed anew.
 *
 * @param name of the cluster's folder in dist
 */
export function kaiSnapshot(
  name: string,
  planned: readonly PlannedCluster[],
  objects: readonly LoweredObject[],
): Outcome<KaiSnapshot> {
  const cluster = planned.find((each) => targetOf(each.cluster) === name);
  if (!cluster || !isReplayed(cluster)) return noSuchCluster(name, planned);
  const world = replayedWorld(cluster, objects);
  const bystanders = bystandersOf(cluster);
  const value = {
    document: snapshotOf(world, bystanders, world.shard),
    nodes: world.nodes.length,
    podGroups: world.podGroups.length,
    pods: world.pods.length,
    running: bystanders.length,
  };
  return { ok: true, value, diagnostics: [] };
}

function bystandersOf({ cluster }: PlannedCluster): Bystander[] {
  const isOwn = ownPods(cluster.graphs.map(({ spec }) => spec));
  return cluster.inventory.pods
    .filter((pod) => !isOwn(pod))
    .map(({ namespace, name, node, requests, queue, gpuShare }: RunningPod) => {
      const annotations = gpuShare && shareAnnotations(gpuShare);
      return { namespace, name, node, requests, queue, annotations };
    });
}

/** A share as KAI reads it back; the node's GPU is held by the reservation pod beside it. */
function shareAnnotations(share: GpuShare): Record<string, string> {
  return {
    'gpu-fraction-num-devices': String(share.devices),
    ...('fraction' in share
      ? { 'gpu-fraction': String(Number(share.fraction) / Number(wholeUnits(1))) }
      : { 'gpu-memory': String(share.memoryMiB) }),
  };
}

function noSuchCluster(name: string, planned: readonly PlannedCluster[]): Outcome<never> {
  const onRunai = planned.some(({ cluster }) => targetOf(cluster) === name);
  const names = planned.filter(isReplayed).map(({ cluster }) => targetOf(cluster));
  const near = nearest(name, names);
  const there = names.length > 0 ? `KAI schedules on ${names.join(', ')}` : 'KAI schedules on no cluster of this fleet';
  return {
    ok: false,
    diagnostics: [
      diagnostic('BAY5022', {
        message: onRunai ? `cluster "${name}" is on Run:ai, not on KAI` : `there is no cluster "${name}"`,
        where: { pointer: `bayplan export kai-snapshot --cluster ${name}` },
        notes: [there],
        help: near === undefined || onRunai ? 'name one of those that KAI schedules on' : `did you mean "${near}"?`,
        data: { cluster: name, clusters: names },
      }),
    ],
  };
}
