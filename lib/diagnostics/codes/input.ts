import type { CodeInfo } from './code';

/** BAY1xxx. Files that are read: inventories, problems, stacks. */
export const inputCodes = {} as const satisfies Record<string, CodeInfo>;
