/** Options of a backend. */
export interface BackendOptions {
  /**
   * Image of frontend, workers and download Job: `repository:tag@sha256:…`. Since 1.4 Dynamo's operator reads the version
   * of its runtime from the tag: a version, with a suffix behind a dash or without.
   *
   * @default - NVIDIA's runtime image of the stack's Dynamo version, without a digest; for workers on EFA its variant
   */
  readonly image?: string;
  /**
   * Version of Dynamo in the image, such as `1.5.0`, where its tag is none, or the version of something else. Only with
   * Dynamo 1.4 or newer; a change of it alone rolls nothing.
   *
   * @default - what the tag says
   */
  readonly runtimeVersion?: string;
}

/** The inference engine of a graph. */
export class Backend {
  public static vllm(options: BackendOptions = {}): Backend {
    return new Backend('vllm', 'nvcr.io/nvidia/ai-dynamo/vllm-runtime', options);
  }

  public static sglang(options: BackendOptions = {}): Backend {
    return new Backend('sglang', 'nvcr.io/nvidia/ai-dynamo/sglang-runtime', options);
  }

  /** Engine options beyond the common ones come in a file: mount it and pass `--extra-engine-args` in `args`. */
  public static tensorrtLlm(options: BackendOptions = {}): Backend {
    return new Backend('trtllm', 'nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime', options);
  }

  private constructor(
    /** Value of the graph's `backendFramework`. */
    public readonly framework: 'vllm' | 'sglang' | 'trtllm',
    private readonly repository: string,
    private readonly options: BackendOptions,
  ) {}

  /** Version of Dynamo in the image, where it is declared. */
  public get runtimeVersion(): string | undefined {
    return this.options.runtimeVersion;
  }

  /** The image to use with a Dynamo version; for EFA the variant that has AWS's libraries. */
  public imageFor(dynamoVersion: string, isEfa: boolean): string {
    return this.options.image ?? `${this.repository}:${dynamoVersion}${isEfa ? '-efa' : ''}`;
  }
}
