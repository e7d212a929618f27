import { nearestProfile, profileOf, type StackProfile, type StackVersions } from '../backends/stacks';

/** Versions of what runs on a cluster. */
export interface StackProps extends StackVersions {
  /** Version of Dynamo's platform chart and operator, such as `1.5.0`. */
  readonly dynamo: string;
  /** Version of KAI Scheduler, such as `0.17.0`. */
  readonly kai?: string;
  /**
   * Why a combination that is not known to work is to be taken nevertheless: manifests are written as for the nearest
   * one that is, with a warning that repeats this reason.
   *
   * @default - such a combination is refused
   */
  readonly assume?: string;
}

/** What runs on a cluster: it decides which manifests a graph becomes. */
export class Stack {
  public static of(props: StackProps): Stack {
    return new Stack(props, props.assume);
  }

  /** What manifests to write; that of the nearest supported combination where this one is none. */
  public readonly profile: StackProfile;
  /** True where the combination is known to work. */
  public readonly isSupported: boolean;

  private constructor(
    public readonly versions: StackVersions,
    public readonly assume: string | undefined,
  ) {
    const profile = profileOf(versions);
    this.isSupported = profile !== undefined;
    this.profile = profile ?? nearestProfile(versions);
  }
}
