import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';

const OWN = Symbol.for('bayplan.OwnObject');

/** An object that the library itself writes: it is held to the schema of what we write. */
export class OwnObject extends ApiObject {
  /** True for an object that the library made; `instanceof` is true for every ApiObject, as cdk8s has it. */
  public static isOwn(object: IConstruct): boolean {
    return OWN in object;
  }

  public constructor(scope: Construct, id: string, props: ApiObjectProps) {
    super(scope, id, props);
    Object.defineProperty(this, OWN, { value: true });
  }
}
