import * as fc from 'fast-check';
import type { ProblemDocument } from '../../lib/placement/document';
import { makeGround, makeSite, type Site } from '../../lib/placement/ground';
import { compile } from '../../lib/placement/instance';
import { evaluate, type Assignment } from '../../lib/placement/objective';
import { readProblem } from '../../lib/placement/read';
import { Search } from '../../lib/placement/search';
import { allShapes } from '../../lib/placement/shape';
import { toObjective, type Value } from '../../lib/placement/value';
import { formatFraction } from '../../lib/placement/fraction';
import { problems, runs, type Features } from './arbitraries';
import { bestPlan } from './oracle';

function siteOf(document: ProblemDocument): Site {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error('not a problem');
  return makeSite(compile(outcome.value));
}

function shown({ head, distance, tail }: Value): object {
  return { head, distance: formatFraction(distance), tail };
}

/** Gangs one after the other, each by tables and by search beside those before it; how many tables could say. */
function compareInTurn(document: ProblemDocument): number {
  const site = siteOf(document);
  const { instance, layout, locks, placer } = site;
  const assignment: Assignment[number][] = instance.gangs.map(() => undefined);
  let said = 0;
  for (const gang of instance.gangs) {
    const shapes = allShapes(gang, 50) ?? [];
    const searched = new Search(makeGround(site, assignment), [{ gang, shapes, optional: false }], {
      steps: 50_000,
    }).run();
    if (!searched.complete) return said;
    const answer = placer.place(assignment, gang, shapes);
    const valueWith = (pods: Assignment[number]): object =>
      pods
        ? shown(
            evaluate(
              instance,
              layout,
              locks,
              assignment.map((own, g) => (g === gang.index ? pods : own)),
            ),
          )
        : {};
    if (answer) {
      said++;
      expect(valueWith(answer.pods)).toEqual(valueWith(searched.best?.pods[0]));
    }
    assignment[gang.index] = answer?.pods ?? searched.best?.pods[0];
    if (answer?.pods) {
      const ground = makeGround(site, assignment);
      expect(ground.occupancy.room.every((units, i) => units >= Math.min(0, instance.room.all[i] ?? 0))).toBe(true);
      expect(ground.occupancy.reserved.every((units, i) => units === 0 || units <= (instance.room.all[i] ?? 0))).toBe(
        true,
      );
    }
  }
  return said;
}

describe('tables find a best placement of each gang beside those before it, or none exactly where there is none', () => {
  const mixes: readonly (readonly [string, Partial<Features>, number])[] = [
    ['everything in the mix', { pods: 8 }, 300],
    [
      'extras',
      { severalTopologies: false, locks: false, queues: false, eligibility: false, pins: false, pods: 8 },
      150,
    ],
    [
      'one gang on many nodes',
      { gangs: 1, nodes: 7, pods: 7, severalTopologies: false, queues: false, eligibility: false },
      200,
    ],
    [
      'pins',
      { severalTopologies: false, queues: false, eligibility: false, locks: false, extras: false, pods: 7 },
      300,
    ],
    [
      'traffic over deep groups',
      { severalTopologies: false, pins: false, locks: false, queues: false, exclusive: false, extras: false, pods: 8 },
      200,
    ],
  ];

  test.each(mixes)('%s', (_, features, usual) => {
    let said = 0;
    fc.assert(
      fc.property(problems(features), (document) => void (said += compareInTurn(document))),
      runs(usual),
    );
    expect(said).toBeGreaterThan(runs(usual).numRuns / 5);
  });
});

test('tables agree with brute force where a gang has the cluster to itself', () => {
  let said = 0;
  const drawn = problems({ gangs: 1, locks: false, pods: 6 });
  fc.assert(
    fc.property(drawn, (document) => {
      const site = siteOf(document);
      const { instance, layout, locks, placer } = site;
      const [gang] = instance.gangs;
      const best = bestPlan(document, { ways: 1_000 });
      const answer = gang && placer.placeAlone(gang, allShapes(gang, 50) ?? []);
      if (best === undefined || !answer?.exact) return;
      said++;
      expect(toObjective(evaluate(instance, layout, locks, [answer.pods]), layout, instance)).toEqual(best.objective);
    }),
    runs(200),
  );
  expect(said).toBeGreaterThan(runs(200).numRuns / 3);
});
