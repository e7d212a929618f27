import { z } from 'zod';
import { compareKeys } from '../../order';

const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    error: 'a name has lower case letters, digits, dashes and points, and begins and ends with a letter or digit',
  });

const secretKey = z
  .string()
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/, {
    error: 'a key of a Secret has letters, digits, dashes, points and underscores',
  });

/** As Go's time.ParseDuration takes it, without fractions. */
const duration = z.string().regex(/^(0|(\d+(s|m|h))+)$/, {
  error: "an interval is a duration such as '1h', or '0' for once",
});

/**
 * Spec of an ExternalSecret (external-secrets.io/v1), as far as we write it. v1 is served since 0.16, and is
 * alone since 0.17 (external-secrets 0.15.1 to 2.9.0, config/crds/bases/external-secrets.io_externalsecrets.yaml).
 */
export const externalSecretSpecSchema = z.strictObject({
  refreshInterval: duration,
  secretStoreRef: z.strictObject({ kind: z.enum(['SecretStore', 'ClusterSecretStore']), name }),
  data: z
    .array(
      z.strictObject({
        secretKey,
        remoteRef: z.strictObject({
          key: z.string().min(1, { error: 'a secret of the store has to be named' }),
          property: z.string().optional(),
          version: z.string().optional(),
        }),
      }),
    )
    .min(1, { error: 'a Secret has at least one key' }),
});

export type ExternalSecretSpec = z.infer<typeof externalSecretSpecSchema>;

/** A value in a secret store. */
export interface RemoteKey {
  /** Name or path of the secret in its store, such as `ml/hugging-face`. */
  readonly key: string;
  /** Part of it, where it is a map. @default - all of it */
  readonly property?: string;
  /** @default - the newest, as the store has it */
  readonly version?: string;
}

/** Where the values of a Secret come from. */
export interface ExternalSecretInput {
  readonly store: { readonly kind: 'SecretStore' | 'ClusterSecretStore'; readonly name: string };
  /** By key of the Secret. */
  readonly data: Readonly<Record<string, RemoteKey>>;
  readonly refreshInterval: string;
}

/** The Secret is named after the ExternalSecret and goes with it, which is what the operator does when told nothing. */
export function externalSecretSpec({ store, data, refreshInterval }: ExternalSecretInput): ExternalSecretSpec {
  return {
    refreshInterval,
    secretStoreRef: { kind: store.kind, name: store.name },
    data: Object.entries(data)
      .sort(compareKeys)
      .map(([secretKey, { key, property, version }]) => ({ secretKey, remoteRef: { key, property, version } })),
  };
}
