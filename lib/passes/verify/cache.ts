import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf } from '../collect';
import type { Verified } from '../verify';

/** A volume that one node may mount cannot serve pods on several. */
export function verifyCache({ planned }: Verified): Diagnostic[] {
  return planned.cluster.graphs.flatMap((graph) => {
    const { cache, name, components } = graph.spec;
    const nodes = [...new Set([...(planned.pins.get(graph.node.path)?.values() ?? [])].flat())].sort();
    const pods = components.reduce((sum, { replicas, nodes: each }) => sum + replicas * each, 0);
    const single = cache?.accessMode === 'ReadWriteOncePod' ? pods > 1 : nodes.length > 1;
    if (!cache?.accessMode.startsWith('ReadWriteOnce') || !single) return [];
    return [
      diagnostic('BAY4030', {
        message: `the model cache "${cache.claimName}" of graph "${name}" is ${cache.accessMode}, and ${pods} pods on ${nodes.length} nodes mount it`,
        where: { ...placeOf(graph), pointer: 'modelCache' },
        notes: [`planned nodes: ${nodes.join(', ')}`],
        help: "use a storage class with 'ReadWriteMany', or leave the cache out",
        data: { claim: cache.claimName, accessMode: cache.accessMode, nodes },
      }),
    ];
  });
}
