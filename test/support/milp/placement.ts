import { clusterOf, type Cluster } from '../../../lib/checker/cluster';
import { wanted } from '../../../lib/checker/copies';
import { depthsOf, domainAt, labelOf } from '../../../lib/checker/domains';
import { refusal } from '../../../lib/checker/eligibility';
import { addDemand, amountOf, billionths, demandOf, freeOf } from '../../../lib/checker/quantity';
import type {
  ConstraintDocument,
  GangDocument,
  GroupDocument,
  NodeDocument,
  ProblemDocument,
  TopologyDocument,
} from '../../../lib/placement/document';
import { LinearModel, sumOf, type Sum, type Variable } from './linear';

/**
 * What a valid plan is, as a mixed-integer linear model: integers that count pods by node, binaries for gangs and
 * copies that are placed and for domains that are used. Made from the file format alone; it shares nothing with the
 * solver and only look-ups (eligibility, quantities, labels) with the plan checker.
 *
 * Copies of one pod each are one integer by node, since exchanging them changes nothing; larger copies stand apart,
 * those beyond the minimum in order. Locks are not modelled, so problems with locks are not for this model.
 */
export interface PlacementModel {
  readonly model: LinearModel;
  readonly cluster: Cluster;
  readonly gangs: readonly GangModel[];
}

export interface GangModel {
  readonly gang: GangDocument;
  /** 1 where the gang is placed. */
  readonly placed: Variable;
  readonly slots: readonly Slot[];
  /** The gang first, then copies of groups at every depth. */
  readonly scopes: readonly ScopeModel[];
  /** All copies of a group, by its path without indices. */
  readonly groups: ReadonlyMap<string, GroupModel>;
  /** Copies beyond the minimum that are left out. */
  readonly extrasLeftOut: readonly Sum[];
}

/** Pods that nothing tells apart: those of one copy, or all copies of one pod each within one copy around them. */
export interface Slot {
  readonly path: string;
  readonly group: GroupDocument;
  /** By index of the node; nodes that may take none are left out. */
  readonly pods: ReadonlyMap<number, Variable>;
  /** The most pods there can be. */
  readonly most: number;
  readonly least: number;
  readonly copies: readonly string[];
}

export interface ScopeModel {
  readonly own?: ConstraintDocument;
  readonly topology?: TopologyDocument;
  readonly slots: readonly Slot[];
  /** 1 where the scope is placed; or how many scopes are, of one pod each. */
  readonly placed: Sum;
  readonly isGang: boolean;
  /** Copies of one pod: each uses one domain at every depth. */
  readonly single: boolean;
}

export interface GroupModel {
  readonly topology?: TopologyDocument;
  readonly slots: Slot[];
}

export function placementModel(document: ProblemDocument): PlacementModel {
  if (Object.keys(document.locked ?? {}).length > 0) throw new Error('locks are not modelled');
  const cluster = clusterOf(document);
  const model = new LinearModel();
  const gangs = (document.gangs ?? []).map((gang) => new GangBuilder(model, cluster, gang).build());
  capacity(model, cluster, gangs);
  queues(model, cluster, gangs);
  return { model, cluster, gangs };
}

/** One gang: its copies, the pods in them, and the rules that are its own. */
class GangBuilder {
  private readonly slots: Slot[] = [];
  private readonly scopes: ScopeModel[] = [];
  private readonly groups = new Map<string, GroupModel>();
  private readonly extrasLeftOut: Sum[] = [];

  constructor(
    private readonly model: LinearModel,
    private readonly cluster: Cluster,
    private readonly gang: GangDocument,
  ) {}

  build(): GangModel {
    const { gang, slots, scopes, groups, extrasLeftOut } = this;
    const placed = this.model.binary();
    const around = gang.constraint ? [gang.constraint] : [];
    const topology = this.topologyOf(around);
    scopes.push({ own: gang.constraint, topology, slots, placed: sumOf([[1, placed]]), isGang: true, single: false });
    for (const group of gang.groups) this.group(group, { path: '', copy: '', placed, around });
    this.exclusive();
    return { gang, placed, slots, scopes, groups, extrasLeftOut };
  }

  /** The nearest constraint's, else the first listed. */
  private topologyOf(around: readonly ConstraintDocument[]): TopologyDocument | undefined {
    const nearest = around.at(-1);
    return nearest ? this.cluster.topologies.get(nearest.topology) : this.cluster.document.topologies?.[0];
  }

