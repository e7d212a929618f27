import type { CodeInfo } from './code';

/** BAY4045 and following. Changes of graphs that run, beside those that codes/verify.ts has. */
export const changeCodes = {
  BAY4045: {
    severity: 'error',
    title: 'a change without room beside what runs',
    explanation:
      'Every node that a component newly gets, or may hold more of than before, needs room for that while all old pods of graphs that stay still run. Then a change finishes whatever pod goes first. Here a node has no such room: what comes waits for what has to go, and while pods of a gang are missing KAI places all that it lacks or nothing. The notes say who waits for whom, the help names the ways out that were found to work.',
    bad: '// one commit that gives prefill a node of decode, and decode another one',
    good: '// bayplan synth --first-step: a commit that moves decode away, and when it has run through, the rest',
  },
  BAY4046: {
    severity: 'error',
    title: 'a change of the required domain',
    explanation:
      'KAI keeps new pods of a subgroup in the required domain where its old pods run. Pods that roll to another zone or rack never get a node while one of the old ones runs. Stop them first, or start a graph of another name.',
    bad: "decode: { nodeSelector: { 'topology.kubernetes.io/zone': 'b' } } // was: zone a, with placement: { required: Level.zone() }",
    good: "new DynamoGraph(cluster, 'g', { rollout: 'recreate', ... }) // or another name",
  },
  BAY4047: {
    severity: 'warning',
    title: 'a first step that is not needed',
    explanation:
      '--first-step is for a change that cannot be made in one commit. On this cluster none has to be made in two, so all of it was compiled.',
    bad: 'bayplan synth --first-step',
    good: 'bayplan synth',
  },
} as const satisfies Record<string, CodeInfo>;
