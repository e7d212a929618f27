import { demandOf, makeScale, type Scale } from './amounts';
import { Fits } from './fits';
import { compareNatural, indexOfSorted, type NameIndex } from './natural';
import {
  isPodGroup,
  type Constraint,
  type GangSpec,
  type GroupSpec,
  type NodeSpec,
  type PodGroupSpec,
  type Problem,
} from './problem';
import { Room } from './room';
import { HOSTNAME_LABEL } from '../model/node';
import { compileTree, type Tree } from './tree';
import { Wholeness } from './wholeness';

/**
 * The problem in dense, canonical form; immutable. Whatever order the document has, an instance is the same: nodes
 * in natural order of names, gangs by priority and size, groups by the size of their pods.
 */
export interface Instance {
  readonly problem: Problem;
  readonly nodes: readonly NodeSpec[];
  readonly nodeIndex: NameIndex;
  readonly scale: Scale;
  /** Beside `used`. */
  readonly room: Room;
  readonly trees: readonly Tree[];
  /** Depths of the deepest topology. */
  readonly depths: number;
  readonly gangs: readonly Gang[];
  /** Different priorities, highest first. */
  readonly priorities: readonly number[];
  /** Resources that count as accelerators. */
  readonly accelerators: ReadonlySet<string>;
  /** What accelerator pods could break. */
  readonly whole: Wholeness;
  /** Which nodes may take which pods of the problem. */
  readonly fits: Fits;
}

export interface Gang {
  /** Place in `instance.gangs`. */
  readonly index: number;
  readonly spec: GangSpec;
  /** Place of its priority in `instance.priorities`. */
  readonly rank: number;
  /** Its own constraint's topology, else the first. */
  readonly tree: number;
  readonly rule: Rule;
  /** All groups, each before those it holds. */
  readonly groups: readonly Group[];
  readonly roots: readonly Group[];
  readonly leaves: readonly Leaf[];
  readonly edges: readonly Edge[];
}

/** A constraint in ids; -1 where there is none. */
export interface Rule {
  readonly tree: number;
  readonly required: number;
  readonly preferred: number;
}

export interface Group {
  /** Place in `gang.groups`. */
  readonly index: number;
  readonly path: string;
  readonly spec: GroupSpec;
  readonly replicas: number;
  readonly min: number;
  /** Where its domains are counted: its own constraint's topology, else its nearest ancestor's, else the first. */
  readonly tree: number;
  readonly rule: Rule;
  readonly children: readonly Group[];
  readonly leaf: Leaf | undefined;
}

/** What a group with pods asks of a node. */
export interface Leaf {
  /** Place in `gang.leaves`. */
  readonly index: number;
  readonly path: string;
  readonly spec: PodGroupSpec;
  readonly count: number;
  /** Pods of all copies, with every copy around them. */
  readonly pods: number;
  /** Requests above 0: resource and units. */
  readonly demand: readonly (readonly [number, number])[];
  /** By node: pods that it could hold with nothing but `used` beside them; 0 where it may take none. */
  readonly alone: Int32Array;
  /** By node: the value of the `exclusive` label; absent without one. */
  readonly exclusive: Int32Array | undefined;
  readonly exclusiveHost: boolean;
  readonly pinned: 'set' | 'replica' | undefined;
  /** Some pod of it breaks a whole node. */
  readonly accelerated: boolean;
}

/** Pairs of pods of the leaves `a` with pods of the leaves `b`; within `a` where both ends are one path. */
export interface Edge {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly within: boolean;
  readonly weight: bigint;
}

const NO_RULE: Rule = { tree: -1, required: -1, preferred: -1 };
const notAccelerators = new Set(['cpu', 'memory', 'pods', 'ephemeral-storage']);

