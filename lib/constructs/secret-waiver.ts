import type { Construct, IConstruct } from 'constructs';
import type { Manifest } from '../emit/manifest';
import { Waiver } from './waiver';

/** A value that looks like a secret and is none. */
export interface SecretWaiverProps {
  /** Kind of the object that it stands in, such as `HelmRelease`. */
  readonly kind: string;
  /** @default - an object of cluster scope */
  readonly namespace?: string;
  readonly name: string;
  /**
   * Path of the field, or the end of it: `spec.values.adminPassword`, `adminPassword`. Variables and options of a command
   * go by their name: `env.OPENAI_API_KEY`, `args.--api-key`.
   */
  readonly field: string;
  /** Why it is no secret, for who reviews it. */
  readonly reason: string;
}

const WAIVER = Symbol.for('bayplan.SecretWaiver');

/** Lets a value that looks like a secret be written, in the objects of the cluster, graph or fleet that it lies in. */
export class SecretWaiver extends Waiver<SecretWaiverProps> {
  /** True for a waiver, also one made by another copy of this library. */
  public static isSecretWaiver(construct: object): construct is SecretWaiver {
    return WAIVER in construct;
  }

  public constructor(scope: Construct, id: string, props: SecretWaiverProps) {
    super(scope, id, props);
    Object.defineProperty(this, WAIVER, { value: true });
  }

  /** True where it is about a field of an object that a construct makes. */
  public covers(
    construct: IConstruct,
    { kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>,
    field: string,
  ): boolean {
    const { props } = this;
    return (
      props.kind === kind &&
      props.name === metadata.name &&
      props.namespace === metadata.namespace &&
      props.field !== '' &&
      `.${field}`.endsWith(`.${props.field}`) &&
      this.isAbout(construct)
    );
  }
}
