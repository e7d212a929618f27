import { HOSTNAME_LABEL } from '../../model/node';
import { compareNatural } from '../../natural';
import { compareText } from '../../order';
import { formatAmount, type Resources } from '../../model/resources';
import type { ClusterInventory, InventoryNode } from '../cluster';
import type { InventoryFile, NodeEntry, NodeException } from '../file/schema';
import { writeTaint } from '../file/taints';
import { classText, kindsOf, type Kind, type Shared } from './classes';
import { groupBy } from '../../groups';
import { listText, usesOf } from './pods';
import { segmentsOf, type Labelled, type Segment as SegmentOf } from './segments';

type Segment = SegmentOf<InventoryNode>;

/**
 * An inventory as a short file that says the same: nodes of one kind share a class, names and labels are laid down in
 * ranges, and what is odd on single nodes stands in exceptions. Names of pods are not kept. The result depends on the
 * inventory alone, not on the order of its lists.
 *
 * @param droppedKeys of labels that are left out
 */
export function compact({ nodes, pods }: ClusterInventory, droppedKeys: readonly string[] = []): InventoryFile {
  const dropped = new Set(droppedKeys);
  const kinds = kindsOf(nodes, dropped);
  const written = kinds.flatMap((kind) => entriesOf(kind, dropped).map((segment) => ({ kind, segment })));
  written.sort((a, b) => compareFirst(a.segment, b.segment));
  const entries = written.map(({ kind, segment }): NodeEntry => {
    const { terms, labels } = segment;
    return { names: listText(terms), class: kind.name, ...(Object.keys(labels).length > 0 && { labels }) };
  });
  const exceptions = exceptionsOf(written.flatMap(({ kind, segment }) => oddOnes(kind, segment, dropped)));
  const uses = usesOf(pods);
  return {
    format: 1,
    classes: Object.fromEntries(kinds.map(({ name, shared }) => [name, classText(shared)])),
    nodes: entries,
    ...(exceptions.length > 0 && { exceptions }),
    ...(uses.length > 0 && { pods: uses }),
  };
}

function compareFirst(a: SegmentOf<Labelled>, b: SegmentOf<Labelled>): number {
  return compareNatural(a.nodes[0]?.name ?? '', b.nodes[0]?.name ?? '');
}

/**
 * Labels that at least half of a kind's nodes have and its class does not say are written with the nodes. A hostname that
 * is the node's name goes without saying.
 */
function entriesOf({ nodes, shared }: Kind, dropped: ReadonlySet<string>): Segment[] {
  const counts = new Map<string, number>();
  for (const { labels, name, hostname } of nodes) {
    for (const key in labels) {
      if (Object.hasOwn(shared.labels, key) || (key === HOSTNAME_LABEL && name === hostname)) continue;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const keys = [...counts].flatMap(([key, count]) => (count * 2 >= nodes.length && !dropped.has(key) ? [key] : []));
  return segmentsOf(nodes, keys.sort(compareText));
}

/** What differs on a node from what its entry says. */
interface Odd {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Keys of labels that the node does not have. */
  readonly missing: readonly string[];
  readonly rest: Omit<NodeException, 'names' | 'labels'>;
}

function exceptionsOf(odd: readonly Odd[]): NodeException[] {
  const alike = groupBy(odd, ({ labels, missing, rest }) => JSON.stringify([rest, missing, Object.keys(labels)]));
  const segments = [...alike.values()].flatMap((members) => {
    const nodes = [...members].sort((a, b) => compareNatural(a.name, b.name));
    return segmentsOf(nodes, Object.keys(nodes[0]?.labels ?? {}));
  });
  return segments.sort(compareFirst).map(({ nodes, terms, labels }) => {
    const none = Object.fromEntries((nodes[0]?.missing ?? []).map((key) => [key, null]));
    const all = { ...labels, ...none };
    return { names: listText(terms), ...(Object.keys(all).length > 0 && { labels: all }), ...nodes[0]?.rest };
  });
}

/** The nodes of a segment of which it does not say all, with what it does not say. */
function oddOnes({ shared }: Kind, { nodes, values }: Segment, dropped: ReadonlySet<string>): Odd[] {
  const said = new Set([HOSTNAME_LABEL, ...Object.keys(shared.labels), ...values.keys()]);
  return nodes.flatMap((node, i) => {
    const expected = (key: string): string | undefined => {
      const own = values.get(key);
      if (own) return own[Math.floor((i * own.length) / nodes.length)];
      return key === HOSTNAME_LABEL ? node.name : shared.labels[key];
    };
    return difference(node, shared, { said, expected, dropped }) ?? [];
  });
}

/** What a node's labels are by what is written. */
interface Expectations {
  readonly said: ReadonlySet<string>;
  readonly expected: (key: string) => string | undefined;
  readonly dropped: ReadonlySet<string>;
}

function difference(node: InventoryNode, shared: Shared, { said, expected, dropped }: Expectations): Odd | undefined {
  const labels: string[] = [];
  for (const key in node.labels) if (node.labels[key] !== expected(key) && !dropped.has(key)) labels.push(key);
  const missing: string[] = [];
  for (const key of said) if (node.labels[key] === undefined) missing.push(key);
  const rest = oddBesideLabels(node, shared);
  if (labels.length === 0 && missing.length === 0 && Object.keys(rest).length === 0) return undefined;
  const own = labels.sort(compareText).map((key) => [key, node.labels[key] ?? ''] as const);
  return { name: node.name, labels: Object.fromEntries(own), missing: missing.sort(compareText), rest };
}

function oddBesideLabels(node: InventoryNode, shared: Shared): Odd['rest'] {
  const allocatable = changedAmounts(node, shared);
  return {
    ...(node.unschedulable && { unschedulable: true }),
    ...(node.notReady.length > 0 && { notReady: [...node.notReady] }),
    ...(allocatable && { allocatable }),
    ...(!same(node.taints, shared.taints) && { taints: node.taints.map(writeTaint) }),
    ...(!same(node.dra ?? {}, shared.dra ?? {}) && { dra: { ...node.dra } }),
  };
}

function changedAmounts({ allocatable }: InventoryNode, said: Shared): Record<string, string | null> | undefined {
  if (allocatable === said.allocatable) return undefined;
  if (sameAmounts(allocatable, said.allocatable) && sameAmounts(said.allocatable, allocatable)) return undefined;
  const resources = new Set([...Object.keys(allocatable), ...Object.keys(said.allocatable)]);
  const changed = [...resources].sort(compareText).flatMap((resource): [string, string | null][] => {
    const amount = allocatable[resource];
    if (amount === said.allocatable[resource]) return [];
    return [[resource, amount === undefined ? null : formatAmount(resource, amount)]];
  });
  return Object.fromEntries(changed);
}

function sameAmounts(a: Resources, b: Resources): boolean {
  for (const resource in a) if (a[resource] !== b[resource]) return false;
  return true;
}

function same(a: object, b: object): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
