/** Access modes of a volume that pods on several nodes, or one, may mount. */
export type AccessMode = 'ReadWriteMany' | 'ReadOnlyMany' | 'ReadWriteOnce' | 'ReadWriteOncePod';

/** A volume claim that the compiler writes. */
export interface NewModelCacheProps {
  /** Size of the volume, such as `200Gi`. */
  readonly size: string;
  /** @default - the cluster's default storage class */
  readonly storageClass?: string;
  /** @default 'ReadWriteMany' */
  readonly accessMode?: AccessMode;
}

/** A volume claim that is already there. */
export interface ExistingModelCacheProps {
  /** @default 'ReadWriteMany' */
  readonly accessMode?: AccessMode;
  /**
   * Whether a Job downloads the model into it before the graph starts.
   *
   * @default - true, unless the claim is read-only
   */
  readonly download?: boolean;
}

/**
 * Where the weights lie: one volume for all pods of the graph, filled by a download Job before the graph starts.
 * The Job and the pods read one revision by its path, so nothing is fetched when a pod starts.
 */
export class ModelCache {
  /** A new claim, named `<graph>-model-cache`. It is never pruned. */
  public static volume(props: NewModelCacheProps): ModelCache {
    return new ModelCache(undefined, props.accessMode ?? 'ReadWriteMany', props, true);
  }

  /** A claim that somebody else makes in the graph's namespace. */
  public static existing(claimName: string, props: ExistingModelCacheProps = {}): ModelCache {
    const accessMode = props.accessMode ?? 'ReadWriteMany';
    return new ModelCache(claimName, accessMode, undefined, props.download ?? accessMode !== 'ReadOnlyMany');
  }

  private constructor(
    public readonly existingClaim: string | undefined,
    public readonly accessMode: AccessMode,
    public readonly volume: NewModelCacheProps | undefined,
    public readonly download: boolean,
  ) {}
}
