import { compareText } from '../order';
import { GPU, PODS, type Vector } from './amounts';
import { addTo, Domains, isWithin, type Depth, type Domain, type NodeSet } from './domains';
import type { Task } from './gang';
import type { Room } from './room';
import type { TopologyConstraint, WorldNode, WorldTopology } from './world';

/**
 * KAI's topology plugin (0.17, pkg/scheduler/plugins/topology): which sets of nodes a subgroup is tried on, in which
 * order, and which nodes of a set it likes best.
 */

/** Where a subgroup may go, or why nowhere. */
export type Candidates =
  | {
      /** To be tried in this order. */
      readonly sets: readonly NodeSet[];
      /** Points of a node; undefined for one that is passed over. */
      readonly score?: (node: number) => number | undefined;
    }
  | { readonly refusal: string };

/** What a step of a gang asks the topology about. */
export interface Asked {
  readonly constraint: TopologyConstraint;
  readonly tasks: readonly Task[];
  /** Pods of the same subgroups that have a node: they hold a required level where they are. */
  readonly active: readonly Task[];
  readonly nodes: NodeSet;
  /** The nodes are all that there are. */
  readonly isEverywhere: boolean;
}

/** What is asked for in all, and what it is compared with. */
interface Demand {
  readonly total: Vector;
  readonly tasks: number;
  /** The most that any pod asks for, where KAI takes all pods for this large. */
  readonly largest?: Vector;
  /** Nothing is known outside it. */
  readonly common: Domain;
}

/** Domains of one topology over the nodes of a session. */
export class TopologyTree {
  private readonly levels: readonly string[];
  private readonly domains: Domains;

  constructor(
    private readonly topology: WorldTopology,
    nodes: readonly WorldNode[],
    room: Room,
  ) {
    this.levels = topology.levels.map(({ label }) => label);
    this.domains = new Domains(this.levels, nodes, room);
  }

  /** The room on a node is another than before. */
  touch(place: number): void {
    this.domains.touch(place);
  }

  /** Sets of nodes to try, in order (subSetNodesFn). */
  candidates({ constraint, tasks, active, nodes, isEverywhere }: Asked): Candidates {
    const required = this.depthOf(constraint.required);
    const preferred = this.depthOf(constraint.preferred);
    const common = this.domains.common(nodes, preferred);
    const largest = isAlike(tasks) ? largestOf(tasks) : undefined;
    const demand = { total: sumOf(tasks), tasks: tasks.length, largest, common };
    if (this.isMisfit(common, demand)) return { refusal: `${this.misfit(common, demand)} in ${nameOf(common)}` };
    this.sort(common, demand, preferred ?? required);
    const levels = this.relevant(required, preferred, constraint);
    if (typeof levels === 'string') return { refusal: levels };
    const within = active.length > 0 && required !== undefined ? this.anchored(active, required) : undefined;
    const pins = [...new Set(tasks.flatMap(({ pins: own }) => (own ? [own] : [])))];
    // KAI tries domains without a node of the pins as well, and fails.
    const fitting = this.bottomUp(levels, within).filter(
      (domain) => pins.every((own) => this.holdsAny(domain, own)) && !this.isMisfit(domain, demand),
    );
    if (fitting.length === 0) return { refusal: this.noDomain(levels.at(-1) ?? 0, within, demand, pins.flat()) };
    const sets = fitting.map((domain) => (isEverywhere ? domain.nodes : domain.nodes.within(nodes)));
    return { sets, score: preferred === undefined ? undefined : this.scores(common, preferred) };
  }

  private holdsAny(domain: Domain, nodes: readonly number[]): boolean {
    return nodes.some((node) => this.domains.of(node, domain.depth) === domain);
  }

  /** Undefined where the constraint names no level, -1 where it names one that is not there. */
  private depthOf(level: string | undefined): Depth | undefined {
    if (level === undefined || level === '') return undefined;
    const place = this.topology.levels.findIndex(({ label, alias }) => label === level || alias === level);
    return place < 0 ? -1 : place + 1;
  }

