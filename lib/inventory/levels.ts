import type { ClusterInventory, InventoryNode } from './cluster';
import { CAPACITY_BLOCK_LABEL, CLIQUE_LABEL, hostLevel, knownLabels, REGION_LABEL, ZONE_LABEL } from './dialects';
import type { KnownLabel } from './dialects';
import { allocatableGpus, isGpuNode, whole } from './gpus';
import { sortedGroups } from './groups';
import { countDomains, nestingOf, parentsOf, tupleKey } from './label-nesting';
import { GPU, usage } from './usage';

/** The levels that a cluster's labels make, and what was not taken for one. */
export interface DetectedTopology {
  /** Broadest first, the host last. */
  readonly levels: readonly DetectedLevel[];
  /** Labels that some dialect has for a level, in order of preference. */
  readonly leftOut: readonly LeftOut[];
  /** The whole cluster as one domain, nodes outside the tree included. */
  readonly cluster: DomainSize;
}

export interface DetectedLevel {
  readonly label: string;
  /** A word or two for people, such as `rack`. */
  readonly name: string;
  /** Dialect that the label is from; absent for the host, and for a label that the caller named. */
  readonly dialect?: { readonly id: string; readonly title: string };
  /** True for a domain of multi-node NVLink. */
  readonly accelerator: boolean;
  /** In order of their values. */
  readonly domains: readonly Domain[];
  /** Nodes with GPUs that lack the label, and so are in no domain of any level. */
  readonly missing: readonly string[];
  /** Values that stand in more than one domain of the levels above, each of which makes a domain. */
  readonly shared: readonly string[];
}

/** Nodes that agree in the values of a level and of all above it. */
export interface Domain extends DomainSize {
  /** From the broadest level down. */
  readonly values: readonly string[];
}

export interface DomainSize {
  readonly nodes: number;
  /** GPUs on nodes that take pods: ready, not cordoned. */
  readonly gpus: number;
  /** Those of them that no pod holds. */
  readonly free: number;
}

export type LeftOut = Omit<DetectedLevel, 'domains' | 'missing' | 'shared'> & { readonly reason: Reason };

/** Why a label makes no level. */
export type Reason =
  /** Too many nodes with GPUs lack it, and would be outside the topology. */
  | { readonly kind: 'missing'; readonly nodes: readonly string[]; readonly of: number }
  | { readonly kind: 'one-value'; readonly value: string }
  /** It has the domains of another level. */
  | { readonly kind: 'same'; readonly level: string }
  | { readonly kind: 'one-node-each' }
  /** Its domains and those of a level hold parts of each other: one value lies in several of the level's. */
  | {
      readonly kind: 'crosses';
      readonly level: string;
      readonly value: string;
      readonly within: readonly string[];
    }
  /** A reservation, with no sign that it is one NVLink domain. */
  | { readonly kind: 'reservation' };

export interface DetectOptions {
  /** Labels that name domains of some kind and that no dialect has. */
  readonly labels?: readonly string[];
}

/**
 * Chooses the levels of a topology from the labels of the nodes, broadest first and the host last. Nodes with GPUs
 * decide, or all nodes where none has any.
 *
 * Inside a dialect the dialect says which label is the broader. Between dialects the nodes do: the broader label is the
 * one whose domains hold those of the other. Labels are taken in order of preference, and one that adds no domains, or
 * whose domains cross those of a level, is left out with the reason.
 */
export function detectLevels(inventory: ClusterInventory, { labels = [] }: DetectOptions = {}): DetectedTopology {
  const withGpus = inventory.nodes.filter(isGpuNode);
  const nodes = withGpus.length > 0 ? withGpus : inventory.nodes;
  const present = new Set(nodes.flatMap((node) => Object.keys(node.labels)));
  const known = knownLabels(present);
  const own = [...new Set(labels)].filter((label) => known.every((other) => other.label !== label));
  const chosen: KnownLabel[] = [hostLevel];
  const leftOut: LeftOut[] = [];
  for (const candidate of [...known.filter(isNvlink), ...own.map(ownLabel), ...known.filter((k) => !isNvlink(k))]) {
    const place = unusable(nodes, candidate) ?? placeIn(nodes, chosen, candidate);
    if (typeof place === 'number') chosen.splice(place, 0, candidate);
    else leftOut.push({ ...plain(candidate), reason: place });
  }
  return {
    levels: describe(inventory, nodes, chosen),
    leftOut,
    cluster: sizes(inventory).sum(inventory.nodes),
  };
}

