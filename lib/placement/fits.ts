import type { Scale } from './amounts';
import { labelValue } from './eligibility';
import { kindsFor, nodeKinds, type NodeKinds } from './kinds';
import type { NodeSpec, PodSpec } from './problem';
import type { Room } from './room';
import type { Tree } from './tree';
import { compareKeys } from '../order';

/** A pod's requests above 0: resource index and units. */
export type Demand = readonly (readonly [number, number])[];

/** What nodes are before any gang is looked at. */
export interface Field {
  readonly nodes: readonly NodeSpec[];
  readonly scale: Scale;
  readonly trees: readonly Tree[];
  /** Beside `used`. */
  readonly room: Room;
}

/** More pods than any node holds; no array of counts needs more. */
const MOST_PODS = 2 ** 31 - 1;

/** Which nodes may take which pods, and how many; computed once for all pods that are alike. */
export class Fits {
  private known: NodeKinds | undefined;
  private readonly counts = new Map<string, Int32Array>();
  private readonly values = new Map<string, Int32Array>();

  constructor(
    private readonly field: Field,
    private readonly pods: readonly PodSpec[],
  ) {}

  /** The nodes, told apart by all that pods of the problem look at. */
  get kinds(): NodeKinds {
    return (this.known ??= nodeKinds(this.field.nodes, this.pods));
  }

  /**
   * By node: how many pods it could hold with nothing but `used` beside them; 0 where it may take none. Nodes without
   * all labels of the given topologies take none. Pods that are alike share one array.
   */
  alone(pod: PodSpec, demand: Demand, trees: readonly number[]): Int32Array {
    const key = JSON.stringify([demand, likeness(pod), [...new Set(trees)].sort((a, b) => a - b)]);
    const known = this.counts.get(key);
    if (known) return known;
    const counts = this.count(pod, demand, trees);
    this.counts.set(key, counts);
    return counts;
  }

  private count(pod: PodSpec, demand: Demand, trees: readonly number[]): Int32Array {
    const { nodes, scale } = this.field;
    const room = this.field.room.all;
    const { kindOf } = this.kinds;
    const allowed = kindsFor(this.kinds, pod);
    const around = trees.flatMap((t) => this.field.trees[t] ?? []);
    const counts = new Int32Array(nodes.length);
    for (let n = 0; n < counts.length; n++) {
      if (allowed[kindOf[n] ?? 0] !== 1 || !isCompleteIn(around, n)) continue;
      let pods = MOST_PODS;
      for (const [r, units] of demand)
        pods = Math.min(pods, Math.floor((room[n * scale.resources.length + r] ?? 0) / units));
      counts[n] = Math.max(0, pods);
    }
    return counts;
  }

  /** By node: a number for the value of a label; -1 without the label. */
  labelIds(label: string): Int32Array {
    const known = this.values.get(label);
    if (known) return known;
    const ids = new Map<string, number>();
    const byNode = new Int32Array(this.field.nodes.length).fill(-1);
    this.field.nodes.forEach((node, n) => {
      const value = labelValue(node, label);
      if (value !== undefined) byNode[n] = ids.get(value) ?? ids.set(value, ids.size).size - 1;
    });
    this.values.set(label, byNode);
    return byNode;
  }
}

function isCompleteIn(trees: readonly Tree[], n: number): boolean {
  for (const tree of trees) if (!tree.isComplete(n)) return false;
  return true;
}

/** All that decides where a pod may go, in canonical order. */
function likeness({ nodeSelector, nodeAffinity, tolerations, exclusive }: PodSpec): unknown {
  const terms = nodeAffinity?.nodeSelectorTerms.map(({ matchExpressions = [], matchFields = [] }) =>
    [matchExpressions, matchFields].map((list) =>
      list.map(({ key, operator, values }) => [key, operator, values ?? []]),
    ),
  );
  const tolerated = tolerations.map(({ key, operator, value, effect }) => [key, operator, value, effect]);
  return [Object.entries(nodeSelector).sort(compareKeys), terms ?? null, tolerated, exclusive ?? null];
}
