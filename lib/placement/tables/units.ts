import type { CopyPods, GangPods } from '../assigned';
import type { Group, Leaf } from '../instance';
import type { CopyShape, Shape } from '../shape';

/**
 * What a gang of a given shape is made of. Copies of a group are told apart only where what they hold may be in
 * several domains; where a copy is in one domain, it is one of so many equal units.
 */
export type Item = LeafItem | ParentItem;

export interface LeafItem {
  readonly kind: 'leaf';
  readonly group: Group;
  readonly leaf: Leaf;
  readonly copies: number;
  /** Copies are in one domain down to this depth; -1 where nothing says so. */
  readonly whole: number;
  /** Groups that are there when some pod of this is: itself and those around it. */
  readonly present: readonly number[];
}

export interface ParentItem {
  readonly kind: 'parent';
  readonly group: Group;
  readonly copies: number;
  readonly whole: number;
  readonly present: readonly number[];
  /** By copy: what it holds. */
  readonly inner: readonly (readonly Item[])[];
}

/** The items of a shape; undefined where copies of a group of groups do not all hold the same. */
export function itemsOf(groups: readonly Group[], shape: Shape, whole: number): readonly Item[] | undefined {
  return build(groups, shape, whole, []);
}

function build(groups: readonly Group[], shape: Shape, around: number, present: readonly number[]): Item[] | undefined {
  const items: Item[] = [];
  for (const [i, group] of groups.entries()) {
    const item = buildItem(group, shape[i] ?? [], Math.max(around, group.rule.required), [...present, group.index]);
    if (!item) return undefined;
    items.push(item);
  }
  return items;
}

function buildItem(
  group: Group,
  copies: readonly CopyShape[],
  whole: number,
  present: readonly number[],
): Item | undefined {
  const base = { group, copies: copies.length, whole, present };
  if (group.leaf) return { ...base, kind: 'leaf', leaf: group.leaf };
  const [first] = copies;
  const text = JSON.stringify(first);
  if (copies.some((copy) => copy !== first && JSON.stringify(copy) !== text)) return undefined;
  const inner = copies.map((copy) => build(group.children, copy.groups, whole, present));
  return inner.every((items) => items !== undefined) ? { ...base, kind: 'parent', inner } : undefined;
}

/** Equal units of one kind: whole copies, or parts of so many pods of copies that are split. */
export interface Dim {
  readonly item: Item;
  /** Pods of a part; for whole copies of groups of groups, 1. */
  readonly size: number;
  /** A unit is a whole copy. */
  readonly complete: boolean;
  /** The most there can be. */
  readonly most: number;
  /** By leaf: pods of one unit. */
  readonly pods: readonly number[];
  /** Groups that are there when a unit is. */
  readonly groups: readonly number[];
}

/** The kinds of units at a depth; `largest` says how many pods of a leaf a node can hold at most. */
export function dimsAt(items: readonly Item[], depth: number, leaves: number, largest?: readonly number[]): Dim[] {
  return items.flatMap((item) => {
    if (isOneUnit(item, depth)) return [wholeDim(item, leaves)];
    if (item.kind === 'parent') return item.inner.flatMap((inner) => dimsAt(inner, depth, leaves, largest));
    const sizes = Math.min(item.leaf.count, largest?.[item.leaf.index] ?? item.leaf.count);
    return Array.from({ length: sizes }, (_, i) => partDim(item, i + 1, leaves));
  });
}

/** True where copies of the item are not told apart, and not split, at a depth. */
export function isOneUnit(item: Item, depth: number): boolean {
  return depth <= item.whole || (item.kind === 'leaf' && item.leaf.count === 1);
}

function wholeDim(item: Item, leaves: number): Dim {
  const pods = new Array<number>(leaves).fill(0);
  const groups = new Set(item.present);
  collect(item, 1, pods, groups);
  return {
    item,
    size: item.kind === 'leaf' ? item.leaf.count : 1,
    complete: true,
    most: item.copies,
    pods,
    groups: [...groups],
  };
}

function collect(item: Item, copies: number, pods: number[], groups: Set<number>): void {
  groups.add(item.group.index);
  if (item.kind === 'leaf') {
    pods[item.leaf.index] = (pods[item.leaf.index] ?? 0) + copies * item.leaf.count;
    return;
  }
  for (const inner of item.inner[0] ?? []) collect(inner, copies * inner.copies, pods, groups);
}

function partDim(item: LeafItem, size: number, leaves: number): Dim {
  const pods = new Array<number>(leaves).fill(0);
  pods[item.leaf.index] = size;
  const most = Math.floor((item.copies * item.leaf.count) / size);
  return { item, size, complete: size === item.leaf.count, most, pods, groups: item.present };
}

/** A copy whose pods are being given nodes. */
export interface OpenCopy {
  readonly nodes: number[];
  readonly groups: readonly (readonly OpenCopy[])[];
}

/** A whole copy, or a part of so many pods of one. */
export interface Unit {
  readonly copy: OpenCopy;
  readonly size: number;
}

/** Copies of a shape without nodes. */
export function openCopies(groups: readonly Group[], shape: Shape): readonly (readonly OpenCopy[])[] {
  return groups.map((group, i) =>
    (shape[i] ?? []).map((copy) => ({ nodes: [], groups: openCopies(group.children, copy.groups) })),
  );
}

/** The copies as an assignment. */
export function closeCopies(copies: readonly (readonly OpenCopy[])[]): GangPods {
  return copies.map((list) =>
    list.map((copy): CopyPods => ({ nodes: [...copy.nodes].sort((a, b) => a - b), groups: closeCopies(copy.groups) })),
  );
}

/** A whole copy as a unit. */
export function wholeUnit(item: Item, copy: OpenCopy): Unit {
  return { copy, size: item.kind === 'leaf' ? item.leaf.count : 1 };
}
