import type { SecretRef } from './secret-ref';

/** How a model of the Hugging Face hub is read. */
export interface HuggingFaceOptions {
  /**
   * Commit, branch or tag of the model's repository. What is no whole commit is looked up by `bayplan lock`.
   *
   * @default - the commit that the cluster's lock has; `bayplan lock` takes that of the default branch
   */
  readonly revision?: string;
  /**
   * Access token for the hub.
   *
   * @default - none: the model is public
   */
  readonly token?: SecretRef;
}

/** The model that a graph serves. */
export class Model {
  /** @param repository such as `Qwen/Qwen3-0.6B` */
  public static huggingFace(repository: string, options: HuggingFaceOptions = {}): Model {
    return new Model(repository, options.revision, options.token);
  }

  private constructor(
    public readonly repository: string,
    public readonly revision: string | undefined,
    public readonly token: SecretRef | undefined,
  ) {}
}
