import { z } from 'zod';

const healthSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

/** Spec of a Flux Kustomization (kustomize.toolkit.fluxcd.io/v1), as far as we write it. */
export const kustomizationSpecSchema = z.strictObject({
  interval: z.string(),
  retryInterval: z.string(),
  timeout: z.string(),
  prune: z.boolean(),
  wait: z.boolean().optional(),
  path: z.string().startsWith('./'),
  sourceRef: z.strictObject({ kind: z.enum(['GitRepository', 'OCIRepository', 'Bucket']), name: z.string() }),
  dependsOn: z.array(z.strictObject({ name: z.string() })).optional(),
  decryption: z
    .strictObject({
      provider: z.literal('sops'),
      secretRef: z.strictObject({ name: z.string().min(1) }).optional(),
      serviceAccountName: z.string().min(1).optional(),
    })
    .optional(),
  healthChecks: z.array(healthSchema).optional(),
  healthCheckExprs: z
    .array(
      z.strictObject({ apiVersion: z.string(), kind: z.string(), current: z.string(), failed: z.string().optional() }),
    )
    .optional(),
});

export type KustomizationSpec = z.infer<typeof kustomizationSpecSchema>;

/** By what Flux decrypts files that SOPS encrypted; with neither, by the identity of kustomize-controller. */
export interface Decryption {
  /** Secret with age or PGP keys, or credentials of a cloud's KMS, in the namespace of the Flux objects. */
  readonly secret?: string;
  /** ServiceAccount that a cloud's KMS knows. */
  readonly serviceAccount?: string;
}

/** Annotation that has Flux delete and create an object that cannot be changed (kustomize-controller, its spec). */
export const replacedByFlux = { 'kustomize.toolkit.fluxcd.io/force': 'Enabled' } as const;

/** One folder of dist, and what has to be ready before it. */
export interface KustomizationInput {
  readonly source: KustomizationSpec['sourceRef'];
  readonly path: string;
  readonly dependsOn: readonly string[];
  /** How Secrets of the folder are decrypted; absent where none is encrypted. */
  readonly decryption?: Decryption;
  /** Releases to wait for; where absent, Flux waits for every object of the folder. */
  readonly helmReleases?: readonly { readonly name: string; readonly namespace: string }[];
  /** A graph of v1alpha1 to wait for by its state: early operators report no condition that Flux reads. */
  readonly graph?: { readonly name: string; readonly namespace: string };
}

/**
 * KAI's operator starts the admission webhooks after its Helm release is ready, and PodGroups, Queues and Topologies
 * are refused until then: wait for the Config object that says so, not only for the release.
 */
const KAI_RELEASE = 'kai-scheduler';
const kaiConfig = { apiVersion: 'kai.scheduler/v1', kind: 'Config' } as const;
const kaiAvailable =
  "has(status.conditions) && status.conditions.exists(c, c.type == 'Available' && c.status == 'True')";

/** A graph's pods load weights before they are ready, so the time is long. */
const TIMEOUT = '30m';

export function kustomizationSpec(input: KustomizationInput): KustomizationSpec {
  const dependsOn = input.dependsOn.map((name) => ({ name }));
  return {
    interval: '1h',
    retryInterval: '2m',
    timeout: TIMEOUT,
    prune: true,
    path: input.path,
    sourceRef: input.source,
    dependsOn: dependsOn.length > 0 ? dependsOn : undefined,
    decryption: input.decryption && decryption(input.decryption),
    ...health(input),
  };
}

function decryption({ secret, serviceAccount }: Decryption): KustomizationSpec['decryption'] {
  return {
    provider: 'sops',
    secretRef: secret === undefined ? undefined : { name: secret },
    serviceAccountName: serviceAccount,
  };
}

function health({ helmReleases, graph }: KustomizationInput): Partial<KustomizationSpec> {
  if (helmReleases) return releaseHealth(helmReleases);
  return graph ? graphHealth(graph) : { wait: true };
}

/** States of a graph of v1alpha1 are pending, successful and failed (Dynamo 0.5.1, deploy/cloud/operator). */
function graphHealth({ name, namespace }: NonNullable<KustomizationInput['graph']>): Partial<KustomizationSpec> {
  const graph = { apiVersion: 'nvidia.com/v1alpha1', kind: 'DynamoGraphDeployment' };
  const state = (value: string): string => `has(status.state) && status.state == '${value}'`;
  return {
    healthChecks: [{ ...graph, name, namespace }],
    healthCheckExprs: [{ ...graph, current: state('successful'), failed: state('failed') }],
  };
}

function releaseHealth(releases: NonNullable<KustomizationInput['helmReleases']>): Partial<KustomizationSpec> {
  const releaseChecks = releases.map(({ name, namespace }) => ({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    name,
    namespace,
  }));
  if (!releases.some(({ name }) => name === KAI_RELEASE)) return { healthChecks: releaseChecks };
  return {
    healthChecks: [...releaseChecks, { ...kaiConfig, name: 'kai-config' }],
    healthCheckExprs: [{ ...kaiConfig, current: kaiAvailable }],
  };
}
