import type { Json } from '../diagnostics/diagnostic';

/** What can be wrong with a plan. */
export type FaultCode =
  /** a gang of the problem is not listed, listed twice, or not of the problem */
  | 'gang-list'
  /** the plan's status does not follow from its gangs, or an unplaced gang gives no reason */
  | 'status'
  /** a copy that no group asks for, or a group with fewer copies than its minimum */
  | 'copies'
  /** a copy with more or fewer nodes than its group has pods */
  | 'pod-count'
  /** a node that the problem does not have */
  | 'unknown-node'
  /** a pod on a node that may not take it: readiness, cordon, selector, affinity, taints */
  | 'eligibility'
  /** a node over its allocatable */
  | 'capacity'
  /** a pod constrained by a topology on a node that lacks one of its labels */
  | 'missing-label'
  /** pods of one copy in several domains of a required level */
  | 'required-level'
  /** two pods of a group on nodes with one value of the exclusive label, or a node without it */
  | 'exclusive'
  /** non-preemptible gangs over a quota */
  | 'quota'
  /** gangs over a limit */
  | 'limit'
  /** pinned components that do not fit together at the most pods each could have on a node */
  | 'pin-safety'
  /** `domains` does not say what the placements say */
  | 'domains'
  /** `moved` does not say what the placements and the lock say */
  | 'moved'
  /** copies that do not keep their locked number, or do not take the lowest ones */
  | 'numbering'
  /** a term of the objective with another value than the plan has */
  | 'objective'
  /** the certificate of a refusal says what the problem does not, or leaves out what it has to say */
  | 'certificate'
  /** a bound above the value it bounds, or `optimal` where they differ */
  | 'bound';

/** One thing that is wrong with a plan. */
export interface PlanFault {
  readonly code: FaultCode;
  /** Lower case, with the values, no full stop. */
  readonly message: string;
  readonly gang?: string;
  readonly node?: string;
  /** Path of a copy or, without indices, of a group. */
  readonly path?: string;
  /** The numbers and names behind the message. */
  readonly data: { readonly [key: string]: Json };
}
