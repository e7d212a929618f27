/** Wrong use of the command line. `program.ts` makes the finding of it: it alone knows the whole line. */
export class UsageError extends Error {
  constructor(
    /** What is wrong, with the value; lower case, no full stop. */
    message: string,
    readonly help?: string,
  ) {
    super(message);
  }
}
