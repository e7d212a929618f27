import type { Level } from './level';

/** What a topology may say beside its levels. */
export interface TopologyOptions {
  /**
   * GB/s per GPU, one way, between two pods that share a level (by its label) and no narrower one; key `none` for a
   * pair that shares no level.
   *
   * @default - every narrower level counts as twice as fast as the one above it
   */
  readonly bandwidth?: Readonly<Record<string, number>>;
}

/**
 * The network topology of a cluster: levels from the broadest to the narrowest. Written as a KAI Topology; KAI lets
 * nobody change the levels of one that exists, so other levels want another name.
 */
export class Topology {
  public readonly bandwidth?: Readonly<Record<string, number>>;

  public constructor(
    /** Name of the KAI Topology. */
    public readonly name: string,
    /** Broadest first; `kubernetes.io/hostname` only last. */
    public readonly levels: readonly Level[],
    options: TopologyOptions = {},
  ) {
    this.bandwidth = options.bandwidth;
  }
}
