import { externalSecretSpecSchema } from '../../backends/external-secrets/external-secret';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { ExternalSecret } from '../../constructs/external-secret';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { nearest } from '../../diagnostics/nearest';
import { placeOf, type ClusterModel, type DeclaredSecret } from '../collect';

/** Secrets that are declared: that they can be made, each by one maker, and hold what graphs take from them. */
export function checkDeclaredSecrets(cluster: ClusterModel): Diagnostic[] {
  const { secrets, graphs } = cluster;
  return [
    ...secrets.flatMap(checkSpec),
    ...secrets.flatMap((secret) => checkDecryption(cluster, secret)),
    ...secrets.flatMap(checkMakers),
    ...graphs.flatMap((graph) => referencesOf(graph).flatMap((reference) => checkReference(reference, graph, secrets))),
  ];
}

function checkSpec({ construct, name, keys }: DeclaredSecret): Diagnostic[] {
  if (!ExternalSecret.isExternalSecret(construct)) return [];
  const { error } = externalSecretSpecSchema.safeParse(construct.spec);
  return (error?.issues ?? []).map(({ message, path }) => {
    const pointer = inProps(path, keys);
    return diagnostic('BAY2093', {
      message: `secret "${name}" cannot be fetched with its ${pointer}: ${message}`,
      where: { ...placeOf(construct), pointer },
      help: "say which store it is in, and for each key what it is called there: data: { HF_TOKEN: { key: 'ml/hub' } }",
    });
  });
}

/** Place in the props of a place in the spec, where keys are a list in order of name. */
function inProps([field, index, ...rest]: readonly PropertyKey[], keys: readonly string[]): string {
  if (field === 'secretStoreRef') return ['store', index, ...rest].map(String).join('.');
  if (typeof index !== 'number') return String(field);
  const parts = rest.filter((part) => part !== 'secretKey' && part !== 'remoteRef');
  return ['data', keys[index] ?? '', ...parts.map(String)].join('.');
}

function checkDecryption(
  { construct: cluster }: ClusterModel,
  { construct, name, text }: DeclaredSecret,
): Diagnostic[] {
  if (text === undefined) return [];
  if (construct.folder === cluster.flux.folder) {
    const message = `the encrypted secret "${name}" lies in the entry folder, whose Kustomization is not written here`;
    const help = 'put it beneath the cluster, or beneath a graph';
    return [diagnostic('BAY2092', { message, where: placeOf(construct), help })];
  }
  if (cluster.sops) return [];
  return [
    diagnostic('BAY2092', {
      message: `secret "${name}" is encrypted, and cluster "${cluster.name}" does not say how it is decrypted`,
      where: placeOf(construct),
      help: "name the Secret that has the keys: sops: { secret: 'sops-age' }; sops: {} where Flux's controller is known to the KMS itself",
    }),
  ];
}

/** Two ExternalSecrets of one name, or two files, are two objects of one name already. */
function checkMakers(secret: DeclaredSecret, _: number, secrets: readonly DeclaredSecret[]): Diagnostic[] {
  const { name, namespace, construct, text } = secret;
  const first = secrets.find((other) => other.name === name && other.namespace === namespace);
  if (!first || (first.text === undefined) === (text === undefined)) return [];
  return [
    diagnostic('BAY2096', {
      message: `Secret "${name}" in namespace "${namespace}" is made twice: from a store and from a file`,
      where: placeOf(construct),
      notes: [`also made by ${first.construct.node.path}`],
      help: 'keep one of them: the operator and Flux would take it from each other',
    }),
  ];
}

/** A key of a Secret that a graph takes, and where it says so first. */
interface Reference {
  readonly secret: string;
  readonly key: string;
  readonly pointer: string;
}

function referencesOf({ spec }: DynamoGraph): Reference[] {
  const { token } = spec.model;
  const all = [
    ...(token ? [{ ...token, pointer: 'model.token' }] : []),
    ...spec.components.flatMap(({ pointer, env }) =>
      Object.entries(env).flatMap(([name, value]) =>
        typeof value === 'string' ? [] : [{ ...value, pointer: `${pointer}.env.${name}` }],
      ),
    ),
  ];
  return all.filter(
    ({ secret, key }, index) => all.findIndex((other) => other.secret === secret && other.key === key) === index,
  );
}

function checkReference(reference: Reference, graph: DynamoGraph, secrets: readonly DeclaredSecret[]): Diagnostic[] {
  const { secret, key, pointer } = reference;
  const { namespace } = graph.spec;
  const where = { ...placeOf(graph), pointer };
  const named = secrets.filter(({ name }) => name === secret);
  const declared = named.find((one) => one.namespace === namespace);
  if (declared) {
    if (declared.keys.includes(key)) return [];
    const message = `Secret "${secret}" has no key "${key}"`;
    const near = nearest(key, declared.keys);
    const notes = [`its keys are ${declared.keys.join(', ')}`];
    const help = near === undefined ? 'take one of them, or add the key to the Secret' : `did you mean "${near}"?`;
    return [diagnostic('BAY2094', { message, where, notes, help, data: { secret, key, keys: declared.keys } })];
  }
  const [elsewhere] = named;
  if (!elsewhere) return [];
  return [
    diagnostic('BAY2095', {
      message: `Secret "${secret}" is declared in namespace "${elsewhere.namespace}", and pods of "${namespace}" cannot read it there`,
      where,
      notes: ['the graph waits until somebody makes a Secret of that name in its namespace'],
      help: `declare it with namespace: '${namespace}' as well`,
    }),
  ];
}