/** Compiles a problem. Throws a RangeError for amounts that cannot be counted exactly. */
export function compile(problem: Problem): Instance {
  const { nodes } = problem;
  const scale = makeScale(problem.gangs);
  const trees = problem.topologies.map((topology) => compileTree(nodes, topology));
  if (trees.length === 0) trees.push(compileTree(nodes, undefined));
  const priorities = [...new Set(problem.gangs.map((gang) => gang.priority))].sort((a, b) => b - a);
  const accelerators = acceleratorsOf(problem.gangs);
  const room = new Room(nodes, scale);
  const pods = podGroups(problem.gangs.flatMap((gang) => gang.groups)).map((group) => group.pod);
  const site: Site = {
    nodes,
    scale,
    trees,
    room,
    fits: new Fits({ nodes, scale, trees, room }, pods),
    topology: new Map(problem.topologies.map((topology, i) => [topology.name, i])),
    accelerators,
    sizes: sizesOf(scale, accelerators),
    priorities,
  };
  return {
    problem,
    nodes,
    nodeIndex: indexOfSorted(nodes),
    scale,
    room,
    trees,
    depths: Math.max(...trees.map((tree) => tree.depths)),
    gangs: inOrder(problem.gangs, accelerators).map((spec, index) => compileGang(spec, index, site)),
    priorities,
    accelerators,
    whole: new Wholeness(nodes, trees, accelerators),
    fits: site.fits,
  };
}

/** A gang with other copies or constraints, but pods that the problem has already, in the place of one of its gangs. */
export function compileVariant(instance: Instance, spec: GangSpec, index: number): Gang {
  const topology = new Map(instance.problem.topologies.map((one, i) => [one.name, i]));
  const sizes = sizesOf(instance.scale, instance.accelerators);
  return compileGang(spec, index, { ...instance, topology, sizes });
}

/** What the parts of an instance are compiled against. */
interface Site {
  readonly nodes: readonly NodeSpec[];
  readonly scale: Scale;
  readonly trees: readonly Tree[];
  readonly room: Room;
  readonly fits: Fits;
  readonly topology: ReadonlyMap<string, number>;
  readonly accelerators: ReadonlySet<string>;
  /** Resources that pods are compared by, most important first. */
  readonly sizes: readonly string[];
  readonly priorities: readonly number[];
}

function sizesOf({ resources }: Scale, accelerators: ReadonlySet<string>): readonly string[] {
  return [...resources].sort((a, b) => Number(accelerators.has(b)) - Number(accelerators.has(a)));
}

function acceleratorsOf(gangs: readonly GangSpec[]): ReadonlySet<string> {
  const named = gangs.flatMap((gang) => podGroups(gang.groups).flatMap((group) => Object.keys(group.pod.requests)));
  return new Set(named.filter((resource) => !notAccelerators.has(resource) && !resource.startsWith('hugepages-')));
}

/** The groups with pods beneath the given ones. */
export function podGroups(groups: readonly GroupSpec[]): readonly PodGroupSpec[] {
  return groups.flatMap((group) => (isPodGroup(group) ? [group] : podGroups(group.groups)));
}

/** Highest priority first; among equals the one that asks for most accelerators, then by name. */
function inOrder(gangs: readonly GangSpec[], accelerators: ReadonlySet<string>): GangSpec[] {
  const size = new Map(gangs.map((gang) => [gang, minimumDemand(gang.groups, accelerators, 1n)]));
  return [...gangs].sort(
    (a, b) =>
      b.priority - a.priority || Number((size.get(b) ?? 0n) - (size.get(a) ?? 0n)) || compareNatural(a.name, b.name),
  );
}

function minimumDemand(groups: readonly GroupSpec[], accelerators: ReadonlySet<string>, copies: bigint): bigint {
  return groups.reduce((sum, group) => {
    const all = copies * BigInt(group.minReplicas);
    if (!isPodGroup(group)) return sum + minimumDemand(group.groups, accelerators, all);
    const asked = Object.entries(group.pod.requests).filter(([resource]) => accelerators.has(resource));
    return sum + asked.reduce((total, [, amount]) => total + amount, 0n) * all * BigInt(group.count);
  }, 0n);
}

function compileGang(spec: GangSpec, index: number, site: Site): Gang {
  const rule = ruleOf(spec.constraint, site);
  const groups: Group[] = [];
  const leaves: Leaf[] = [];
  const tree = rule.tree < 0 ? 0 : rule.tree;
  const context = { site, groups, leaves };
  const roots = compileGroups(spec.groups, { ...context, prefix: '', tree, copies: 1, around: [rule] });
  return {
    index,
    spec,
    rank: site.priorities.indexOf(spec.priority),
    tree,
    rule,
    groups,
    roots,
    leaves,
    edges: edgesOf(spec, leaves),
  };
}

