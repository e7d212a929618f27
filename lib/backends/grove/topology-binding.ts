import { z } from 'zod';

/** Spec of a Grove ClusterTopologyBinding (grove.io/v1alpha1), as far as we write it. */
export const topologyBindingSpecSchema = z.strictObject({
  levels: z
    .array(
      z.strictObject({
        domain: z
          .string()
          .regex(/^[a-z][a-z0-9-]*$/)
          .max(63),
        key: z.string().min(1).max(63),
      }),
    )
    .min(1),
  schedulerTopologyBindings: z.array(z.strictObject({ schedulerName: z.string(), topologyReference: z.string() })),
});

export type TopologyBindingSpec = z.infer<typeof topologyBindingSpecSchema>;

/**
 * Tells Grove what its domains are called in node labels, and that KAI's Topology is ours: without the reference Grove
 * would make one of its own.
 *
 * @param levels broadest first
 */
export function topologyBindingSpec(
  topology: string,
  levels: readonly { readonly label: string; readonly name: string }[],
): TopologyBindingSpec {
  return {
    levels: levels.map(({ label, name }) => ({ domain: domainName(name), key: label })),
    schedulerTopologyBindings: [{ schedulerName: 'kai-scheduler', topologyReference: topology }],
  };
}

/** `rack` for the rack level; the last part of the label where a level has no name of its own. */
export function domainName(level: string): string {
  const last = level.slice(level.lastIndexOf('/') + 1).toLowerCase();
  return last.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '') || 'level';
}
