import { HOSTNAME_LABEL } from '../model/node';
import { wholeUnits, type Amount } from '../model/quantity';
import { formatAmount, type Resources } from '../model/resources';
import { amountOf, PODS } from './amounts';
import { closedBecause, excludedBecause, labelValue } from './eligibility';
import type { Case } from './explain';
import type { Gang, Instance, Leaf, Rule } from './instance';
import { helpWith, ladder } from './ladder';
import { compareNatural } from './natural';
import type { Reason } from './plan';
import type { NodeSpec } from './problem';

/** A refusal for the first group whose pods no node may take, whatever room the others leave. */
export function noEligibleNode(the: Case): Reason | undefined {
  const { gang } = the;
  const { instance } = the.site;
  const leaf = gang.leaves.find(({ alone }) => alone.every((pods) => pods === 0));
  if (!leaf) return undefined;
  const excluded = exclusions(instance, gang, leaf);
  const causeOn = exclusionsOf(instance, gang, leaf);
  const tooSmall = instance.nodes.map((_, n) => n).filter((n) => isTooSmall(causeOn(n)));
  const message = `none of ${instance.nodes.length} nodes can take a pod of ${leaf.path}`;
  const refusal = { group: leaf.path, needed: shown(demandOf(instance, leaf, 1)), excluded };
  const help = (otherwise: string) => helpWith(ladder(the), otherwise);
  if (tooSmall.length === 0) return { code: 'no-eligible-node', ...refusal, message, ...help(helpFor(excluded)) };
  const largest = largestOf(instance, leaf, tooSmall);
  return {
    code: 'capacity',
    level: HOSTNAME_LABEL,
    ...refusal,
    message: `${message}: ${sizes(instance, leaf, largest)}`,
    available: shown(largest),
    ...help(`ask for less in a pod of ${leaf.path}, or add larger nodes`),
  };
}

function isTooSmall(cause: string | undefined): boolean {
  return cause?.startsWith('resource ') === true;
}

/** What a pod needs of each resource that is short, beside the most that a node has free. */
function sizes(instance: Instance, leaf: Leaf, largest: Resources): string {
  const needs = Object.entries(demandOf(instance, leaf, 1)).sort(([a], [b]) => compareNatural(a, b));
  const short = needs.filter(([name, amount]) => amount > (largest[name] ?? 0n));
  if (short.length === 0) return 'no node has enough of everything at once';
  const texts = short.map(([name, amount]) => {
    return `it needs ${formatAmount(name, amount)} of ${name}, and no node has more than ${formatAmount(name, largest[name] ?? 0n)} free`;
  });
  return texts.join('; ');
}

/** Where no single change that was tried is enough. */
function helpFor(excluded: Readonly<Record<string, number>>): string {
  if (Object.keys(excluded).length === 0) return 'list the nodes of the cluster';
  const [most = ''] = Object.entries(excluded).sort(([a, x], [b, y]) => y - x || compareNatural(a, b))[0] ?? [];
  if (most.startsWith('label ')) return `give the nodes the ${most.replace(' missing', '')}`;
  if (most === 'cordoned' || most === 'not ready') return 'make nodes ready and schedulable';
  return 'change several of the things that leave nodes out: no single one is enough';
}

/** How many nodes are left out for a leaf, by the first cause that applies to each. */
export function exclusions(instance: Instance, gang: Gang, leaf: Leaf): Record<string, number> {
  const counts = new Map<string, number>();
  const causeOn = exclusionsOf(instance, gang, leaf);
  instance.nodes.forEach((_, n) => {
    const cause = causeOn(n);
    if (cause !== undefined) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  });
  return Object.fromEntries([...counts].sort(([a], [b]) => compareNatural(a, b)));
}

/** By node: the first cause that leaves it out for a leaf. What a pod excludes is asked once for each kind of nodes. */
function exclusionsOf(instance: Instance, gang: Gang, leaf: Leaf): (n: number) => string | undefined {
  const { nodes, room, scale, fits } = instance;
  const trees = rulesAround(gang, leaf).flatMap((rule) => instance.trees[rule.tree] ?? []);
  const { kindOf, examples } = fits.kinds;
  const byKind = examples.map((node) => excludedBecause(node, leaf.spec.pod));
  return (n) => {
    const node = nodes[n];
    if (!node || (leaf.alone[n] ?? 0) > 0) return undefined;
    const cause = closedBecause(node) ?? byKind[kindOf[n] ?? 0];
    if (cause !== undefined) return cause;
    const unlabelled = trees.find((tree) => !tree.isComplete(n));
    if (unlabelled) return `label ${unlabelled.levels.find((level) => labelValue(node, level) === undefined)} missing`;
    const short = leaf.demand.find(([r, units]) => room.on(n, r) < units);
    return short && `resource ${scale.resources[short[0]]}`;
  };
}

/** The constraints of a leaf and of all that is around it. */
export function rulesAround(gang: Gang, leaf: Leaf): Rule[] {
  const groups = gang.groups.filter((group) => group.path === leaf.path || leaf.path.startsWith(`${group.path}/`));
  return [gang.rule, ...groups.map((group) => group.rule)].filter((rule) => rule.tree >= 0);
}

/** What so many pods of a leaf ask for. */
export function demandOf(instance: Instance, leaf: Leaf, pods: number): Resources {
  const { scale } = instance;
  return Object.fromEntries(
    leaf.demand.map(([r, units]) => [scale.resources[r] ?? '', amountOf(scale, r, units * pods)]),
  );
}

/** Exactly what a node has beside `used`, never below 0; undefined for pods without limit. */
export function freeOn(node: NodeSpec | undefined, resource: string): Amount | undefined {
  if (resource === PODS && node?.allocatable[PODS] === undefined) return undefined;
  const free = (node?.allocatable[resource] ?? 0n) - (node?.used[resource] ?? 0n);
  return free > 0n ? free : 0n;
}

/** The most of each resource that some of the nodes has free. */
function largestOf(instance: Instance, leaf: Leaf, nodes: readonly number[]): Resources {
  const most = (resource: string): Amount =>
    nodes.reduce((largest, n) => {
      const free = freeOn(instance.nodes[n], resource) ?? wholeUnits(leaf.pods);
      return free > largest ? free : largest;
    }, 0n);
  return Object.fromEntries(
    leaf.demand.map(([r]) => {
      const resource = instance.scale.resources[r] ?? '';
      return [resource, most(resource)];
    }),
  );
}

/** Amounts as a plan prints them, in natural order of names. */
export function shown(resources: Resources): Record<string, string> {
  const entries = Object.entries(resources).sort(([a], [b]) => compareNatural(a, b));
  return Object.fromEntries(entries.map(([name, amount]) => [name, formatAmount(name, amount)]));
}
