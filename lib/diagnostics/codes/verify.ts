import type { CodeInfo } from './code';

/** BAY4xxx. Manifests that the cluster would refuse, or that would not do what the plan says. */
export const verifyCodes = {} as const satisfies Record<string, CodeInfo>;
