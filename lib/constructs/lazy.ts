import { Lazy } from 'cdk8s';

/** A value that is produced when cdk8s reads the manifest: after planning, before patches of the user. */
export function lazy(produce: () => unknown): unknown {
  return Lazy.any({ produce });
}
