import { CPU, GPU } from './amounts';
import type { Task } from './gang';
import type { Room } from './room';

/** How much KAI likes a node for a pod, topology aside (0.17, plugins/scores, nodeavailability, resourcetype, nodeplacement). */

const AVAILABLE = 1000;
const CPU_ONLY = 10;
const FULLEST = 9;

/** The least and the most that is free on a node of a set, of the resource that packing goes by. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Nodes that have none of the resource do not count. */
export function freeRange(room: Room, task: Task, nodes: readonly number[]): Range {
  const place = packedBy(task);
  let [least, most] = [Infinity, 0];
  for (const node of nodes) {
    if (room.total(node, place) === 0) continue;
    const free = room.free(node, place);
    if (free < least) least = free;
    if (free > most) most = free;
  }
  return { least, most };
}

/** More points for room that is free now, for nodes without GPUs where none is asked for, and for the fuller node. */
export function scoreOf(room: Room, task: Task, node: number, range: Range): number {
  const available = room.isFree(task, node) ? AVAILABLE : 0;
  const cpuOnly = task.isCpuOnly && !room.hasGpus(node) ? CPU_ONLY : 0;
  return available + cpuOnly + density(room, task, node, range);
}

function density(room: Room, task: Task, node: number, { least, most }: Range): number {
  const place = packedBy(task);
  if (room.total(node, place) === 0 || most === 0) return 0;
  if (least === most) return FULLEST;
  return FULLEST * (1 - (room.free(node, place) - least) / (most - least));
}

/** GPU pods are packed by GPUs, all others by cpu. */
function packedBy({ isCpuOnly }: Task): number {
  return isCpuOnly ? CPU : GPU;
}
