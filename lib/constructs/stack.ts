/** Versions of what runs on a cluster. */
export interface StackProps {
  /** Version of the Dynamo platform chart and operator, such as `1.5.0`. */
  readonly dynamo: string;
  /** Version of KAI Scheduler, such as `0.17.0`. */
  readonly kai: string;
}

/** What runs on a cluster: it decides which manifests a graph becomes. */
export class Stack {
  public static of(props: StackProps): Stack {
    return new Stack(props.dynamo, props.kai);
  }

  private constructor(
    public readonly dynamo: string,
    public readonly kai: string,
  ) {}
}
