import type { CodeInfo } from './code';

/** BAY209x. Where secrets come from, and by whom charts are signed. */
export const secretSourceCodes = {
  BAY2090: {
    severity: 'error',
    title: 'a file that is not encrypted',
    explanation: `
A SopsSecret is written as it is and committed. Every value in data and stringData has to be encrypted, and SOPS has to
say how, in a top-level block named sops. A copy of the values in kubectl's last-applied annotation counts as well.

Encrypt the file with sops encrypt --encrypted-regex '^(data|stringData)$' --in-place. A value that was ever committed in
clear has to be replaced at its source.`,
    bad: 'stringData: { HF_TOKEN: the token itself }',
    good: 'stringData: { HF_TOKEN: "ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]" }\nsops: { ... }',
  },
  BAY2091: {
    severity: 'error',
    title: 'an encrypted file of which it is not known what it is',
    explanation: `
A SopsSecret is one Secret. Its apiVersion, kind, name and namespace stand in clear, because Flux reads them before it
decrypts anything; without --encrypted-regex SOPS encrypts them too.`,
    bad: 'sops encrypt --in-place hub.yaml',
    good: "sops encrypt --encrypted-regex '^(data|stringData)$' --in-place hub.yaml",
  },
  BAY2092: {
    severity: 'error',
    title: 'an encrypted file that nobody decrypts',
    explanation: `
Flux decrypts only what its Kustomization says to decrypt, and applies everything else as it is: pods would be given the
ciphertext. The cluster's sops says which Secret has the keys, or which ServiceAccount the KMS knows; an empty one is for
a controller that has access by itself. The Kustomization of the entry folder is made by hand, so nothing encrypted may
lie there.`,
    bad: "new SopsSecret(cluster, 'hub', { file: 'secrets/hub.sops.yaml' })",
    good: "new Cluster(fleet, 'eu-west', { sops: { secret: 'sops-age' }, ... })",
  },
  BAY2093: {
    severity: 'error',
    title: 'an ExternalSecret that cannot be fetched',
    explanation: `
An ExternalSecret names a store, and for each key of the Secret what it is called in that store. Names are those that
Kubernetes takes; keys have letters, digits, dashes, points and underscores.`,
    bad: "new ExternalSecret(cluster, 'hub', { namespace: 'team-a', store: { name: 'vault' }, data: { 'HF TOKEN': { key: 'ml/hub' } } })",
    good: "new ExternalSecret(cluster, 'hub', { namespace: 'team-a', store: { name: 'vault' }, data: { HF_TOKEN: { key: 'ml/hub' } } })",
  },
  BAY2094: {
    severity: 'error',
    title: 'a key that the Secret does not have',
    explanation: `
A graph takes a key of a Secret that the cluster declares with other keys. Its pods would wait for ever, in
CreateContainerConfigError.`,
    bad: "SecretRef.of('hub', 'TOKEN') // where hub has the key HF_TOKEN",
    good: "SecretRef.of('hub', 'HF_TOKEN')",
  },
  BAY2095: {
    severity: 'warning',
    title: 'a Secret of another namespace',
    explanation: `
Pods read Secrets of their own namespace only. The Secret is declared in another one; the graph starts only if somebody
else makes one of that name in its namespace.`,
    bad: "new ExternalSecret(cluster, 'hub', { namespace: 'team-a', ... }) // for a graph in team-b",
    good: "new ExternalSecret(cluster, 'hub-b', { name: 'hub', namespace: 'team-b', ... })",
  },
  BAY2096: {
    severity: 'error',
    title: 'a Secret that is made twice',
    explanation: `
An ExternalSecret and an encrypted file make a Secret of the same name. The External Secrets Operator and Flux would
overwrite each other's, again and again.`,
    bad: "new ExternalSecret(cluster, 'hub', { ... }); new SopsSecret(cluster, 'file', { file: 'secrets/hub.sops.yaml' })",
    good: "new ExternalSecret(cluster, 'hub', { ... })",
  },
  BAY2097: {
    severity: 'error',
    title: 'a signature that cannot be verified as declared',
    explanation: `
Flux verifies charts that come from an OCI registry: those of KAI and Grove, where the stack has them. By whom a chart
has to be signed is said by identities, each with an issuer and a subject that are regular expressions, or by a Secret
with public keys; with neither Flux would take a signature of anybody.`,
    bad: "verify: { kai: { provider: 'cosign', matchOIDCIdentity: [] } }",
    good: "verify: { kai: { provider: 'cosign', matchOIDCIdentity: [{ issuer: '^https://token[.]actions[.]githubusercontent[.]com$', subject: '^https://github[.]com/kai-scheduler/.+$' }] } }",
  },
  BAY2098: {
    severity: 'warning',
    title: 'an identity that others match as well',
    explanation: `
Issuer and subject are regular expressions, and match anywhere in the text: without ^ and $ an account with a longer
name can sign as well.`,
    bad: "subject: 'https://github.com/kai-scheduler'",
    good: "subject: '^https://github[.]com/kai-scheduler/.+$'",
  },
} as const satisfies Record<string, CodeInfo>;

/** BAY405x. That no secret is written. */
export const writtenSecretCodes = {
  BAY4050: {
    severity: 'error',
    title: 'a secret in what would be written',
    explanation: `
dist is committed, and every secret in it. A value has the form of a token that a service gives out, is a private key, or
stands in a field that is named like a secret and looks like none of what usually stands there instead: a name, a
path, a reference. The value itself is never printed.

Refer to a Secret instead. Where the value is no secret, a SecretWaiver says so, with the reason.`,
    bad: `values: { adminPassword: 'the password itself' }`,
    good: `values: { existingSecret: 'grafana-admin' }`,
  },
  BAY4051: {
    severity: 'error',
    title: 'a Secret with its values',
    explanation: `
The values of a Secret are base64, which is no encryption, and dist is committed. Declare where the values come from
instead: an ExternalSecret for a secret store, a SopsSecret for an encrypted file; or let somebody else make the Secret,
and refer to it by name.`,
    bad: "new k8s.KubeSecret(cluster, 'hub', { metadata: { name: 'hub' }, stringData: { HF_TOKEN: 'the token itself' } })",
    good: "new ExternalSecret(cluster, 'hub', { namespace: 'team-a', store: { name: 'vault' }, data: { HF_TOKEN: { key: 'ml/hub' } } })",
  },
  BAY4052: {
    severity: 'warning',
    title: 'a waiver that nothing needs',
    explanation: `
A SecretWaiver names a field that holds nothing which looks like a secret, or an object that is not there. It would hide
a secret that gets there one day. Remove it, or correct what it names.`,
    bad: "new SecretWaiver(cluster, 'admin', { kind: 'HelmRelease', name: 'grafana', field: 'adminPasswort', reason: '...' })",
    good: "new SecretWaiver(cluster, 'admin', { kind: 'HelmRelease', name: 'grafana', field: 'adminPassword', reason: '...' })",
  },
  BAY4053: {
    severity: 'error',
    title: 'a waiver without a reason',
    explanation: `
A SecretWaiver lets something be committed that looks like a secret. Who reviews it has to be told why it is none.`,
    bad: "new SecretWaiver(cluster, 'admin', { kind: 'HelmRelease', name: 'grafana', field: 'adminPassword', reason: '' })",
    good: "new SecretWaiver(cluster, 'admin', { ..., reason: 'replaced by the chart at the first start' })",
  },
} as const satisfies Record<string, CodeInfo>;
