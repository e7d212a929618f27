import { HOSTNAME_LABEL } from '../model/node';
import { labelValue } from './eligibility';
import type { NodeSpec, TopologySpec } from './problem';

/**
 * A topology over the nodes of a problem, in dense ids; immutable.
 * Depths count from 0, the broadest; the last depth is the node itself. Levels are the topology's labels, and level i
 * stands at depth i. A domain is the tuple of label values from the broadest level down.
 */
export interface Tree {
  readonly name: string;
  readonly levels: readonly string[];
  readonly depths: number;
  /** By depth and node: the domain for counting. From the first label that a node lacks, it is a domain of its own. */
  readonly domainOf: readonly Int32Array[];
  /** Domains at each depth; ids are 0 … count-1. */
  readonly domainCount: readonly number[];
  /** By level and node: the domain of label values, or -1 where a label is lacking. */
  readonly labelDomain: readonly Int32Array[];
  /** By level and domain of label values: its nodes, in order. */
  readonly members: readonly (readonly (readonly number[])[])[];
  /** By node: 1 where it has every label of the topology. */
  readonly complete: Uint8Array;
  /** Cost of a pair of pods, by how many depths they share: index 0 shares none. */
  readonly pairCost: readonly number[];
}

/** Compiles a topology; without one, the only depth is the node. */
export function compileTree(nodes: readonly NodeSpec[], topology: TopologySpec | undefined): Tree {
  const levels = topology?.levels ?? [];
  const depths = levels.at(-1) === HOSTNAME_LABEL ? levels.length : levels.length + 1;
  const tuples = labelTuples(nodes, levels);
  const counted = Array.from({ length: depths }, (_, depth) => countedDomains(nodes.length, tuples, depth, depths));
  return {
    name: topology?.name ?? '',
    levels,
    depths,
    domainOf: counted.map((c) => c.ids),
    domainCount: counted.map((c) => c.count),
    labelDomain: tuples.map((t) => t.ids),
    members: tuples.map((t) => t.members),
    complete: completeNodes(nodes.length, tuples),
    pairCost: pairCosts(topology, levels, depths),
  };
}

interface Tuples {
  readonly ids: Int32Array;
  readonly members: readonly (readonly number[])[];
}

function labelTuples(nodes: readonly NodeSpec[], levels: readonly string[]): Tuples[] {
  const result: Tuples[] = [];
  let parent: Tuples | undefined;
  for (const level of levels) {
    parent = refine(nodes, level, parent);
    result.push(parent);
  }
  return result;
}

/** Splits the domains of the level above by the value of one more label. */
function refine(nodes: readonly NodeSpec[], level: string, above: Tuples | undefined): Tuples {
  const ids = new Int32Array(nodes.length).fill(-1);
  const known = Array.from({ length: above?.members.length ?? 1 }, () => new Map<string, number>());
  const members: number[][] = [];
  // Neighbours in the order of names are mostly neighbours in the cluster.
  let last = { parent: -1, value: '', id: -1 };
  nodes.forEach((node, n) => {
    const parent = above ? (above.ids[n] ?? -1) : 0;
    const inParent = known[parent];
    const value = labelValue(node, level);
    if (inParent === undefined || value === undefined) return;
    if (parent !== last.parent || value !== last.value) last = { parent, value, id: inParent.get(value) ?? -1 };
    if (last.id >= 0) members[last.id]?.push(n);
    else {
      last.id = members.push([n]) - 1;
      inParent.set(value, last.id);
    }
    ids[n] = last.id;
  });
  return { ids, members };
}

/** Nodes without a domain of labels are one each; at the last depth, all are. */
function countedDomains(nodes: number, tuples: readonly Tuples[], depth: number, depths: number) {
  const tuple = depth === depths - 1 ? undefined : tuples[depth];
  let count = tuple?.members.length ?? 0;
  const ids = tuple ? tuple.ids.slice() : new Int32Array(nodes).fill(-1);
  for (let n = 0; n < nodes; n++) if (ids[n] === -1) ids[n] = count++;
  return { ids, count };
}

/** A node with a domain at the last level has every label. */
function completeNodes(nodes: number, tuples: readonly Tuples[]): Uint8Array {
  const complete = new Uint8Array(nodes).fill(1);
  tuples.at(-1)?.ids.forEach((id, n) => (complete[n] = id < 0 ? 0 : 1));
  return complete;
}

/** The label values of a domain, broadest first. */
export function valuesOf(tree: Tree, nodes: readonly NodeSpec[], level: number, domain: number): readonly string[] {
  const example = nodes[tree.members[level]?.[domain]?.[0] ?? -1];
  return tree.levels.slice(0, level + 1).map((label) => (example && labelValue(example, label)) ?? '');
}

/** 1,000,000 / bandwidth of the narrowest depth that a pair shares, rounded half up. */
function pairCosts(topology: TopologySpec | undefined, levels: readonly string[], depths: number): number[] {
  const bandwidth = topology?.bandwidth;
  if (!bandwidth)
    return Array.from({ length: depths + 1 }, (_, shared) => roundedQuotient(1_000_000n, 2n ** BigInt(shared), 1n));
  const costs: number[] = [];
  let current = bandwidth['none'] ?? 1;
  costs.push(costOf(current));
  for (let depth = 0; depth < depths; depth++) {
    const key = depth === depths - 1 ? HOSTNAME_LABEL : (levels[depth] ?? '');
    if (Object.hasOwn(bandwidth, key)) current = bandwidth[key] ?? current;
    costs.push(costOf(current));
  }
  return costs;
}

function costOf(bandwidth: number): number {
  const { num, den } = decimal(bandwidth);
  return roundedQuotient(1_000_000n, num, den);
}

/** amount / (num / den), rounded half up. */
function roundedQuotient(amount: bigint, num: bigint, den: bigint): number {
  return Number((2n * amount * den + num) / (2n * num));
}

/** The number as its shortest decimal text says it, so that 0.1 is a tenth. */
function decimal(value: number): { num: bigint; den: bigint } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift < 0 ? { num: digits, den: 10n ** BigInt(-shift) } : { num: digits * 10n ** BigInt(shift), den: 1n };
}
