/** A level of a topology: a node label whose values name the domains. */
export class Level {
  /** `topology.kubernetes.io/region` */
  public static region(): Level {
    return new Level('topology.kubernetes.io/region', 'region');
  }

  /** `topology.kubernetes.io/zone` */
  public static zone(): Level {
    return new Level('topology.kubernetes.io/zone', 'zone');
  }

  /**
   * `topology.kubernetes.io/rack`. Not a key that Kubernetes registers, but the one that the documentation of KAI and
   * Grove uses; for another one say `Level.of('example.com/rack')`.
   */
  public static rack(): Level {
    return new Level('topology.kubernetes.io/rack', 'rack');
  }

  /** `kubernetes.io/hostname`; only ever the last level. */
  public static host(): Level {
    return new Level('kubernetes.io/hostname', 'host');
  }

  /** Any node label, such as `topology.k8s.aws/network-node-layer-2`. */
  public static of(label: string): Level {
    return new Level(label, label);
  }

  private constructor(
    /** The node label. */
    public readonly label: string,
    /** What messages call it. */
    public readonly name: string,
  ) {}
}
