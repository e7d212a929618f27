import type { NodeSelector, Taint, Toleration } from '../model/node';
import type { Resources } from '../model/resources';
import type { ByName } from './natural';

/**
 * The placement problem, read and checked: quantities are exact amounts, defaults are filled in, names are unique
 * and every reference resolves. `readProblem` (read.ts) makes one of a document of the file format.
 */
export interface Problem {
  /** In the order of the document: it matters for the objective. */
  readonly topologies: readonly TopologySpec[];
  /** Whatever their order in the document. */
  readonly nodes: ByName<NodeSpec>;
  readonly queues: readonly QueueSpec[];
  readonly gangs: readonly GangSpec[];
  /** Placements to keep: gang, then path of the copy, then node names. May name what is gone. */
  readonly locked: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
}

/** Levels broadest first; `kubernetes.io/hostname` only last. */
export interface TopologySpec {
  readonly name: string;
  readonly levels: readonly string[];
  /** GB/s per GPU between two pods that share this level and no narrower one; key `none` for a pair that shares none. */
  readonly bandwidth?: Readonly<Record<string, number>>;
}

export interface NodeSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  readonly ready: boolean;
  /** An absent `pods` is unlimited; any other absent resource is 0. */
  readonly allocatable: Resources;
  /** By pods that this problem does not place. */
  readonly used: Resources;
}

/** An absent resource or bound is unlimited. */
export interface QueueSpec {
  readonly name: string;
  /** May name a queue that is not listed: it has no bounds. */
  readonly parent?: string;
  readonly resources: Readonly<Record<string, { readonly quota?: bigint; readonly limit?: bigint }>>;
  /** Does not include that of its descendants. */
  readonly used: Resources;
}

export interface Constraint {
  readonly topology: string;
  /** All pods of the copy in one domain of this level. */
  readonly required?: string;
  /** As few domains as can be, at each level from the broadest down to this one. */
  readonly preferred?: string;
}

export interface GangSpec {
  readonly name: string;
  readonly queue?: string;
  /** Higher first. */
  readonly priority: number;
  readonly preemptible: boolean;
  readonly constraint?: Constraint;
  readonly groups: readonly GroupSpec[];
  readonly traffic: readonly TrafficEdge[];
}

/** A group holds pods or groups, never both. */
export type GroupSpec = PodGroupSpec | ParentGroupSpec;

interface GroupBase {
  readonly name: string;
  /** Identical copies; the constraint holds for each copy on its own. */
  readonly replicas: number;
  /** Copies beyond it are placed if they fit, never at the cost of another gang's minimum. */
  readonly minReplicas: number;
  readonly constraint?: Constraint;
}

export interface PodGroupSpec extends GroupBase {
  /** Pods in each copy. */
  readonly count: number;
  readonly pod: PodSpec;
  /** How the group will be pinned when written; the plan must be safe for it. */
  readonly pinned?: 'set' | 'replica';
}

export interface ParentGroupSpec extends GroupBase {
  readonly groups: readonly GroupSpec[];
}

export interface PodSpec {
  readonly requests: Resources;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly nodeAffinity?: NodeSelector;
  readonly tolerations: readonly Toleration[];
  /** No two pods of the group on nodes with one value of this label; nodes without it take none. */
  readonly exclusive?: string;
}

/** `between` holds two group paths without indices, such as `prefill` and `stage/decode`. */
export interface TrafficEdge {
  readonly between: readonly [string, string];
  /** Bytes per unit of work: an integer, 0 or more. */
  readonly weight: bigint;
}

/** True for a group that holds pods. */
export function isPodGroup(group: GroupSpec): group is PodGroupSpec {
  return 'pod' in group;
}
