import type { NodeSelector, NodeSelectorRequirement, Taint, Toleration } from '../model/node';
import type { Resources } from '../model/resources';

/**
 * A cluster as KAI's scheduler sees it: plain data. What operators and webhooks make of manifests is done before, by
 * whoever builds it; what the scheduler does with it is in session.ts.
 */
export interface World {
  readonly nodes: readonly WorldNode[];
  readonly topologies: readonly WorldTopology[];
  readonly queues: readonly WorldQueue[];
  readonly podGroups: readonly WorldPodGroup[];
  readonly pods: readonly WorldPod[];
}

export interface WorldNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly unschedulable: boolean;
  /** False where a condition keeps KAI away. */
  readonly ready: boolean;
  readonly allocatable: Resources;
  /** By pods that are not in `pods`, `pods` included. */
  readonly used: Resources;
}

export interface WorldTopology {
  readonly name: string;
  /** Broadest first. */
  readonly levels: readonly { readonly label: string; readonly alias?: string }[];
}

/** Amounts that a queue is asked about: millicores, bytes, devices. */
export interface QueueAmounts {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number;
}

export interface WorldQueue {
  readonly name: string;
  readonly parent?: string;
  /** -1 for unlimited; KAI reads any other negative amount as one that nothing fits. */
  readonly quota: QueueAmounts;
  /** -1 for unlimited. */
  readonly limit: QueueAmounts;
  /** By pods that are not in `pods`; all of it counts as not preemptible. */
  readonly used: QueueAmounts;
}

export interface TopologyConstraint {
  readonly topology?: string;
  /** A level's label or alias. */
  readonly required?: string;
  readonly preferred?: string;
}

export interface WorldSubGroup {
  readonly name: string;
  readonly parent?: string;
  /** Of pods; for subgroups without children. @default 0 */
  readonly minMember?: number;
  /** Of children; for subgroups with children. @default - all of them */
  readonly minSubGroup?: number;
  readonly constraint?: TopologyConstraint;
}

export interface WorldPodGroup {
  readonly namespace: string;
  readonly name: string;
  readonly queue: string;
  readonly priorityClass: string;
  /** Value of that class. */
  readonly priority: number;
  readonly preemptible: boolean;
  readonly constraint?: TopologyConstraint;
  /** Only looked at without subgroups. @default 1 */
  readonly minMember?: number;
  /** @default - all subgroups at the top */
  readonly minSubGroup?: number;
  readonly subGroups: readonly WorldSubGroup[];
  /** Seconds until a gang below its minimum is evicted; negative for never. */
  readonly stalenessGrace: number;
  /** Older ones first, among those of one priority. */
  readonly created: number;
}

/** Required pod anti-affinity with pods of the own namespace. */
export interface ApartFrom {
  readonly topologyKey: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
}

export interface WorldPod {
  /** Unique; among pods of one age the lesser one is placed first. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Bare name of its PodGroup: KAI up to 0.17.0 looks at no namespace here. */
  readonly podGroup: string;
  readonly subGroup?: string;
  /** Without the one of `pods`. */
  readonly requests: Resources;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Required node affinity. */
  readonly nodeAffinity?: NodeSelector;
  readonly tolerations: readonly Toleration[];
  readonly apart: readonly ApartFrom[];
  /** Where it runs; absent while it is pending. */
  readonly node?: string;
  /** Deleted, and not gone yet. */
  readonly releasing?: boolean;
  /** Not made yet. */
  readonly absent?: boolean;
  /** Older ones are placed first. */
  readonly created: number;
}
