import { HOSTNAME_LABEL } from '../model/node';
import { labelValue } from './eligibility';
import { divide, type Division } from './division';
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
  /** By level: the domains of label values. */
  readonly divisions: readonly Division[];
  /** True where a node has every label of the topology. */
  readonly isComplete: (n: number) => boolean;
  /** Cost of a pair of pods, by how many depths they share: index 0 shares none. */
  readonly pairCost: readonly number[];
}

/** Compiles a topology; without one, the only depth is the node. */
export function compileTree(nodes: readonly NodeSpec[], topology: TopologySpec | undefined): Tree {
  const levels = topology?.levels ?? [];
  const depths = levels.at(-1) === HOSTNAME_LABEL ? levels.length : levels.length + 1;
  const divisions = divide(nodes, levels);
  const counted = Array.from({ length: depths - 1 }, (_, depth) => countedDomains(nodes.length, divisions[depth]));
  counted.push(countedDomains(nodes.length, undefined));
  return {
    name: topology?.name ?? '',
    levels,
    depths,
    domainOf: counted.map((c) => c.ids),
    domainCount: counted.map((c) => c.count),
    divisions,
    isComplete: completeness(nodes, levels, divisions),
    pairCost: pairCosts(topology, levels, depths),
  };
}

/** Nodes without a domain of labels are one each; at the last depth, all are. */
function countedDomains(nodes: number, division: Division | undefined) {
  if (division?.hasAll) return { ids: division.domainOf, count: division.count };
  let count = division?.count ?? 0;
  const ids = new Int32Array(nodes);
  for (let n = 0; n < nodes; n++) {
    const domain = division?.domainOf[n] ?? -1;
    ids[n] = domain < 0 ? count++ : domain;
  }
  return { ids, count };
}

/** Remembers what it was asked: at the level of hosts, which few problems divide, it reads the labels of those nodes alone. */
function completeness(
  nodes: readonly NodeSpec[],
  levels: readonly string[],
  divisions: readonly Division[],
): (n: number) => boolean {
  const hasHosts = levels.at(-1) === HOSTNAME_LABEL;
  const narrowest = divisions.at(hasHosts ? -2 : -1);
  const isLabelled = (n: number): boolean => {
    const node = nodes[n];
    if (!node || (narrowest?.domainOf[n] ?? 0) < 0) return false;
    return !hasHosts || labelValue(node, HOSTNAME_LABEL) !== undefined;
  };
  const known = new Int8Array(nodes.length).fill(-1);
  return (n) => {
    if (known[n] === -1) known[n] = isLabelled(n) ? 1 : 0;
    return known[n] === 1;
  };
}

/** The label values of a domain, broadest first. */
export function valuesOf(tree: Tree, nodes: readonly NodeSpec[], level: number, domain: number): readonly string[] {
  const example = nodes[tree.divisions[level]?.exampleOf(domain) ?? -1];
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
