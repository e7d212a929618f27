import { Construct, type IConstruct } from 'constructs';
import { freeId, noteDuplicate } from './ids';
import { sourceOfCaller } from './source';

/** Lets something pass in what lies below the construct that it is put into. */
export abstract class Waiver<P> extends Construct {
  /** The line that declared it. */
  public readonly source = sourceOfCaller();

  protected constructor(
    private readonly scope: Construct,
    id: string,
    public readonly props: P,
  ) {
    super(scope, freeId(scope, id));
    noteDuplicate(this, id);
  }

  /** True for a construct below the one that it lies in. */
  public isAbout(construct: IConstruct): boolean {
    let around: IConstruct | undefined = construct;
    while (around !== undefined && around !== this.scope) around = around.node.scope;
    return around !== undefined;
  }
}
