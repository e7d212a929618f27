import type { CodeInfo } from './code';

/** BAY5xxx. Writing dist, and use of the command line. */
export const emitCodes = {
  BAY5001: {
    severity: 'error',
    title: 'the output folder holds files that are not manifests',
    explanation: `
The output folder is replaced as a whole, so that a manifest that is no longer wanted does not stay behind. A folder
that holds anything but .yaml, .yml and .json files was not written by a compile, and replacing it would destroy what
is in it.

Name another folder, or move the files named in the note out of it: notes and licences belong beside dist, not in it.`,
    bad: 'bayplan synth --output lib',
    good: 'bayplan synth --output dist',
  },
  BAY5002: {
    severity: 'error',
    title: 'the output folder is the working folder or lies around it',
    explanation: `
The output folder is replaced as a whole. Where it is the working folder, or a folder that the working folder lies in,
that would replace the project itself. Name a folder of its own.`,
    bad: 'bayplan synth --output .',
    good: 'bayplan synth --output dist',
  },
  BAY5003: {
    severity: 'error',
    title: 'the output folder could not be written',
    explanation: `
Manifests are written to a folder beside the output folder, which then takes its place by a rename. A step of that
failed: the disk is full, a permission is missing, or the output folder is a mount point of its own, which cannot be
renamed. The old output is as it was.

The folder around the output folder must be writable and on the same file system. In a container, mount the project
and not its dist.`,
    bad: 'docker run --volume ./dist:/project/dist fleet npx bayplan synth',
    good: 'docker run --volume .:/project fleet npx bayplan synth',
  },
  BAY5004: {
    severity: 'error',
    title: 'a file name that cannot stand in the output folder',
    explanation: `
A file of the output folder has a relative path of plain segments with forward slashes, and ends in .yaml, .yml or
.json. Anything else would be written outside the folder, or would keep the next compile from replacing it.`,
    bad: "new Cluster(fleet, '../eu-west', { ... })",
    good: "new Cluster(fleet, 'eu-west', { ... })",
  },
  BAY5005: {
    severity: 'warning',
    title: 'the replaced output could not be removed',
    explanation: `
The new manifests are in place, but the folder with those they replace could not be removed. The next compile tries
again; until then the folder can be removed by hand. Nothing reads it.`,
    bad: 'sudo touch .dist.prev/kept && bayplan synth',
    good: 'sudo rm -r .dist.prev && bayplan synth',
  },
  BAY5006: {
    severity: 'error',
    title: 'a file that could not be written',
    explanation: `
The folder of the file named by --output is not there, or may not be written to, or a folder has that name already. A
file that was there before is as it was.`,
    bad: 'bayplan export kai-snapshot --cluster eu-west -o no-such-folder/eu-west.zip',
    good: 'mkdir -p snapshots && bayplan export kai-snapshot --cluster eu-west -o snapshots/eu-west.zip',
  },
  BAY5010: {
    severity: 'error',
    title: 'no cdk8s.yaml in the working folder',
    explanation: `
bayplan synth and bayplan export run the command that cdk8s.yaml names as "app", like cdk8s synth does. Run them in the
folder that holds cdk8s.yaml, or say what to run with --app.`,
    bad: 'cd topologies && bayplan synth',
    good: 'bayplan synth',
  },
  BAY5011: {
    severity: 'error',
    title: 'cdk8s.yaml names no app',
    explanation: `
cdk8s.yaml is a map, and its key "app" is the command line that compiles the fleet: a text that is not empty.`,
    bad: 'language: typescript\noutput: .cdk8s.out',
    good: 'language: typescript\napp: node --import tsx main.ts\noutput: .cdk8s.out',
  },
  BAY5012: {
    severity: 'error',
    title: 'the app did not come to an end of its own',
    explanation: `
The command that compiles the fleet could not be started, or a signal ended it: it was interrupted, or the system took
its memory away. What it was about to write was not written, or will be put right by the next compile.`,
    bad: 'bayplan synth --app "kill -9 $$"',
    good: 'bayplan synth --app "node --import tsx main.ts"',
  },
  BAY5020: {
    severity: 'error',
    title: 'wrong use of the command line',
    explanation: `
There is no such command or option, a value is missing, or it is not one of those that the option or argument takes.
bayplan --help lists the commands, and bayplan COMMAND --help what each of them takes.`,
    bad: 'bayplan place problem.yaml --rebalence 2',
    good: 'bayplan place problem.yaml --rebalance 2',
  },
  BAY5021: {
    severity: 'error',
    title: 'unknown diagnostic code',
    explanation: `
A diagnostic code is BAY and four digits. bayplan explain without a code lists all there are in this version.`,
    bad: 'bayplan explain BAY9999',
    good: 'bayplan explain BAY5021',
  },
  BAY5022: {
    severity: 'error',
    title: 'no such cluster to export for KAI',
    explanation: `
bayplan export kai-snapshot writes what KAI's scheduler would see of one cluster of the fleet, named as its folder in
dist is. There is no cluster of that name, or it runs on Run:ai, whose scheduler KAI's replay tool does not know.`,
    bad: 'bayplan export kai-snapshot --cluster eu-wset',
    good: 'bayplan export kai-snapshot --cluster eu-west',
  },
} as const satisfies Record<string, CodeInfo>;
