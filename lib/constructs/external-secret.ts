import type { Construct } from 'constructs';
import {
  externalSecretSpec,
  type ExternalSecretSpec,
  type RemoteKey,
} from '../backends/external-secrets/external-secret';
import { Cluster } from './cluster';
import { freeId, noteDuplicate } from './ids';
import { Layer } from './layer';
import { lazy } from './lazy';
import { OwnObject } from './own-object';
import { secretFolder } from './secret-folder';
import { SecretRef } from './secret-ref';
import { sourceOfCaller } from './source';

/** A SecretStore or ClusterSecretStore that is already there. */
export interface SecretStoreRef {
  readonly name: string;
  /** @default 'SecretStore' - one in the namespace of the Secret */
  readonly kind?: 'SecretStore' | 'ClusterSecretStore';
}

export interface ExternalSecretProps {
  /** Name of the Secret and of the ExternalSecret. @default - the construct's id */
  readonly name?: string;
  /** Namespace of both. It is written too, unless it is one of the user's own. */
  readonly namespace: string;
  readonly store: SecretStoreRef;
  /** What is fetched, by key of the Secret: `{ HF_TOKEN: { key: 'ml/hugging-face', property: 'token' } }`. */
  readonly data: Readonly<Record<string, RemoteKey>>;
  /** How often the store is asked again, such as `'15m'`; `'0'` for once. @default '1h' */
  readonly refreshInterval?: string;
}

const EXTERNAL_SECRET = Symbol.for('bayplan.ExternalSecret');

/**
 * A Secret that the External Secrets Operator makes from a secret store. Beneath a cluster it is applied with the
 * platform, beneath a graph before that graph alone.
 */
export class ExternalSecret extends Layer {
  /** True for an ExternalSecret, also one made by another copy of this library. */
  public static isExternalSecret(construct: object): construct is ExternalSecret {
    return EXTERNAL_SECRET in construct;
  }

  public readonly name: string;
  public readonly namespace: string;
  /** Keys of the Secret. */
  public readonly keys: readonly string[];
  /** What is written. */
  public readonly spec: ExternalSecretSpec;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();

  public constructor(scope: Construct, id: string, props: ExternalSecretProps) {
    const cluster = Cluster.of(scope, 'secret');
    super(scope, freeId(scope, id), secretFolder(scope));
    noteDuplicate(this, id);
    Object.defineProperty(this, EXTERNAL_SECRET, { value: true });
    this.name = props.name ?? id;
    this.namespace = props.namespace;
    this.keys = Object.keys(props.data).sort();
    const { data, refreshInterval = '1h' } = props;
    this.spec = externalSecretSpec({ store: { kind: 'SecretStore', ...props.store }, data, refreshInterval });
    cluster.ensureNamespace(this.namespace);
    new OwnObject(this, 'Resource', {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: { name: this.name, namespace: this.namespace },
      spec: lazy(() => this.spec),
    });
  }

  /** A key of the Secret, for where a value would stand: `token: hub.ref('HF_TOKEN')`. */
  public ref(key: string): SecretRef {
    return SecretRef.of(this.name, key);
  }
}
