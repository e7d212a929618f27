import type { CodeInfo } from './code';

/** BAY3xxx. Problems that have no plan, and problems that make no sense. */
export const placementCodes = {} as const satisfies Record<string, CodeInfo>;
