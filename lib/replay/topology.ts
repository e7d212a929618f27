import { compareText } from '../order';
import { GPU, PODS, type Vector } from './amounts';
import type { Task } from './gang';
import type { Room } from './room';
import type { TopologyConstraint, WorldNode, WorldTopology } from './world';

/**
 * KAI's topology plugin (0.17, pkg/scheduler/plugins/topology): which sets of nodes a subgroup is tried on, in which
 * order, and which nodes of a set it likes best.
 */

/** A value of a level. Its id joins the values from the top with dots, so two domains can be one to KAI. */
interface Domain {
  readonly id: string;
  /** 0 for the root, then the levels, broadest first. */
  readonly depth: number;
  readonly children: Domain[];
  readonly nodes: Set<number>;
  /** How many pods of the size asked about fit; -1 where nobody counted. */
  pods: number;
  free: Vector;
}

/** Where a subgroup may go, or why nowhere. */
export type Candidates =
  { readonly sets: readonly NodeSet[]; readonly scores?: ReadonlyMap<number, number> } | { readonly refusal: string };

/** Places of nodes. */
export type NodeSet = readonly number[];

/** A level's place in its topology, 1 for the broadest; 0 is the whole cluster. */
type Depth = number;

const NOT_COUNTED = -1;

/** What a step of a gang asks the topology about. */
export interface Asked {
  readonly constraint: TopologyConstraint;
  readonly tasks: readonly Task[];
  /** Pods of the same subgroups that have a node: they hold a required level where they are. */
  readonly active: readonly Task[];
  readonly nodes: NodeSet;
}

/** Domains of one topology over the nodes of a session. */
export class TopologyTree {
  private readonly levels: readonly string[];
  private readonly root: Domain;
  /** By depth. */
  private readonly domains: Map<string, Domain>[];
  /** Value of each level by node; null for nodes that lack a level: the tree does not know them. */
  private readonly values: readonly (readonly string[] | null)[];

  constructor(
    private readonly topology: WorldTopology,
    nodes: readonly WorldNode[],
    private readonly room: Room,
  ) {
    this.levels = topology.levels.map(({ label }) => label);
    this.root = newDomain('root', 0, room);
    this.domains = [new Map([['root', this.root]]), ...this.levels.map(() => new Map<string, Domain>())];
    this.values = nodes.map(({ labels }, place) => {
      const values = this.levels.flatMap((label) => labels[label] ?? []);
      if (values.length < this.levels.length) return null;
      this.add(place, values);
      return values;
    });
  }

  private add(place: number, values: readonly string[]): void {
    this.root.nodes.add(place);
    let parent = this.root;
    for (let depth = 1; depth <= values.length; depth++) {
      const id = values.slice(0, depth).join('.');
      const level = this.domains[depth];
      const domain = level?.get(id) ?? newDomain(id, depth, this.room);
      level?.set(id, domain);
      domain.nodes.add(place);
      if (!parent.children.includes(domain)) parent.children.push(domain);
      parent = domain;
    }
  }

  /** Sets of nodes to try, in order (subSetNodesFn). */
  candidates({ constraint, tasks, active, nodes }: Asked): Candidates {
    const known = nodes.filter((place) => this.values[place] !== null);
    const required = this.depthOf(constraint.required);
    const preferred = this.depthOf(constraint.preferred);
    const common = this.commonDomain(known, preferred);
    if (!common) return { refusal: `no domain of topology "${this.topology.name}" holds its nodes` };
    const total = sumOf(tasks);
    this.count(tasks, common);
    const misfit = this.misfit(common, total, tasks.length);
    if (misfit !== undefined) return { refusal: `${misfit} in ${nameOf(common)}` };
    this.sort(common, total, preferred ?? required);
    const levels = this.relevant(required, preferred, constraint);
    if (typeof levels === 'string') return { refusal: levels };
    const within = active.length > 0 && required !== undefined ? this.anchored(active, required) : undefined;
    const fitting = this.bottomUp(levels, within).filter(
      (domain) => this.misfit(domain, total, tasks.length) === undefined,
    );
    if (fitting.length === 0) return { refusal: this.noDomain(levels.at(-1) ?? 0, within, total, tasks.length) };
    const among = new Set(known);
    const sets = fitting.map((domain) => [...domain.nodes].filter((place) => among.has(place)));
    return preferred === undefined ? { sets } : { sets, scores: scoresOf(common, preferred) };
  }

