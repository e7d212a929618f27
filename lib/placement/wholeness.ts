import { HOSTNAME_LABEL } from '../model/node';
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
  const domainWhole = (members: readonly number[]): number =>
    members.some((n) => equipped[n] === 1) && members.every((n) => equipped[n] === node[n]) ? 1 : 0;
  const domain = trees.map(({ levels, members }) =>
    levels.map((level, i) => Uint8Array.from(level === HOSTNAME_LABEL ? [] : (members[i] ?? []), domainWhole)),
  );
  return { node, domain };
}

function isWhole(node: NodeSpec, accelerators: readonly string[]): boolean {
  return node.ready && !node.unschedulable && accelerators.every((r) => (node.used[r] ?? 0n) <= 0n);
}
