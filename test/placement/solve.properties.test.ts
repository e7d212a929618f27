import * as fc from 'fast-check';
import type { GroupDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { problems, runs } from './arbitraries';
import { plan } from './clusters';
import { bestPlan } from './oracle';

const statuses = (solved: Plan): Record<string, string> =>
  Object.fromEntries(solved.gangs.map((g) => [g.name, g.status]));

/** The same problem with every list that has no order, and every map, turned round. */
function turned(document: ProblemDocument): ProblemDocument {
  const locked = Object.entries(document.locked ?? {}).map(([gang, lock]): [string, Record<string, string[]>] => [
    gang,
    reversedKeys(lock),
  ]);
  return reversedKeys({
    ...document,
    nodes: [...(document.nodes ?? [])]
      .reverse()
      .map((node) => reversedKeys({ ...node, labels: reversedKeys(node.labels ?? {}) })),
    queues: [...(document.queues ?? [])].reverse(),
    gangs: [...(document.gangs ?? [])].reverse().map((gang) => reversedKeys(gang)),
    locked: Object.fromEntries(locked.reverse()),
  });
}

function reversedKeys<T extends object>(value: T): T {
  // The entries are those of `value`, in another order.
  return Object.fromEntries(Object.entries(value).reverse()) as T;
}

describe('every plan', () => {
  test('equals brute force in every term, and says that it is optimal', () => {
    fc.assert(
      fc.property(problems(), (document) => {
        const best = bestPlan(document);
        const solved = plan(document);
        if (!best) return;
        expect(solved.objective).toEqual(best.objective);
        expect(solved.bound).toEqual(solved.objective);
        expect(solved.optimal).toBe(true);
      }),
      runs(300),
    );
  });

  test('equals brute force where gangs may be moved for a better plan', () => {
    fc.assert(
      fc.property(problems({ gangs: 2 }), fc.integer({ min: 1, max: 2 }), (document, rebalance) => {
        const best = bestPlan(document, { rebalance });
        if (!best) return;
        const withoutGangs = (objective: Plan['objective']) => ({ ...objective, moved: objective.moved[1] });
        expect(withoutGangs(plan(document, { rebalance }).objective)).toEqual(withoutGangs(best.objective));
      }),
      runs(80),
    );
  });

  test('is the same however gangs, nodes, labels and keys are ordered', () => {
    fc.assert(
      fc.property(problems(), (document) => {
        expect(JSON.stringify(plan(turned(document)))).toBe(JSON.stringify(plan(document)));
      }),
      runs(120),
    );
  });

  test('leaves nobody out for turning required levels into preferred ones', () => {
    const soften = (group: GroupDocument): GroupDocument => ({
      ...group,
      ...(group.constraint && {
        constraint: {
          topology: group.constraint.topology,
          preferred: group.constraint.preferred ?? group.constraint.required,
        },
      }),
      ...(group.groups && { groups: group.groups.map(soften) }),
    });
    fc.assert(
      fc.property(problems({ gangs: 1 }), (document) => {
        const [only] = document.gangs ?? [];
        if (!only || plan(document).status !== 'placed') return;
        const { groups } = soften({ name: 'g', constraint: only.constraint, groups: only.groups });
        const softened = { ...only, constraint: soften({ ...only }).constraint, groups: groups ?? [] };
        expect(plan({ ...document, gangs: [softened] }).status).toBe('placed');
      }),
      runs(120),
    );
  });

  test('is the same in other units: all resources but pods times a thousand', () => {
    const scaled = (amounts: Record<string, unknown> = {}): Record<string, string> =>
      Object.fromEntries(
        Object.entries(amounts).map(([name, amount]) => [
          name,
          name === 'pods' ? String(amount) : thousandfold(String(amount)),
        ]),
      );
    const thousandfold = (amount: string): string => (amount.endsWith('m') ? amount.slice(0, -1) : `${amount}k`);
    const pods = (group: GroupDocument): GroupDocument => ({
      ...group,
      ...(group.pod && { pod: { ...group.pod, requests: scaled(group.pod.requests) } }),
      ...(group.groups && { groups: group.groups.map(pods) }),
    });
    fc.assert(
      fc.property(problems({ queues: false }), (document) => {
        const larger = {
          ...document,
          nodes: (document.nodes ?? []).map((n) => ({
            ...n,
            allocatable: scaled(n.allocatable),
            used: scaled(n.used),
          })),
          gangs: (document.gangs ?? []).map((g) => ({ ...g, groups: g.groups.map(pods) })),
        };
        const [before, after] = [plan(document), plan(larger)];
        expect(after.objective).toEqual(before.objective);
        expect(statuses(after)).toEqual(statuses(before));
      }),
      runs(120),
    );
  });

  test('places a lone gang on more nodes too, where no set is pinned', () => {
    fc.assert(
      fc.property(problems({ gangs: 1, pins: false, locks: false }), (document) => {
        if (plan(document).status !== 'placed') return;
        const extra = { ...(document.nodes ?? [])[0], name: 'extra', labels: {} };
        expect(plan({ ...document, nodes: [...(document.nodes ?? []), extra] }).status).toBe('placed');
      }),
      runs(120),
    );
  });
});