  /** Undefined where the constraint names no level, -1 where it names one that is not there. */
  private depthOf(level: string | undefined): Depth | undefined {
    if (level === undefined || level === '') return undefined;
    const place = this.topology.levels.findIndex(({ label, alias }) => label === level || alias === level);
    return place < 0 ? -1 : place + 1;
  }

  /** The narrowest domain with all of the nodes, though never below the preferred level (lowestCommonDomainID). */
  private commonDomain(nodes: NodeSet, preferred: Depth | undefined): Domain | undefined {
    const [first] = nodes;
    const values = first === undefined ? null : this.values[first];
    let depth = 0;
    while (values && depth < values.length && depth !== preferred) {
      const value = values[depth];
      if (!value || nodes.some((place) => this.values[place]?.[depth] !== value)) break;
      depth++;
    }
    return depth === 0 ? this.root : this.domains[depth]?.get(values?.slice(0, depth).join('.') ?? '');
  }

  /** What is free below a domain, and how many pods as large as the largest fit; nothing is known outside it. */
  private count(tasks: readonly Task[], domain: Domain): void {
    for (const level of this.domains) {
      for (const other of level.values()) {
        other.pods = NOT_COUNTED;
        other.free.fill(0);
      }
    }
    this.sumFree(domain);
    if (isAlike(tasks)) this.countPods(largestOf(tasks), tasks.length, domain);
  }

  private sumFree(domain: Domain): Vector {
    if (domain.children.length === 0) {
      for (const place of domain.nodes) this.room.addFree(place, domain.free);
    } else {
      for (const child of domain.children) addTo(domain.free, this.sumFree(child));
    }
    return domain.free;
  }

  private countPods(largest: Vector, tasks: number, domain: Domain): number {
    domain.pods = 0;
    if (domain.children.length === 0) {
      for (const place of domain.nodes) domain.pods += this.room.podsThatFit(place, largest, tasks);
    } else {
      for (const child of domain.children) domain.pods += this.countPods(largest, tasks, child);
    }
    return domain.pods;
  }

  /** Why a domain cannot take the pods, by the numbers alone (checkJobDomainFit). */
  private misfit(domain: Domain, total: Vector, tasks: number): string | undefined {
    if (domain.pods !== NOT_COUNTED) {
      return domain.pods < tasks ? `KAI counts room for ${domain.pods} of ${tasks} pods` : undefined;
    }
    return fillRatio(total, domain) > 1 ? 'KAI counts less free than the pods ask for together' : undefined;
  }

  /** Fullest first, ties by id, down to the level that decides (sortTree). */
  private sort(domain: Domain, total: Vector, last: Depth | undefined): void {
    if (last === undefined) return;
    const ratios = new Map(domain.children.map((child) => [child, fillRatio(total, child)]));
    domain.children.sort((a, b) => (ratios.get(b) ?? 0) - (ratios.get(a) ?? 0) || compareText(a.id, b.id));
    if (domain.depth === last) return;
    for (const child of domain.children) this.sort(child, total, last);
  }

  /** Depths to look for domains at, deepest first (calculateRelevantDomainLevels), or what is wrong with the levels. */
  private relevant(
    required: Depth | undefined,
    preferred: Depth | undefined,
    names: TopologyConstraint,
  ): readonly Depth[] | string {
    const { name } = this.topology;
    if (required === undefined && preferred === undefined) return `topology "${name}" without a level`;
    for (const kind of ['required', 'preferred'] as const) {
      const depth = kind === 'required' ? required : preferred;
      if (depth === -1) return `topology "${name}" has no level "${names[kind] ?? ''}"`;
    }
    if (required !== undefined && preferred !== undefined && preferred < required) {
      return `the preferred level "${names.preferred ?? ''}" is broader than the required one, and KAI never finds it`;
    }
    const deepest = preferred ?? required ?? 0;
    const broadest = required ?? 0;
    return Array.from({ length: deepest - broadest + 1 }, (_, i) => deepest - i);
  }

