/**
 * The ladder: single changes with each of which a gang without a place has one, cheapest first. Whatever is offered
 * was tried, beside the other gangs where they are; what the counted budget of the probe does not decide is not.
 */
import { formatAmount } from '../model/resources';
import type { Case } from './explain';
import { nodesToAdd, type Place } from './growth';
import { makeGround } from './ground';
import type { Gang } from './instance';
import { compareNatural } from './natural';
import type { Assignment } from './objective';
import type { Remedy } from './plan';
import { Probe } from './probe';
import type { QueueSpec } from './problem';
import {
  addedTolerations,
  allPaths,
  droppedRequirements,
  droppedSelectors,
  madePreemptible,
  pinnedByReplica,
  taintsByKey,
  widerLevels,
  withCopies,
  type Candidate,
} from './remedy';
import { demandOfShape, minimumShape } from './shape';

const MOST_REMEDIES = 4;
/** Gangs that are tried to be left out. */
const MOST_LEFT_OUT = 8;

/** What may be known before: which kind to try first, and where the gang comes closest to a place. */
export interface Hints {
  readonly pinsFirst?: boolean;
  readonly place?: Place;
}

/** At most four changes, each of another kind. */
export function ladder(the: Case, { pinsFirst = false, place }: Hints = {}): Remedy[] {
  const { gang, site } = the;
  const probe = new Probe(the);
  const first = (candidates: () => readonly Candidate[]) => (): Remedy | undefined =>
    candidates().find((candidate) => probe.tries({ gang: candidate.gang }) === 'yes')?.remedy;
  const pinning = first(() => pinnedByReplica(gang.spec));
  const rungs = [
    ...(pinsFirst ? [pinning] : []),
    first(() => widerLevels(gang.spec, site.instance.problem)),
    () => fewerReplicas(the, probe),
    first(() => droppedSelectors(gang.spec)),
    first(() => droppedRequirements(gang.spec)),
    first(() => addedTolerations(gang.spec, taintsByKey(site.instance.fits.kinds))),
    () => leftOut(the, probe),
    () => raisedBound(the, probe),
    first(() => madePreemptible(gang.spec)),
    () => place && nodesToAdd(the, place),
    ...(pinsFirst ? [] : [pinning]),
  ];
  const found: Remedy[] = [];
  for (const rung of rungs) {
    const remedy = found.length < MOST_REMEDIES ? rung() : undefined;
    if (remedy) found.push(remedy);
  }
  return found;
}

/** The remedies of a reason, with their texts as its help. */
export function helpWith(
  remedies: readonly Remedy[],
  otherwise: string,
): { help: string; remedies?: readonly Remedy[] } {
  return remedies.length === 0
    ? { help: otherwise }
    : { help: remedies.map(({ text }) => text).join('; or '), remedies };
}

/** The first group that helps with fewer copies, and the most of it that fit, by bisection. */
function fewerReplicas({ gang }: Case, probe: Probe): Remedy | undefined {
  for (const { path, group } of allPaths(gang.spec.groups, '')) {
    const fits = (copies: number): boolean => probe.tries({ gang: withCopies(gang.spec, path, copies) }) === 'yes';
    if (group.minReplicas === 1 || !fits(1)) continue;
    const copies = mostThat(fits, 1, group.minReplicas - 1);
    const text = `run ${path} with ${copies} ${copies === 1 ? 'copy' : 'copies'} instead of ${group.minReplicas}`;
    return { kind: 'replicas', text, groups: [path], replicas: copies };
  }
  return undefined;
}

/** The largest number up to `most` that passes, if larger ones fail from some point on; `least` passes. */
function mostThat(passes: (n: number) => boolean, least: number, most: number): number {
  let low = least;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A gang of the same or a lower priority without which there is room: the least important, then the smallest. */
function leftOut({ site, assignment, gang }: Case, probe: Probe): Remedy | undefined {
  const { instance } = site;
  const pods = (other: Gang): number => other.leaves.reduce((sum, leaf) => sum + leaf.pods, 0);
  const others = instance.gangs
    .filter((other) => other !== gang && assignment[other.index] && other.spec.priority <= gang.spec.priority)
    .sort((a, b) => a.spec.priority - b.spec.priority || pods(a) - pods(b) || compareNatural(a.spec.name, b.spec.name));
  const found = others
    .slice(0, MOST_LEFT_OUT)
    .find((other) => probe.tries({ others: without(assignment, other) }) === 'yes');
  return found && { kind: 'gang', text: `leave out ${found.spec.name}`, gang: found.spec.name };
}

/** Where the other gangs are, but for one. */
export function without(assignment: Assignment, gang: Gang): Assignment {
  return assignment.map((pods, g) => (g === gang.index ? undefined : pods));
}

/** The one bound of a queue that stands in the way, raised to what is just enough. */
function raisedBound({ site, assignment, gang }: Case, probe: Probe): Remedy | undefined {
  const { scale, problem } = site.instance;
  const demand = demandOfShape(gang, minimumShape(gang).shape, scale.resources.length);
  const refusal = makeGround(site, assignment).ledger.refusal(gang, demand);
  if (!refusal) return undefined;
  const { kind, queue, needed, missing } = refusal;
  const resource = scale.resources[refusal.resource] ?? '';
  const bound = problem.queues.find(({ name }) => name === queue)?.resources[resource]?.[kind] ?? needed;
  const amount = bound + missing;
  const raise = (spec: QueueSpec): QueueSpec => ({
    ...spec,
    resources: { ...spec.resources, [resource]: { ...spec.resources[resource], [kind]: amount } },
  });
  const queues = problem.queues.map((spec) => (spec.name === queue ? raise(spec) : spec));
  if (probe.tries({ queues }) !== 'yes') return undefined;
  const shown = formatAmount(resource, amount);
  return {
    kind,
    text: `raise the ${kind} of queue ${queue} to ${shown} of ${resource}`,
    queue,
    resource,
    amount: shown,
  };
}
