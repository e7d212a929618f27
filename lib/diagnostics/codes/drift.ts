import type { CodeInfo } from './code';

/** BAY406x and BAY407x. What was committed, beside what runs. */
export const driftCodes = {
  BAY4061: {
    severity: 'error',
    title: 'no such cluster in dist',
    explanation: `
What runs is compared with what is committed: the folder of a cluster in dist, as Flux applies it. There is no such
folder. bayplan looks for dist in the working folder, unless --dist names it.`,
    bad: 'bayplan verify --cluster eu-wset --pods pods.json',
    good: 'bayplan verify --cluster eu-west --pods pods.json',
  },
  BAY4063: {
    severity: 'warning',
    title: 'a cluster without its lock',
    explanation: `
The lock of a cluster says which node each pod was planned on. It is looked for in the folder topologies beside dist;
--lock names another file. Without it pods are held against their pins only, which name the nodes of all pods of a
component together.`,
    bad: 'bayplan verify --cluster eu-west --pods pods.json   # the inventory is in clusters/eu-west',
    good: 'bayplan verify --cluster eu-west --pods pods.json --lock clusters/eu-west/eu-west.lock.yaml',
  },
  BAY4064: {
    severity: 'error',
    title: 'more than one lock, or another cluster',
    explanation: `
Several files in topologies are named as the lock of this cluster, or the file that was named is the lock of another one.
A lock says for which cluster it was written.`,
    bad: 'bayplan verify --cluster lab --lock topologies/eu-west/eu-west.lock.yaml --pods pods.json',
    good: 'bayplan verify --cluster lab --lock topologies/lab/lab.lock.yaml --pods pods.json',
  },
  BAY4065: {
    severity: 'warning',
    title: 'lock and dist of two compiles',
    explanation: `
The lock plans a component on other nodes than those that dist pins it to, or does not know it. They are written
together: one of them was changed by hand, or came from another commit. What Flux applies is dist.`,
    bad: 'git checkout main~3 -- topologies',
    good: 'git checkout main~3 -- topologies dist',
  },
} as const satisfies Record<string, CodeInfo>;
