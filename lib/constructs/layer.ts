import { Construct, type IConstruct } from 'constructs';

const LAYER = Symbol.for('bayplan.Layer');

/**
 * A folder of a cluster's dist. What is put beneath it, by the library or by the user, is written there; what lies
 * beneath no layer goes to the cluster's platform layer.
 */
export class Layer extends Construct {
  /** The layer that a construct is written to, if it lies beneath one. */
  public static of(construct: IConstruct): Layer | undefined {
    return [...construct.node.scopes].reverse().find((scope): scope is Layer => LAYER in scope);
  }

  public constructor(
    scope: Construct,
    id: string,
    /** Relative to the cluster's folder, with forward slashes. */
    public readonly folder: string,
  ) {
    super(scope, id);
    Object.defineProperty(this, LAYER, { value: true });
  }
}
