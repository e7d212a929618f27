import { HOSTNAME_LABEL } from '../model/node';
import type { Division } from './division';
import type { Instance } from './instance';
import type { NodeSpec } from './problem';
import type { Tree } from './tree';

/** What is still whole before the plan: nodes with every accelerator free, and domains of nothing but such nodes. */
export interface Wholeness {
  /** By node. */
  readonly node: Uint8Array;
  /** By tree, level and domain of label values; nothing for kubernetes.io/hostname. */
  readonly domain: readonly (readonly Uint8Array[])[];
}

export function wholeness({ whole }: Instance): Wholeness {
  return whole;
}

/** Finds what is whole: once for an instance, since it takes a look at every node. */
export function findWhole(
  nodes: readonly NodeSpec[],
  trees: readonly Tree[],
  accelerators: ReadonlySet<string>,
): Wholeness {
  const names = [...accelerators];
  const node = new Uint8Array(nodes.length);
  const equipped = new Uint8Array(nodes.length);
  nodes.forEach((spec, n) => {
    equipped[n] = names.some((r) => (spec.allocatable[r] ?? 0n) > 0n) ? 1 : 0;
    node[n] = equipped[n] === 1 && isWhole(spec, names) ? 1 : 0;
  });
  const domain = trees.map(({ levels, divisions }) =>
    divisions.map((division, i) =>
      levels[i] === HOSTNAME_LABEL ? new Uint8Array() : wholeDomains(division, equipped, node),
    ),
  );
  return { node, domain };
}

/** By domain: 1 where some node has accelerators, and every such node is whole. */
function wholeDomains({ domainOf, count }: Division, equipped: Uint8Array, whole: Uint8Array): Uint8Array {
  const some = new Uint8Array(count);
  const broken = new Uint8Array(count);
  for (let n = 0; n < domainOf.length; n++) {
    const domain = domainOf[n] ?? -1;
    if (domain < 0 || equipped[n] !== 1) continue;
    some[domain] = 1;
    if (whole[n] !== 1) broken[domain] = 1;
  }
  return some.map((has, domain) => (broken[domain] === 1 ? 0 : has));
}

function isWhole(node: NodeSpec, accelerators: readonly string[]): boolean {
  return node.ready && !node.unschedulable && accelerators.every((r) => (node.used[r] ?? 0n) <= 0n);
}
