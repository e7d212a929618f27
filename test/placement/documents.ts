import { readProblem } from '../../lib/placement/read';

export const zone = 'topology.kubernetes.io/zone';
export const rack = 'topology.kubernetes.io/rack';
export const topologies = [{ name: 't', levels: [zone, rack, 'kubernetes.io/hostname'] }];

/** One gang `g` with the given groups, on topology t: zone > rack > hostname. */
export function withGroups(groups: unknown, rest: object = {}): object {
  return { version: 1, topologies, gangs: [{ name: 'g', groups, ...rest }] };
}

/** A group `a` of one pod, changed as said. */
export function withGroup(change: object): object {
  return withGroups([{ name: 'a', pod: {}, ...change }]);
}

export function found(document: unknown): readonly string[] {
  const outcome = readProblem(document);
  expect(outcome.ok).toBe(outcome.diagnostics.every((d) => d.severity === 'warning'));
  return outcome.diagnostics.map((d) => `${d.code} ${d.where.pointer}: ${d.message} (${d.help})`);
}
