import { visitCopies, type GangPods } from '../assigned';
import type { Gang } from '../instance';

/** Units of each resource that placed pods ask for. */
export function demandOfPods(gang: Gang, pods: GangPods, resources: number): number[] {
  const demand = new Array<number>(resources).fill(0);
  visitCopies(gang.roots, pods, ({ leaf }, { nodes }) => {
    for (const [r, units] of leaf?.demand ?? []) demand[r] = (demand[r] ?? 0) + nodes.length * units;
  });
  return demand;
}
