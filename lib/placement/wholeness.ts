import { HOSTNAME_LABEL } from '../model/node';
import type { NodeSpec } from './problem';
import type { Tree } from './tree';

/** What a node has of accelerators; a domain is in the greatest state of its nodes. */
const NOT_LOOKED_AT = 0;
const NONE = 1;
const WHOLE = 2;
const BROKEN = 3;

/**
 * What is still whole before the plan: nodes with every accelerator free, and domains whose nodes with accelerators are
 * all whole. Each is looked at when it is first asked for, and a domain no further than to its first broken node: gangs
 * that stay where they are ask for few.
 */
export class Wholeness {
  private readonly accelerators: readonly string[];
  /** By node: its state. */
  private readonly nodeStates: Uint8Array;
  /** By tree, level and domain of label values: its state; nothing for kubernetes.io/hostname. */
  private readonly domainStates: readonly (readonly Uint8Array[])[];

  constructor(
    private readonly nodes: readonly NodeSpec[],
    private readonly trees: readonly Tree[],
    accelerators: ReadonlySet<string>,
  ) {
    this.accelerators = [...accelerators];
    this.nodeStates = new Uint8Array(nodes.length);
    this.domainStates = trees.map(({ levels, divisions }) =>
      divisions.map((division, i) => new Uint8Array(levels[i] === HOSTNAME_LABEL ? 0 : division.count)),
    );
  }

  isWhole(n: number): boolean {
    return this.stateOf(n) === WHOLE;
  }

  /** Of a domain of label values; false at the level of hosts, whose domains are nodes. */
  isWholeDomain(tree: number, level: number, domain: number): boolean {
    const states = this.domainStates[tree]?.[level];
    const known = states?.[domain];
    if (!states || known !== NOT_LOOKED_AT) return known === WHOLE;
    return (states[domain] = this.lookAtDomain(tree, level, domain)) === WHOLE;
  }

  private lookAtDomain(tree: number, level: number, domain: number): number {
    let state = NONE;
    for (const n of this.trees[tree]?.divisions[level]?.nodesIn(domain) ?? []) {
      state = Math.max(state, this.stateOf(n));
      if (state === BROKEN) break;
    }
    return state;
  }

  private stateOf(n: number): number {
    const known = this.nodeStates[n];
    return known === NOT_LOOKED_AT ? (this.nodeStates[n] = this.lookAt(n)) : (known ?? NONE);
  }

  private lookAt(n: number): number {
    const node = this.nodes[n];
    if (!node || !this.accelerators.some((r) => (node.allocatable[r] ?? 0n) > 0n)) return NONE;
    const isOpen = node.ready && !node.unschedulable;
    return isOpen && this.accelerators.every((r) => (node.used[r] ?? 0n) <= 0n) ? WHOLE : BROKEN;
  }
}
