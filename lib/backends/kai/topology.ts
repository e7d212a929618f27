import { z } from 'zod';

/** Spec of a KAI Topology (kai.scheduler/v1alpha1), as far as we write it. */
export const topologySpecSchema = z.strictObject({
  levels: z
    .array(z.strictObject({ nodeLabel: z.string().min(1).max(316) }))
    .min(1)
    .max(16),
});

export type TopologySpec = z.infer<typeof topologySpecSchema>;

/** @param levels node labels, broadest first */
export function topologySpec(levels: readonly string[]): TopologySpec {
  return { levels: levels.map((nodeLabel) => ({ nodeLabel })) };
}
