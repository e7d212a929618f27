import { z } from 'zod';
import { NEVER_STALE } from '../kai/pod-group';
import type { StackProfile, StackVersions } from '../stacks';

/** What runs on a cluster, as far as its charts depend on it. */
export interface StackParts {
  readonly versions: StackVersions;
  readonly profile: StackProfile;
}

/** A Flux object, ready to be written. */
export interface FluxObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** How a signature of cosign is verified, in the words of Flux. */
const verificationSchema = z.strictObject({
  provider: z.literal('cosign'),
  matchOIDCIdentity: z.array(z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1) })).optional(),
  secretRef: z.strictObject({ name: z.string().min(1) }).optional(),
});

/** Spec of a Flux OCIRepository (source.toolkit.fluxcd.io/v1), as far as we write it. */
export const ociRepositorySpecSchema = z.strictObject({
  interval: z.string(),
  url: z.string().startsWith('oci://'),
  ref: z.strictObject({ tag: z.string(), digest: z.string().optional() }),
  layerSelector: z.strictObject({ mediaType: z.string(), operation: z.enum(['extract', 'copy']) }),
  verify: verificationSchema.optional(),
});

/** By whom an artifact has to be signed: any of the identities, or the keys of the Secret. */
export interface SourceVerification {
  readonly provider: 'cosign';
  /**
   * Who signed without a key of their own: issuer and subject of the certificate, each a regular expression of Go that
   * matches anywhere in the text unless it has `^` and `$`. @default - none
   */
  readonly matchOIDCIdentity?: readonly OIDCIdentity[];
  /** Secret with public keys of cosign, in the namespace of the Flux objects. @default - none */
  readonly secretRef?: { readonly name: string };
}

export interface OIDCIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/** Charts that come from an OCI registry, by what the stack calls them: only those can be verified. */
export type Verifications = Readonly<Partial<Record<'kai' | 'grove', SourceVerification>>>;

/** Folders of OCI registries that hold copies of charts, by what the stack calls them. */
export interface ChartSources {
  /**
   * Where the charts of Dynamo (`dynamo-platform`, and `dynamo-crds` before 1.0) were pushed to, such as
   * `oci://registry.example/charts`: only from an OCI registry can they be pinned by digest.
   *
   * @default - NVIDIA's own repository, which is a plain HTTP one
   */
  readonly dynamo?: string;
}

/** Spec of a Flux HelmRelease (helm.toolkit.fluxcd.io/v2), as far as we write it. */
export const helmReleaseSpecSchema = z
  .strictObject({
    interval: z.string(),
    timeout: z.string(),
    releaseName: z.string(),
    targetNamespace: z.string(),
    storageNamespace: z.string(),
    chartRef: z.strictObject({ kind: z.literal('OCIRepository'), name: z.string() }).optional(),
    chart: z
      .strictObject({
        spec: z.strictObject({
          chart: z.string(),
          version: z.string(),
          sourceRef: z.strictObject({ kind: z.literal('HelmRepository'), name: z.string() }),
        }),
      })
      .optional(),
    install: z.looseObject({}),
    upgrade: z.looseObject({}),
    dependsOn: z.array(z.strictObject({ name: z.string() })).optional(),
    driftDetection: z.strictObject({ mode: z.enum(['enabled', 'warn', 'disabled']) }),
    values: z.looseObject({}),
  })
  .refine(
    (spec) => (spec.chartRef === undefined) !== (spec.chart === undefined),
    'one of chartRef and chart has to be set',
  );

const KAI = 'kai-scheduler';
const GROVE = 'grove';
const DYNAMO = 'dynamo-platform';
const DYNAMO_CRDS = 'dynamo-crds';
const DYNAMO_REPOSITORY = 'ai-dynamo';
const DYNAMO_SOURCE = { kind: 'HelmRepository', name: DYNAMO_REPOSITORY };

/** How a release is installed, upgraded and kept as it is. */
const releaseDefaults = {
  interval: '1h',
  timeout: '15m',
  // Helm itself never upgrades the CRDs of a chart; Flux does where it is told to.
  install: { createNamespace: true, crds: 'CreateReplace', strategy: { name: 'RetryOnFailure' } },
  upgrade: { crds: 'CreateReplace', strategy: { name: 'RetryOnFailure' } },
  driftDetection: { mode: 'enabled' },
} as const;

const KAI_CHART = 'oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler';
const GROVE_CHART = 'oci://ghcr.io/ai-dynamo/grove/grove-charts';

/** How a cluster takes its charts. */
export interface ChartOptions {
  /** Of the Flux objects. */
  readonly namespace: string;
  readonly verify: Verifications;
  readonly charts: ChartSources;
}

/** Where charts come from. */
export function sources({ namespace, verify, charts }: ChartOptions, stack: StackParts): FluxObject[] {
  const { kai, grove, dynamo } = stack.versions;
  return [
    ...(kai === undefined ? [] : [ociChart(namespace, KAI, KAI_CHART, `v${kai}`, verify.kai)]),
    ...(grove === undefined ? [] : [ociChart(namespace, GROVE, GROVE_CHART, `v${grove}`, verify.grove)]),
    ...(charts.dynamo === undefined
      ? [dynamoRepository(namespace)]
      : dynamoCharts(stack.profile).map((name) => ociChart(namespace, name, `${charts.dynamo}/${name}`, dynamo))),
  ];
}

