import type { Severity } from '../diagnostic';

/** What the registry knows of a code. */
export interface CodeInfo {
  readonly severity: Severity;
  /** A few words, lower case, no full stop. */
  readonly title: string;
  /** Why this is refused or warned of, and what to do; a few sentences of plain prose. */
  readonly explanation: string;
  /** Input that gives this finding. */
  readonly bad: string;
  /** The same input put right. */
  readonly good: string;
}