/** A reservation says nothing that hardware does, so it comes after everything else. */
function isNvlink({ accelerator, label }: KnownLabel): boolean {
  return accelerator && label !== CAPACITY_BLOCK_LABEL;
}

function ownLabel(label: string): KnownLabel {
  return { label, name: label.slice(label.lastIndexOf('/') + 1), accelerator: false, depth: 0 };
}

/** Of ten nodes with GPUs, this many may lack a label that becomes a level: they are a fault to mend, not a kind. */
const STRAYS_IN_TEN = 1;

/** Why a label is no level, whatever the others are. */
function unusable(nodes: readonly InventoryNode[], { label }: KnownLabel): Reason | undefined {
  const without = nodes.filter(({ labels }) => !Object.hasOwn(labels, label)).map(({ name }) => name);
  if (without.length * 10 > nodes.length * STRAYS_IN_TEN) {
    return { kind: 'missing', nodes: without, of: nodes.length };
  }
  const values = new Set(nodes.flatMap(({ labels }) => labels[label] ?? []));
  const [value = ''] = values;
  if (values.size === 1) return { kind: 'one-value', value };
  const isMultiNodeNvlink = nodes.some(({ labels }) => Object.hasOwn(labels, CLIQUE_LABEL));
  return label === CAPACITY_BLOCK_LABEL && !isMultiNodeNvlink ? { kind: 'reservation' } : undefined;
}

/** The place among the chosen levels that a label takes, or why it takes none. */
function placeIn(
  nodes: readonly InventoryNode[],
  chosen: readonly KnownLabel[],
  candidate: KnownLabel,
): number | Reason {
  let place = chosen.length;
  for (const [index, level] of chosen.entries()) {
    const order = orderOf(nodes, candidate, level);
    if (typeof order === 'object') return order;
    if (order === 'above') place = Math.min(place, index);
    // A level above the candidate after one below it: the labels lie in no one order.
    else if (place < index) return crossing(nodes, candidate, chosen[place] ?? level);
  }
  return addsNothing(nodes, chosen, candidate, place) ?? place;
}

function orderOf(
  nodes: readonly InventoryNode[],
  candidate: KnownLabel,
  level: KnownLabel,
): 'above' | 'below' | Reason {
  if (level === hostLevel) return 'above';
  const declared = declaredOrder(candidate, level);
  if (declared !== undefined) return declared;
  const nesting = nestingOf(nodes, candidate.label, level.label);
  switch (nesting.kind) {
    case 'broader':
      return 'above';
    case 'narrower':
      return 'below';
    case 'equal':
      return { kind: 'same', level: level.label };
    case 'apart':
    case 'crosses':
      return placeByMeaning(candidate, level) ?? crossing(nodes, candidate, level);
  }
}

/** What their dialect says of two labels of one kind. */
function declaredOrder(a: KnownLabel, b: KnownLabel): 'above' | 'below' | undefined {
  if (a.dialect === undefined || a.dialect !== b.dialect || a.accelerator !== b.accelerator) return undefined;
  return a.depth < b.depth ? 'above' : 'below';
}

/** A zone is above every rack, block and switch; where one name is used in two zones, it names two of them. */
function placeByMeaning(a: KnownLabel, b: KnownLabel): 'above' | 'below' | undefined {
  if (isSite(a)) return 'above';
  return isSite(b) ? 'below' : undefined;
}

function isSite({ label }: KnownLabel): boolean {
  return label === REGION_LABEL || label === ZONE_LABEL;
}

