import type { NodeDocument, PodDocument } from '../placement/document';
import { labelOf } from './domains';

type NodeSelector = NonNullable<PodDocument['nodeAffinity']>;
type Term = NodeSelector['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];
type Taint = NonNullable<NodeDocument['taints']>[number];

/** Why a node may not take a pod, room and topology apart; undefined where it may. */
export function refusal(node: NodeDocument, pod: PodDocument): string | undefined {
  if (node.ready === false) return 'the node is not ready';
  if (node.unschedulable === true) return 'the node is cordoned';
  const unmet = Object.entries(pod.nodeSelector ?? {}).find(([label, value]) => labelOf(node, label) !== value);
  if (unmet) return `the node does not match the selector ${unmet[0]}=${unmet[1]}`;
  if (pod.nodeAffinity && !pod.nodeAffinity.nodeSelectorTerms.some((term) => matchesTerm(node, term))) {
    return 'the node does not match the affinity';
  }
  const taint = (node.taints ?? []).find((candidate) => repels(candidate, pod));
  return taint && `the node has the taint ${taint.key}=${taint.value ?? ''}:${taint.effect}`;
}

/** A term without requirements matches nothing (k8s.io/component-helpers scheduling/corev1/nodeaffinity). */
function matchesTerm(node: NodeDocument, { matchExpressions = [], matchFields = [] }: Term): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matches(requirement, labelOf(node, requirement.key))) &&
    matchFields.every((requirement) => matches(requirement, node.name))
  );
}

function matches({ operator, values = [] }: Requirement, value: string | undefined): boolean {
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
      return compares(value, values[0], (have, bound) => have > bound);
    case 'Lt':
      return compares(value, values[0], (have, bound) => have < bound);
  }
}

/** Both are integers of 64 bits, as strconv.ParseInt reads them, or nothing matches. */
function compares(
  value: string | undefined,
  bound: string | undefined,
  holds: (a: bigint, b: bigint) => boolean,
): boolean {
  const have = integer(value);
  const against = integer(bound);
  return have !== undefined && against !== undefined && holds(have, against);
}

function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function repels(taint: Taint, pod: PodDocument): boolean {
  if (taint.effect === 'PreferNoSchedule') return false;
  return !(pod.tolerations ?? []).some((toleration) => {
    if (toleration.effect && toleration.effect !== taint.effect) return false;
    if (toleration.key && toleration.key !== taint.key) return false;
    return toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? '');
  });
}
