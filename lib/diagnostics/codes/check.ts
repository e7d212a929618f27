import type { CodeInfo } from './code';

/** BAY2xxx. What can be said of a fleet without placing it. */
export const checkCodes = {} as const satisfies Record<string, CodeInfo>;
