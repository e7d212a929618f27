/** Options of a backend. */
export interface BackendOptions {
  /**
   * Image of frontend, workers and download Job: `repository:tag@sha256:…`. The tag must be a version: Dynamo's
   * operator reads the runtime version from it.
   *
   * @default - NVIDIA's runtime image of the stack's Dynamo version, without a digest
   */
  readonly image?: string;
}

/** The inference engine of a graph. */
export class Backend {
  public static vllm(options: BackendOptions = {}): Backend {
    return new Backend('vllm', 'nvcr.io/nvidia/ai-dynamo/vllm-runtime', options.image);
  }

  public static sglang(options: BackendOptions = {}): Backend {
    return new Backend('sglang', 'nvcr.io/nvidia/ai-dynamo/sglang-runtime', options.image);
  }

  /** Engine options beyond the common ones come in a file: mount it and pass `--extra-engine-args` in `args`. */
  public static tensorrtLlm(options: BackendOptions = {}): Backend {
    return new Backend('trtllm', 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime', options.image);
  }

  private constructor(
    /** Value of the graph's `backendFramework`. */
    public readonly framework: 'vllm' | 'sglang' | 'trtllm',
    private readonly repository: string,
    private readonly image: string | undefined,
  ) {}

  /** The image to use with a Dynamo version. */
  public imageFor(dynamoVersion: string): string {
    return this.image ?? `${this.repository}:${dynamoVersion}`;
  }
}