  private group(group: GroupDocument, outer: Outer): void {
    const path = outer.path === '' ? group.name : `${outer.path}/${group.name}`;
    const around = group.constraint ? [...outer.around, group.constraint] : outer.around;
    const known = this.groups.get(path) ?? { topology: this.topologyOf(around), slots: [] };
    this.groups.set(path, known);
    const before = this.slots.length;
    if (group.pod && (group.count ?? 1) === 1) this.singles(group, path, outer, around);
    else this.copies(group, path, outer, around);
    known.slots.push(...this.slots.slice(before));
  }

  /** All copies of one pod each: as many pods as copies. */
  private singles(group: GroupDocument, path: string, outer: Outer, around: readonly ConstraintDocument[]): void {
    const { most, least } = wanted(group);
    const copies = Array.from({ length: most }, (_, i) => `${outer.copy}${group.name}/${i}`);
    const slot = this.slot(group, path, around, { most, least, copies });
    const pods = [...slot.pods.values()];
    this.model.atMost(sumOf([...pods.map((pod) => [1, pod] as const), [-most, outer.placed]]), 0);
    this.model.atMost(sumOf([...pods.map((pod) => [-1, pod] as const), [least, outer.placed]]), 0);
    const placed = sumOf(pods.map((pod) => [1, pod] as const));
    const topology = this.topologyOf(around);
    this.scopes.push({ own: group.constraint, topology, slots: [slot], placed, isGang: false, single: true });
    this.extrasLeftOut.push(sumOf([[most, outer.placed], ...pods.map((pod) => [-1, pod] as const)]));
  }

  private copies(group: GroupDocument, path: string, outer: Outer, around: readonly ConstraintDocument[]): void {
    const { most, least } = wanted(group);
    const within = (group.groups ?? []).reduce((sum, inner) => sum + extrasOf(inner), 0);
    let before = outer.placed;
    for (let i = 0; i < most; i++) {
      const placed = i < least ? outer.placed : this.model.binary();
      if (i >= least) {
        this.model.atMost(sumOf([[1, placed], [-1, before]]), 0); // prettier-ignore
        this.extrasLeftOut.push(sumOf([[1 + within, outer.placed], [-1 - within, placed]])); // prettier-ignore
        before = placed;
      }
      this.copy(group, { path, copy: `${outer.copy}${group.name}/${i}`, placed, around });
    }
  }

  private copy(group: GroupDocument, own: Outer): void {
    const before = this.slots.length;
    if (group.pod) {
      const count = group.count ?? 1;
      const slot = this.slot(group, own.path, own.around, { most: count, least: count, copies: [own.copy] });
      this.model.equal(sumOf([...[...slot.pods.values()].map((pod) => [1, pod] as const), [-count, own.placed]]), 0);
    }
    for (const inner of group.groups ?? []) this.group(inner, { ...own, copy: `${own.copy}/` });
    const slots = this.slots.slice(before);
    const placed = sumOf([[1, own.placed]]);
    const topology = this.topologyOf(own.around);
    this.scopes.push({ own: group.constraint, topology, slots, placed, isGang: false, single: false });
  }

  private slot(
    group: GroupDocument,
    path: string,
    around: readonly ConstraintDocument[],
    numbers: Pick<Slot, 'most' | 'least' | 'copies'>,
  ): Slot {
    const pods = new Map<number, Variable>();
    (this.cluster.document.nodes ?? []).forEach((node, n) => {
      const fit = this.isEligible(group, around, node) ? Math.min(numbers.most, fitAlone(group, node)) : 0;
      if (fit > 0) pods.set(n, this.model.integer(fit));
    });
    const slot = { path, group, pods, ...numbers };
    this.slots.push(slot);
    return slot;
  }

  private isEligible(group: GroupDocument, around: readonly ConstraintDocument[], node: NodeDocument): boolean {
    const exclusive = group.pod?.exclusive;
    if (exclusive !== undefined && labelOf(node, exclusive) === undefined) return false;
    const levels = around.flatMap(({ topology }) => this.cluster.topologies.get(topology)?.levels ?? []);
    return levels.every((level) => labelOf(node, level) !== undefined) && refusal(node, group.pod ?? {}) === undefined;
  }

  private exclusive(): void {
    for (const [path, { slots }] of this.groups) {
      const [first] = slots;
      const label = first?.path === path ? first.group.pod?.exclusive : undefined;
      if (label === undefined) continue;
      const byValue = new Map<string, Variable[]>();
      for (const [n, pod] of slots.flatMap((slot) => [...slot.pods])) {
        const node = this.cluster.document.nodes?.[n];
        const value = (node && labelOf(node, label)) ?? '';
        byValue.set(value, [...(byValue.get(value) ?? []), pod]);
      }
      for (const pods of byValue.values()) this.model.atMost(sumOf(pods.map((pod) => [1, pod] as const)), 1);
    }
  }
}