function crossing(nodes: readonly InventoryNode[], candidate: KnownLabel, level: KnownLabel): Reason {
  const parents = parentsOf(nodes, level.label, candidate.label);
  const { value, within } = parents.find((parent) => parent.within.length > 1) ?? { value: '', within: [] };
  return { kind: 'crosses', level: level.label, value, within };
}

/** At its place a label must split domains of the level above it, and the level below must still split its own. */
function addsNothing(
  nodes: readonly InventoryNode[],
  chosen: readonly KnownLabel[],
  candidate: KnownLabel,
  place: number,
): Reason | undefined {
  const labels = chosen.map(({ label }) => label);
  const inTree = nodes.filter((node) => tupleKey(node, [...labels, candidate.label]) !== undefined);
  const above = labels.slice(0, place);
  const joined = [...above, candidate.label];
  const domains = countDomains(inTree, joined);
  const [level, below] = [above.at(-1), chosen[place]];
  if (domains === countDomains(inTree, above)) {
    // Nodes with other values of it lack the label of some level.
    return level === undefined
      ? { kind: 'one-value', value: inTree[0]?.labels[candidate.label] ?? '' }
      : { kind: 'same', level };
  }
  if (below === undefined || domains < countDomains(inTree, [...joined, below.label])) return undefined;
  return below === hostLevel ? { kind: 'one-node-each' } : { kind: 'same', level: below.label };
}

function describe(
  inventory: ClusterInventory,
  nodes: readonly InventoryNode[],
  chosen: readonly KnownLabel[],
): DetectedLevel[] {
  const labels = chosen.map(({ label }) => label);
  const inTree = inventory.nodes.filter((node) => tupleKey(node, labels) !== undefined);
  const size = sizes(inventory);
  return chosen.map((level, depth) => ({
    ...plain(level),
    domains: domainsOf(inTree, labels.slice(0, depth + 1), size.sum),
    missing: nodes.filter((node) => !Object.hasOwn(node.labels, level.label)).map(({ name }) => name),
    shared: sharedValues(inTree, labels.slice(0, depth), level.label),
  }));
}

function plain({ label, name, dialect, accelerator }: KnownLabel): Omit<LeftOut, 'reason'> {
  return { label, name, ...(dialect && { dialect: { id: dialect.id, title: dialect.title } }), accelerator };
}

function domainsOf(
  nodes: readonly InventoryNode[],
  levels: readonly string[],
  sum: (nodes: readonly InventoryNode[]) => DomainSize,
): Domain[] {
  const groups = sortedGroups(nodes, (node) => tupleKey(node, levels));
  return groups.map(([key, members]) => ({ values: key.split('\n'), ...sum(members) }));
}

/** Values that stand under more than one domain. */
function sharedValues(nodes: readonly InventoryNode[], above: readonly string[], level: string): string[] {
  const parents = new Map<string, Set<string>>();
  for (const node of nodes) {
    const value = node.labels[level] ?? '';
    const known = parents.get(value) ?? new Set();
    parents.set(value, known.add(tupleKey(node, above) ?? ''));
  }
  return [...parents.keys()].filter((value) => (parents.get(value)?.size ?? 0) > 1).sort();
}

/** Adds up nodes, counting what runs on them once for all. */
function sizes(inventory: ClusterInventory): { sum: (nodes: readonly InventoryNode[]) => DomainSize } {
  const { byNode } = usage(inventory, () => false);
  const sum = (nodes: readonly InventoryNode[]): DomainSize => {
    const usable = nodes.filter(({ ready, unschedulable }) => ready && !unschedulable);
    const gpus = usable.reduce((total, node) => total + allocatableGpus(node), 0);
    const free = usable.map((node) => allocatableGpus(node) - whole(byNode.get(node.name)?.[GPU] ?? 0n));
    return { nodes: nodes.length, gpus, free: free.reduce((total, amount) => total + Math.max(0, amount), 0) };
  };
  return { sum };
}
