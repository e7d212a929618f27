import { compareNatural } from '../../natural';
import { compareKeys, compareText } from '../../order';
import { formatAmount } from '../../model/resources';
import type { InventoryNode } from '../cluster';
import type { NodeClass } from '../file/schema';
import { writeTaint } from '../file/taints';
import { GPU } from '../usage';
import { isTopologyKey } from './labels';
import { groupBy } from '../../groups';
import { quantitiesOf } from './order';

/** Nodes of one kind, in natural order of their names, and what their class says of them. */
export interface Kind {
  readonly name: string;
  readonly nodes: readonly InventoryNode[];
  readonly shared: Shared;
}

/** What is written for a class. */
export type Shared = Pick<InventoryNode, 'architecture' | 'labels' | 'taints' | 'allocatable' | 'dra'>;

const INSTANCE_TYPES = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'];
const PRODUCT = 'nvidia.com/gpu.product';
const ARCHITECTURE = 'kubernetes.io/arch';

/**
 * The kinds of nodes, in natural order of their names: by instance type, GPU product, architecture and lasting taints;
 * nodes without an instance type also by their GPUs and cores.
 */
export function kindsOf(nodes: readonly InventoryNode[], dropped: ReadonlySet<string>): Kind[] {
  const ordered = [...nodes].sort((a, b) => compareNatural(a.name, b.name));
  const lasting = remembering((taints: InventoryNode['taints']) =>
    taintsText(taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'))),
  );
  const groups = [...groupBy(ordered, (node) => kindKey(node, lasting(node.taints)))].sort(compareKeys);
  const taken = new Set<string>();
  const kinds = groups.map(([, members]): Kind => {
    const name = unused(nameOf(members[0]), taken);
    taken.add(name);
    return { name, nodes: members, shared: sharedBy(members, dropped) };
  });
  return kinds.sort((a, b) => compareNatural(a.name, b.name));
}

function instanceType({ labels }: InventoryNode): string | undefined {
  for (const key of INSTANCE_TYPES) if (labels[key]) return labels[key];
  return undefined;
}

function kindKey(node: InventoryNode, lasting: string): string {
  const { labels, architecture = '', allocatable } = node;
  const type = instanceType(node);
  const size = type === undefined ? `${allocatable[GPU] ?? 0n} ${allocatable['cpu'] ?? 0n}` : '';
  return [type ?? '', labels[PRODUCT] ?? '', architecture, size, lasting].join('\u0000');
}

function taintsText(taints: InventoryNode['taints']): string {
  return JSON.stringify(taints.map(writeTaint));
}

/** Nodes of one kind mostly share their taints, as one list. */
function remembering<T extends object>(make: (value: T) => string): (value: T) => string {
  const made = new Map<T, string>();
  return (value) => {
    const text = made.get(value) ?? make(value);
    made.set(value, text);
    return text;
  };
}

function nameOf(node: InventoryNode | undefined): string {
  if (!node) return 'nodes';
  const product = node.labels[PRODUCT] || undefined;
  const cores = formatAmount('cpu', node.allocatable['cpu'] ?? 0n);
  return instanceType(node) ?? product?.toLowerCase() ?? `cpu-${cores}`;
}

function unused(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2, tried = name; ; number += 1) {
    if (!taken.has(tried)) return tried;
    tried = `${name}-${number}`;
  }
}

function sharedBy(nodes: readonly InventoryNode[], dropped: ReadonlySet<string>): Shared {
  const amounts = mostly(nodes, ({ allocatable }) => allocatable);
  const devices = mostly(nodes, ({ dra }) => dra && { [DRA]: JSON.stringify(dra) });
  return {
    architecture: architectureOf(nodes),
    allocatable: Object.fromEntries(amounts.map(({ key, value }) => [key, value])),
    labels: Object.fromEntries(sharedLabels(nodes).filter(([key]) => !dropped.has(key))),
    taints: commonTaints(nodes),
    // As JSON it was counted, and it was a map of numbers.
    dra: devices[0] && (JSON.parse(devices[0].value) as InventoryNode['dra']),
  };
}

/** A class as it is written. */
export function classText({ architecture, allocatable, labels, taints, dra }: Shared): NodeClass {
  return {
    ...(architecture !== undefined && { architecture }),
    allocatable: quantitiesOf(allocatable),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
    ...(taints.length > 0 && { taints: taints.map(writeTaint) }),
    ...(dra && { dra }),
  };
}

/** Left out where the label says the same on every node. */
function architectureOf(nodes: readonly InventoryNode[]): string | undefined {
  const said = nodes.every(({ labels, architecture }) => labels[ARCHITECTURE] === architecture);
  return said ? undefined : nodes[0]?.architecture;
}

/** Stands for all devices of a node together. */
const DRA = 'dra';

interface Common<V> {
  readonly key: string;
  readonly value: V;
  /** How many nodes have it. */
  readonly count: number;
}

/** How many nodes have each value of one key. */
class Tally<V> {
  private readonly counts = new Map<V, { readonly value: V; count: number }>();
  private last: { readonly value: V; count: number } | undefined;

  add(value: V): void {
    // Neighbours mostly have the same.
    if (this.last?.value !== value) {
      this.last = this.counts.get(value) ?? { value, count: 0 };
      this.counts.set(value, this.last);
    }
    this.last.count += 1;
  }

  /** By number, then in order of text. */
  all(): { readonly value: V; readonly count: number }[] {
    return [...this.counts.values()].sort((a, b) => b.count - a.count || compareText(String(a.value), String(b.value)));
  }
}

/**
 * The value that most nodes have of each key, in order of the keys; keys that at most half of them have are left out. Among
 * values that equally many have, the first in order of text.
 */
function mostly<V extends string | bigint>(
  nodes: readonly InventoryNode[],
  mapOf: (node: InventoryNode) => Readonly<Record<string, V>> | undefined,
): Common<V>[] {
  const tallies = new Map<string, Tally<V>>();
  for (const node of nodes) {
    const map = mapOf(node);
    for (const key in map) {
      const tally = tallies.get(key) ?? new Tally<V>();
      tallies.set(key, tally);
      const value = map[key];
      if (value !== undefined) tally.add(value);
    }
  }
  return [...tallies].sort(compareKeys).flatMap(([key, tally]) => {
    const all = tally.all();
    const held = all.reduce((sum, { count }) => sum + count, 0);
    return held * 2 > nodes.length ? all.slice(0, 1).map((common) => ({ key, ...common })) : [];
  });
}

/** Labels that all nodes have alike, and those that a few lack or have otherwise, unless they say where a node is. */
function sharedLabels(nodes: readonly InventoryNode[]): (readonly [string, string])[] {
  return mostly(nodes, ({ labels }) => labels).flatMap(({ key, value, count }) => {
    const shared = isTopologyKey(key) ? count === nodes.length && nodes.length > 1 : count * 8 > nodes.length * 7;
    return shared && !(nodes.length === 1 && isTopologyKey(key)) ? [[key, value] as const] : [];
  });
}

function commonTaints(nodes: readonly InventoryNode[]): InventoryNode['taints'] {
  const textOf = remembering(taintsText);
  const groups = [...groupBy(nodes, ({ taints }) => textOf(taints))];
  groups.sort(([a, x], [b, y]) => y.length - x.length || compareText(a, b));
  return groups[0]?.[1][0]?.taints ?? [];
}
