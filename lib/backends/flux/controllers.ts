import { z } from 'zod';

/** A Flux object, ready to be written. */
export interface FluxObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
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
    driftDetection: z.strictObject({ mode: z.enum(['enabled', 'warn', 'disabled']) }),
    values: z.looseObject({}),
  })
  .refine(
    (spec) => (spec.chartRef === undefined) !== (spec.chart === undefined),
    'one of chartRef and chart has to be set',
  );

const KAI = 'kai-scheduler';
const DYNAMO = 'dynamo-platform';
const DYNAMO_REPOSITORY = 'ai-dynamo';

/** How a release is installed, upgraded and kept as it is. */
const releaseDefaults = {
  interval: '1h',
  timeout: '15m',
  // Helm itself never upgrades the CRDs of a chart; Flux does where it is told to.
  install: { createNamespace: true, crds: 'CreateReplace', strategy: { name: 'RetryOnFailure' } },
  upgrade: { crds: 'CreateReplace', strategy: { name: 'RetryOnFailure' } },
  driftDetection: { mode: 'enabled' },
} as const;

/** Source of KAI's chart. @param version without a leading v, such as `0.17.0` */
export function kaiRepository(namespace: string, version: string): FluxObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: KAI, namespace },
    spec: {
      interval: '1h',
      url: 'oci://ghcr.io/kai-scheduler/kai-scheduler/kai-scheduler',
      ref: { tag: `v${version}` },
      layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', operation: 'copy' },
    },
  };
}

/** Source of Dynamo's charts: a plain HTTP repository, which cannot be pinned by digest. */
export function dynamoRepository(namespace: string): FluxObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: DYNAMO_REPOSITORY, namespace },
    spec: { interval: '1h', url: 'https://helm.ngc.nvidia.com/nvidia/ai-dynamo' },
  };
}

/**
 * KAI Scheduler. Its Config object is rendered by the chart rather than applied by a hook, so that Flux sees it
 * (KAI 0.17, docs/gitops); the default queues are not made, since the queues of a fleet are in Git.
 */
export function kaiRelease(namespace: string): FluxObject {
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
      values: {
        kaiConfig: { render: true },
        kaiConfigDeployer: { enabled: false },
        defaultQueue: { createDefaultQueue: false },
      },
    },
  };
}

/** Dynamo's operator, without the Grove and the KAI that its chart could bring; it applies its own CRDs. */
export function dynamoRelease(namespace: string, version: string): FluxObject {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: DYNAMO, namespace },
    spec: {
      ...releaseDefaults,
      releaseName: DYNAMO,
      targetNamespace: 'dynamo-system',
      storageNamespace: 'dynamo-system',
      chart: {
        spec: {
          chart: DYNAMO,
          version,
          sourceRef: { kind: 'HelmRepository', name: DYNAMO_REPOSITORY },
        },
      },
      values: {
        global: {
          grove: { install: false, enabled: false },
          'kai-scheduler': { install: false, enabled: false },
        },
        'dynamo-operator': { upgradeCRD: true },
      },
    },
  };
}