/** Where a group stands: the copy around it. */
interface Outer {
  /** Without indices. */
  readonly path: string;
  /** With indices; what comes before the name of a group in it. */
  readonly copy: string;
  readonly placed: Variable;
  readonly around: readonly ConstraintDocument[];
}

/** All copies beyond the minimum that there could be, at every depth. */
function extrasOf(group: GroupDocument): number {
  const { most, least } = wanted(group);
  const within = (group.groups ?? []).reduce((sum, inner) => sum + extrasOf(inner), 0);
  return (most - least) * (1 + within) + least * within;
}

/** How many pods of a group a node could hold if it held nothing else beside what is used. */
export function fitAlone(group: GroupDocument, node: NodeDocument): number {
  const counts = [...demandOf(group.pod?.requests)].flatMap(([resource, amount]) => {
    const free = freeOf(node, resource);
    return free === undefined ? [] : [free < 0n ? 0 : Number(free / amount)];
  });
  return Math.min(Number.MAX_SAFE_INTEGER, ...counts);
}

function capacity(model: LinearModel, { document }: Cluster, gangs: readonly GangModel[]): void {
  (document.nodes ?? []).forEach((node, n) => {
    const pods = gangs.flatMap(({ slots }) => slots).flatMap((slot) => {
      const pod = slot.pods.get(n);
      return pod === undefined ? [] : [{ pod, demand: demandOf(slot.group.pod?.requests) }];
    }); // prettier-ignore
    const resources = new Set(pods.flatMap(({ demand }) => [...demand.keys()]));
    for (const resource of resources) {
      const free = freeOf(node, resource);
      if (free !== undefined) knapsack(model, pods.map(({ pod, demand }) => [demand.get(resource) ?? 0n, pod]), free); // prettier-ignore
    }
  });
}

/** `sum of amounts <= most`, exactly, with the smallest integers there are for it. */
export function knapsack(model: LinearModel, amounts: readonly (readonly [bigint, Variable])[], most: bigint): void {
  const unit = amounts.reduce((divisor, [amount]) => greatestDivisor(divisor, amount), 0n);
  if (unit === 0n) return;
  const right = most < 0n ? -1n : most / unit;
  model.atMost(sumOf(amounts.map(([amount, variable]) => [Number(amount / unit), variable] as const)), Number(right));
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

/** Quotas and limits, at each listed queue, of what is placed in it and beneath. */
function queues(model: LinearModel, { document }: Cluster, gangs: readonly GangModel[]): void {
  const byName = new Map((document.queues ?? []).map((queue) => [queue.name, queue]));
  const isWithin = (name: string | undefined, ancestor: string): boolean => {
    const queue = byName.get(name ?? '');
    return queue !== undefined && (queue.name === ancestor || isWithin(queue.parent, ancestor));
  };
  for (const queue of byName.values()) {
    const used = new Map<string, bigint>();
    for (const inner of byName.values()) {
      if (isWithin(inner.name, queue.name)) addDemand(used, amountsOf(inner.used), 1n);
    }
    const inside = gangs.filter(({ gang }) => isWithin(gang.queue, queue.name));
    for (const [resource, bounds] of Object.entries(queue.resources ?? {})) {
      for (const bound of ['quota', 'limit'] as const) {
        const most = bounds[bound];
        if (most === undefined) continue;
        const counted = inside.filter(({ gang }) => bound === 'limit' || gang.preemptible === false);
        const amounts = counted.flatMap(({ slots }) => slots).flatMap((slot) => {
          const each = demandOf(slot.group.pod?.requests).get(resource) ?? 0n;
          return [...slot.pods.values()].map((pod) => [each, pod] as const);
        }); // prettier-ignore
        const left = billionths(most) - (used.get(resource) ?? 0n);
        knapsack(model, amounts, left < 0n ? 0n : left);
      }
    }
  }
}

function amountsOf(used: Readonly<Record<string, string | number>> = {}): ReadonlyMap<string, bigint> {
  return new Map(Object.keys(used).map((resource) => [resource, amountOf(used, resource)]));
}

/** By depth, broadest first and the node last: the domain that each node is in, as a number. */
export function domainsOf(
  { cluster }: PlacementModel,
  topology: TopologyDocument | undefined,
): readonly (readonly number[])[] {
  return Array.from({ length: depthsOf(topology) }, (_, i) => {
    const numbers = new Map<string, number>();
    return (cluster.document.nodes ?? []).map((node) => {
      const text = domainAt(cluster, topology, node.name, i + 1);
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      return number;
    });
  });
}
