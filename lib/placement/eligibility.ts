import { tolerates, type NodeSelectorRequirement, type NodeSelectorTerm } from '../model/node';
import type { NodeSpec, PodSpec } from './problem';

/**
 * Which node may take which pod, before resources are looked at; the rules are those of
 * k8s.io/component-helpers/scheduling/corev1.
 */

/** Why a node takes no pod at all, or undefined where it may. */
export function closedBecause(node: NodeSpec): string | undefined {
  if (!node.ready) return 'not ready';
  return node.unschedulable ? 'cordoned' : undefined;
}

/** Why a node may not take a pod: selector, affinity, taint or exclusive label; undefined where it may. */
export function excludedBecause(node: NodeSpec, pod: PodSpec): string | undefined {
  const label = Object.keys(pod.nodeSelector)
    .sort()
    .find((key) => labelValue(node, key) !== pod.nodeSelector[key]);
  if (label !== undefined) return `node selector ${label}`;
  if (pod.nodeAffinity && !pod.nodeAffinity.nodeSelectorTerms.some((term) => termMatches(term, node)))
    return 'node affinity';
  const taint = node.taints.find(
    (t) => t.effect !== 'PreferNoSchedule' && !pod.tolerations.some((o) => tolerates(o, t)),
  );
  if (taint) return `taint ${taint.key}`;
  if (pod.exclusive !== undefined && labelValue(node, pod.exclusive) === undefined)
    return `label ${pod.exclusive} missing`;
  return undefined;
}

/** The value of a node's label, if it has that label. */
export function labelValue(node: NodeSpec, label: string): string | undefined {
  // One look-up, not two: what every object inherits, such as `constructor`, is no text.
  const value = node.labels[label];
  return typeof value === 'string' ? value : undefined;
}

function termMatches(term: NodeSelectorTerm, node: NodeSpec): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((r) => requirementHolds(r, labelValue(node, r.key))) &&
    fields.every((r) => requirementHolds(r, r.key === 'metadata.name' ? node.name : undefined))
  );
}

function requirementHolds({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
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
      return comparesAs(operator, value, values[0]);
  }
}

/** Both sides must be integers of 64 bits; what is no integer matches nothing. */
function comparesAs(operator: 'Gt' | 'Lt', value: string | undefined, bound: string | undefined): boolean {
  const left = integer(value);
  const right = integer(bound);
  if (left === undefined || right === undefined) return false;
  return operator === 'Gt' ? left > right : left < right;
}

function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
