import { HOSTNAME_LABEL } from '../model/node';
import type { Copies } from './answer';
import type { FitCluster } from './problem';
import { roleOf } from './roles';
import { domainOf } from './spread';

/** How near the pods of two components are. */
export interface Distance {
  readonly between: readonly [string, string];
  /** Pairs of pods by the narrowest level that they share, narrowest first; `none` for pairs that share no level. */
  readonly pairs: readonly { readonly level: string; readonly count: number }[];
}

/** Between every prefill and every decode component: that is where the KV cache goes. */
export function distancesOf(copies: Copies, cluster: FitCluster): Distance[] {
  const all = [...copies];
  const of = (role: string): typeof all => all.filter(([component]) => roleOf(component) === role);
  return of('prefill').flatMap(([prefill, from]) =>
    of('decode').map(([decode, to]) => ({
      between: [prefill.name, decode.name] as const,
      pairs: pairsOf(from.flat(), to.flat(), cluster),
    })),
  );
}

function pairsOf(from: readonly string[], to: readonly string[], { inventory, levels }: FitCluster): Distance['pairs'] {
  const nodes = new Map(inventory.nodes.map((node) => [node.name, node]));
  const narrowestFirst = levels.levels.map((level, depth) => ({ level, depth })).reverse();
  const sharedBy = (a: string, b: string): string => {
    const shared = narrowestFirst.find(({ level, depth }) => {
      if (level.label === HOSTNAME_LABEL) return a === b;
      const labels = levels.levels.slice(0, depth + 1).map(({ label }) => label);
      const domain = domainOf(nodes.get(a) ?? { labels: {} }, labels);
      return domain !== undefined && domain === domainOf(nodes.get(b) ?? { labels: {} }, labels);
    });
    return shared?.level.name ?? NONE;
  };
  const counts = new Map<string, number>();
  for (const [a, podsA] of countByName(from)) {
    for (const [b, podsB] of countByName(to)) {
      const level = sharedBy(a, b);
      counts.set(level, (counts.get(level) ?? 0) + podsA * podsB);
    }
  }
  const order = [...narrowestFirst.map(({ level }) => level.name), NONE];
  return order.flatMap((level) => (counts.has(level) ? [{ level, count: counts.get(level) ?? 0 }] : []));
}

/** Stands for a level that no pair shares. */
const NONE = 'none';

function countByName(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
