import { deepest, depthsOf, domainTuple } from '../../../lib/checker/domains';
import { amountOf } from '../../../lib/checker/quantity';
import type { TermName } from '../../../lib/checker/terms';
import type { NodeDocument, ProblemDocument } from '../../../lib/placement/document';
import { parseFraction, type Fraction } from '../../../lib/checker/fraction';
import type { Objective } from '../../../lib/placement/plan';
import { distanceOf } from './distance';
import { NOTHING, plus, sumOf, times, type Sum, type Variable } from './linear';
import type { PlacementModel } from './placement';
import type { Uses } from './uses';

/** One term of the objective: numbers that are compared one after the other. */
export interface Term {
  readonly name: TermName;
  /** Adds to the model what the term needs, the first time; a question about earlier terms does without it. */
  readonly values: () => readonly Sum[];
  /** Says how a plan's value of the term reads as such numbers. */
  readonly read: (objective: Objective) => readonly number[];
  /** What one of such a number is in the term, where that is not 1. */
  readonly unit?: Fraction;
}

/**
 * The terms in the order in which plans are compared. `moved` is left out, since locks are not modelled. The list ends
 * early where a term cannot be put linearly: `distance`, where an edge's number of pairs depends on extra copies, or
 * where its factors lie so far apart that floating point would lose the difference of one.
 */
export function termsOf(placement: PlacementModel, uses: Uses): Term[] {
  const before: Term[] = [
    {
      name: 'unplaced',
      values: once(() => unplaced(placement)),
      read: ({ unplaced: list }) => list.map(([, locked, others]) => locked + others),
    },
    {
      name: 'extras',
      values: once(() => extras(placement)),
      read: ({ extras: list }) => list.map(([, count]) => count),
    },
    { name: 'preferred', values: once(() => preferred(placement, uses)), read: (objective) => objective.preferred },
  ];
  const distance = distanceOf(placement);
  if (distance === undefined || distance.largest > LARGEST_FACTOR) return before;
  const read = (objective: Objective): number[] => {
    const { over, under } = parseFraction(objective.distance) ?? { over: 0n, under: 1n };
    return [Number((over * distance.common) / under / distance.unit)];
  };
  const unit = { over: distance.unit, under: distance.common };
  return [
    ...before,
    { name: 'distance', values: once(() => [distance.sum(uses)]), read, unit },
    { name: 'spread', values: once(() => spread(placement, uses)), read: (objective) => objective.spread.flat() },
    {
      name: 'fragmentation',
      values: once(() => fragmentation(placement, uses)),
      read: (objective) => objective.fragmentation,
    },
  ];
}

const LARGEST_FACTOR = 100_000;

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function byPriority({ gangs }: PlacementModel, count: (gang: PlacementModel['gangs'][number]) => Sum): Sum[] {
  const priorities = [...new Set(gangs.map(({ gang }) => gang.priority ?? 0))].sort((a, b) => b - a);
  return priorities.map((priority) =>
    plus(...gangs.filter(({ gang }) => (gang.priority ?? 0) === priority).map(count)),
  );
}

function unplaced(placement: PlacementModel): Sum[] {
  return byPriority(placement, ({ placed }) => sumOf([[-1, placed]], 1));
}

function extras(placement: PlacementModel): Sum[] {
  return byPriority(placement, ({ extrasLeftOut }) => plus(...extrasLeftOut));
}

function depths({ cluster }: PlacementModel): number[] {
  return Array.from({ length: deepest(cluster) }, (_, i) => i + 1);
}

function preferred(placement: PlacementModel, uses: Uses): Sum[] {
  const scopes = placement.gangs
    .flatMap((gang) => gang.scopes)
    .filter(({ own, single }) => own?.preferred !== undefined && !single);
  return depths(placement).map((depth) => {
    const within = scopes.filter(
      ({ own, topology }) => (topology?.levels.indexOf(own?.preferred ?? '') ?? -1) + 1 >= depth,
    );
    return plus(
      ...within.map(({ slots, topology, placed }) => plus(uses.count(slots, topology, depth), times(-1, placed))),
    );
  });
}

/** Over gangs, over groups, over copies. */
function spread(placement: PlacementModel, uses: Uses): Sum[] {
  const scopes = placement.gangs.flatMap((gang) => gang.scopes);
  const gangs = scopes.filter(({ isGang }) => isGang);
  const groups = placement.gangs.flatMap((gang) => [...gang.groups.values()]);
  const copies = scopes.filter(({ isGang }) => !isGang);
  return [gangs, groups, copies].flatMap((list) =>
    depths(placement).map((depth) => {
      const deep = list.filter(({ topology }) => depth <= depthsOf(topology));
      return plus(
        ...deep.map((each) =>
          'single' in each && each.single ? each.placed : uses.count(each.slots, each.topology, depth),
        ),
      );
    }),
  );
}

function fragmentation(placement: PlacementModel, uses: Uses): Sum[] {
  const { cluster, model } = placement;
  const nodes = cluster.document.nodes ?? [];
  const names = acceleratorsOf(cluster.document);
  const whole = nodes.map((node) => isEquipped(node, names) && isWhole(node, names));
  const slots = placement.gangs
    .flatMap((gang) => gang.slots)
    .filter(({ group }) => names.some((name) => amountOf(group.pod?.requests, name) > 0n));
  const broken = new Map([...uses.nodes(slots)].filter(([n]) => whole[n]));
  const count = (variables: Iterable<Variable>): Sum => sumOf([...variables].map((variable) => [1, variable] as const));
  const levels = (cluster.document.topologies ?? []).flatMap((topology) => {
    const indices = topology.levels.map((_, i) => i).filter((i) => topology.levels[i] !== 'kubernetes.io/hostname');
    return indices.reverse().map((level) => {
      const domains = new Map<string, number[]>();
      nodes.forEach((node, n) => {
        const tuple = isEquipped(node, names) ? domainTuple(topology, node, level) : undefined;
        if (tuple) domains.set(JSON.stringify(tuple), [...(domains.get(JSON.stringify(tuple)) ?? []), n]);
      });
      const wholes = [...domains.values()].filter((members) => members.every((n) => whole[n]));
      return count(
        wholes.map((members) => {
          const domain = model.binary();
          for (const use of members.flatMap((n) => broken.get(n) ?? [])) model.atMost(sumOf([[1, use], [-1, domain]]), 0); // prettier-ignore
          return domain;
        }),
      );
    });
  });
  return [broken.size === 0 ? NOTHING : count(broken.values()), ...levels];
}

type Groups = NonNullable<ProblemDocument['gangs']>[number]['groups'];

function acceleratorsOf({ gangs }: ProblemDocument): string[] {
  const named = (groups: Groups): string[] =>
    groups.flatMap((group) => [...Object.keys(group.pod?.requests ?? {}), ...named(group.groups ?? [])]);
  const common = ['cpu', 'memory', 'pods', 'ephemeral-storage'];
  const all = new Set((gangs ?? []).flatMap((gang) => named(gang.groups)));
  return [...all].filter((name) => !common.includes(name) && !name.startsWith('hugepages-'));
}

function isEquipped(node: NodeDocument, names: readonly string[]): boolean {
  return names.some((name) => amountOf(node.allocatable, name) > 0n);
}

function isWhole(node: NodeDocument, names: readonly string[]): boolean {
  return node.ready !== false && node.unschedulable !== true && names.every((name) => amountOf(node.used, name) === 0n);
}
