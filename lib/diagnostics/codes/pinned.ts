import type { CodeInfo } from './code';

/** BAY6022 and above. Pins: what is written without one, waivers, and `bayplan lock`. */
export const pinnedCodes = {
  BAY6022: {
    severity: 'error',
    title: 'an image without a digest',
    explanation: `
A tag is a name that a registry gives to one image today and to another tomorrow. Everything that is written names its
images by digest, objects of your own included, and so do the values of charts for the images that those run by
themselves. The digests are kept in the lock of the cluster, and bayplan lock looks up those that are missing; synth itself
asks nobody.

Where an image cannot be looked up, a PinWaiver says so, with the reason. It stays a tag then, and is counted.`,
    bad: "backend: Backend.vllm({ image: 'registry.example/team/vllm-runtime:1.5.0' })   # not in the lock yet",
    good: 'bayplan lock && bayplan synth',
  },
  BAY6023: {
    severity: 'error',
    title: 'an image that is another one tomorrow',
    explanation: `
The tag latest, or no tag at all, says of no image which one it is, so there is nothing to look up and nothing to go back
to. Name a version. No waiver helps a container; a field of another object that is called image and names none can be
waived.`,
    bad: "containers: [{ name: 'main', image: 'registry.example/team/server:latest' }]",
    good: "containers: [{ name: 'main', image: 'registry.example/team/server:1.5.0' }]",
  },
  BAY6024: {
    severity: 'error',
    title: 'a chart without a digest',
    explanation: `
A chart in an OCI registry is pinned by the digest of its manifest, which Flux takes before the tag. The digests are kept
in the lock of the cluster, and bayplan lock looks up those that are missing. A PinWaiver says why one cannot be.`,
    bad: "stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.1' })   # a version that is not in the lock yet",
    good: 'bayplan lock && bayplan synth',
  },
  BAY6025: {
    severity: 'error',
    title: 'a chart without one version',
    explanation: `
A range of versions, latest, or no version at all is another chart tomorrow. Name one version, such as 1.2.3.`,
    bad: "chart: { spec: { chart: 'cert-manager', version: '>=1.16', sourceRef } }",
    good: "chart: { spec: { chart: 'cert-manager', version: '1.16.2', sourceRef } }",
  },
  BAY6026: {
    severity: 'error',
    title: 'a model without a commit',
    explanation: `
Without a commit of the model's repository each pod reads whatever the default branch is when it starts, so that replicas
of one graph may serve different weights. The commit is kept in the lock of the cluster; bayplan lock asks the hub for
that of the default branch, or of the branch or tag that is declared. A PinWaiver says why there is none.`,
    bad: "Model.huggingFace('Qwen/Qwen3-0.6B')   # not in the lock yet",
    good: 'bayplan lock && bayplan synth',
  },
  BAY6027: {
    severity: 'error',
    title: 'an image that a chart does not let pin',
    explanation: `
The chart runs this image, and none of its values takes a digest for it: the name or the tag stands in a template, or a
program puts them together. A PinWaiver says why that is taken. Other ways are to switch off what runs it, where the chart
can, or a chart of your own.`,
    bad: "stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0', grove: '0.1.0-alpha.13' })   # its operator writes the tag of grove-initc",
    good: "new PinWaiver(cluster, 'initc', { image: 'ghcr.io/ai-dynamo/grove/grove-initc:v0.1.0-alpha.13', reason: 'the operator writes its own version' })",
  },
  BAY6028: {
    severity: 'error',
    title: 'an image that is not made for its nodes',
    explanation: `
The lock knows for which platforms an image is made, and the inventory which architecture a node has. A pod of this image
would end with "exec format error" on the nodes that the plan gives it. Name an image for that architecture, or for
several, or keep the graph to nodes of another one.`,
    bad: "backend: Backend.vllm({ image: 'registry.example/vllm-runtime:1.5.0-amd64' })   # on GB200, which is arm64",
    good: "backend: Backend.vllm({ image: 'registry.example/vllm-runtime:1.5.0' })",
  },
  BAY6029: {
    severity: 'warning',
    title: 'a pin waiver that nothing needs',
    explanation: `
A PinWaiver names an image, a chart or a model that nothing names any more, or that has its digest by itself. It would let
something go without one that gets this name one day. Remove it, or correct what it names.`,
    bad: "new PinWaiver(cluster, 'vllm', { image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtim:1.5.0', reason: '...' })",
    good: "new PinWaiver(cluster, 'vllm', { image: 'nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0', reason: '...' })",
  },
  BAY6030: {
    severity: 'error',
    title: 'a pin waiver that does not say enough',
    explanation: `
A PinWaiver lets something be written that may change by itself: an image, a chart or a model, of which it names at least
one. Who reviews it has to be told why it cannot be pinned.`,
    bad: "new PinWaiver(cluster, 'vllm', { image: 'registry.example/vllm-runtime:1.5.0', reason: '' })",
    good: "new PinWaiver(cluster, 'vllm', { image: 'registry.example/vllm-runtime:1.5.0', reason: 'mirrored next week' })",
  },
  BAY6031: {
    severity: 'error',
    title: 'a pin that strict does not take',
    explanation: `
With --frozen=strict everything that is written has its digest or its commit: no waiver counts, and no chart of a plain
HTTP repository, which has no digest to pin. Look up what was waived, and take charts from an OCI registry: push them to
one of your own, and name it (flux: { charts: { dynamo: 'oci://registry.example/charts' } }).`,
    bad: 'bayplan synth --frozen=strict   # with a PinWaiver in the fleet',
    good: 'bayplan synth --frozen',
  },
  BAY6040: {
    severity: 'error',
    title: 'a model that the hub does not have',
    explanation: `
The hub answered that there is no such model, or no such branch, tag or commit of it. HF_ENDPOINT names another hub than
huggingface.co.`,
    bad: "Model.huggingFace('Qwen/Qwen3-0.6', ...)",
    good: "Model.huggingFace('Qwen/Qwen3-0.6B', ...)",
  },
  BAY6041: {
    severity: 'error',
    title: 'a hub that lets nobody in with this token',
    explanation: `
The model is gated or private, and the hub asks for a token, or refuses the one that HF_TOKEN holds. It answers like that
as well for a model that does not exist. Whoever owns the token has to have accepted the terms of a gated model.`,
    bad: 'unset HF_TOKEN && bayplan lock   # with a gated model',
    good: 'HF_TOKEN=... bayplan lock',
  },
  BAY6042: {
    severity: 'error',
    title: 'an app that does not say what it wants pinned',
    explanation: `
bayplan lock runs the app of cdk8s.yaml, and the fleet in it writes down what it wants pinned when synth() is called. This
app ended well without having done so: it makes no Fleet, never calls synth(), or runs another version of Bayplan.`,
    bad: 'app: node build.js   # a cdk8s app without a Fleet',
    good: 'app: node --import tsx main.ts',
  },
  BAY6043: {
    severity: 'error',
    title: 'a cluster without a lock to write',
    explanation: `
bayplan lock keeps what it looks up in the lock of each cluster, beside its inventory. This one has none: its inventory is
no file, or it says lock: false. Name a file (lock: 'file.yaml'), or write digests and commits where things are declared.`,
    bad: 'lock: false   # and an image without a digest',
    good: "lock: 'topologies/eu-west/eu-west.lock.yaml'",
  },
} as const satisfies Record<string, CodeInfo>;
