import type { Instance } from './instance';
import type { NodeSpec } from './problem';

/** What is still whole before the plan: nodes with every accelerator free, and domains of nothing but such nodes. */
export interface Wholeness {
  /** By node. */
  readonly node: Uint8Array;
  /** By tree, level and domain of label values. */
  readonly domain: readonly (readonly Uint8Array[])[];
}

export function wholeness({ nodes, trees, accelerators }: Instance): Wholeness {
  const names = [...accelerators];
  const equipped = Uint8Array.from(nodes, (node) => (names.some((r) => (node.allocatable[r] ?? 0n) > 0n) ? 1 : 0));
  const whole = Uint8Array.from(nodes, (node, n) => (equipped[n] === 1 && isWhole(node, names) ? 1 : 0));
  const domainWhole = (members: readonly number[]): number => {
    const counted = members.filter((n) => equipped[n] === 1);
    return counted.length > 0 && counted.every((n) => whole[n] === 1) ? 1 : 0;
  };
  return {
    node: whole,
    domain: trees.map((tree) => tree.members.map((domains) => Uint8Array.from(domains, domainWhole))),
  };
}

function isWhole(node: NodeSpec, accelerators: readonly string[]): boolean {
  return node.ready && !node.unschedulable && accelerators.every((r) => (node.used[r] ?? 0n) <= 0n);
}