  /** Domains in or around those of the required level that pods already run in (getRelevantDomainsWithAllocatedPods). */
  private anchored(active: readonly Task[], required: Depth): ReadonlySet<Domain> {
    const within = new Set<Domain>();
    const add = (domain: Domain): void => {
      within.add(domain);
      domain.children.forEach(add);
    };
    for (const domain of this.domains[required]?.values() ?? []) {
      if (active.some(({ node }) => domain.nodes.has(node))) add(domain);
    }
    return within;
  }

  private bottomUp(levels: readonly Depth[], within: ReadonlySet<Domain> | undefined): Domain[] {
    const byDepth: Domain[][] = [[this.root]];
    for (let depth = 1; depth <= (levels[0] ?? 0); depth++) {
      byDepth.push((byDepth[depth - 1] ?? []).flatMap(({ children }) => children));
    }
    const ordered = levels.flatMap((depth) => byDepth[depth] ?? []);
    return within ? ordered.filter((domain) => within.has(domain)) : ordered;
  }

  private noDomain(broadest: Depth, within: ReadonlySet<Domain> | undefined, total: Vector, tasks: number): string {
    const label = this.levels[broadest - 1];
    const where = label === undefined ? 'anywhere' : `in any "${label}"`;
    const tried = [...(this.domains[broadest]?.values() ?? [])].filter((domain) => !within || within.has(domain));
    const best = tried.map((domain) => this.misfit(domain, total, tasks)).find((text) => text !== undefined);
    const because = best ?? 'its pods already run elsewhere';
    return `${because} ${where}${within ? ' where its other pods run' : ''}`;
  }
}

function newDomain(id: string, depth: number, room: Room): Domain {
  return { id, depth, children: [], nodes: new Set(), pods: NOT_COUNTED, free: room.vector() };
}

function nameOf({ id, depth }: Domain): string {
  return depth === 0 ? 'the cluster' : `"${id}"`;
}

function addTo(sum: Vector, more: Vector): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (more[i] ?? 0);
}

function sumOf(tasks: readonly Task[]): Vector {
  const sum = new Float64Array(tasks[0]?.requests.length ?? 0);
  for (const { requests } of tasks) addTo(sum, requests);
  return sum;
}

/** The most that any of the pods asks for, resource by resource: KAI takes every pod for this large. */
function largestOf(tasks: readonly Task[]): Vector {
  const largest = new Float64Array(tasks[0]?.requests.length ?? 0);
  for (const { requests } of tasks) {
    for (let i = 0; i < largest.length; i++) largest[i] = Math.max(largest[i] ?? 0, requests[i] ?? 0);
  }
  return largest;
}

/** All pods ask for the same kinds of resources, cpu and memory aside (useRepresentorPodsAccounting). */
function isAlike(tasks: readonly Task[]): boolean {
  const [first] = tasks;
  return tasks.every(({ requests }) =>
    requests.every((amount, place) => place < GPU || amount > 0 === (first?.requests[place] ?? 0) > 0),
  );
}

/** How much of what is free would be used, of the scarcest resource; a thousand where one is not there. */
function fillRatio(total: Vector, { free }: Domain): number {
  let ratio = 0;
  for (let place = 0; place < total.length; place++) {
    const asked = total[place] ?? 0;
    if (place === PODS || asked <= 0) continue;
    const there = free[place] ?? 0;
    ratio = Math.max(ratio, there <= 0 ? 1000 : asked / there);
  }
  return ratio;
}

/** The freest of the preferred domains has the most points (node_scoring.go). */
function scoresOf(common: Domain, preferred: Depth): ReadonlyMap<number, number> {
  const domains = atDepth(common, preferred);
  const scores = new Map<number, number>();
  domains.forEach(({ nodes }, i) => {
    const points = Math.floor(((i + 1) / domains.length) * 10) * TOPOLOGY_POINTS;
    for (const place of nodes) scores.set(place, points);
  });
  return scores;
}

function atDepth(domain: Domain, depth: Depth): Domain[] {
  return domain.depth === depth ? [domain] : domain.children.flatMap((child) => atDepth(child, depth));
}

const TOPOLOGY_POINTS = 100_000;
