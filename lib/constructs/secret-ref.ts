/** A key of a Secret, whoever makes it. Only the reference is ever written. */
export class SecretRef {
  /**
   * @param secret name of the Secret, in the namespace of what uses it
   * @param key key in it; where it stands for an environment variable without a name of its own, also that name
   */
  public static of(secret: string, key: string): SecretRef {
    return new SecretRef(secret, key);
  }

  private constructor(
    public readonly secret: string,
    public readonly key: string,
  ) {}
}
