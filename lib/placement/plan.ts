import type { Json } from '../diagnostics/diagnostic';

/** The plan, as it is printed: plain data in version 1 of the file format. */
export interface Plan {
  readonly version: 1;
  /** `infeasible` where at least one gang is unplaced. */
  readonly status: 'placed' | 'infeasible';
  /** Every gang of the problem, in name order. */
  readonly gangs: readonly GangPlan[];
  readonly objective: Objective;
  /** No plan that equals this one in all earlier terms has less. */
  readonly bound: Objective;
  /** What an independent checker needs to confirm bounds and refusals that rest on counting. */
  readonly certificate: { readonly [key: string]: Json };
  /** Every term equals its bound. */
  readonly optimal: boolean;
}

export type GangPlan = PlacedGang | UnplacedGang;

export interface PlacedGang {
  readonly name: string;
  readonly status: 'placed';
  /** Path of the copy, with its index at each depth (`stage/1/worker/0`), to one node name a pod. */
  readonly placements: { readonly [path: string]: readonly string[] };
  /** Path of a scope with a required level (`""` is the gang) to the domain that holds it: level to label value. */
  readonly domains: { readonly [path: string]: { readonly [level: string]: string } };
  /** Copies whose nodes differ from `locked`. */
  readonly moved: readonly string[];
}

export interface UnplacedGang {
  readonly name: string;
  readonly status: 'unplaced';
  readonly reasons: readonly Reason[];
}

/** Why a gang has no place. The first reason is the binding one. */
export type ReasonCode =
  /** no node that may take the pods at all: selector, affinity, taints, readiness, missing labels */
  | 'no-eligible-node'
  /** the domain has too little of a resource in total */
  | 'capacity'
  /** enough in total, but in pieces that no arrangement of the pods fits */
  | 'fragmented'
  /** a placement exists, but none in which pins are safe */
  | 'pin-safety'
  /** a non-preemptible gang over quota, at the queue or an ancestor */
  | 'quota'
  /** over the limit of the queue or an ancestor */
  | 'limit'
  /** the capacity is there, but other gangs of this problem hold it */
  | 'taken'
  /** the counted search budget ended before a placement was found or excluded */
  | 'budget';

export interface Reason {
  readonly code: ReasonCode;
  /** Group path without indices, where one group is to blame. */
  readonly group?: string;
  readonly message: string;
  /** The level of which no domain holds what it has to; `kubernetes.io/hostname` where a single pod fits no node. */
  readonly level?: string;
  /** The domain that came closest: label values joined with `/`. */
  readonly domain?: string;
  readonly needed?: { readonly [resource: string]: string };
  readonly available?: { readonly [resource: string]: string };
  /** How many nodes were left out, by cause: `cordoned`, `not ready`, `taint nvidia.com/gpu`, … */
  readonly excluded?: { readonly [cause: string]: number };
  /** Constraints that leave no place together, while all but any one of them would. */
  readonly conflict?: readonly string[];
  /** The texts of `remedies` where there are any, else what is left to look at. */
  readonly help?: string;
  /** Single changes with each of which the gang would have a place; each was tried. Cheapest first, at most four. */
  readonly remedies?: readonly Remedy[];
}

/** What a change changes. */
export type RemedyKind =
  /** a required level made wider, or dropped (then without `level`) */
  | 'level'
  /** a group with fewer copies: the most that fit */
  | 'replicas'
  /** a label dropped from node selectors */
  | 'selector'
  /** a requirement dropped from required node affinities */
  | 'affinity'
  /** a toleration added for the taints of a key */
  | 'toleration'
  /** a gang of the same or a lower priority left out */
  | 'gang'
  /** a bound of a queue raised */
  | 'quota'
  | 'limit'
  /** a gang made preemptible, so that no quota holds for it */
  | 'preemptible'
  /** nodes added that are like one that is there */
  | 'nodes'
  /** a group pinned by replica instead of as a set */
  | 'pinning';

/** One change with which the gang has a place. */
export interface Remedy {
  readonly kind: RemedyKind;
  /** How to ask for it. */
  readonly text: string;
  /** Paths of the groups that change; none where the gang as a whole does. */
  readonly groups?: readonly string[];
  readonly level?: string;
  readonly replicas?: number;
  /** Key of the label or of the taint. */
  readonly key?: string;
  /** The gang that is left out. */
  readonly gang?: string;
  readonly queue?: string;
  readonly resource?: string;
  /** What the bound has to be. */
  readonly amount?: string;
  /** How many nodes. */
  readonly nodes?: number;
  /** The node that they are like. */
  readonly like?: string;
  readonly domain?: string;
}

/** Terms in the order in which plans are compared; see docs/placement.md. */
export interface Objective {
  /** For each priority, highest first: priority, locked gangs left out, other gangs left out. */
  readonly unplaced: readonly (readonly [number, number, number])[];
  /** Gangs with a moved pod, then moved pods. */
  readonly moved: readonly [number, number];
  /** For each priority, highest first: priority, copies beyond the minimum left out. */
  readonly extras: readonly (readonly [number, number])[];
  /** By depth, broadest first: sum over scopes of domains used less one. */
  readonly preferred: readonly number[];
  /** An exact reduced fraction, such as `20000/3`. */
  readonly distance: string;
  /** Domains used by depth: over gangs, over groups, over copies. */
  readonly spread: readonly [readonly number[], readonly number[], readonly number[]];
  /** Broken nodes, then by topology and level, narrowest first, whole domains with a broken node. */
  readonly fragmentation: readonly number[];
}
