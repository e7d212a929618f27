import { parseQuantity, wholeUnits } from '../model/quantity';
import type { InventoryNode } from './cluster';
import { GPU } from './usage';

/** Labels of GPU Feature Discovery: how many GPUs a node has, of what product, by which driver. */
export const GPU_COUNT_LABEL = 'nvidia.com/gpu.count';
export const GPU_PRODUCT_LABEL = 'nvidia.com/gpu.product';
export const GPU_PRESENT_LABEL = 'nvidia.com/gpu.present';
export const DRIVER_LABEL = 'nvidia.com/cuda.driver-version.full';

const MIG_PREFIX = 'nvidia.com/mig-';

/** True for a node with GPUs of any kind, be it that they are lost, cut into slices or left to a DRA driver. */
export function isGpuNode(node: InventoryNode): boolean {
  return allocatableGpus(node) > 0 || migResources(node).length > 0 || labelledGpus(node) > 0;
}

/** Whole GPUs that pods can be given. */
export function allocatableGpus({ allocatable }: InventoryNode): number {
  return whole(allocatable[GPU] ?? 0n);
}

/** GPUs that the node's labels speak of; 0 where they name none, and 1 where they only say that there are some. */
export function labelledGpus({ labels }: InventoryNode): number {
  const count = whole(parseQuantity(labels[GPU_COUNT_LABEL] ?? '') ?? 0n);
  return count > 0 ? count : labels[GPU_PRESENT_LABEL] === 'true' ? 1 : 0;
}

/** Slices of GPUs that pods can be given, by resource, such as `nvidia.com/mig-3g.40gb`. */
export function migResources({ allocatable }: InventoryNode): string[] {
  return Object.keys(allocatable)
    .filter((resource) => resource.startsWith(MIG_PREFIX) && (allocatable[resource] ?? 0n) > 0n)
    .sort();
}

/** Whole units of an amount that is counted in whole units. */
export function whole(amount: bigint): number {
  return Number(amount / wholeUnits(1));
}
