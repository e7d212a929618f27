/**
 * Exit codes of `bayplan` and of a fleet that is compiled: the one list. Scripts may rely on them.
 */
export const exitCodes = {
  /** Done; warnings may have been printed. */
  ok: 0,
  /** A fault of Bayplan or of the machine under it: an uncaught error, a full disk, an app that a signal ended. */
  internal: 1,
  /** Bad input or wrong usage: nothing was computed. */
  input: 2,
  /** At least one gang has no place: nothing was written. */
  infeasible: 3,
  /** The input is sound and a place was found, but a check of the outcome failed: nothing was written. */
  check: 4,
  /** What runs is not what was planned: reported by commands that compare the two. */
  drift: 5,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
