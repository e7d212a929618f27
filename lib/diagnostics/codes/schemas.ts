import type { CodeInfo } from './code';

/** BAY45xx. Objects held against the CustomResourceDefinitions of their cluster, and the import of those. */
export const schemaCodes = {
  BAY4501: {
    severity: 'error',
    title: 'an object that the CRDs of its cluster refuse',
    explanation: `
The cluster's own CustomResourceDefinitions were imported, and one of its objects does not fit them: a field is unknown,
missing, of another type or out of bounds, or a rule of the CRD is broken. The API server would refuse the object, or
drop the field without a word. The message names the place in the object.

Most often the cluster runs another version of the operator than its stack says, or a patch has a slip in it. Where the
cluster has been upgraded, import its CRDs again.`,
    bad: `graph.deployment.addJsonPatch(JsonPatch.add('/spec/component', []))`,
    good: `graph.deployment.addJsonPatch(JsonPatch.add('/metadata/labels', { team: 'a' }))`,
  },
  BAY4502: {
    severity: 'error',
    title: 'an object of a version that its cluster does not serve',
    explanation: `
The imported CustomResourceDefinitions have the kind of this object, but do not serve the version that it is written in:
the operator on the cluster is older or newer than the stack says. Nothing of the object can be applied.`,
    bad: `stack: { dynamo: '1.5.0' } // the cluster has the CRDs of Dynamo 0.5.1, which serve v1alpha1 alone`,
    good: `stack: { dynamo: '0.5.1' }`,
  },
  BAY4503: {
    severity: 'warning',
    title: 'a kind that no imported CRD defines',
    explanation: `
Objects of this kind are written, but the imported schemas say nothing of it: they are not checked. Name the file of
its CustomResourceDefinition to bayplan schemas import, beside the others.`,
    bad: 'bayplan schemas import dynamo-crds.yaml -o schemas.json',
    good: 'bayplan schemas import dynamo-crds.yaml kai-crds.yaml flux-crds.yaml -o schemas.json',
  },
  BAY4504: {
    severity: 'warning',
    title: 'a field that a new object must not have',
    explanation: `
A rule of the CustomResourceDefinition holds for an object when it is created, and not later. The compiler does not know
whether the object is on the cluster already: where it is, all is well; where it is not, as on a new cluster or after a
deletion, it would be refused.`,
    bad: `spec: { restart: { id: '2' } } # on a DynamoGraphDeployment that is not there yet`,
    good: `spec: {} # and restart.id once it runs`,
  },
  BAY4510: {
    severity: 'error',
    title: 'a file that holds no CustomResourceDefinition',
    explanation: `
bayplan schemas import reads CustomResourceDefinitions of apiextensions.k8s.io/v1, as YAML with one document or several,
or as JSON, also in lists as kubectl prints them. The file is not YAML or JSON, or holds something else.`,
    bad: 'bayplan schemas import values.yaml',
    good: 'kubectl get crds -o yaml > crds.yaml && bayplan schemas import crds.yaml',
  },
  BAY4511: {
    severity: 'warning',
    title: 'documents beside the CustomResourceDefinitions',
    explanation: `
The file also holds objects that define no kind, as the output of helm template or flux install --export does. They were
left out; the CustomResourceDefinitions were read.`,
    bad: 'helm template dynamo-platform > all.yaml && bayplan schemas import all.yaml',
    good: 'kubectl get crds -o yaml > crds.yaml && bayplan schemas import crds.yaml',
  },
  BAY4512: {
    severity: 'error',
    title: 'a CustomResourceDefinition that cannot be understood',
    explanation: `
Group, kind, scope and versions have to be there, and the schema of each version has to be structural, as Kubernetes
itself asks of every CustomResourceDefinition of apiextensions.k8s.io/v1. The message names the place. A file that was
edited by hand or written by an old generator may break this; what a cluster has taken does not.`,
    bad: 'openAPIV3Schema: { $ref: "#/definitions/Graph" }',
    good: 'openAPIV3Schema: { type: object, properties: { spec: { type: object } } }',
  },
  BAY4513: {
    severity: 'error',
    title: 'two CustomResourceDefinitions for one kind',
    explanation: `
The files define the same version of the same kind twice, with different schemas: most likely they are of two releases
of one project. A cluster has one of them. Name the files of one release only.`,
    bad: 'bayplan schemas import kai-0.16/*.yaml kai-0.17/*.yaml',
    good: 'bayplan schemas import kai-0.17/*.yaml',
  },
  BAY4514: {
    severity: 'warning',
    title: 'parts of a CRD that are not checked',
    explanation: `
Rules in CEL are checked where Bayplan knows them: those of the kinds that it writes, in the releases that it supports.
This kind of its own has rules that it does not know, most likely because its release is newer. All else of the
schema is checked.`,
    bad: 'a DynamoGraphDeployment CRD with a rule that no supported release has',
    good: 'kubectl apply --dry-run=server asks the cluster itself',
  },
  BAY4520: {
    severity: 'error',
    title: 'a schema file that was not written by bayplan schemas import',
    explanation: `
The schemas of a cluster are a file that bayplan schemas import writes: JSON with a format and kinds. A CRD itself, or a
file that was edited or cut short, is not that.`,
    bad: "schemas: 'crds.yaml'",
    good: 'bayplan schemas import crds.yaml -o schemas.json',
  },
} as const satisfies Record<string, CodeInfo>;
