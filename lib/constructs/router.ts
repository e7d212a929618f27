/** How a frontend spreads requests over workers. */
export class Router {
  /** To the worker that holds most of the prompt in its KV cache. */
  public static kvAware(): Router {
    return new Router('kv');
  }

  /** To each worker in turn. */
  public static roundRobin(): Router {
    return new Router('round-robin');
  }

  private constructor(
    /** Value of the frontend's `--router-mode`. */
    public readonly mode: 'kv' | 'round-robin',
  ) {}
}
