import type { Gang, Group } from './instance';
import { weightOf } from './objective';

/** How many copies of each group are placed: for each root group, in order, its copies. */
export type Shape = readonly GroupShape[];

/** The placed copies of a group; each says how many copies of each inner group it has. */
export type GroupShape = readonly CopyShape[];

export interface CopyShape {
  /** In the order of `group.children`; empty for a group with pods. */
  readonly groups: Shape;
}

/** A shape with what it leaves out of the copies beyond the minimum. */
export interface RatedShape {
  readonly shape: Shape;
  readonly extrasLeftOut: number;
}

const WITHOUT_GROUPS: CopyShape = { groups: [] };

/** Nothing but what the gang needs. */
export function minimumShape(gang: Gang): RatedShape {
  const shape = gang.roots.map(minimumCopies);
  return { shape, extrasLeftOut: leftOut(gang.roots, shape) };
}

function minimumCopies(group: Group): GroupShape {
  return new Array<CopyShape>(group.min).fill(minimumCopy(group));
}

function minimumCopy(group: Group): CopyShape {
  return group.leaf ? WITHOUT_GROUPS : { groups: group.children.map(minimumCopies) };
}

/**
 * Every shape from most copies to fewest; equal copies are told apart only by what they hold. Undefined where there
 * are more than `most`.
 */
export function allShapes(gang: Gang, most: number): readonly RatedShape[] | undefined {
  const shapes = shapesOf(gang.roots, most);
  if (!shapes) return undefined;
  const rated = shapes.map((shape) => ({ shape, extrasLeftOut: leftOut(gang.roots, shape) }));
  return rated.sort((a, b) => a.extrasLeftOut - b.extrasLeftOut);
}

function shapesOf(groups: readonly Group[], most: number): Shape[] | undefined {
  let shapes: Shape[] = [[]];
  for (const group of groups) {
    const options = groupShapes(group, most);
    if (!options || options.length * shapes.length > most) return undefined;
    shapes = shapes.flatMap((shape) => options.map((option) => [...shape, option]));
  }
  return shapes;
}

function groupShapes(group: Group, most: number): GroupShape[] | undefined {
  if (group.replicas - group.min >= most) return undefined;
  const inner = group.leaf ? [[]] : shapesOf(group.children, most);
  if (!inner) return undefined;
  const copies = inner.map((groups): CopyShape => ({ groups }));
  const shapes: GroupShape[] = [];
  for (let placed = group.replicas; placed >= group.min; placed--) {
    if (!addMultisets(copies, placed, 0, [], shapes, most)) return undefined;
  }
  return shapes;
}

/** Adds every way to choose `left` copies of the options from `first` on; false where there are too many. */
function addMultisets(
  options: readonly CopyShape[],
  left: number,
  first: number,
  chosen: readonly CopyShape[],
  shapes: GroupShape[],
  most: number,
): boolean {
  if (options.length === 1)
    return shapes.push([...chosen, ...new Array<CopyShape>(left).fill(options[0] ?? WITHOUT_GROUPS)]) <= most;
  if (left === 0) return shapes.push(chosen) <= most;
  return options
    .slice(first)
    .every((option, i) => addMultisets(options, left - 1, first + i, [...chosen, option], shapes, most));
}

/** Copies beyond the minimum that a shape leaves out. */
function leftOut(groups: readonly Group[], shape: Shape): number {
  return groups.reduce((sum, group, i) => {
    const copies = shape[i] ?? [];
    const beneath = copies.reduce((inner, copy) => inner + leftOut(group.children, copy.groups), 0);
    return sum + (group.replicas - copies.length) * weightOf(group) + beneath;
  }, 0);
}

/** Units of each resource that a shape asks for. */
export function demandOfShape(gang: Gang, shape: Shape, resources: number): number[] {
  const demand = new Array<number>(resources).fill(0);
  podsOfLeaves(gang, shape).forEach((pods, leaf) => {
    for (const [r, units] of gang.leaves[leaf]?.demand ?? []) demand[r] = (demand[r] ?? 0) + pods * units;
  });
  return demand;
}

/** Pods of each leaf in a shape. */
export function podsOfLeaves(gang: Gang, shape: Shape): number[] {
  const pods = new Array<number>(gang.leaves.length).fill(0);
  countPods(gang.roots, shape, pods);
  return pods;
}

function countPods(groups: readonly Group[], shape: Shape, pods: number[]): void {
  groups.forEach((group, i) => {
    for (const copy of shape[i] ?? []) {
      if (group.leaf) pods[group.leaf.index] = (pods[group.leaf.index] ?? 0) + group.leaf.count;
      else countPods(group.children, copy.groups, pods);
    }
  });
}