  /** The numbers alone forbid a domain (checkJobDomainFit). */
  private isMisfit(domain: Domain, demand: Demand): boolean {
    if (!isWithin(domain, demand.common)) return fillRatio(demand.total, undefined) > 1;
    const { total, tasks, largest } = demand;
    if (largest) return this.domains.pods(domain, largest, tasks) < tasks;
    return fillRatio(total, this.domains.free(domain)) > 1;
  }

  private misfit(domain: Domain, { tasks, largest, common }: Demand): string {
    return largest && isWithin(domain, common)
      ? `KAI counts room for ${this.domains.pods(domain, largest, tasks)} of ${tasks} pods`
      : 'KAI counts less free than the pods ask for together';
  }

  /** Fullest first, ties by id, down to the level that decides (sortTree). */
  private sort(domain: Domain, demand: Demand, last: Depth | undefined): void {
    if (last === undefined || domain.depth === last) return;
    const { total } = demand;
    const ratios = new Map(domain.children.map((child) => [child, fillRatio(total, this.domains.free(child))]));
    domain.children.sort((a, b) => (ratios.get(b) ?? 0) - (ratios.get(a) ?? 0) || compareText(a.id, b.id));
    for (const child of domain.children) this.sort(child, demand, last);
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
    for (const { node } of active) {
      const domain = this.domains.of(node, required);
      if (domain) add(domain);
    }
    return within;
  }

  private bottomUp(levels: readonly Depth[], within: ReadonlySet<Domain> | undefined): Domain[] {
    const ordered = levels.flatMap((depth) => atDepth(this.domains.root, depth));
    return within ? ordered.filter((domain) => within.has(domain)) : ordered;
  }

  /** Says it of the domains that hold nodes of the pins, where there are pins. */
  private noDomain(
    broadest: Depth,
    within: ReadonlySet<Domain> | undefined,
    demand: Demand,
    pins: readonly number[],
  ): string {
    const label = this.levels[broadest - 1];
    const all = this.domains.at(broadest).filter((domain) => !within || within.has(domain));
    const pinned = all.filter((domain) => pins.length === 0 || this.holdsAny(domain, pins));
    const misfit = pinned.find((domain) => this.isMisfit(domain, demand));
    if (!misfit) return within ? 'its pods already run elsewhere' : this.noPinned(label, pins);
    const where =
      label === undefined ? 'anywhere' : pinned.length < all.length ? `in ${nameOf(misfit)}` : `in any "${label}"`;
    return `${this.misfit(misfit, demand)} ${where}${within ? ' where its other pods run' : ''}`;
  }

  private noPinned(label: string | undefined, pins: readonly number[]): string {
    if (pins.length > 0 && pins.every((node) => !this.domains.knows(node)))
      return `the nodes of its pin lack a level of topology "${this.topology.name}"`;
    return `no ${label === undefined ? 'domain' : `"${label}"`} has nodes of every pin`;
  }

  /** The freest of the preferred domains has the most points (node_scoring.go). */
  private scores(common: Domain, preferred: Depth): (node: number) => number | undefined {
    const domains = atDepth(common, preferred);
    let places: ReadonlyMap<Domain, number> | undefined;
    return (node) => {
      places ??= new Map(domains.map((domain, i) => [domain, i]));
      const domain = this.domains.of(node, preferred);
      const place = domain && places.get(domain);
      return place === undefined ? undefined : Math.floor(((place + 1) / domains.length) * 10) * TOPOLOGY_POINTS;
    };
  }
}

function nameOf({ id, depth }: Domain): string {
  return depth === 0 ? 'the cluster' : `"${id}"`;
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
function fillRatio(total: Vector, free: Vector | undefined): number {
  let ratio = 0;
  for (let place = 0; place < total.length; place++) {
    const asked = total[place] ?? 0;
    if (place === PODS || asked <= 0) continue;
    const there = free?.[place] ?? 0;
    ratio = Math.max(ratio, there <= 0 ? 1000 : asked / there);
  }
  return ratio;
}

/** Domains of a depth in another, in the order of the tree. */
function atDepth(domain: Domain, depth: Depth, found: Domain[] = []): Domain[] {
  if (domain.depth === depth) found.push(domain);
  else for (const child of domain.children) atDepth(child, depth, found);
  return found;
}

const TOPOLOGY_POINTS = 100_000;
