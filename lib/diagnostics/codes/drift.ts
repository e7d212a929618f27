import type { CodeInfo } from './code';

/** BAY406x and BAY407x. What runs, or is to run, beside what was planned. */
export const driftCodes = {
  BAY4060: {
    severity: 'error',
    title: 'a smoke test that cannot pass',
    explanation: `
A smoke test is a Job that asks the graph's frontend for a completion, again and again within a time limit. The limit is
from 1 to 600 seconds, there is a frontend, and the Job is named <graph>-smoke-test, with 63 letters at the most.`,
    bad: `smokeTest: { seconds: 3600 }`,
    good: `smokeTest: true`,
  },
} as const satisfies Record<string, CodeInfo>;
