import type { CodeInfo } from './code';

/** BAY6xxx. Locks: what was decided or resolved before. */
export const pinCodes = {
  BAY6020: {
    severity: 'error',
    title: 'a lock that cannot be read',
    explanation:
      'The lock of a cluster says where its graphs are. It is written by synth alone; by hand, or in a merge, it became something that synth would not write.',
    bad: '<<<<<<< HEAD',
    good: '# git checkout --theirs topologies/eu-west/eu-west.lock.yaml && npx bayplan synth',
  },
  BAY6021: {
    severity: 'error',
    title: 'a lock that is not current',
    explanation:
      'With --frozen nothing may change but what was locked before: another placement, another inventory or another version of Bayplan has to be locked first.',
    bad: 'bayplan synth --frozen   # in CI, after an edit without a synth',
    good: 'bayplan synth && git add topologies dist',
  },
} as const satisfies Record<string, CodeInfo>;
