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
  BAY6022: {
    severity: 'error',
    title: 'a lock that could not be written',
    explanation: 'The file system refused a step, such as for want of space or permission. The lock is as it was.',
    bad: '# a folder without write permission',
    good: '# run synth where the inventory lies in a folder that can be written',
  },
} as const satisfies Record<string, CodeInfo>;