/** What is installed on a cluster. */
export function releases({ namespace, charts }: ChartOptions, { versions, profile }: StackParts): FluxObject[] {
  return [
    ...(versions.kai === undefined ? [] : [kaiRelease(namespace, profile)]),
    ...(versions.grove === undefined ? [] : [groveRelease(namespace)]),
    ...dynamoReleases(namespace, versions, profile, charts.dynamo !== undefined),
  ];
}

/** The charts of Dynamo that are installed, those first that others wait for. */
function dynamoCharts({ gang, graphApi }: StackProfile): string[] {
  return gang === 'grove' || graphApi === 'v1beta1' ? [DYNAMO] : [DYNAMO_CRDS, DYNAMO];
}

/** @param tag KAI and Grove tag their charts with a leading v, helm itself without */
function ociChart(namespace: string, name: string, url: string, tag: string, verify?: SourceVerification): FluxObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name, namespace },
    spec: {
      interval: '1h',
      url,
      ref: { tag },
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
      verify,
    },
  };
}

/** A plain HTTP repository: its charts cannot be pinned by digest. */
function dynamoRepository(namespace: string): FluxObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: DYNAMO_REPOSITORY, namespace },
    spec: { interval: '1h', url: 'https://helm.ngc.nvidia.com/nvidia/ai-dynamo' },
  };
}

/**
 * KAI Scheduler. The default queues are not made, since the queues of a fleet are in Git. From 0.17 on its Config
 * object can be rendered by the chart rather than applied by a hook, so that Flux sees it (KAI 0.17, docs/gitops).
 */
function kaiRelease(namespace: string, { gang, stalenessOnPodGroup }: StackProfile): FluxObject {
  const isOurs = gang === 'pod-group' && stalenessOnPodGroup;
  const values = {
    ...(stalenessOnPodGroup ? { kaiConfig: { render: true }, kaiConfigDeployer: { enabled: false } } : {}),
    // PodGroups of ours say it themselves where they can; for all others it is the scheduler that has to be told.
    ...(isOurs ? {} : { scheduler: { args: { 'default-staleness-grace-period': NEVER_STALE } } }),
  };
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: KAI, namespace },
    spec: {
      ...releaseDefaults,
      releaseName: KAI,
      targetNamespace: KAI,
      storageNamespace: KAI,
      chartRef: { kind: 'OCIRepository', name: KAI },
      values: { ...values, defaultQueue: { createDefaultQueue: false } },
    },
  };
}

/** Grove; its empty certificate Secret would be fought over by its operator and Flux (ai-dynamo/grove #452). */
function groveRelease(namespace: string): FluxObject {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: GROVE, namespace },
    spec: {
      ...releaseDefaults,
      releaseName: GROVE,
      targetNamespace: 'grove-system',
      storageNamespace: 'grove-system',
      chartRef: { kind: 'OCIRepository', name: GROVE },
      values: { config: { topologyAwareScheduling: { enabled: true } }, webhookServerSecret: { enabled: false } },
      dependsOn: [{ name: KAI }],
    },
  };
}

/**
 * Dynamo's operator, without the Grove and the KAI that its chart could bring. Since 1.0 it brings its own CRDs; before,
 * they are a chart of their own that has to be there first.
 */
function dynamoReleases(
  namespace: string,
  versions: StackVersions,
  profile: StackProfile,
  isOci: boolean,
): FluxObject[] {
  const { dynamoNamespace, graphApi, gang } = profile;
  const source = (chart: string): object =>
    isOci
      ? { chartRef: { kind: 'OCIRepository', name: chart } }
      : { chart: { spec: { chart, version: versions.dynamo, sourceRef: DYNAMO_SOURCE } } };
  const release = (chart: string, values: object, dependsOn?: readonly object[]): FluxObject => ({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: chart, namespace },
    spec: {
      ...releaseDefaults,
      releaseName: chart,
      targetNamespace: dynamoNamespace,
      storageNamespace: dynamoNamespace,
      ...source(chart),
      values,
      dependsOn,
    },
  });
  if (gang === 'grove') return [release(DYNAMO, currentValues(true), [{ name: KAI }, { name: GROVE }])];
  if (graphApi === 'v1beta1') return [release(DYNAMO, currentValues(false))];
  return [release(DYNAMO_CRDS, {}), release(DYNAMO, earlyValues, [{ name: DYNAMO_CRDS }])];
}

/** What stands beside the operator is installed apart from it, and used where the stack has it. */
function currentValues(withGrove: boolean): object {
  return {
    global: {
      grove: { install: false, enabled: withGrove },
      'kai-scheduler': { install: false, enabled: withGrove },
    },
    'dynamo-operator': { upgradeCRD: true },
  };
}

/** Dynamo 0.5.1: the keys stand at the top, and one operator serves all namespaces. */
const earlyValues = {
  grove: { enabled: false },
  'kai-scheduler': { enabled: false },
  'dynamo-operator': { namespaceRestriction: { enabled: false } },
};