interface GroupContext {
  readonly site: Site;
  /** Filled in preorder. */
  readonly groups: Group[];
  readonly leaves: Leaf[];
  readonly prefix: string;
  readonly tree: number;
  readonly copies: number;
  /** The rules of all scopes around. */
  readonly around: readonly Rule[];
}

function compileGroups(specs: readonly GroupSpec[], context: GroupContext): Group[] {
  return [...specs].sort((a, b) => bySize(a, b, context.site)).map((spec) => compileGroup(spec, context));
}

function compileGroup(spec: GroupSpec, context: GroupContext): Group {
  const rule = ruleOf(spec.constraint, context.site);
  const path = context.prefix + spec.name;
  const tree = rule.tree < 0 ? context.tree : rule.tree;
  const inner = {
    ...context,
    prefix: `${path}/`,
    tree,
    copies: context.copies * spec.replicas,
    around: [...context.around, rule],
  };
  const index = context.groups.length;
  const slot: Group = {
    index,
    path,
    spec,
    replicas: spec.replicas,
    min: spec.minReplicas,
    tree,
    rule,
    children: [],
    leaf: undefined,
  };
  context.groups.push(slot);
  const leaf = isPodGroup(spec) ? compileLeaf(spec, path, inner) : undefined;
  const group = { ...slot, leaf, children: isPodGroup(spec) ? [] : compileGroups(spec.groups, inner) };
  context.groups[index] = group;
  return group;
}

function ruleOf(constraint: Constraint | undefined, { topology, trees }: Site): Rule {
  if (!constraint) return NO_RULE;
  const tree = topology.get(constraint.topology) ?? -1;
  const levels = trees[tree]?.levels ?? [];
  return {
    tree,
    required: levels.indexOf(constraint.required ?? ''),
    preferred: levels.indexOf(constraint.preferred ?? ''),
  };
}

/** Groups with larger pods come first, since they are hardest to place. */
function bySize(a: GroupSpec, b: GroupSpec, site: Site): number {
  const left = largestPod(a, site);
  const right = largestPod(b, site);
  for (let i = 0; i < left.length; i++) {
    const x = left[i] ?? 0n;
    const y = right[i] ?? 0n;
    if (x !== y) return x > y ? -1 : 1;
  }
  return compareNatural(a.name, b.name);
}

function largestPod(group: GroupSpec, { sizes }: Site): bigint[] {
  const pods = podGroups([group]);
  return sizes.map((resource) => pods.reduce((most, { pod }) => max(most, pod.requests[resource] ?? 0n), 0n));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function compileLeaf(spec: PodGroupSpec, path: string, context: GroupContext): Leaf {
  const { site, leaves, copies, around } = context;
  const demand = demandOf(spec.pod, site.scale);
  const pods = copies * spec.count;
  const exclusive = spec.pod.exclusive;
  const trees = around.flatMap((rule) => (rule.tree < 0 ? [] : [rule.tree]));
  // Counted when first asked for: gangs that stay where they are never ask.
  let alone: Int32Array | undefined;
  const leaf: Leaf = {
    index: leaves.length,
    path,
    spec,
    count: spec.count,
    pods,
    demand,
    get alone() {
      return (alone ??= site.fits.alone(spec.pod, demand, trees));
    },
    exclusive: exclusive === undefined ? undefined : site.fits.labelIds(exclusive),
    exclusiveHost: exclusive === HOSTNAME_LABEL,
    pinned: spec.pinned,
    accelerated: Object.entries(spec.pod.requests).some(
      ([resource, amount]) => amount > 0n && site.accelerators.has(resource),
    ),
  };
  leaves.push(leaf);
  return leaf;
}

function edgesOf(spec: GangSpec, leaves: readonly Leaf[]): Edge[] {
  const beneath = (path: string): number[] =>
    leaves.filter((leaf) => leaf.path === path || leaf.path.startsWith(`${path}/`)).map((leaf) => leaf.index);
  return spec.traffic
    .filter((edge) => edge.weight > 0n)
    .map(({ between: [a, b], weight }) => ({ a: beneath(a), b: beneath(b), within: a === b, weight }));
}
