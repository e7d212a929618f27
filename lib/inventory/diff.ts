import { formatAmount } from '../model/resources';
import { HOSTNAME_LABEL, type Taint } from '../model/node';
import { compareText } from '../order';
import type { ClusterInventory, InventoryNode } from './cluster';
import { knownLabels } from './dialects';
import { DRIVER_LABEL, GPU_COUNT_LABEL, GPU_PRODUCT_LABEL } from './gpus';

/** What is different between two inventories of one cluster: nothing where both lists are empty. */
export interface InventoryDiff {
  /** Nodes that only the old one has, in order. */
  readonly gone: readonly string[];
  /** Nodes that only the new one has, in order. */
  readonly added: readonly string[];
  /** Changes of nodes that both have, equal ones together, by kind and then by what changed. */
  readonly changes: readonly NodeChange[];
}

/** One change, and all nodes that it happened to. */
export interface NodeChange {
  readonly kind: ChangeKind;
  /** What changed: a resource, a label, a taint; absent for the state of the node. */
  readonly of?: string;
  /** Absent where there was nothing. */
  readonly from?: string;
  /** Absent where there is nothing any more. */
  readonly to?: string;
  /** In order. */
  readonly nodes: readonly string[];
}

/** In the order in which changes are told. */
export const changeKinds = ['cordoned', 'ready', 'allocatable', 'level', 'label', 'taint', 'architecture'] as const;

export type ChangeKind = (typeof changeKinds)[number];

export interface DiffOptions {
  /** Labels to be looked at beside those that dialects, GPUs and pins have. */
  readonly labels?: readonly string[];
}

/**
 * Compares the nodes of two inventories. Of labels those are looked at that tell where a node is, what GPUs it has and
 * how pins name it: others come and go, and no plan depends on them.
 */
export function diffInventories(
  old: ClusterInventory,
  now: ClusterInventory,
  { labels = [] }: DiffOptions = {},
): InventoryDiff {
  const before = new Map(old.nodes.map((node) => [node.name, node]));
  const after = new Map(now.nodes.map((node) => [node.name, node]));
  const present = new Set([...old.nodes, ...now.nodes].flatMap((node) => Object.keys(node.labels)));
  const levels = new Set([...knownLabels(present).map(({ label }) => label), ...labels]);
  const changed = old.nodes.flatMap((node) => {
    const other = after.get(node.name);
    return other ? changesOf(node, other, levels).map((change) => ({ ...change, nodes: [node.name] })) : [];
  });
  return {
    gone: old.nodes.flatMap(({ name }) => (after.has(name) ? [] : [name])),
    added: now.nodes.flatMap(({ name }) => (before.has(name) ? [] : [name])),
    changes: together(changed),
  };
}

/** True where two inventories do not differ in anything that is compared. */
export function isSame({ gone, added, changes }: InventoryDiff): boolean {
  return gone.length + added.length + changes.length === 0;
}

type Change = Omit<NodeChange, 'nodes'>;

/** Labels that matter and tell no place. */
const plainLabels = [HOSTNAME_LABEL, GPU_PRODUCT_LABEL, GPU_COUNT_LABEL, DRIVER_LABEL, 'kai.scheduler/node-pool'];

function changesOf(old: InventoryNode, now: InventoryNode, levels: ReadonlySet<string>): Change[] {
  const state = (node: InventoryNode): string => (node.ready ? 'ready' : node.notReady.join(', '));
  return [
    ...change('cordoned', undefined, cordonText(old), cordonText(now)),
    ...change('ready', undefined, state(old), state(now)),
    ...changedValues('allocatable', amounts(old), amounts(now)),
    ...[...levels].flatMap((label) => change('level', label, old.labels[label], now.labels[label])),
    ...plainLabels.flatMap((label) => change('label', label, old.labels[label], now.labels[label])),
    ...changedValues('taint', taints(old), taints(now)),
    ...change('architecture', undefined, old.architecture, now.architecture),
  ];
}

function change(kind: ChangeKind, of: string | undefined, from: string | undefined, to: string | undefined): Change[] {
  if (from === to) return [];
  return [
    {
      kind,
      ...(of === undefined ? {} : { of }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  ];
}

function cordonText({ unschedulable }: InventoryNode): string {
  return unschedulable ? 'cordoned' : 'open';
}

function changedValues(kind: ChangeKind, old: Values, now: Values): Change[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => change(kind, name, old[name], now[name]));
}

type Values = Readonly<Record<string, string | undefined>>;

function amounts({ allocatable }: InventoryNode): Values {
  const texts = Object.entries(allocatable).map(([name, amount]) => [name, formatAmount(name, amount)] as const);
  return Object.fromEntries(texts);
}

/** By key and effect, of which a node has one each; those that say how the node is are told as its state. */
function taints(node: InventoryNode): Values {
  const told = node.taints.filter(({ key }) => !key.startsWith('node.kubernetes.io/'));
  return Object.fromEntries(told.map(({ key, effect, value }: Taint) => [`${key}:${effect}`, value ?? '']));
}

function together(changes: readonly NodeChange[]): NodeChange[] {
  const groups = new Map<string, NodeChange>();
  for (const one of changes) {
    const rank = changeKinds.indexOf(one.kind);
    const key = JSON.stringify([rank, one.of ?? '', one.from ?? null, one.to ?? null]);
    const known = groups.get(key);
    groups.set(key, known ? { ...known, nodes: [...known.nodes, ...one.nodes] } : one);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}
