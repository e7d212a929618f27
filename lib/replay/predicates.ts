import {
  HOSTNAME_LABEL,
  type NodeSelectorRequirement,
  type NodeSelectorTerm,
  type Taint,
  type Toleration,
} from '../model/node';
import type { ApartFrom, WorldNode, WorldPod } from './world';

/** Which nodes may take a pod whatever room they have: the predicates of Kubernetes that KAI runs. */

/** What decides which nodes a pod may go to. */
export type Choosing = Pick<WorldPod, 'nodeSelector' | 'nodeAffinity' | 'tolerations'>;

/** Why a node may not take a pod, or undefined where it may. */
export function keptFrom(pod: Choosing, node: Omit<WorldNode, 'allocatable' | 'used'>): string | undefined {
  if (!node.ready) return 'not ready';
  if (node.unschedulable) return 'cordoned';
  if (!isSelected(pod, node)) return 'not selected by the pod';
  const taint = node.taints.find((each) => each.effect !== 'PreferNoSchedule' && !isTolerated(each, pod.tolerations));
  return taint && `taint ${taint.key}`;
}

function isSelected({ nodeSelector, nodeAffinity }: Choosing, node: Pick<WorldNode, 'labels' | 'name'>): boolean {
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false;
  return nodeAffinity === undefined || nodeAffinity.nodeSelectorTerms.some((term) => holds(term, node));
}

/** A term without requirements matches nothing. */
function holds(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  { labels, name }: Pick<WorldNode, 'labels' | 'name'>,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => isMet(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && isMet(requirement, name))
  );
}

function isMet({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return isBeyond(operator, value, values[0]);
  }
}

function isBeyond(operator: 'Gt' | 'Lt', value: string | undefined, bound: string | undefined): boolean {
  const whole = /^-?\d+$/;
  if (value === undefined || bound === undefined || !whole.test(value) || !whole.test(bound)) return false;
  return operator === 'Gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key === undefined || key === '') return operator === 'Exists';
    return key === taint.key && (operator === 'Exists' || value === (taint.value ?? ''));
  });
}

/** Hostnames that a pod is pinned to, where one term says so and nothing but a hostname can. */
export function pinnedTo({ nodeSelector, nodeAffinity }: Omit<Choosing, 'tolerations'>): readonly string[] | undefined {
  const host = nodeSelector[HOSTNAME_LABEL];
  if (host !== undefined) return [host];
  const [term, ...others] = nodeAffinity?.nodeSelectorTerms ?? [];
  if (!term || others.length > 0) return undefined;
  const pin = term.matchExpressions?.find(({ key, operator }) => key === HOSTNAME_LABEL && operator === 'In');
  return pin?.values;
}

/** One of two pods must not be where the other is. */
export function areApart(a: WorldPod, nodeA: WorldNode, b: WorldPod, nodeB: WorldNode): boolean {
  if (a.namespace !== b.namespace) return false;
  return keepsAway(a.apart, b, nodeA, nodeB) || keepsAway(b.apart, a, nodeA, nodeB);
}

function keepsAway(terms: readonly ApartFrom[], other: WorldPod, nodeA: WorldNode, nodeB: WorldNode): boolean {
  return terms.some(({ topologyKey, matchLabels }) => {
    const domain = nodeA.labels[topologyKey];
    if (domain === undefined || domain !== nodeB.labels[topologyKey]) return false;
    return Object.entries(matchLabels).every(([key, value]) => other.labels[key] === value);
  });
}
