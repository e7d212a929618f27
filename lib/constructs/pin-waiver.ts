import { Construct, type IConstruct } from 'constructs';
import type { Wanted } from '../pins/wanted';
import { freeId, noteDuplicate } from './ids';
import { sourceOfCaller } from './source';

/** What need not be pinned. At least one of `image`, `chart` and `model`; `*` in a name stands for any text. */
export interface PinWaiverProps {
  /** Reference of an image as it is declared, such as `registry.example/team/server:1.5.0`. @default - no image */
  readonly image?: string;
  /**
   * A chart, as the lock names it: `oci://registry.example/charts/server:1.5.0`, or address of the repository, name and
   * version with blanks between them. @default - no chart
   */
  readonly chart?: string;
  /** Repository of a model, such as `Qwen/Qwen3-0.6B`, with `@` and the revision where one is declared. @default - no model */
  readonly model?: string;
  /** Why it cannot be pinned, for who reviews it. */
  readonly reason: string;
}

const WAIVER = Symbol.for('bayplan.PinWaiver');

/**
 * Lets an image, a chart or a model be written without a digest or a revision, in the objects of the cluster, graph or
 * fleet that it lies in. `bayplan synth --frozen=strict` takes none.
 */
export class PinWaiver extends Construct {
  /** True for a waiver, also one made by another copy of this library. */
  public static isPinWaiver(construct: object): construct is PinWaiver {
    return WAIVER in construct;
  }

  /** The line that declared it. */
  public readonly source = sourceOfCaller();

  public constructor(
    private readonly scope: Construct,
    id: string,
    public readonly props: PinWaiverProps,
  ) {
    super(scope, freeId(scope, id));
    noteDuplicate(this, id);
    Object.defineProperty(this, WAIVER, { value: true });
  }

  /** True where it is about something of this name that a construct names. */
  public covers(construct: IConstruct, kind: Wanted['kind'], name: string): boolean {
    const pattern = this.props[kind];
    return pattern !== undefined && matches(pattern, name) && construct.node.scopes.includes(this.scope);
  }
}

/** Whether a text is what a pattern says; `*` is any text, all else is itself. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^]*')}$`).test(text);
}
